"""From the logs of runs to lines in plots, and back to figures at a step: pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from explorer import words
from explorer.session.run_log import Array, RunLog
from explorer.ui.training.read_out import Reading


@dataclass(frozen=True, eq=False)
class Line:
    """The curves of one run in one plot, in the plot's own units.

    Attributes:
        raw: y of every step, empty to leave it out. smooth: the same, smoothed.
        points: x and y on the validation part. is_live: whether the end gets a dot.

    """

    colour: int
    steps: Array
    raw: Array
    smooth: Array
    points: tuple[Array, Array]
    is_live: bool = False


def lines_of(logs: Sequence[RunLog]) -> tuple[list[Line], list[Line]]:
    """Return the lines of both plots: decimal logarithms of the loss, shares of right answers."""
    losses: list[Line] = []
    accuracies: list[Line] = []
    for log in logs:
        steps = _steps(log)
        at = np.array([float(point.step) for point in log.validation])
        val = np.array([point.loss for point in log.validation])
        right = np.array([np.nan if p.accuracy is None else p.accuracy for p in log.validation])
        colour, live = log.number, log.is_live
        raw, mean = _log(log.losses.view()), _log(log.smooth_losses.view())
        losses.append(Line(colour, steps, raw, mean, (at, _log(val)), live))
        smooth = log.smooth_accuracies.view() if log.has_accuracy else np.full(len(steps), np.nan)
        accuracies.append(Line(colour, steps, np.zeros(0), smooth, (at, right), live))
    return losses, accuracies


def read(log: RunLog, step: int) -> list[Reading]:
    """Return what a run's curves say at a step; the validation figures are those of the nearest epoch."""
    found = []
    index = step - log.first - 1
    if 0 <= index < len(log.losses.view()):
        share = words.percent(float(log.smooth_accuracies.view()[index]), 1) if log.has_accuracy else ""
        loss = words.number(float(log.smooth_losses.view()[index]))
        found.append(Reading(log.number, f"Run {log.number + 1} train", loss, share))
    near = min(log.validation, key=lambda point: abs(point.step - step), default=None)
    if near is not None and abs(near.step - step) <= log.steps_per_epoch:
        share = "" if near.accuracy is None else words.percent(near.accuracy, 1)
        name = f"Run {log.number + 1} val."
        found.append(Reading(log.number, name, words.number(near.loss), share, True))
    return found


def _steps(log: RunLog) -> Array:
    return np.arange(log.first + 1, log.step + 1, dtype=np.float64)


def _log(values: Array) -> Array:
    """Decimal logarithm; what has none is left out of the curve."""
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Array = np.log10(values.astype(np.float64))
    found[~np.isfinite(found)] = np.nan
    return found


def loss_range(lines: Sequence[Line]) -> tuple[float, float]:
    """Range of the curves; the raw one may leave it by its rarest values."""
    parts = [part for line in lines for part in (line.smooth, line.points[1]) if len(part)]
    for line in lines:
        raw = line.raw[np.isfinite(line.raw)]
        if len(raw) > 20:
            parts.append(np.quantile(raw, [0.02, 0.995]))
    values = np.concatenate(parts) if parts else np.zeros(0)
    values = values[np.isfinite(values)]
    if not len(values):
        return -2.0, 0.5
    low, high = float(values.min()), float(values.max())
    room = max(0.05 * (high - low), 0.02)
    return low - room, high + room


def share_floor(lines: Sequence[Line]) -> float:
    """Return where the axis of accuracy begins: higher once all curves are high."""
    parts = [part for line in lines for part in (line.smooth, line.points[1]) if len(part)]
    values = np.concatenate(parts) if parts else np.zeros(0)
    values = values[np.isfinite(values)]
    lowest = float(np.quantile(values, 0.02)) if len(values) else 0.0
    return 0.8 if lowest > 0.85 else 0.5 if lowest > 0.6 else 0.0
