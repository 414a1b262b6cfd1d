"""Sizes that follow the input, as expressions: which axis of which variable a number always equals.

A block writes its sizes as numbers, right for one size of input. Worked out at several sizes, a number that
follows the input is another one each time, and the axis that it follows is found by comparison.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from explorer.blocks.block import Literal
from explorer.graph.tensor import Tensor

Sizes: TypeAlias = tuple[int, ...]
"""What a number or the size of an axis is, at every size of input that was tried."""
Scope: TypeAlias = Mapping[str, Sequence[Tensor | None]]
"""The variables of a level, with their tensors at every size of input that was tried."""


@dataclass(frozen=True)
class Symbol:
    """The size of an axis, `times` and `plus` a number.

    Attributes:
        variable: whose axis. axis: counted with the batch axis. size: what it is for the drawn input.

    """

    variable: str
    axis: int
    size: int = field(default=0, compare=False)
    times: int = 1
    plus: int = 0

    def written(self, names: Mapping[str, str]) -> str:
        """As Python, with the variable called as `names` says."""
        text = f"{names.get(self.variable, self.variable)}.shape[{self.axis}]"
        if self.times != 1:
            text = f"{text} * {self.times}"
        return text if not self.plus else f"{text} {'+' if self.plus > 0 else '-'} {abs(self.plus)}"


class Rest:
    """The one size that the others leave: `-1` in a reshape."""

    def __repr__(self) -> str:
        return "-1"


REST = Rest()


def follow(values: Sizes, scope: Scope, near: Iterable[str]) -> Symbol | None:
    """The axis that numbers follow over all sizes of input; None where none is found.

    Args:
        values: one for each size of input; the first belongs to the drawn one.
        scope: variables of the level. near: those to look at first, the layer's own inputs.

    """
    first = [name for name in near if name in scope]
    for names in (first, [name for name in scope if name not in first]):
        for name in names:
            for axis, sizes in _axes(scope[name]):
                if sizes == values:
                    return Symbol(name, axis + 1, values[0])
    for name in first:
        for axis, sizes in _axes(scope[name]):
            if len(set(sizes)) == 1:
                continue
            times = values[0] // sizes[0] if sizes[0] else 0
            if times > 1 and all(value == times * size for value, size in zip(values, sizes, strict=True)):
                return Symbol(name, axis + 1, values[0], times=times)
            plus = values[0] - sizes[0]
            if all(value == size + plus for value, size in zip(values, sizes, strict=True)):
                return Symbol(name, axis + 1, values[0], plus=plus)
    return None


def _axes(tensors: Sequence[Tensor | None]) -> list[tuple[int, Sizes]]:
    if any(tensor is None for tensor in tensors):
        return []
    shapes = [tensor.shape for tensor in tensors if tensor is not None]
    return list(enumerate(zip(*shapes, strict=True))) if len({len(shape) for shape in shapes}) == 1 else []


def merged(calls: Sequence[Literal], scope: Scope, near: Sequence[str]) -> Literal | Symbol | None:
    """One argument at all sizes of input: what it always is, or what it follows; None where that is unknown.

    Tuples are followed number by number.
    """
    first = calls[0]
    if all(type(value) is type(first) and value == first for value in calls):
        return first
    if all(isinstance(value, int) and not isinstance(value, bool) for value in calls):
        return follow(tuple(int(value) for value in calls if isinstance(value, int)), scope, near)
    whole = [value if isinstance(value, tuple) else (value, value) for value in calls]
    if len({len(value) for value in whole}) > 1:
        return None
    parts = [merged(list(column), scope, near) for column in zip(*whole, strict=True)]
    return None if any(part is None for part in parts) else tuple(parts)
