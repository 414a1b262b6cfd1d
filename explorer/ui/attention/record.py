"""What the attention panel shows, and which of it is in sight."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from explorer.protocol.records import AttentionLayer
from explorer.ui.attention import math
from explorer.ui.attention.math import Array, Grid
from explorer.ui.probing.sample_picture import as_picture, is_picture


@dataclass(frozen=True, eq=False)
class AttentionMaps:
    """The weights of all attention layers for one input.

    Attributes:
        input: as the network got it. layers: in running order.
        answers: classes with their probability, the most likely first.
        texts: tokens of the texts that were read, by input.

    """

    input: Array
    layers: tuple[AttentionLayer, ...]
    answers: tuple[tuple[str, float], ...] = ()
    texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def grid(self) -> Grid | None:
        """Rows and columns of patches, when every layer looks at the patches of a picture."""
        grids = {layer.grid for layer in self.layers}
        square = all(layer.weights.shape[1] == layer.weights.shape[2] for layer in self.layers)
        return next(iter(grids)) if len(grids) == 1 and square and is_picture(self.input) else None

    @cached_property
    def picture(self) -> Array:
        """The input as it is drawn under the weights."""
        return as_picture(self.input)

    @cached_property
    def small_picture(self) -> Array:
        """The input for the wall: at most 64 pixels a side, so that a wall of 144 heads is drawn at once."""
        step = max(1, -(-max(self.picture.shape[:2]) // 64))
        small: Array = self.picture[::step, ::step]
        return small

    @cached_property
    def rollouts(self) -> list[Array]:
        """Rollout up to each layer; empty when the layers cannot be multiplied."""
        weights = [layer.weights for layer in self.layers]
        return math.rollout(weights) if math.can_roll_out(weights) else []

    @cached_property
    def titles(self) -> list[str]:
        """What tells the layers' addresses apart: `encoder1` of `encoder1.attention.attend`."""
        return short_names([layer.address for layer in self.layers])

    def asking(self, layer: int) -> tuple[str, ...]:
        """Return the tokens that ask in a layer, a word each; empty where they are none of a text."""
        return self.texts.get(self.layers[layer].asking, ())

    def asked(self, layer: int) -> tuple[str, ...]:
        """Return the tokens that are asked in a layer; empty where they are none of a text."""
        return self.texts.get(self.layers[layer].asked, ())

    def heads(self) -> int:
        """Return the largest number of heads of a layer."""
        return max((len(layer.weights) for layer in self.layers), default=0)

    def tokens(self, layer: int) -> int:
        """Return how many queries a layer has."""
        return int(self.layers[layer].weights.shape[1])

    def has_class_token(self) -> bool:
        """Return whether a token stands before the patches."""
        grid = self.grid
        return grid is not None and math.extra_tokens(self.tokens(0), grid) > 0


def short_names(addresses: Sequence[str]) -> list[str]:
    """Return addresses without the parts that all end with."""
    if len(addresses) < 2:
        return list(addresses)
    parts = [address.split(".") for address in addresses]
    columns = zip(*(names[::-1] for names in parts), strict=False)
    same = sum(1 for _ in itertools.takewhile(lambda column: len(set(column)) == 1, columns))
    return [
        ".".join(names[: len(names) - same]) or address
        for names, address in zip(parts, addresses, strict=True)
    ]
