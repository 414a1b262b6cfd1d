"""What the layout places: sizes only, measured along the flow (`main`) and across it (`cross`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from explorer.figures.networks.lanes import Pair


@dataclass(frozen=True)
class Item:
    """A box, a round sign or a volume with its labels.

    Attributes:
        main, cross: size of all that belongs to it. line: where across it the wire passes through.
        before, behind: how far inside its ends the wire stops. top, bottom: how far inside its sides
            a wire from there ends.
        port: where along it such a wire arrives, by default in the middle.
        sign: whether it is round, so that a skip arrives from above and not from the side.

    """

    main: float
    cross: float
    line: float
    before: float = 0.0
    behind: float = 0.0
    top: float = 0.0
    bottom: float = 0.0
    sign: bool = False
    port: float | None = None

    @property
    def middle(self) -> float:
        """Where along it a wire from the side arrives."""
        return (self.before + self.main - self.behind) / 2 if self.port is None else self.port


@dataclass(frozen=True)
class Label:
    """Room for words at a wire: along the flow, and across it."""

    main: float
    cross: float


@dataclass(frozen=True)
class Content:
    """What is laid out: items by unit, words behind sources, words before targets."""

    items: Mapping[str, Item]
    heads: Mapping[str, Label]
    tails: Mapping[Pair, Label]
