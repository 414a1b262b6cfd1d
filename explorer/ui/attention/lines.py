"""Where each token of a text looks: two rows of tokens and a line for every weight that counts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea

from explorer.style.colours import Array
from explorer.style.theme import follow, theme

FAINTEST = 0.06
"""Weights below it have no line."""
NARROWEST = 13
"""Pixels of a letter's chip, before the text scale, below which the rows scroll instead."""
_CENTRE = Qt.AlignmentFlag.AlignCenter


class TokenLines(QAbstractScrollArea):
    """Above what is looked at, below who looks; the lines of the one that asks stand out.

    Both rows scroll together where the text is longer than the panel.

    Signals:
        picked: number of the token below that was clicked, pointed at or reached by the arrow keys.
    """

    picked = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._asking: tuple[str, ...] = ()
        self._asked: tuple[str, ...] = ()
        self._weights: Array = np.zeros((0, 0), np.float32)
        self._query = 0
        self.setAccessibleName("Where each token looks")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setMouseTracking(True)
        follow(self._measure)

    def show_weights(self, weights: Array, asking: Sequence[str], asked: Sequence[str], query: int) -> None:
        """Show weights (queries, keys) of one head over its tokens, and which query asks."""
        self._weights = np.nan_to_num(np.asarray(weights, np.float32))
        self._asking, self._asked = tuple(asking), tuple(asked)
        self._query = min(max(query, 0), max(0, len(self._asking) - 1))
        self._say()
        self._measure()
        self._reveal()

    def tokens(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return those that are looked at, and those that look."""
        return self._asked, self._asking

    def query(self) -> int:
        """Return the token whose lines stand out."""
        return self._query

    def token_rect(self, number: int, *, asks: bool = True) -> QRectF:
        """Return where the chip of a token lies in the viewport."""
        return self._rows()[asks][number].translated(-self.horizontalScrollBar().value(), 0)

    # geometry

    def _chips(self, tokens: Sequence[str], *, below: bool) -> list[QRectF]:
        px, metrics = theme().px, QFontMetrics(theme().font("label", 500))
        letters = all(len(token) <= 1 for token in (*self._asking, *self._asked) if token[:1] != "<")
        tall, gap = px(24), px(2 if letters else 6)
        y = self.viewport().height() - tall - px(4) if below else px(2)
        found, x = [], float(px(4))
        longest = max(len(self._asking), len(self._asked), 1)
        each = min(px(20), max(px(NARROWEST), (self.viewport().width() - px(8)) // longest - gap))
        for token in tokens:
            wide = each if letters and len(token) <= 1 else metrics.horizontalAdvance(token) + px(12)
            found.append(QRectF(x, y, wide, tall))
            x += wide + gap
        return found

    def _rows(self) -> tuple[list[QRectF], list[QRectF]]:
        """Chips above and below, the shorter row over the middle of the longer."""
        above, below = self._chips(self._asked, below=False), self._chips(self._asking, below=True)
        widths = [row[-1].right() if row else 0.0 for row in (above, below)]
        whole = max(*widths, self.viewport().width() - theme().px(4))
        return (
            [chip.translated((whole - widths[0]) / 2, 0) for chip in above],
            [chip.translated((whole - widths[1]) / 2, 0) for chip in below],
        )

    def _measure(self) -> None:
        wide = max((row[-1].right() for row in self._rows() if row), default=0.0)
        bar = self.horizontalScrollBar()
        bar.setRange(0, max(0, round(wide) + theme().px(4) - self.viewport().width()))
        bar.setPageStep(self.viewport().width())
        bar.setSingleStep(theme().px(44))
        self.viewport().update()

    def _reveal(self) -> None:
        if not self._asking:
            return
        chip = self._rows()[1][self._query]
        bar, wide = self.horizontalScrollBar(), self.viewport().width()
        if chip.right() > bar.value() + wide:
            bar.setValue(round(chip.right()) - wide + theme().px(8))
        elif chip.left() < bar.value():
            bar.setValue(round(chip.left()) - theme().px(8))

    def sizeHint(self) -> QSize:
        """Return a strip as high as lines can be followed in."""
        return QSize(theme().px(440), theme().px(210))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Work out anew how far the rows scroll, and keep the one that asks in sight."""
        self._measure()
        self._reveal()

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the lines, then both rows over their ends."""
        if not self._asking or not self._asked:
            return
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(-self.horizontalScrollBar().value(), 0)
        above, below = self._rows()
        strong = [(q, k) for q, k in zip(*np.nonzero(self._weights >= FAINTEST), strict=True)]
        for query, key in sorted(strong, key=lambda pair: pair[0] == self._query):
            weight = float(self._weights[query, key])
            self._draw_line(painter, below[query], above[key], weight, chosen=query == self._query)
        best = int(self._weights[self._query].argmax())
        for rects, tokens, marked in ((above, self._asked, best), (below, self._asking, self._query)):
            for number, (rect, token) in enumerate(zip(rects, tokens, strict=True)):
                self._draw_chip(painter, rect, token, marked=number == marked)

    def _draw_line(
        self, painter: QPainter, asks: QRectF, asked: QRectF, weight: float, *, chosen: bool
    ) -> None:
        px, tints = theme().px, theme().colours
        colour = QColor(tints.accent if chosen else tints.text3)
        if not chosen:
            colour.setAlphaF(0.06 + 0.3 * min(weight, 1.0))
        start, end = QPointF(asks.center().x(), asks.top()), QPointF(asked.center().x(), asked.bottom())
        middle = (start.y() + end.y()) / 2
        path = QPainterPath(start)
        path.cubicTo(QPointF(start.x(), middle), QPointF(end.x(), middle), end)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour, px(1) * (1.2 + 5 * weight if chosen else 1 + 2.2 * weight)))
        painter.drawPath(path)

    def _draw_chip(self, painter: QPainter, rect: QRectF, token: str, *, marked: bool) -> None:
        px, tints = theme().px, theme().colours
        painter.setPen(QPen(tints.accent, px(2)) if marked else Qt.PenStyle.NoPen)
        painter.setBrush(tints.sunken)
        painter.drawRoundedRect(rect, px(3), px(3))
        painter.setFont(theme().font("label", 500))
        painter.setPen(tints.accent if marked else tints.text3 if token in "␣↵" else tints.text)
        painter.drawText(rect, _CENTRE, token)

    # choosing

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Let the token under the mouse ask."""
        self._point(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Let the token under the mouse ask."""
        self._point(event.position())

    def _point(self, place: QPointF) -> None:
        at = place + QPointF(self.horizontalScrollBar().value(), 0)
        chips = self._rows()[1]
        number = next((n for n, chip in enumerate(chips) if chip.contains(at)), None)
        if number is not None:
            self._pick(number)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from token to token with the arrow keys, to the ends with Home and End."""
        last = len(self._asking) - 1
        places = {
            Qt.Key.Key_Left: self._query - 1,
            Qt.Key.Key_Right: self._query + 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        place = places.get(Qt.Key(event.key()))
        if place is None or last < 0:
            super().keyPressEvent(event)
            return
        self._pick(min(max(place, 0), last))

    def _pick(self, number: int) -> None:
        if number != self._query:
            self._query = number
            self._say()
            self._reveal()
            self.viewport().update()
            self.picked.emit(number)

    def _say(self) -> None:
        if not self._asking or not self._asked:
            return
        best = int(self._weights[self._query].argmax())
        self.setAccessibleDescription(
            f"{self._asking[self._query]} looks most at {self._asked[best]}, "
            f"{float(self._weights[self._query, best]):.2f}"
        )
