"""Layers without weights as people write them: `x + y` and `torch.cat`, not a module each.

An idiom is a function of a layer's arguments and of what enters it. The same layers run as modules in the
live model, where each can be looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from explorer.engine.export.parts import Leaf, Statement
from explorer.engine.export.symbols import REST, Symbol
from explorer.engine.export.targets import is_own


@dataclass(frozen=True)
class Expression:
    """A piece of Python; a `loose` one needs brackets as part of another; `calls` counts nested calls."""

    text: str
    loose: bool = False
    calls: int = 0

    @property
    def tight(self) -> str:
        """As an operand, or in front of a dot."""
        return f"({self.text})" if self.loose else self.text


@dataclass(frozen=True)
class Use:
    """One run of a layer: what it is made of, what enters, and how to write a number."""

    leaf: Leaf
    given: tuple[Expression, ...]
    statement: Statement
    numbers: tuple[str, ...]
    """The arguments as Python: literals, sizes of variables, or attributes of the class."""

    @property
    def x(self) -> str:
        """What enters first, in front of a dot."""
        return self.given[0].tight

    def ranks(self) -> list[int]:
        """Numbers of axes of what enters, with the batch."""
        return [len(tensor.shape) + 1 if tensor is not None else 0 for tensor in self.statement.given]

    def named(self, name: str, place: int | None = None) -> str | None:
        """An argument by its name, or by its place; None where it is left at its default."""
        if place is not None and place < len(self.leaf.args):
            return self.numbers[place]
        names = [key for key, _ in self.leaf.kwargs]
        return self.numbers[len(self.leaf.args) + names.index(name)] if name in names else None


def _aligned(use: Use) -> list[str]:
    """Operands with the same number of axes; new ones of size 1 stand behind the batch axis."""
    ranks = use.ranks()
    longest = max(ranks)
    found = []
    for rank, given in zip(ranks, use.given, strict=True):
        more = ", ".join(["None"] * (longest - rank))
        found.append(f"{given.tight}[:, {more}]" if more else given.tight)
    return found


def _sum(use: Use) -> Expression:
    return Expression(" + ".join(_aligned(use)), loose=True)


def _product(use: Use) -> Expression:
    return Expression(" * ".join(_aligned(use)), loose=True)


def _cat(use: Use) -> Expression:
    return Expression(
        f"torch.cat([{', '.join(one.text for one in use.given)}], {use.named('dim', 0) or '1'})"
    )


def _scale(use: Use) -> Expression:
    return Expression(f"{use.x} * {use.numbers[0]}", loose=True)


def _reshape(use: Use) -> Expression:
    sizes = list(use.numbers)
    if sizes == [f"{use.x}.shape[1]", "-1"]:
        return Expression(f"{use.x}.flatten(2)")
    batch = f"{use.x}.shape[0]"
    if "-1" not in sizes and all(size.isdecimal() for size in sizes):
        batch = "-1"
    return Expression(f"{use.x}.reshape({', '.join([batch, *sizes])})")


def _permute(use: Use) -> Expression:
    return Expression(f"{use.x}.permute({', '.join(['0', *use.numbers])})")


def _split(use: Use) -> Expression:
    return Expression(f"{use.x}.chunk({use.numbers[0]}, {use.named('dim', 1) or '1'})")


def _split_sizes(use: Use) -> Expression:
    return Expression(f"{use.x}.split({use.numbers[0]}, {use.named('dim', 1) or '1'})")


def _stack(use: Use) -> Expression:
    given = ", ".join(one.text for one in use.given)
    return Expression(f"torch.stack([{given}], {use.named('dim', 0) or '1'})")


def _difference(use: Use) -> Expression:
    return Expression(" - ".join(_aligned(use)), loose=True)


def _slice(use: Use) -> Expression:
    axis, start, stop = use.leaf.args
    first, last = use.numbers[1:]
    own = isinstance(stop, Symbol) and stop == Symbol(use.statement.ins[0], int(str(axis)), 0)
    tensor = use.statement.given[0]
    whole = (
        stop is None
        or own
        or (tensor is not None and isinstance(stop, int) and stop == tensor.shape[int(str(axis)) - 1])
    )
    if isinstance(stop, Symbol) and stop.variable == use.statement.ins[0] and stop.plus < 0:
        last = str(stop.plus)
    if isinstance(start, Symbol) and start.variable == use.statement.ins[0] and start.plus < 0:
        first = str(start.plus)
    piece = f"{'' if first == '0' else first}:{'' if whole else last}"
    return Expression(f"{use.x}[{':, ' * int(str(axis))}{piece}]")


def _resize(use: Use) -> Expression:
    mode = use.named("mode", 1) or '"nearest"'
    if len(use.given) == 2:
        return _interpolate(use, f"{use.given[0].text}, {use.given[1].tight}.shape[2:], mode={mode}")
    size, value = use.numbers[0], use.leaf.args[0]
    if isinstance(value, tuple) and len(value) == 2 and all(isinstance(part, Symbol) for part in value):
        rows, columns = value
        if (rows.variable, rows.axis, columns.axis) == (columns.variable, 2, 3) and _plain(rows, columns):
            size = size[1:].split(".shape[")[0] + ".shape[2:]"
        elif rows.variable == columns.variable == use.statement.ins[0] and rows.times == columns.times > 1:
            words = f"{use.given[0].text}, scale_factor={float(rows.times)}, mode={mode}"
            return _interpolate(use, words)
    return _interpolate(use, f"{use.given[0].text}, {size}, mode={mode}")


def _plain(*symbols: Symbol) -> bool:
    return all(symbol.times == 1 and not symbol.plus for symbol in symbols)


def _interpolate(use: Use, words: str) -> Expression:
    corners = use.named("corners", 2)
    return Expression(f"F.interpolate({words}{f', align_corners={corners}' if corners else ''})")


def _pool(use: Use) -> Expression:
    how = "amax" if use.named("mode", 1) == '"max"' else "mean"
    keep = use.named("keep", 2)
    dims = use.numbers[0]
    dims = dims[1:-2] if dims.endswith(",)") else dims
    return Expression(f"{use.x}.{how}({dims}{f', keepdim={keep}' if keep else ''})")


def _flatten(use: Use) -> Expression:
    return Expression(f"{use.x}.flatten(1)")


def _fold(use: Use) -> Expression:
    return Expression(f"{use.x}.flatten(0, 1)")


def _unfold(use: Use) -> Expression:
    return Expression(f"{use.x}.unflatten(0, (-1, {use.numbers[0]}))")


def _state(use: Use) -> Expression:
    tensor = use.statement.given[0]
    if tensor is not None and tensor.dtype != "float":
        sizes = ", ".join([f"{use.x}.shape[0]", *use.numbers])
        return Expression(f"torch.zeros({sizes}, device={use.x}.device)")
    return Expression(f"{use.x}.new_zeros({', '.join([f'{use.x}.shape[0]', *use.numbers])})")


def _scores(use: Use) -> Expression:
    product = f"{use.x} @ {use.given[1].tight}.transpose(1, 2)"
    scale = use.named("scale", 0)
    return Expression(product if scale in (None, "1.0") else f"{product} * {scale}", loose=True)


def _weighted(use: Use) -> Expression:
    return Expression(f"{use.x} @ {use.given[1].tight}", loose=True)


def _reverse(use: Use) -> Expression:
    return Expression(f"{use.x}.flip({use.named('dim', 0) or '1'})")


def _margin(use: Use) -> Expression:
    mode = use.named("mode", 1)
    more = f", mode={mode}" if mode and mode != '"zeros"' else ""
    return Expression(f"F.pad({use.given[0].text}, {use.numbers[0]}{more})")


IDIOMS: Mapping[str, Callable[[Use], Expression]] = {
    "Add": _sum,
    "Multiply": _product,
    "Concat": _cat,
    "Scale": _scale,
    "Reshape": _reshape,
    "Permute": _permute,
    "Split": _split,
    "SplitSizes": _split_sizes,
    "Stack": _stack,
    "Subtract": _difference,
    "Slice": _slice,
    "Resize": _resize,
    "GlobalPool": _pool,
    "Flatten": _flatten,
    "FoldTime": _fold,
    "UnfoldTime": _unfold,
    "State": _state,
    "DotScores": _scores,
    "WeightedSum": _weighted,
    "Reverse": _reverse,
    "Pad": _margin,
}
"""By the name of the module that runs in the live model."""


def idiom_of(leaf: Leaf, *, constants: bool = False) -> Callable[[Use], Expression] | None:
    """How a layer is written without a module; None when it is a module.

    Args:
        leaf: the layer. constants: whether the design has tensors whose batch axis is 1.

    """
    name = leaf.target.partition(":")[2]
    if constants and name == "Concat":  # its module repeats them for every sample
        return None
    if not is_own(leaf.target) and leaf != Leaf("torch.nn:Flatten", (), ()):
        return None
    return IDIOMS.get(name)


def number(value: Any, names: Mapping[str, str]) -> str:
    """A literal or a size as Python."""
    if isinstance(value, Symbol):
        return value.written(names)
    if value is REST:
        return "-1"
    if isinstance(value, tuple):
        inside = ", ".join(number(part, names) for part in value)
        return f"({inside},)" if len(value) == 1 else f"({inside})"
    return quoted(value)


def quoted(value: Any) -> str:
    """A literal as Python; texts in double quotes."""
    plain = type(value) is str
    return f'"{value}"' if plain and value.isprintable() and not set(value) & set('"\\') else repr(value)


def symbols_in(leaf: Leaf) -> list[Symbol]:
    """All sizes of variables among the arguments of a layer."""
    found: list[Symbol] = []

    def walk(value: Any) -> None:
        if isinstance(value, Symbol):
            found.append(value)
        elif isinstance(value, tuple):
            for part in value:
                walk(part)

    for value in leaf.literals:
        walk(value)
    return found
