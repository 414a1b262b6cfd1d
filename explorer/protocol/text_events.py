"""What the engine answers about texts: what comes next, and what it writes."""

from __future__ import annotations

import msgspec

from explorer.protocol.base_event import BaseEvent
from explorer.protocol.records import Likely, Piece


class NextTokens(BaseEvent, frozen=True):
    """What may come next in a text, the likeliest first.

    Attributes:
        likely: as many as were asked for. unsure, unsure_drawn: among how many equally likely ones the choice
            would be as open, by the network and after temperature, top-k and top-p.
        vocabulary: how many tokens there are. tokens: of the texts, by input.

    """

    likely: tuple[Likely, ...]
    unsure: float
    unsure_drawn: float
    vocabulary: int
    step: int = 0
    tokens: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)


class Wrote(BaseEvent, frozen=True):
    """The next tokens of a text that is being written."""

    pieces: tuple[Piece, ...]


class Written(BaseEvent, frozen=True):
    """A text is written.

    Attributes:
        text: what was written, as a text. pieces: its tokens, the end mark left out.
        why: it ended: `count` as many as were asked for, `end` the network said so, `full` no more fit.
        tokens: of the texts it began with, by input.

    """

    text: str
    pieces: tuple[Piece, ...]
    why: str
    step: int = 0
    tokens: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
