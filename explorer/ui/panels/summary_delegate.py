"""How the cells of the summary are drawn, and the line of totals below them."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHeaderView, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from explorer.ui import words
from explorer.ui.panels import summary_rows as rows
from explorer.ui.panels.summary_rows import Totals
from explorer.ui.theme import follow, theme
from explorer.ui.widgets.share_bar import paint_share

HEIGHT = 24
NUMBER = 76
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class SummaryDelegate(QStyledItemDelegate):
    """Rows 24 high; the parameters cell has its number left and its share of all as a bar right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Return the same height for all rows."""
        return QSize(theme().px(60), theme().px(HEIGHT))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw a cell."""
        if index.column() != rows.PARAMETERS:
            super().paint(painter, option, index)
            return
        area = QRect(option.rect)
        option.rect = area.adjusted(0, 0, theme().px(NUMBER) - area.width(), 0)
        super().paint(painter, option, index)
        row = index.model().row_at(index)
        if row is not None and row.parameters and row.state == "ok":
            left = area.left() + theme().px(NUMBER + 8)
            height = theme().px(3)
            top = area.center().y() - height / 2 + 0.5
            bar = QRectF(left, top, max(0, area.right() - theme().px(8) - left), height)
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
            rows.ACTIVATION: rows.memory(totals.activation),
            rows.MEASURED: totals.measured,
        }

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a line and the sums."""
        colours, px = theme().colours, theme().px
        painter = QPainter(self)
        painter.fillRect(QRect(0, 0, self.width(), 1), colours.line)
        painter.setFont(theme().font("label", 600))
        for column, text in self.texts().items():
            left = self._header.sectionViewportPosition(column)
            width = px(NUMBER) if column == rows.PARAMETERS else self._header.sectionSize(column)
            area = QRect(left + px(3), 1, width - px(6), self.height() - 1)
            if column == rows.ADDRESS:
                area.adjust(px(12), 0, 0, 0)
            differs = column == rows.MEASURED and self.totals.differs
            painter.setPen(colours.warning if differs else colours.text)
            align = _RIGHT if column in rows.NUMBERS else _LEFT
            painter.drawText(
                area, align, painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, area.width())
            )
