"""What the engine tells of weights: kept, taken back, drawn anew, measured, written and read."""

from __future__ import annotations

from explorer.protocol.base_event import BaseEvent


class StateKept(BaseEvent, frozen=True):
    """Weights were kept under a name; `size` in bytes is what they take that no other state holds.

    A `Load` that leaves weights behind is answered by this first, unless there was no room for them. `gone`
    are names of states that had to make room: the oldest of those that a `Load` has left.
    """

    name: str
    digest: str
    size: int
    gone: tuple[str, ...] = ()


class StatesDropped(BaseEvent, frozen=True):
    """Kept weights were forgotten: those of the names that there were."""

    names: tuple[str, ...]


class WeightsChanged(BaseEvent, frozen=True):
    """Other weights are live: a kept state was taken, or some were drawn anew (`fresh`)."""

    digest: str
    name: str = ""
    fresh: tuple[str, ...] = ()


class Evaluated(BaseEvent, frozen=True):
    """Figures of the present weights on held-out samples, by metric."""

    dataset: str
    digest: str
    samples: int
    figures: dict[str, float]


class WeightsSaved(BaseEvent, frozen=True):
    """The weights were written; `digest` is their name by content."""

    path: str
    digest: str = ""


class WeightsLoaded(BaseEvent, frozen=True):
    """Weights were read: which tensors matched, what did not and why, in words; and by which names."""

    path: str
    matched: tuple[str, ...]
    problems: tuple[str, ...]
    how: str = ""
    digest: str = ""
