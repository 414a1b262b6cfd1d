"""The sum as a staircase: a row for each part, its bar where the running sum stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer import words
from explorer.protocol.arithmetic import ArithmeticSet, Share
from explorer.style import colours
from explorer.style.theme import follow, theme
from explorer.ui.arithmetic.grid import short

PICTURE, GAP = 40, 6
LINE = 26
"""Height of a row without pictures."""
NAME = 62
NUMBER = 48
RIGHT = 66
"""Kept free for the number of the longest bar."""
MIDDLE = Qt.AlignmentFlag.AlignVCenter
CENTRE = Qt.AlignmentFlag.AlignCenter


@dataclass(frozen=True)
class Row:
    """One row: what it is called, what it adds, the part it stands for (None for the others and the bias)."""

    name: str
    adds: float
    share: Share | None = None


class SumStage(QWidget):
    """Rows are chosen by click or arrow keys.

    Signals:
        chosen: number of a part.
    """

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._event: ArithmeticSet | None = None
        self._rows: list[Row] = []
        self._limits: tuple[tuple[float, float], ...] = ((0.0, 1.0),) * 3
        self.current = 0
        self.setAccessibleName("What the value is made of")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        follow(self._restyle)

    def _restyle(self) -> None:
        self.setFixedHeight(self.sizeHint().height())
        self.update()

    def show_value(self, event: ArithmeticSet, current: int) -> None:
        """Show how a value comes about."""
        self._event, self.current = event, current
        rows = [Row(share.name, share.adds, share) for share in event.shares]
        if event.others:
            rows.append(Row(f"{event.others:,} others", event.others_add))
        if event.bias is not None:
            rows.append(Row("bias", event.bias))
        self._rows = rows
        windows = [share.window for share in event.shares]
        weights = [share.weights for share in event.shares if share.weights is not None]
        self._limits = (
            ends(windows),
            ends(weights),
            ends([w for w in map(products, event.shares) if w is not None]),
        )
        told = ", ".join(f"{row.name} {words.number(row.adds)}" for row in rows)
        self.setAccessibleDescription(f"{event.words} {told}. {event.formula}")
        self._restyle()

    @property
    def limits(self) -> tuple[tuple[float, float], ...]:
        """Ends of the colours of windows, weights and products, the same in all rows."""
        return self._limits

    @property
    def _has_pictures(self) -> bool:
        return any(row.share is not None and row.share.window.size > 1 for row in self._rows)

    def _high(self, row: Row) -> int:
        tall = row.share is not None and row.share.window.size > 1
        return theme().px(PICTURE + 8 if tall else LINE)

    def sizeHint(self) -> QSize:
        """Return all rows and the line of the value."""
        px = theme().px
        return QSize(px(460), sum(map(self._high, self._rows)) + px(LINE) + px(8))

    # mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the part below the pointer."""
        top = 0
        for number, row in enumerate(self._rows):
            if top <= event.position().y() < top + self._high(row) and row.share is not None:
                self.chosen.emit(number)
            top += self._high(row)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose the next part or the one before."""
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if step is None or self._event is None:
            super().keyPressEvent(event)
            return
        self.chosen.emit(max(0, min(len(self._event.shares) - 1, self.current + step)))

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw all rows, the running sum and the value."""
        if self._event is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        px = theme().px
        taken = 3 * px(PICTURE + GAP + 8) if self._has_pictures else 2 * px(NUMBER) + px(GAP)
        right = self.width() - px(RIGHT)
        scale = _Scale(self._rows, self._event.worked_out, px(NAME) + taken + px(GAP), right)
        top, run = 0, 0.0
        adds_up = self._event.kind in ("sum", "mean", "share")
        for number, row in enumerate(self._rows):
            high = self._high(row)
            place = QRectF(0, top, self.width(), high)
            if number == self.current and row.share is not None:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme().colours.selected)
                painter.drawRoundedRect(place.adjusted(px(4), 1, -px(4), -1), px(6), px(6))
            self._paint_row(painter, row, place)
            if adds_up:
                self._paint_bar(painter, scale, place, run, row.adds)
                run += row.adds
            top += high
        self._paint_value(painter, scale, QRectF(0, top, self.width(), px(LINE)), adds_up=adds_up)

    def _paint_row(self, painter: QPainter, row: Row, place: QRectF) -> None:
        px, shown = theme().px, theme().colours
        painter.setPen(shown.text if row.share is not None else shown.text2)
        painter.setFont(theme().font("label"))
        painter.drawText(place.adjusted(px(10), 0, 0, 0), MIDDLE, row.name)
        if row.share is None:
            return
        arrays = (row.share.window, row.share.weights, products(row.share))
        if row.share.window.size == 1:
            self._paint_numbers(painter, arrays, place)
            return
        x = float(px(NAME))
        for values, limits, sign in zip(arrays, self._limits, ("×", "=", "Σ"), strict=True):
            if values is None:
                continue
            picture = colours.image(values, colours.map_of(*limits), *limits)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
            box = picture.size().scaled(px(PICTURE), px(PICTURE), Qt.AspectRatioMode.KeepAspectRatio)
            y = place.center().y() - box.height() / 2
            painter.drawImage(QRectF(x, y, box.width(), box.height()), picture)
            painter.setPen(shown.text2)
            sign_place = QRectF(x + px(PICTURE), place.top(), px(GAP + 8), place.height())
            if row.share.weights is not None:
                painter.drawText(sign_place, CENTRE, sign)
            x += px(PICTURE + GAP + 8)

    def _paint_numbers(self, painter: QPainter, arrays: Sequence[np.ndarray | None], place: QRectF) -> None:
        """One input number: the product as text."""
        px = theme().px
        window, weights, _ = arrays
        if window is None:
            return
        text = short(float(window[0, 0]))
        if weights is not None:
            text += f" × {short(float(weights[0, 0]))}"
        painter.setPen(theme().colours.text2)
        painter.drawText(QRectF(px(NAME), place.top(), px(2 * NUMBER + GAP), place.height()), MIDDLE, text)

    def _paint_bar(self, painter: QPainter, scale: _Scale, place: QRectF, run: float, adds: float) -> None:
        px, shown = theme().px, theme().colours
        start, end = scale.x(run), scale.x(run + adds)
        high = min(px(16), place.height() - px(6))
        bar = QRectF(min(start, end), place.center().y() - high / 2, max(1.5, abs(end - start)), high)
        painter.setPen(QPen(shown.line_strong, 1, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(end, place.center().y()), QPointF(end, place.bottom() + place.height() / 2))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(sign_colour(adds))
        painter.drawRoundedRect(bar, 2, 2)
        painter.setPen(shown.text)
        painter.setFont(theme().font("label", 600))
        text = f"{words.MINUS if adds < 0 else '+'}{words.number(abs(adds))}"
        painter.drawText(QRectF(max(start, end) + px(6), place.top(), px(80), place.height()), MIDDLE, text)

    def _paint_value(self, painter: QPainter, scale: _Scale, place: QRectF, *, adds_up: bool) -> None:
        assert self._event is not None
        px, shown = theme().px, theme().colours
        painter.setPen(QPen(shown.line, 1))
        painter.drawLine(place.topLeft() + QPointF(px(14), 0), place.topRight() - QPointF(px(14), 0))
        painter.setPen(shown.text)
        painter.setFont(theme().font("label", 600))
        painter.drawText(place.adjusted(px(14), 0, 0, 0), MIDDLE, "value")
        text = words.number(self._event.worked_out, 4)
        at = float(px(NAME))
        if adds_up:
            start, end = scale.x(0.0), scale.x(self._event.worked_out)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(shown.accent)
            bar = QRectF(min(start, end), place.center().y() - px(7), max(1.5, abs(end - start)), px(14))
            painter.drawRoundedRect(bar, 2, 2)
            at = max(start, end) + px(6)
        painter.setPen(shown.accent)
        painter.drawText(QRectF(at, place.top(), px(120), place.height()), MIDDLE, text)


class _Scale:
    """Where a running sum stands between left and right."""

    def __init__(self, rows: Sequence[Row], value: float, left: float, right: float) -> None:
        run, sums = 0.0, [0.0, value]
        for row in rows:
            run += row.adds
            sums.append(run)
        self._low, high = min(sums), max(sums)
        self._left, self._unit = left, max(1.0, right - left) / ((high - self._low) or 1.0)

    def x(self, value: float) -> float:
        return self._left + (value - self._low) * self._unit


def sign_colour(value: float) -> QColor:
    """The red of what adds, the blue of what takes away, of the signed colour map."""
    table = colours.table(colours.map_for("signed"))
    return QColor(*(int(part) for part in table[214 if value >= 0 else 40]))


def products(share: Share) -> np.ndarray | None:
    """Window times weights; None where nothing is multiplied."""
    return None if share.weights is None else share.window * share.weights


def ends(arrays: Sequence[np.ndarray]) -> tuple[float, float]:
    """One scale for all rows."""
    if not arrays:
        return 0.0, 1.0
    low = min(float(np.nanmin(a)) if a.size else 0.0 for a in arrays)
    high = max(float(np.nanmax(a)) if a.size else 1.0 for a in arrays)
    return colours.limits(np.array([low, high]), colours.map_of(low, high))
