"""Shapes of inputs that suit a block, to show it with."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import product

from explorer.blocks.block import Block
from explorer.blocks.registry import registry
from explorer.graph.resolve import Resolver
from explorer.graph.tensor import Tensor, image, sequence, tokens, vector

USUAL = (
    image(3, 48, 64),
    image(16, 24, 32),
    sequence(12, 16),
    vector(16),
    Tensor((3, 96), ("C", "T")),
    Tensor((6, 3, 24, 32), ("T", "C", "H", "W")),
    Tensor((3, 8, 24, 32), ("C", "T", "H", "W")),
    Tensor((8, 8, 16), ("H", "W", "C")),
    tokens(12),
    image(64, 16, 16),
    image(192, 28, 28),
    sequence(12, 64),
    image(256, 16, 16),
    image(384, 17, 17),
    image(3, 299, 299),
)
"""Tried in this order; the first that a block accepts is taken."""


def telling(block: Block) -> Block:
    """The block, or one like it with settings that show its point, where its defaults change nothing."""
    return type(block)(**block.example_fields) if block.example_fields and block == type(block)() else block


class NoExample(ValueError):
    """No usual input suits the block."""


@cache
def suiting(block: Block) -> tuple[Tensor | None, ...]:
    """Return input tensors that the block accepts, None for ports that may stay empty.

    Raises:
        NoExample: none of the usual ones does.

    """
    resolver = Resolver(registry())
    for inputs in _candidates(block):
        if resolver.block(block, inputs).shape_error is None:
            return inputs
    raise NoExample(f"{block.title} accepts none of the usual inputs.")


def _candidates(block: Block) -> Iterator[tuple[Tensor | None, ...]]:
    if block.example:
        empty = 0 if block.variadic else len(block.inputs) - len(block.example)
        yield (*block.example, *[None] * empty)
    if block.variadic:
        yield from ((x, x) for x in USUAL)
        return
    needed = [not port.optional for port in block.inputs]
    count = sum(needed)
    # for gates more channels than colours, so that they can be told apart
    first = (image(64, 24, 32),) if block.exposes == "gates" else ()
    alike = ((x,) * count for x in (*first, *USUAL))
    mixed = product(USUAL[:10], repeat=count) if count > 1 else ()
    for chosen in (*alike, *mixed):
        left = iter(chosen)
        yield tuple(next(left) if need else None for need in needed)
