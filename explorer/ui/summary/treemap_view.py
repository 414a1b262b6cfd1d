"""The treemap as a widget: a cell for each layer in the colour of its family, with icon, name and share."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from explorer import words
from explorer.style.theme import follow, theme
from explorer.ui.summary import treemap_paint
from explorer.ui.summary.rows import SummaryRow
from explorer.ui.summary.treemap import Cell, cells
from explorer.ui.widgets.spoken import SpokenItem, tell_focus

LEGEND, MARGIN = 26, 8


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

    def spoken_items(self) -> list[SpokenItem]:
        """What a screen reader hears: the layers, the largest first, as the arrow keys go through them."""
        layers = sorted((cell for cell in self.cells if not cell.holds), key=lambda c: -c.row.parameters)
        return [
            SpokenItem(
                said_of(cell),
                cell.area.toRect(),
                selected=cell.row.address == self._selected,
                focused=cell.row.address == self._selected and self.hasFocus(),
            )
            for cell in layers
        ]

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
        treemap_paint.cells(painter, self.cells)
        for address, colour, wide in (
            (self._pointed, colours.text, 1.5),
            (self._selected, colours.accent, 3.0),
        ):
            if (cell := self.cell_of(address)) is not None:
                treemap_paint.ring(painter, cell, colour, wide)
        foot = QRectF(self.rect()).adjusted(theme().px(MARGIN), self.height() - theme().px(LEGEND), 0, 0)
        treemap_paint.legend(painter, self.cells, foot)

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
        tell_focus(self)
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
