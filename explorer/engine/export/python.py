"""A design as a file that people keep: a class for each part, in the words and the style of torch.

It needs only torch and computes what the live model computes (see `explorer.engine.export.running`); but
where the live model has a module for everything that can be looked at, a file has `x + y`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from explorer.blocks.block import Made
from explorer.engine.export.body import Body, safe
from explorer.engine.export.folding import WIDTH, folded
from explorer.engine.export.forms import ABSENT, Assigned, Form, Part, literal_of, same
from explorer.engine.export.header import Facts, checks, header
from explorer.engine.export.heads import marked
from explorer.engine.export.idioms import idiom_of, quoted
from explorer.engine.export.imports import imports_of
from explorer.engine.export.naming import spoken
from explorer.engine.export.parts import Leaf, Whole, leaves_below, parts_of
from explorer.engine.export.prose import about, passing
from explorer.engine.export.sharing import forms_of, is_row
from explorer.engine.export.sizes import SizeLaw
from explorer.engine.export.targets import is_own, own_sources, written_name
from explorer.graph.flow import Flow

LOOP_PARTS = ("EachStep", "Collect", "NextState")


def write_python(flow: Flow, name: str, facts: Facts | None = None, law: SizeLaw | None = None) -> str:
    """Return one file that needs only torch and holds the class `Model`.

    Args:
        flow: of a design without problems.
        name: of the design, for the head of the file.
        facts: what else the head says.
        law: which sizes of input the design takes (see `explorer.engine.export.sizes`); without one the file
            says and checks nothing about them, and sizes are those drawn.

    Raises:
        ValueError: the design has problems; the first one's sentence.

    """
    known = law.parts if law is not None else None
    model = spoken(marked(known or parts_of(flow, name, written=True)))
    facts = facts or Facts(name)
    targets = sorted({t for leaf in leaves_below(model) for t in leaf.targets if is_own(t)})
    constants = any(leaf.target.endswith(":Constant") for leaf in leaves_below(model))
    forms, assigned = forms_of(model, {*own_sources(targets, plain=True), "Tensor", "OrderedDict"})
    writer = _Writer(assigned, constants, facts, law, flow)
    _inline(forms, model, assigned)
    bodies = ["\n".join(writer.define(form)) for form in forms if not form.inlined]
    called = set(re.findall(r"\b(\w+)\(", "\n".join(bodies)))
    needed = own_sources([target for target in targets if target.partition(":")[2] in called], plain=True)
    checked = ["\n".join(checks(flow, law))] if law is not None else []
    text = "\n\n\n".join([*needed.values(), *bodies[:-1], *checked, bodies[-1]]) + "\n"
    head = header(facts, flow, law, writer.classes(forms[-1]), _vocabulary(model))
    gap = "\n\n\n" if text.startswith(("class ", "def ", "@")) else "\n\n"
    imports = ["from __future__ import annotations", "", *imports_of(text)]
    return "\n".join([*head, "", *imports]) + gap + text


def _vocabulary(model: Whole) -> int:
    """Ids below this are in every table of vectors."""
    tables = [leaf.args[0] for leaf in leaves_below(model) if leaf.target.endswith("Embedding") and leaf.args]
    return min((size for size in tables if isinstance(size, int)), default=2)


def _inline(forms: list[Form], model: Whole, assigned: Assigned) -> None:
    """Mark groups that are a chain of layers and used once: they are written in place, as `nn.Sequential`."""
    single = {id(model)}
    for form in reversed(forms):  # outer ones first
        for whole in form.members:
            if id(whole) not in single:
                continue
            for _, child in whole.children:
                if isinstance(child, Whole) and len(assigned[id(child)].members) == 1:
                    single.add(id(child))
    for form in forms:
        alone = len(form.members) == 1 and id(form.members[0]) in single
        plain = form.example.block is None or is_row(form.example)
        form.inlined = alone and plain and form.is_chain and form.example is not model


@dataclass
class _Writer:
    """Writes classes; what they share is at hand."""

    assigned: Assigned
    constants: bool
    facts: Facts
    law: SizeLaw | None
    flow: Flow

    def classes(self, model: Form) -> str:
        """Name of the argument for the count of classes, empty where there is none."""
        return next((p.name for p in model.parameters if p.name == "num_classes"), "")

    def define(self, form: Form) -> list[str]:
        """The class of a form."""
        inputs = self._inputs(form)
        body = Body(form, inputs, self.constants)
        forward = body.written()
        top = form.name == "Model"
        lines = [f"class {form.name}({'nn.Sequential' if self._sequential(form) else 'nn.Module'}):"]
        lines += _indented(about(form, self.facts if top else None), 4)
        lines += ["", *self._constructor(form, body)]
        if self._sequential(form):
            return lines
        returns = form.example.returns
        given = ", ".join(
            f"{name}: Tensor | None = None" if own in form.instead else f"{name}: Tensor"
            for name, own in zip(inputs, form.example.inputs, strict=True)
        )
        kind = "Tensor" if len(returns) == 1 else f"tuple[{', '.join(['Tensor'] * len(returns))}]"
        kind = kind if returns else "None"
        lines += [
            "",
            *_indented(folded(f"def forward(self{', ' if given else ''}{given}) -> {kind}:", WIDTH - 4), 4),
        ]
        lines += _indented(passing(form, inputs), 8)
        if top and self.law is not None:
            lines.append(f"        check_input({', '.join(inputs)})")
        return lines + _indented(forward, 8)

    def _inputs(self, form: Form) -> tuple[str, ...]:
        """Names of the parameters of forward."""
        names = form.example.inputs
        if names == ("input",):
            return ("x",)
        return tuple(safe(name) for name in names)

    def _sequential(self, form: Form) -> bool:
        return form.is_chain and form.name != "Model"

    def _constructor(self, form: Form, body: Body) -> list[str]:
        words = []
        for parameter in form.parameters:
            default = "" if parameter.default is ABSENT else f" = {quoted(literal_of(parameter.default))}"
            words.append(f"{parameter.name}: {parameter.kind}{default}")
        signature = f"def __init__(self{', ' if words else ''}{', '.join(words)}) -> None:"
        lines = _indented(folded(signature, WIDTH - 4), 4)
        if self._sequential(form):
            return [*lines, *_indented(self._steps(form, "super().__init__(", ")"), 8)]
        lines.append("        super().__init__()")
        lines += [f"        self.{name} = {name}" for name in body.attributes]
        switched: set[int] = set()
        for part in form.parts:
            if not self._is_module(part):
                continue
            made = f"self.{part.name} = {self.construct(form, part)}"
            if part.flag is None:
                lines += _indented(folded(made, WIDTH - 8), 8)
                continue
            if part.flag not in switched:
                switched.add(part.flag)
                firsts = self._switches(form, part.flag)
                lines += [f"        self.{name} = None" for name in firsts]
                lines.append(f"        if {form.parameters[form.flag_parameters[part.flag]].name}:")
                for other in form.parts:
                    if other.flag == part.flag and self._is_module(other):
                        text = f"self.{other.name} = {self.construct(form, other)}"
                        lines += _indented(folded(text, WIDTH - 12), 12)
        return lines

    def _switches(self, form: Form, flag: int) -> list[str]:
        """Layers that are asked whether they are there: the first of each optional run."""
        found, before = [], None
        parts = {part.name: part for part in form.parts}
        for line in form.lines:
            if line.flag == flag and before != flag and self._is_module(parts[line.statement.child]):
                found.append(line.statement.child)
            before = line.flag
        return found

    def _is_module(self, part: Part) -> bool:
        if part.leaf is None:
            return True
        name = part.leaf.target.partition(":")[2]
        state = part.leaf.target == "torch.nn:Identity"
        return not (name in LOOP_PARTS or (state and part.name in self._states)) and (
            idiom_of(part.leaf, constants=self.constants) is None
        )

    @property
    def _states(self) -> set[str]:
        """Layers that only say what a state becomes."""
        return {
            name
            for whole in self._wholes()
            if whole.carries
            for name, child in whole.children
            if isinstance(child, Leaf) and child.target == "torch.nn:Identity"
        }

    def _wholes(self) -> list[Whole]:
        return [form.example for form in self.assigned.values()]

    def construct(self, form: Form, part: Part) -> str:
        """What a class puts at an attribute."""
        values = [self._argument(form, part, number) for number in range(len(part.slots))]
        if part.leaf is not None and [slot.name for slot in part.slots] == ["activation"]:
            return f"{values[0]}()"
        if part.leaf is not None:
            words = [value for value, slot in zip(values, part.slots, strict=True) if slot.positional]
            for value, slot in zip(values, part.slots, strict=True):
                constant = slot.parameter is None and same(slot.values[0], slot.default)
                if not slot.positional and not constant:
                    words.append(f"{slot.name}={value}")
            return f"{written_name(part.leaf.target)}({', '.join(words)})"
        inner = part.form
        assert inner is not None
        if inner.inlined:
            return self._sequence(inner)
        words = []
        for value, slot, parameter in zip(values, part.slots, inner.parameters, strict=True):
            known = next((v for v in slot.values if not same(v, ABSENT)), None)
            if slot.parameter is None and parameter.default is not ABSENT and same(known, parameter.default):
                continue
            plain = parameter.default is ABSENT and len(words) < 3 and not any("=" in word for word in words)
            words.append(value if plain else f"{parameter.name}={value}")
        return f"{inner.name}({', '.join(words)})"

    def _argument(self, form: Form, part: Part, number: int) -> str:
        slot = part.slots[number]
        if slot.parameter is not None:
            return form.parameters[slot.parameter].name
        value = next(value for value in slot.values if value is not ABSENT)
        return _literal(literal_of(value))

    def _sequence(self, form: Form) -> str:
        inside = ", ".join(self._named_layers(form))
        return f"nn.Sequential(OrderedDict({inside}))"

    def _steps(self, form: Form, start: str, end: str) -> list[str]:
        return folded(f"{start}OrderedDict({', '.join(self._named_layers(form))}){end}", WIDTH - 8)

    def _named_layers(self, form: Form) -> list[str]:
        """`name=Layer(…)`, with runs of equal layers as one."""
        rows = [(part.name, self.construct(form, part)) for part in form.parts]
        found: list[str] = []
        place = 0
        while place < len(rows):
            run = _run(rows[place:])
            if run is None:
                name, made = rows[place]
                found.append(f"{name}={made}")
                place += 1
            else:
                text, count = run
                found.append(text)
                place += count
        return found


def _run(rows: list[tuple[str, str]]) -> tuple[str, int] | None:
    """Layers with counted names, equal but for numbers in even steps, as one text; and how many they are."""
    heads = [re.fullmatch(r"(.*?)(\d+)", name) for name, _ in rows]
    pieces = [re.split(r"(?<![\w.])(\d+)(?![\w.])", made) for _, made in rows]
    best = 0
    for count in range(3, len(rows) + 1):
        names, texts = heads[:count], pieces[:count]
        first = names[0]
        counted = first is not None and all(
            head is not None and head[1] == first[1] and int(head[2]) == int(first[2]) + number
            for number, head in enumerate(names)
        )
        alike = len({tuple(text[::2]) for text in texts}) == 1
        if not (
            counted and alike and all(_even(column) for column in zip(*(t[1::2] for t in texts), strict=True))
        ):
            break
        best = count
    if not best or heads[0] is None:
        return None
    start = int(heads[0][2])
    text = pieces[0][:]
    for place in range(1, len(text), 2):
        low, step = int(text[place]), int(pieces[1][place]) - int(text[place])
        base = low - step * start
        if step:
            text[place] = (
                f"{base} + {step} * i" if base > 0 else f"{step} * i" + (f" - {-base}" if base else "")
            )
    numbers = f"range({start}, {start + best})"
    return f'**{{f"{heads[0][1]}{{i}}": {"".join(text)} for i in {numbers}}}', best


def _even(column: tuple[str, ...]) -> bool:
    """Whether numbers grow by the same step."""
    values = [int(word) for word in column]
    return len({b - a for a, b in pairwise(values)}) == 1


def _indented(lines: list[str], by: int) -> list[str]:
    return [f"{' ' * by}{line}" if line else "" for line in lines]


def _literal(value: object) -> str:
    if not isinstance(value, Made):
        return quoted(value)
    words = [_literal(one) for one in value.args] + [f"{k}={_literal(v)}" for k, v in value.kwargs]
    return f"{written_name(value.target)}({', '.join(words)})"
