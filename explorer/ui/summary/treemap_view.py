"""The treemap as a widget: a cell for each layer in the colour of its family, with icon, name and share."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from explorer import words
from explorer.figures.canvas.painting.text import ink_on
from explorer.style import icons
from explorer.style.families import FAMILIES
from explorer.style.theme import follow, theme
from explorer.ui.summary.rows import SummaryRow
from explorer.ui.summary.treemap import HEAD, Cell, cells

LEGEND, MARGIN = 26, 8
LEAST_NAME = 26
"""Pixels of width from which a name is written, cut if need be."""


class TreemapView(QWidget):
    """Where parameters live. Arrow keys go through the layers from the largest to the smallest.

    Signals:
        picked: a node was clicked, by its address.
    """

    picked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Treemap of parameters")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self._rows: tuple[SummaryRow, ...] = ()
        self._cells: list[Cell] | None = None
        self._selected = self._pointed = ""
        follow(self._restyle)

    def _restyle(self) -> None:
        self._cells = None
        self.update()

    def show_rows(self, rows: Sequence[SummaryRow]) -> None:
        """Show other layers."""
        if tuple(rows) != self._rows:
            self._rows, self._cells = tuple(rows), None
            self._tell()
            self.update()

    def select(self, address: str) -> None:
        """Mark a node without telling anybody."""
        if address != self._selected:
            self._selected = address
            self._tell()
            self.update()

    def _tell(self) -> None:
        cell = self.cell_of(self._selected)
        self.setAccessibleDescription(said_of(cell) if cell else "Nothing is selected.")

    @property
    def cells(self) -> list[Cell]:
        """All cells in the order in which they are drawn."""
        if self._cells is None:
            px = theme().px
            area = QRectF(self.rect()).adjusted(px(MARGIN), px(MARGIN), -px(MARGIN), -px(LEGEND))
            self._cells = list(cells(self._rows, area)) if area.isValid() else []
        return self._cells

    def cell_of(self, address: str) -> Cell | None:
        """Return the cell of an address, if it has parameters."""
        return next((cell for cell in self.cells if cell.row.address == address), None)

    def cell_at(self, point: QPointF) -> Cell | None:
        """Return the innermost cell under a point."""
        return next((cell for cell in reversed(self.cells) if cell.area.contains(point)), None)

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw cells, marks and the legend of families."""
        colours = theme().colours
        painter = QPainter(self)
        painter.fillRect(self.rect(), colours.panel)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self.cells:
            painter.setFont(theme().font("label"))
            painter.setPen(colours.text2)
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "No layer has parameters.")
            return
        for cell in self.cells:
            (self._paint_group if cell.holds else self._paint_leaf)(painter, cell)
        self._ring(painter, self._pointed, colours.text, 1.5)
        self._ring(painter, self._selected, colours.accent, 3.0)
        self._paint_legend(painter)

    def _ring(self, painter: QPainter, address: str, colour: QColor, wide: float) -> None:
        cell = self.cell_of(address) if address else None
        if cell is None:
            return
        inside = cell.area.adjusted(wide / 2, wide / 2, -wide / 2, -wide / 2)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme().colours.panel, wide + 2))
        painter.drawRect(inside)
        painter.setPen(QPen(colour, wide))
        painter.drawRect(inside)

    def _paint_group(self, painter: QPainter, cell: Cell) -> None:
        colours, px = theme().colours, theme().px
        painter.setPen(QPen(colours.line, 1))
        painter.setBrush(colours.sunken)
        painter.drawRect(cell.area.adjusted(0.5, 0.5, -0.5, -0.5))
        if cell.headed:
            head = QRectF(cell.area.left() + px(5), cell.area.top(), cell.area.width() - px(10), HEAD)
            self._name_and_share(painter, cell, head, colours.text)

    def _paint_leaf(self, painter: QPainter, cell: Cell) -> None:
        px, ground = theme().px, theme().family_colour(cell.row.family)
        gap = 0.5 if min(cell.area.width(), cell.area.height()) > 4 else 0.0
        painter.fillRect(cell.area.adjusted(gap, gap, -gap, -gap), ground)
        if cell.area.width() < px(LEAST_NAME) or cell.area.height() < px(15):
            return
        ink = ink_on(ground)
        left, top = cell.area.left() + px(5), cell.area.top() + px(3)
        room = cell.area.width() - px(8)
        if cell.area.height() >= px(36) and room >= px(60):
            size = px(14)
            painter.drawPixmap(QPointF(left, top + 1), icons.icon_pixmap(cell.row.icon, ink, size))
            head = QRectF(left + size + px(4), top, room - size - px(4), px(16))
            self._line(painter, cell.row.name, head, ink, 600)
            share = f"{words.percent(cell.row.share)} · {words.short(cell.row.parameters)}"
            self._line(painter, share, QRectF(left, top + px(16), room, px(16)), ink, 400)
        else:
            self._name_and_share(painter, cell, QRectF(left, top - 1, room, px(16)), ink)

    def _name_and_share(self, painter: QPainter, cell: Cell, area: QRectF, ink: QColor) -> None:
        painter.setFont(theme().font("caption"))
        share = words.percent(cell.row.share)
        wide = painter.fontMetrics().horizontalAdvance(share) + theme().px(6)
        names = area.adjusted(0, 0, -wide, 0) if area.width() > 2 * wide else area
        self._line(painter, cell.row.name, names, ink, 600)
        if names is not area:
            painter.setFont(theme().font("caption"))
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(area, right, share)

    @staticmethod
    def _line(painter: QPainter, said: str, area: QRectF, ink: QColor, weight: int) -> None:
        painter.setFont(theme().font("caption", weight))
        painter.setPen(ink)
        short = painter.fontMetrics().elidedText(said, Qt.TextElideMode.ElideRight, int(area.width()))
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, short)

    def _paint_legend(self, painter: QPainter) -> None:
        px, colours = theme().px, theme().colours
        shares: dict[str, float] = {}
        for cell in self.cells:
            if not cell.holds:
                shares[cell.row.family] = shares.get(cell.row.family, 0.0) + cell.row.share
        x, y = float(px(MARGIN)), self.height() - px(LEGEND) / 2
        painter.setFont(theme().font("caption"))
        for family in sorted(shares, key=lambda name: -shares[name]):
            said = f"{FAMILIES.get(family, family)} {words.percent(shares[family])}"
            wide = painter.fontMetrics().horizontalAdvance(said)
            if x + wide + px(18) > self.width():
                return
            painter.fillRect(QRectF(x, y - px(5), px(10), px(10)), theme().family_colour(family))
            painter.setPen(colours.text2)
            box = QRectF(x + px(15), y - px(9), wide + 2, px(18))
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, said)
            x += wide + px(32)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the cells out anew."""
        super().resizeEvent(event)
        self._cells = None

    # mouse and keys

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Mark what is under the mouse."""
        cell = self.cell_at(event.position())
        self._point_at(cell.row.address if cell else "")

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the mouse."""
        self._point_at("")

    def _point_at(self, address: str) -> None:
        if address != self._pointed:
            self._pointed = address
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select what was clicked."""
        cell = self.cell_at(event.position())
        if cell is not None and event.button() == Qt.MouseButton.LeftButton:
            self._pick(cell)

    def _pick(self, cell: Cell) -> None:
        self.select(cell.row.address)
        self.picked.emit(cell.row.address)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to the next smaller or larger layer."""
        step = {
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Up: -1,
        }.get(Qt.Key(event.key()), 0)
        layers = sorted((cell for cell in self.cells if not cell.holds), key=lambda c: -c.row.parameters)
        if not step or not layers:
            super().keyPressEvent(event)
            return
        here = next((n for n, cell in enumerate(layers) if cell.row.address == self._selected), None)
        goal = (0 if step > 0 else len(layers) - 1) if here is None else here + step
        self._pick(layers[min(max(goal, 0), len(layers) - 1)])

    def event(self, event: QEvent) -> bool:
        """Say in full what a cell has no room for."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            cell = self.cell_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), said_of(cell) if cell else "", self)
            return True
        return super().event(event)


def said_of(cell: Cell) -> str:
    """Return address, block, parameters and share of a cell."""
    row = cell.row
    return (
        f"{row.address} · {row.block}: {words.plural(row.parameters, 'parameter')}, "
        f"{words.percent(row.share)} of all"
    )
