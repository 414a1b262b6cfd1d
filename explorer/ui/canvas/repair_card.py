"""The card below a wire at fault: what is wrong in a sentence, and what helps."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from explorer.blocks.registry import registry
from explorer.graph.catalogue import UnknownBlock
from explorer.graph.flow import Problem
from explorer.graph.repairs import Repair
from explorer.style import icons
from explorer.style.theme import follow, theme
from explorer.ui.widgets.keys import key_of

WIDE, PAD, ROW, TITLE, LINE = 536, 16, 36, 24, 20
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class RepairCard(QWidget):
    """`chosen` gives the number of the repair that was clicked."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._title: list[str] = []
        self._kind, self._code = "", ""
        self.repairs: Sequence[Repair] = ()
        self._hovered = 0
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.hide()
        follow(self._restyle)

    def show_problem(self, problem: Problem, repairs: Sequence[Repair], kind: str) -> None:
        """Take a problem with its repairs."""
        self._message, self.repairs, self._kind, self._hovered = problem.message, repairs, kind, 0
        self.setAccessibleName(problem.message)
        self._restyle()
        self.raise_()

    _message = ""

    def _restyle(self) -> None:
        room = theme().px(WIDE) - 2 * theme().px(PAD)
        self._title = _wrap(self._message, room, QFontMetricsF(theme().font("section", 600)))
        self.resize(self.sizeHint())
        self.update()

    def _top(self) -> int:
        """Where the repairs begin."""
        px = theme().px
        return px(PAD) - 2 + len(self._title) * px(TITLE) + px(LINE) + px(10)

    def sizeHint(self) -> QSize:
        """Return the size of sentence and repairs."""
        px = theme().px
        parent = self.parentWidget()
        wide = min(px(WIDE), max(px(280), parent.width() - px(16))) if parent else px(WIDE)
        tall = self._top() + len(self.repairs) * px(ROW) + px(10)
        return QSize(wide, tall + (px(24) if self.repairs else 0))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card, and under it which keys there are."""
        colours, px = theme().colours, theme().px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        foot = px(24) if self.repairs else 0
        card = QRectF(0.5, 0.5, self.width() - 1, self.height() - foot - 3)
        radius = theme().radius("popover")
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.shadow)
        painter.drawRoundedRect(card.translated(0, 2), radius, radius)
        painter.setPen(colours.line)
        painter.setBrush(colours.panel)
        painter.drawRoundedRect(card, radius, radius)
        self._words(painter)
        for number, repair in enumerate(self.repairs):
            self._row(painter, number, repair)
        if self.repairs:
            painter.setFont(theme().font("label"))
            painter.setPen(colours.text3)
            words = f"Enter takes the first, {key_of('edit.undo', 'Ctrl+Z')} takes it back."
            painter.drawText(QRectF(2, self.height() - foot + 2, self.width(), foot - 2), _LEFT, words)

    def _words(self, painter: QPainter) -> None:
        colours, px = theme().colours, theme().px
        y = px(PAD) - 4
        painter.setFont(theme().font("section", 600))
        painter.setPen(colours.text)
        for line in self._title:
            painter.drawText(QRectF(px(PAD), y, self.width() - 2 * px(PAD), px(TITLE)), _LEFT, line)
            y += px(TITLE)
        painter.setFont(theme().font("label", 500))
        painter.setPen(colours.text2)
        said = (
            "Repairs, each tried on this design"
            if self.repairs
            else "No repair is known for this. See its fields."
        )
        painter.drawText(QRectF(px(PAD), y + px(2), self.width() - 2 * px(PAD), px(LINE)), _LEFT, said)

    def _row(self, painter: QPainter, number: int, repair: Repair) -> None:
        colours, px = theme().colours, theme().px
        box = self._row_rect(number)
        if number == self._hovered:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.selected)
            painter.drawRoundedRect(box, theme().radius("control"), theme().radius("control"))
        icon, family = _drawn(repair.block)
        size = px(20)
        painter.drawPixmap(
            round(box.left()) + px(8), round(box.center().y() - size / 2), icons.tile(icon, family, size)
        )
        painter.setFont(theme().font("body", 600 if number == self._hovered else 500))
        painter.setPen(colours.text)
        x = box.left() + px(38)
        effect = box.left() + box.width() * 0.44
        cost = QRectF(effect, box.top(), box.right() - effect - px(10), box.height())
        title = painter.fontMetrics().elidedText(
            repair.title, Qt.TextElideMode.ElideRight, round(effect - x - px(8))
        )
        painter.drawText(QRectF(x, box.top(), effect - x, box.height()), _LEFT, title)
        painter.setFont(theme().font("label"))
        painter.drawText(cost, _LEFT, repair.effect)
        painter.setPen(colours.text2)
        painter.drawText(cost, _RIGHT, repair.cost)

    def _row_rect(self, number: int) -> QRectF:
        px = theme().px
        return QRectF(px(8), self._top() + number * px(ROW), self.width() - 2 * px(8), px(ROW) - 2)

    def _row_at(self, y: float) -> int | None:
        rows = range(len(self.repairs))
        return next((n for n in rows if self._row_rect(n).top() <= y <= self._row_rect(n).bottom()), None)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Mark the repair under the pointer."""
        row = self._row_at(event.position().y())
        if row is not None and row != self._hovered:
            self._hovered = row
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a repair."""
        row = self._row_at(event.position().y())
        if row is not None:
            self.chosen.emit(row)

    def leaveEvent(self, event: QEvent) -> None:
        """Mark the first again: Enter takes it."""
        self._hovered = 0
        self.update()


def _drawn(block: str) -> tuple[str, str]:
    """Icon and family of a block; a wand for repairs that only set a field."""
    try:
        found = registry()[block]
    except UnknownBlock:
        return "wand", "io"
    return found.icon, found.family


def _wrap(words: str, room: float, metrics: QFontMetricsF) -> list[str]:
    lines: list[str] = []
    line = ""
    for word in words.split():
        longer = f"{line} {word}" if line else word
        if line and metrics.horizontalAdvance(longer) > room:
            lines.append(line)
            line = word
        else:
            line = longer
    return [*lines, line] if line else lines
