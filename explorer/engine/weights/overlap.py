"""Taking over what fits of a tensor that changed size."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import NamedTuple, TypeAlias

import torch
from torch import Tensor, nn

from explorer.engine.weights.roles import roles

Pairs: TypeAlias = tuple[Tensor, Tensor]
"""Numbers along an axis of the new tensor, and those along the old one that go there."""


class Inputs(NamedTuple):
    """Which of a layer's inputs are which of the old one's, out of how many."""

    pairs: Pairs
    before: int
    after: int


class Change(NamedTuple):
    """One axis of a tensor: what it counts, its old and new length, and how much came over.

    `runs` is how many numbers along it belong to each of what is counted.
    """

    role: str
    before: int
    after: int
    kept: int
    runs: int = 1


def take_over(
    new: Tensor, old: Tensor, owner: nn.Module, name: str, inputs: Inputs | None
) -> tuple[int, tuple[Change, ...]]:
    """Copy what fits of an old tensor into a new one.

    Args:
        new: written to. old: with as many axes. owner, name: what the new one belongs to.
        inputs: which of the layer's inputs are which of the old one's, None where that is not known.

    Returns:
        The number of values that were taken over, and what became of every axis.

    """
    counted = roles(owner, name, new.dim())
    pairs = [
        _pairs(role, owner, before, after, inputs)
        for role, before, after in zip(counted, old.shape, new.shape, strict=True)
    ]
    part = old.detach().to(new.device, new.dtype)
    for axis, (_, there) in enumerate(pairs):
        part = part.index_select(axis, there.to(part.device))
    _write(new, list(enumerate(here for here, _ in pairs)), part)
    changes = tuple(
        Change(role, before, after, len(here), _runs(role, owner, after))
        for role, before, after, (here, _) in zip(counted, old.shape, new.shape, pairs, strict=True)
    )
    return prod(change.kept for change in changes), changes


def _pairs(role: str, owner: nn.Module, before: int, after: int, inputs: Inputs | None) -> Pairs:
    both = min(before, after)
    if role in ("in", "channel") and inputs is not None and inputs[1:] == (before, after):
        return inputs.pairs
    if role == "place":
        return _run(max(0, after - before) // 2, both), _run(max(0, before - after) // 2, both)
    if role == "gates":
        gates = _runs(role, owner, after)
        here, there = after // gates, before // gates
        small = min(here, there)
        return (
            torch.cat([_run(gate * here, small) for gate in range(gates)]),
            torch.cat([_run(gate * there, small) for gate in range(gates)]),
        )
    return _run(0, both), _run(0, both)


def _runs(role: str, owner: nn.Module, length: int) -> int:
    """How many gates stand one behind the other along an axis."""
    return length // owner.hidden_size if role == "gates" and isinstance(owner, nn.RNNBase) else 1


def _run(start: int, length: int) -> Tensor:
    return torch.arange(start, start + length)


def _write(target: Tensor, axes: Sequence[tuple[int, Tensor]], part: Tensor) -> None:
    """Put `part` at the given numbers along every axis."""
    if not axes:
        target.copy_(part)
        return
    (axis, numbers), rest = axes[0], axes[1:]
    if len(numbers) and bool((numbers.diff() == 1).all()):
        _write(target.narrow(axis, int(numbers[0]), len(numbers)), rest, part)
        return
    numbers = numbers.to(target.device)
    inner = target.index_select(axis, numbers)
    _write(inner, rest, part)
    target.index_copy_(axis, numbers, inner)
