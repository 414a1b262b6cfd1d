"""What is known of one training run: figures of every step and every epoch, kept as they arrive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from explorer.protocol.records import TrainSettings

Array = np.ndarray[Any, np.dtype[Any]]
LOSS = "loss"
"""Name of the series that every run has; the others are metrics."""


class Epoch(NamedTuple):
    """Loss and metrics on the held-out part after an epoch."""

    step: int
    loss: float
    metrics: dict[str, float]

    def figure(self, metric: str) -> float:
        """A metric, or the loss; not a number where it was not measured."""
        return self.loss if metric == LOSS else self.metrics.get(metric, float("nan"))


class Flag(NamedTuple):
    """Something that happened at a step, such as a checkpoint or an edit."""

    step: int
    words: str


class Growing:
    """An array of numbers that grows at its end without being copied each time."""

    def __init__(self) -> None:
        self._values: Array = np.zeros(256, np.float32)
        self._used = 0

    def append(self, values: Array) -> None:
        """Add values at the end."""
        needed = self._used + len(values)
        if needed > len(self._values):
            larger = np.zeros(max(needed, 2 * len(self._values)), np.float32)
            larger[: self._used] = self._values[: self._used]
            self._values = larger
        self._values[self._used : needed] = values
        self._used = needed

    def cut(self, length: int) -> None:
        """Forget what comes after."""
        self._used = min(self._used, length)

    def view(self) -> Array:
        """Return what there is; later values do not change it."""
        return self._values[: self._used]


class Series:
    """Values of every step, and the same smoothed."""

    def __init__(self) -> None:
        self.raw, self.smooth = Growing(), Growing()

    def add(self, values: Array, window: int) -> None:
        """Add values at the end."""
        self.raw.append(values)
        self.smooth.append(_smoothed(self.smooth.view(), values, window))

    def cut(self, length: int) -> None:
        """Forget what comes after."""
        self.raw.cut(length)
        self.smooth.cut(length)


@dataclass
class RunLog:
    """A run. `step` counts the steps done; `series` have one value a step, beginning at `first`.

    Attributes:
        run: name in the engine. number: counts the runs of this design and gives the colour.
        settings: how it was trained. design: name of the design. digest: its content, as a short hash.
        title: given by the user. is_hidden: whether it is left out of the curves.
        window: steps that the smoothed curves look back over.

    """

    run: str
    number: int
    settings: TrainSettings = field(default_factory=TrainSettings)
    design: str = ""
    digest: str = ""
    title: str = ""
    is_hidden: bool = False
    epochs: int = 1
    steps_per_epoch: int = 1
    first: int = 0
    is_live: bool = True
    series: dict[str, Series] = field(default_factory=lambda: {LOSS: Series()})
    validation: list[Epoch] = field(default_factory=list)
    flags: list[Flag] = field(default_factory=list)

    @property
    def name(self) -> str:
        """What people call it: their own title, or “Run 3”."""
        return self.title or f"Run {self.number + 1}"

    @property
    def rate(self) -> float:
        """Learning rate."""
        return self.settings.rate

    @property
    def step(self) -> int:
        """Steps done."""
        return self.first + len(self.series[LOSS].raw.view())

    @property
    def total(self) -> int:
        """Steps planned while it goes on, steps done once it is over."""
        planned = self.epochs * self.steps_per_epoch if self.is_live else 1
        return max(planned, self.step)

    @property
    def window(self) -> int:
        """Steps that the smoothed curves look back over."""
        return int(min(max(self.steps_per_epoch // 4, 4), 60))

    def add_steps(self, first_step: int, losses: Array, metrics: Mapping[str, Array]) -> None:
        """Take in what happened since `first_step`; steps known already are written anew."""
        if len(self.series[LOSS].raw.view()) == 0:
            self.first = first_step
        self._cut_series(first_step)  # not the validation: an epoch's end may be told before its last steps
        for name, values in {LOSS: losses, **metrics}.items():
            if name not in self.series:
                self.series[name] = Series()
                self.series[name].add(np.full(first_step - self.first, np.nan, np.float32), self.window)
            self.series[name].add(values, self.window)

    def cut(self, step: int) -> None:
        """Forget what came after a step: the run goes on from there."""
        self._cut_series(step)
        self.validation = [epoch for epoch in self.validation if epoch.step <= step]

    def _cut_series(self, step: int) -> None:
        for series in self.series.values():
            series.cut(max(0, step - self.first))

    def add_epoch(self, step: int, loss: float, metrics: Mapping[str, float]) -> None:
        """Take in the figures of an epoch; the same epoch again replaces them."""
        self.validation = [epoch for epoch in self.validation if epoch.step != step]
        self.validation.append(Epoch(step, loss, dict(metrics)))

    def add_flag(self, step: int, words: str, *, only: bool = False) -> None:
        """Mark a step; with `only`, an older flag of the same words goes."""
        if only:
            self.flags = [flag for flag in self.flags if flag.words != words]
        if Flag(step, words) not in self.flags:
            self.flags.append(Flag(step, words))


def _smoothed(before: Array, values: Array, window: int) -> Array:
    """Continue a running mean in which a step loses half its weight within a third of the window."""
    keep = 1 - 2 / (window + 1)
    mean = float(before[-1]) if len(before) else float("nan")
    # the first steps are averaged evenly: an early outlier must not stay in sight for long
    count = len(before)
    result = np.empty(len(values), np.float32)
    for number, value in enumerate(values.tolist()):
        share = max(1 - keep, 1 / (count + number + 1))
        mean = value if mean != mean else mean + share * (value - mean)
        result[number] = mean
    return result
