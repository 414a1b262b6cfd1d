"""How the cells of the summary are drawn, and the line of totals below them."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHeaderView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from explorer import words
from explorer.style.theme import follow, theme
from explorer.ui.summary import rows as rows
from explorer.ui.summary.model import SummaryModel
from explorer.ui.summary.rows import Totals
from explorer.ui.widgets.share_bar import paint_share

HEIGHT = 24
PAD = 8
BAR = 68
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class SummaryDelegate(QStyledItemDelegate):
    """Rows 24 high; the parameters cell has its share of all as a bar left of the number."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Return the same height for all rows."""
        return QSize(theme().px(60), theme().px(HEIGHT))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw ground, tile, words and bar of a cell."""
        colours, px = theme().colours, theme().px
        area, state = QRect(option.rect), option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, colours.selected)
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(area, colours.hover)
        column = index.column()
        room = area.adjusted(px(PAD), 0, -px(PAD), 0)
        if column == rows.ADDRESS:
            tile = index.data(Qt.ItemDataRole.DecorationRole)
            painter.drawPixmap(area.left() + px(3), area.center().y() - px(7), tile)
            room.setLeft(area.left() + px(26))
        elif column == rows.PARAMETERS:
            self._paint_bar(painter, room, index)
        painter.setFont(theme().font("label", mono=column == rows.ADDRESS))
        painter.setPen(index.data(Qt.ItemDataRole.ForegroundRole))
        text = str(index.data() or "")
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, _RIGHT if column in rows.NUMBERS else _LEFT, shown)

    def _paint_bar(self, painter: QPainter, room: QRect, index: QModelIndex | QPersistentModelIndex) -> None:
        model = index.model()
        row = model.row_at(index) if isinstance(model, SummaryModel) else None
        if row is not None and row.parameters and row.state == "ok":
            height = theme().px(3)
            bar = QRectF(room.left(), room.center().y() - height / 2 + 0.5, theme().px(BAR), height)
            paint_share(painter, bar, row.share, theme().family_colour(row.family))


class TotalsLine(QWidget):
    """The sums, each below its column."""

    def __init__(self, header: QHeaderView) -> None:
        super().__init__()
        self._header = header
        self.totals = Totals()
        header.sectionResized.connect(self._follow_header)
        header.geometriesChanged.connect(self._follow_header)
        follow(self._restyle)

    def _follow_header(self) -> None:
        self.update()

    def _restyle(self) -> None:
        self.setFixedHeight(theme().px(28))

    def set_totals(self, totals: Totals) -> None:
        """Show other sums."""
        self.totals = totals
        self.setAccessibleName("Totals: " + ", ".join(part for part in self.texts().values() if part))
        self.update()

    def texts(self) -> dict[int, str]:
        """Return what stands below each column."""
        totals = self.totals
        macs = words.count(totals.macs) if totals.macs < 10**8 else words.short(totals.macs)
        return {
            rows.ADDRESS: words.plural(totals.layers, "layer"),
            rows.PARAMETERS: words.count(totals.parameters),
            rows.MACS: macs,
            rows.ACTIVATION: words.short_memory(totals.activation),
            rows.MEASURED: totals.measured,
        }

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a line and the sums."""
        colours, px = theme().colours, theme().px
        painter = QPainter(self)
        painter.fillRect(QRect(0, 0, self.width(), 1), colours.line)
        painter.setFont(theme().font("label", 600))
        for column, text in self.texts().items():
            left = self._header.sectionViewportPosition(column) + px(PAD)
            area = QRect(left, 1, self._header.sectionSize(column) - 2 * px(PAD), self.height() - 1)
            differs = column == rows.MEASURED and self.totals.differs
            painter.setPen(colours.warning if differs else colours.text)
            shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, area.width())
            painter.drawText(area, _RIGHT if column in rows.NUMBERS else _LEFT, shown)
