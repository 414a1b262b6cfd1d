"""What is known of one training run: figures of every step and every epoch, kept as they arrive."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from explorer.protocol.records import TrainSettings

Array = np.ndarray[Any, np.dtype[Any]]


class Epoch(NamedTuple):
    """Figures on the validation part, and means over the epoch's steps."""

    step: int
    loss: float
    accuracy: float | None


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


@dataclass
class RunLog:
    """A run. `step` counts the steps done; series have one value a step, beginning at `first`.

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
    losses: Growing = field(default_factory=Growing)
    accuracies: Growing = field(default_factory=Growing)
    smooth_losses: Growing = field(default_factory=Growing)
    smooth_accuracies: Growing = field(default_factory=Growing)
    validation: list[Epoch] = field(default_factory=list)
    flags: list[Flag] = field(default_factory=list)
    has_accuracy: bool = True

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
        return self.first + len(self.losses.view())

    @property
    def total(self) -> int:
        """Steps planned while it goes on, steps done once it is over."""
        planned = self.epochs * self.steps_per_epoch if self.is_live else 1
        return max(planned, self.step)

    @property
    def window(self) -> int:
        """Steps that the smoothed curves look back over."""
        return int(min(max(self.steps_per_epoch // 4, 4), 60))

    def add_steps(self, first_step: int, losses: Array, accuracies: Array) -> None:
        """Take in what happened since `first_step`; steps known already are written anew."""
        if len(self.losses.view()) == 0:
            self.first = first_step
        self._cut_series(first_step)  # not the validation: an epoch's end may be told before its last steps
        self.losses.append(losses)
        self.accuracies.append(accuracies)
        self.smooth_losses.append(_smoothed(self.smooth_losses.view(), losses, self.window))
        self.smooth_accuracies.append(_smoothed(self.smooth_accuracies.view(), accuracies, self.window))

    def cut(self, step: int) -> None:
        """Forget what came after a step: the run goes on from there."""
        self._cut_series(step)
        self.validation = [epoch for epoch in self.validation if epoch.step <= step]

    def _cut_series(self, step: int) -> None:
        for series in (self.losses, self.accuracies, self.smooth_losses, self.smooth_accuracies):
            series.cut(max(0, step - self.first))

    def add_epoch(self, step: int, loss: float, accuracy: float | None) -> None:
        """Take in the figures of an epoch; the same epoch again replaces them."""
        self.has_accuracy = accuracy is not None
        self.validation = [epoch for epoch in self.validation if epoch.step != step]
        self.validation.append(Epoch(step, loss, accuracy))

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
