"""Loss and accuracy of the runs side by side, with one cursor over both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from explorer.ui import words
from explorer.ui.panels import thinning
from explorer.ui.panels.boundary import BoundaryView
from explorer.ui.panels.read_out import Reading, ReadOut
from explorer.ui.panels.run_log import Array, RunLog
from explorer.ui.theme import follow, theme
from explorer.ui.widgets.elided_label import ElidedLabel
from explorer.ui.widgets.text import label

if TYPE_CHECKING:
    from explorer.ui.panels.curve_plot import CurvePlot, Line


class CurvesView(QWidget):
    """Two plots; for networks with two inputs the second place shows the plane they divide.

    Left and Right move the cursor, with Shift by an epoch; Esc hides it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Curves of loss and accuracy")
        self._logs: tuple[RunLog, ...] = ()
        self._cursor: float | None = None
        self._plots: tuple[CurvePlot, CurvePlot] | None = None
        self.boundary = BoundaryView()
        self.read_out = ReadOut(self)
        self._loss, self._second = QVBoxLayout(), QVBoxLayout()
        self._second_title = label("Accuracy", weight="semibold", tone="2")
        self._second_words = ElidedLabel.styled("share of right answers", tone="3")
        self._loss_words = ElidedLabel.styled("", tone="3")
        self._stack = QStackedWidget()
        self._blank = QWidget()
        self._stack.addWidget(self._blank)
        self._stack.addWidget(self.boundary)
        self._loss.addLayout(_head(label("Loss", weight="semibold", tone="2"), self._loss_words))
        self._second.addLayout(_head(self._second_title, self._second_words))
        self._second.addWidget(self._stack, 1)
        self._row = QHBoxLayout(self)
        self._row.addLayout(self._loss, 1)
        self._row.addLayout(self._second, 1)
        follow(self._restyle)
        self.set_loss_name("cross-entropy")

    def _restyle(self) -> None:
        px = theme().px
        self._row.setContentsMargins(px(16), px(6), px(14), px(6))
        self._row.setSpacing(px(20))
        self._draw()

    def set_loss_name(self, name: str) -> None:
        """Name the loss in the title."""
        self._loss_words.setText(f"{name}, log scale, by step")

    def show_boundary(self, on: bool) -> None:
        """Show the divided plane in the second place, or accuracy again."""
        self._stack.setCurrentIndex(1 if on else 0)
        self._second_title.setText("Regions" if on else "Accuracy")
        self._second_words.setText("the answer all over the plane" if on else "share of right answers")

    def show_logs(self, logs: Sequence[RunLog]) -> None:
        """Draw these runs, the last on top."""
        self._logs = tuple(logs)
        if self._plots is None and self._logs:
            self._make_plots()
        self._draw()

    def _make_plots(self) -> None:
        from explorer.ui.panels.curve_plot import CurvePlot

        loss, accuracy = CurvePlot("Loss by step"), CurvePlot("Accuracy by step")
        self._plots = (loss, accuracy)
        for plot in self._plots:
            plot.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
            plot.pointed.connect(self.set_cursor)
        self._loss.addWidget(loss, 1)
        shown = self._stack.currentIndex()
        self._stack.insertWidget(0, accuracy)
        self._stack.removeWidget(self._blank)
        self._blank.deleteLater()
        self._stack.setCurrentIndex(shown)

    def _draw(self) -> None:
        if self._plots is None or not self._logs:
            return
        from explorer.ui.panels.curve_plot import Line

        total = max(log.total for log in self._logs)
        epoch = self._logs[-1].steps_per_epoch
        losses: list[Line] = []
        accuracies: list[Line] = []
        for log in self._logs:
            steps = _steps(log)
            at = np.array([float(point.step) for point in log.validation])
            val = np.array([point.loss for point in log.validation])
            right = np.array([np.nan if p.accuracy is None else p.accuracy for p in log.validation])
            colour, live = log.number, log.is_live
            raw, mean = _log(log.losses.view()), _log(log.smooth_losses.view())
            losses.append(Line(colour, steps, raw, mean, (at, _log(val)), live))
            smooth = log.smooth_accuracies.view() if log.has_accuracy else np.full(len(steps), np.nan)
            accuracies.append(Line(colour, steps, np.zeros(0), smooth, (at, right), live))
        x_ticks = thinning.step_ticks(total, epoch)
        low, high = _loss_range(losses)
        bottom = _share_floor(accuracies)
        loss, accuracy = self._plots
        loss.show_axes((0, total, low, high), x_ticks, thinning.log_ticks(low, high))
        accuracy.show_axes((0, total, bottom, 1.0), x_ticks, thinning.share_ticks(bottom, 1.0))
        loss.show_lines(losses, [float(flag.step) for log in self._logs[-1:] for flag in log.flags])
        accuracy.show_lines(accuracies)
        self.set_cursor(self._cursor)

    # the cursor

    def set_cursor(self, step: object) -> None:
        """Put the cursor at a step, or hide it with None."""
        self._cursor = float(step) if isinstance(step, int | float) else None
        if self._plots is None or not self._logs or self._cursor is None:
            self.read_out.hide()
            for plot in self._plots or ():
                plot.show_cursor(None)
            return
        total = max(log.total for log in self._logs)
        self._cursor = min(max(round(self._cursor), 0), total)
        for plot in self._plots:
            plot.show_cursor(self._cursor)
        self._read(int(self._cursor))

    def _read(self, step: int) -> None:
        readings: list[Reading] = []
        for log in reversed(self._logs):
            readings += read(log, step)
        epoch = (max(step, 1) - 1) // max(1, self._logs[-1].steps_per_epoch) + 1
        head = f"step {words.count(step)} · epoch {epoch}"
        marks = [flag.words for flag in self._logs[-1].flags if abs(flag.step - step) <= 2]
        self.read_out.show_readings(" · ".join([head, *marks[:1]]), readings[:8])
        self._place(step)

    def _place(self, step: int) -> None:
        if self._plots is None:
            return
        plot = self._plots[1] if self._stack.currentIndex() == 0 else self._plots[0]
        corner = plot.mapTo(self, plot.rect().topLeft())
        x = corner.x() + plot.pixel_of(step)
        box, px = self.read_out, theme().px
        left = x + px(12) if x + px(12) + box.width() <= self.width() - px(4) else x - px(12) - box.width()
        top = corner.y() + plot.height() - box.height() - px(32)
        box.move(max(0, left), max(0, top))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the cursor."""
        sign = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if event.key() == Qt.Key.Key_Escape and self._cursor is not None:
            self.set_cursor(None)
        elif sign and self._logs:
            log = self._logs[-1]
            whole = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            stride = log.steps_per_epoch if whole else max(1, log.total // 100)
            start = self._cursor if self._cursor is not None else float(log.step)
            self.set_cursor(start + sign * stride if self._cursor is not None else start)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Thin the curves for the new width."""
        super().resizeEvent(event)
        self._draw()


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


def _head(*parts: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    row.addWidget(parts[0])
    row.addWidget(parts[1], 1)
    return row


def _steps(log: RunLog) -> Array:
    return np.arange(log.first + 1, log.step + 1, dtype=np.float64)


def _log(values: Array) -> Array:
    """Decimal logarithm; what has none is left out of the curve."""
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Array = np.log10(values.astype(np.float64))
    found[~np.isfinite(found)] = np.nan
    return found


def _loss_range(lines: Sequence[Line]) -> tuple[float, float]:
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


def _share_floor(lines: Sequence[Line]) -> float:
    parts = [part for line in lines for part in (line.smooth, line.points[1]) if len(part)]
    values = np.concatenate(parts) if parts else np.zeros(0)
    values = values[np.isfinite(values)]
    lowest = float(np.quantile(values, 0.02)) if len(values) else 0.0
    return 0.8 if lowest > 0.85 else 0.5 if lowest > 0.6 else 0.0
