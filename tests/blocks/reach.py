"""What an output value of a block sees, as a flow says it."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.blocks.block import Block
from explorer.graph.receptive_field import ReceptiveField
from explorer.graph.resolve import Resolver
from explorer.graph.tensor import Tensor


def window_of(resolver: Resolver, block: Block, inputs: Sequence[Tensor | None]) -> ReceptiveField | None:
    """The window of a block with all that stands inside; None: only its own place, or it does not fit."""
    known = resolver.block(block, tuple(inputs))
    return known.own_window if known.inner is None else block.receptive_field_around(known.inner.window)
