"""The head of an exported file and the check of what its model is given: paper, options, example, sizes."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from explorer.engine.export.parts import title_of
from explorer.engine.export.sizes import Side, SizeLaw
from explorer.graph.flow import Flow
from explorer.graph.tensor import Tensor

WIDTH = 88
WORDS = {"H": "height", "W": "width", "T": "length", "L": "length"}


@dataclass(frozen=True)
class Facts:
    """What is known of a design beside the network.

    Attributes:
        name: of the design. source: the paper. options: with which a network of the gallery was built.

    """

    name: str
    source: str = ""
    options: tuple[tuple[str, object], ...] = ()

    @property
    def title(self) -> str:
        """The name as it may stand in a docstring."""
        return title_of(self.name)


def header(facts: Facts, flow: Flow, law: SizeLaw | None, classes: str, vocabulary: int = 2) -> list[str]:
    """The docstring of a file.

    Args:
        facts: what it says first. flow: of the design. law: the sizes that it takes.
        classes: name of the model's argument for the number of classes, if it has one.
        vocabulary: ids in the example are below this.

    """
    source = f". {_plain(facts.source).rstrip('.')}." if facts.source else "."
    lines = [*_wrapped(f"{facts.title}{source}"), ""]
    lines += _wrapped(f"{flow.parameters:,} parameters. Written by Architecture Explorer; needs only torch.")
    if facts.options:
        words = ", ".join(f"{name}={value!r}" for name, value in facts.options)
        lines += _wrapped(_plain(f"Options: {words}."), "    ")
    if law is not None:
        lines += _wrapped(f"Sizes: {'; '.join(sizes_in_words(flow, law))}.", "    ")
    lines += ["", "Example:", *[f"    {line}" for line in example(flow, classes, vocabulary)]]
    return [f'"""{lines[0]}', *lines[1:], "", '"""']


def _wrapped(text: str, more: str = "") -> list[str]:
    return textwrap.wrap(text, WIDTH, subsequent_indent=more)


def _plain(text: str) -> str:
    """A text that can neither end a docstring nor hide in it."""
    return text.replace("\\", "/").replace('"', "'")


def example(flow: Flow, classes: str, vocabulary: int = 2) -> list[str]:
    """Lines that build the model and run it."""
    out = next(iter(flow.outputs.values()), None)
    given = ""
    if classes and out is not None:
        given = f"{classes}={out.axis('C') if 'C' in out.axes else out.shape[-1]}"
    names = input_names(list(flow.inputs))
    lines = [f"model = Model({given}).eval()"]
    for name, tensor in zip(names, flow.inputs.values(), strict=True):
        if tensor is not None:
            lines.append(f"{name} = {_example(tensor, vocabulary)}")
    answers = [f"(1, {', '.join(map(str, tensor.shape))})" for tensor in flow.outputs.values() if tensor]
    made = ", ".join(_safe_output(name) for name in flow.outputs) or "_"
    remark = f"  # {', '.join(answers)}" if answers else ""
    lines.append(f"{made} = model({', '.join(names)}){remark}".replace(",)", ")"))
    return lines


def _safe_output(name: str) -> str:
    from explorer.engine.export.body import safe

    return safe(name)


def _example(tensor: Tensor, vocabulary: int) -> str:
    sizes = ", ".join(map(str, (1, *tensor.shape)))
    if tensor.dtype == "int":
        return f"torch.randint({vocabulary}, ({sizes}{',' if not tensor.shape else ''}))"
    return f"torch.ones({sizes}, dtype=torch.bool)" if tensor.dtype == "bool" else f"torch.randn({sizes})"


def input_names(names: Sequence[str]) -> list[str]:
    """How the inputs are called in a file."""
    from explorer.engine.export.body import safe

    return ["x"] if list(names) == ["input"] else [safe(name) for name in names]


def sizes_in_words(flow: Flow, law: SizeLaw) -> list[str]:
    """What batch and sizes the model takes, and why it takes no others."""
    found = ["any batch"]
    several = len(flow.inputs) > 1
    for sides in _alike(law.sides):
        first = sides[0]
        words = " and ".join(dict.fromkeys(WORDS[side.letter] for side in sides))
        if several:
            names = " and ".join(dict.fromkeys(input_names([side.input])[0] for side in sides))
            words = f"{words} of {names}"
        why = f" ({_plain(first.why)})" if first.why else ""
        found.append(f"{words} {span(first, words=True)}{why}")
    return found


def _alike(sides: Sequence[Side]) -> list[list[Side]]:
    rows: dict[object, list[Side]] = {}
    for side in sides:
        key = (side.drawn, side.least, side.most, side.step, side.why, WORDS[side.letter] == "length")
        rows.setdefault(key, []).append(side)
    return list(rows.values())


def span(side: Side, *, words: bool = False) -> str:
    """The sizes of a side: `from 16 in steps of 16`."""
    if side.fixed:
        return f"{side.drawn} only" if words else str(side.drawn)
    if side.step == 1:
        if side.least == 1 and side.most is None:
            return "of any size"
        return f"from {side.least}" if side.most is None else f"from {side.least} to {side.most}"
    end = "" if side.most is None else f" to {side.most}"
    return f"from {side.least}{end} in steps of {side.step}"


def checks(flow: Flow, law: SizeLaw) -> list[str]:
    """A function that refuses inputs of other sizes, in words; none where nothing is known."""
    names = input_names(list(flow.inputs))
    pairs = list(zip(names, flow.inputs.items(), strict=True))
    given = ", ".join(f"{name}: Tensor" for name in names)
    lines = [
        f"def check_input({given}) -> None:",
        '    """Raise `ValueError` when the network does not take inputs of these sizes."""',
    ]
    for name, (key, tensor) in pairs:
        if tensor is None:
            continue
        wrong, words = _wrong(name, key, tensor, law)
        if len(" or ".join(wrong)) < WIDTH - 8:
            lines.append(f"    if {' or '.join(wrong)}:")
        else:
            lines.append("    if (")
            lines += [f"        {'or ' if number else ''}{one}" for number, one in enumerate(wrong)]
            lines.append("    ):")
        shape = f"(N{''.join(f', {word}' for word in words)}{',' if not words else ''})"
        text = f"{name} has to be {shape}{_where(key, law)}, not {{list({name}.shape)}}."
        if len(text) < WIDTH - 30:
            lines.append(f'        raise ValueError(f"{text}")')
        else:
            lines += ["        raise ValueError(", *_quoted(text), "        )"]
    return lines


def _quoted(text: str) -> Iterator[str]:
    """A long f-string as lines of a call."""
    for piece in textwrap.wrap(text, WIDTH - 18, drop_whitespace=False, break_long_words=False):
        yield f'            f"{piece}"'


def _wrong(name: str, key: str, tensor: Tensor, law: SizeLaw) -> tuple[list[str], list[str]]:
    """Conditions under which an input is refused, and the words for its axes."""
    sides = law.of(key)
    wrong = [f"{name}.dim() != {len(tensor.shape) + 1}"]
    words = []
    letters = list(tensor.axes)
    for axis, size in enumerate(tensor.shape):
        side = sides.get(axis)
        at = f"{name}.shape[{axis + 1}]"
        if side is None or side.fixed:
            wrong.append(f"{at} != {size}")
            words.append(str(size))
            continue
        words.append(letters[axis])
        if side.least > 1:
            wrong.append(f"{at} < {side.least}")
        if side.most is not None:
            wrong.append(f"{at} > {side.most}")
        if side.step > 1:
            wrong.append(f"{at} % {side.step} != {side.drawn % side.step}")
        if side.tied is not None:
            wrong.append(_tie(at, side, law))
    return wrong, words


def _tie(at: str, side: Side, law: SizeLaw) -> str:
    assert side.tied is not None
    other = next(one for one in law.sides if one.key == side.tied)
    name = input_names([other.input])[0]
    more = side.drawn - other.drawn
    return f"{at} != {name}.shape[{other.axis + 1}]" + (
        f" + {more}" if more > 0 else f" - {-more}" if more else ""
    )


def _where(key: str, law: SizeLaw) -> str:
    """What the letters may be, when not anything."""
    found = []
    for sides in _alike([side for side in law.of(key).values() if not side.fixed]):
        if (words := span(sides[0])) != "of any size":
            found.append(f"{' and '.join(side.letter for side in sides)} {words}")
        if any(side.tied for side in sides):
            found.append("sizes that go together")
    return f" with {', '.join(found)}" if found else ""
