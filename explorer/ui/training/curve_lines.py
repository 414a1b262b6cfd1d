"""From the logs of runs to lines in plots, and back to figures at a step: pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from explorer import words
from explorer.session.origin import written
from explorer.session.run_log import LOSS, Array, RunLog
from explorer.training.metrics import Metric
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


def loss_lines(logs: Sequence[RunLog]) -> list[Line]:
    """Return the curves of the loss, as decimal logarithms."""
    found = []
    for log in logs:
        series, (at, values) = log.series[LOSS], _validation(log, LOSS)
        raw, mean = _log(series.raw.view()), _log(series.smooth.view())
        found.append(Line(log.number, _steps(log), raw, mean, (at, _log(values)), log.is_live))
    return found


def metric_lines(logs: Sequence[RunLog], metric: str) -> list[Line]:
    """Return the curves of a metric, smoothed only."""
    found = []
    for log in logs:
        steps = _steps(log)
        smooth = log.series[metric].smooth.view() if metric in log.series else np.full(len(steps), np.nan)
        points = _validation(log, metric)
        found.append(Line(log.number, steps, np.zeros(0), smooth, points, log.is_live))
    return found


def _validation(log: RunLog, metric: str) -> tuple[Array, Array]:
    at = np.array([float(point.step) for point in log.validation])
    return at, np.array([point.figure(metric) for point in log.validation])


def read(log: RunLog, step: int, metric: str = "accuracy") -> list[Reading]:
    """Return what a run's curves say at a step; the validation figures are those of the nearest epoch."""
    found = []
    index = step - log.first - 1
    if 0 <= index < len(log.series[LOSS].raw.view()):
        known = log.series.get(metric)
        figure = written(metric, float(known.smooth.view()[index])) if known is not None else ""
        loss = words.number(float(log.series[LOSS].smooth.view()[index]))
        found.append(Reading(log.number, f"{log.name} train", loss, figure))
    near = min(log.validation, key=lambda point: abs(point.step - step), default=None)
    if near is not None and abs(near.step - step) <= log.steps_per_epoch:
        figure = written(metric, near.metrics[metric]) if metric in near.metrics else ""
        found.append(Reading(log.number, f"{log.name} val.", words.number(near.loss), figure, True))
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


def metric_range(lines: Sequence[Line], metric: Metric) -> tuple[float, float]:
    """Return the range of a metric's axis: shares end at 1, numbers begin at 0."""
    if metric.unit == "share":
        return share_floor(lines), 1.0
    parts = [part for line in lines for part in (line.smooth, line.points[1]) if len(part)]
    values = np.concatenate(parts) if parts else np.zeros(0)
    values = values[np.isfinite(values)]
    return 0.0, float(np.quantile(values, 0.98)) * 1.1 if len(values) and values.max() > 0 else 1.0


def share_floor(lines: Sequence[Line]) -> float:
    """Return where an axis of shares begins: higher once all curves are high."""
    parts = [part for line in lines for part in (line.smooth, line.points[1]) if len(part)]
    values = np.concatenate(parts) if parts else np.zeros(0)
    values = values[np.isfinite(values)]
    lowest = float(np.quantile(values, 0.02)) if len(values) else 0.0
    return 0.8 if lowest > 0.85 else 0.5 if lowest > 0.6 else 0.0
