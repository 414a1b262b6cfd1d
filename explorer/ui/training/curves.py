"""Loss and a metric of the runs side by side, with one cursor over both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from explorer import words
from explorer.session.run_log import RunLog
from explorer.style.theme import follow, theme
from explorer.training.metrics import METRICS, Metric
from explorer.ui.training import ticks
from explorer.ui.training.boundary import BoundaryView
from explorer.ui.training.curve_lines import loss_lines, loss_range, metric_lines, metric_range, read
from explorer.ui.training.read_out import Reading, ReadOut
from explorer.ui.widgets.elided_label import ElidedLabel
from explorer.ui.widgets.text import label

if TYPE_CHECKING:
    from explorer.ui.training.curve_plot import CurvePlot


class CurvesView(QWidget):
    """Two plots; for networks with two inputs the second place shows the plane they divide.

    Left and Right move the cursor, with Shift by an epoch; Esc hides it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Curves of loss and metric")
        self._metric: Metric = next(iter(METRICS.values()))
        self._is_plane = False
        self._logs: tuple[RunLog, ...] = ()
        self._cursor: float | None = None
        self._plots: tuple[CurvePlot, CurvePlot] | None = None
        self.boundary = BoundaryView()
        self.read_out = ReadOut(self)
        self._loss, self._second = QVBoxLayout(), QVBoxLayout()
        self._second_title = label("", weight="semibold", tone="2")
        self._second_words = ElidedLabel.styled("", tone="3")
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
        self.show_boundary(False)

    def _restyle(self) -> None:
        px = theme().px
        self._row.setContentsMargins(px(16), px(6), px(14), px(6))
        self._row.setSpacing(px(14))
        for column in (self._loss, self._second):
            column.setSpacing(px(2))
        self._draw()

    def set_loss_name(self, name: str) -> None:
        """Name the loss in the title."""
        self._loss_words.setText(f"{name}, log scale, by step")

    def show_boundary(self, on: bool) -> None:
        """Show the divided plane in the second place, or the metric again."""
        self._is_plane = on
        self._stack.setCurrentIndex(1 if on else 0)
        self._second_title.setText("Regions" if on else self._metric.title)
        self._second_words.setText("the answer all over the plane" if on else self._metric.about)

    def set_metric(self, metric: Metric) -> None:
        """Show another metric in the second place."""
        self._metric = metric
        self.show_boundary(self._is_plane)

    def show_logs(self, logs: Sequence[RunLog]) -> None:
        """Draw these runs, the last on top."""
        self._logs = tuple(logs)
        if self._plots is None and self._logs:
            self._make_plots()
        self._draw()

    def _make_plots(self) -> None:
        from explorer.ui.training.curve_plot import CurvePlot

        loss, second = CurvePlot("Loss by step"), CurvePlot("Metric by step")
        self._plots = (loss, second)
        for plot in self._plots:
            plot.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
            plot.pointed.connect(self.set_cursor)
        self._loss.addWidget(loss, 1)
        shown = self._stack.currentIndex()
        self._stack.insertWidget(0, second)
        self._stack.removeWidget(self._blank)
        self._blank.deleteLater()
        self._stack.setCurrentIndex(shown)

    def _draw(self) -> None:
        if self._plots is None:
            return
        if not self._logs:
            for plot in self._plots:
                plot.show_lines(())
            self.set_cursor(None)
            return
        total = max(log.total for log in self._logs)
        epoch = self._logs[-1].steps_per_epoch
        losses, figures = loss_lines(self._logs), metric_lines(self._logs, self._metric.id)
        x_ticks = ticks.step_ticks(total, epoch)
        low, high = loss_range(losses)
        bottom, top = metric_range(figures, self._metric)
        y_ticks = ticks.share_ticks if self._metric.unit == "share" else ticks.number_ticks
        loss, second = self._plots
        loss.show_axes((0, total, low, high), x_ticks, ticks.log_ticks(low, high))
        second.show_axes((0, total, bottom, top), x_ticks, y_ticks(bottom, top))
        loss.show_lines(losses, [float(flag.step) for log in self._logs[-1:] for flag in log.flags])
        second.show_lines(figures)
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
            readings += read(log, step, self._metric.id)
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


def _head(*parts: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    row.addWidget(parts[0])
    row.addWidget(parts[1], 1)
    return row
