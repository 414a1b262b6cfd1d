"""Where weights come from: the sentence that the window always shows."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from explorer import words
from explorer.training.metrics import METRICS

Source: TypeAlias = Literal["seed", "run", "published", "shipped", "file", "edited"]
UNKNOWN = -1e300
"""Stands in a file for a figure that was not measured."""
_TITLES: dict[Source, str] = {
    "seed": "Untrained",
    "run": "Trained",
    "published": "Published",
    "shipped": "Shipped",
    "file": "From a file",
    "edited": "Edited",
}


class Origin(msgspec.Struct, frozen=True):
    """The story of the weights that are live, or of kept ones.

    Attributes:
        source: what made them. detail: “seed 0”, “run 3, epoch 5”, the name of a file or publisher.
        figure: what they reach on held-out samples, as `metric` says; None until it is measured.
        metric: id of the metric. partly_new: whether edits have drawn some of them anew since.

    """

    source: Source = "seed"
    detail: str = "seed 0"
    figure: float | None = None
    metric: str = "accuracy"
    partly_new: bool = False

    @property
    def is_precious(self) -> bool:
        """Whether they are more than a seed, so that throwing them away wants a question."""
        return self.source not in ("seed", "shipped")

    @property
    def is_trained(self) -> bool:
        """Whether looking inside shows something learned."""
        return self.source != "seed"

    @property
    def title(self) -> str:
        """“Untrained”, “Trained, partly new”, …"""
        return _TITLES[self.source] + (", partly new" if self.partly_new else "")

    @property
    def figure_words(self) -> str:
        """“97.6 %”, or nothing."""
        return "" if self.figure is None else written(self.metric, self.figure)

    @property
    def sentence(self) -> str:
        """Everything in one line: “Trained, partly new · run 3, epoch 5 · 97.6 %”."""
        return " · ".join(part for part in (self.title, self.detail, self.figure_words) if part)


def written(metric: str, figure: float) -> str:
    """A figure as people read it: “97.6 %”, or “0.134” for what is no share."""
    is_share = metric not in METRICS or METRICS[metric].unit == "share"
    return words.percent(figure, 1) if is_share else words.number(figure)


def as_setting(origin: Origin) -> tuple[str | float, ...]:
    """The origin as a setting of a design file."""
    return (origin.source, origin.detail, origin.metric, UNKNOWN if origin.figure is None else origin.figure)


def from_setting(value: object, source: Source) -> Origin:
    """Read what a design file says of its weights; anything else gives `source` without a figure."""
    match value:
        case [str() as kind, str() as detail, str() as metric, int() | float() as figure] if kind in _TITLES:
            known = None if figure == UNKNOWN else float(figure)
            return Origin(kind, detail[:200], known, metric[:40])
    return Origin(source, "")
