"""The summary panel: shapes, parameters and costs by address, predicted beside measured."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHeaderView, QStackedWidget, QTreeView, QVBoxLayout, QWidget

from explorer.style.theme import follow, theme
from explorer.ui.summary import rows as rows
from explorer.ui.summary.delegate import SummaryDelegate, TotalsLine
from explorer.ui.summary.model import SummaryModel
from explorer.ui.summary.rows import SummaryRow, Totals
from explorer.ui.summary.treemap_view import TreemapView
from explorer.ui.widgets.segmented import Segmented
from explorer.ui.widgets.text import label, restyle
from explorer.ui.widgets.tools_bar import ToolsBar

WIDTHS = {
    rows.ADDRESS: 176,
    rows.BLOCK: 124,
    rows.OUTPUT: 104,
    rows.PARAMETERS: 156,
    rows.MACS: 88,
    rows.ACTIVATION: 92,
}
MEASURED_LEAST = 150
OPEN_BELOW = 60
"""Designs of fewer rows are shown opened."""


class SummaryPanel(QWidget):
    """A tree with totals, or a treemap.

    Signals:
        picked: the node of this address shall be selected. opened: the panel came into sight.
    """

    picked = Signal(str)
    opened = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Summary")
        self.model = SummaryModel(self)
        self.tree = QTreeView()
        self._set_up(self.tree)
        self.totals = TotalsLine(self.tree.header())
        self.treemap = TreemapView()
        self.treemap.picked.connect(self.picked)
        self._views = QStackedWidget()
        self._views.addWidget(self.tree)
        self._views.addWidget(self.treemap)
        self.note = label("", tone="2")
        self.mode = Segmented("Order", (("tree", "Tree"), ("table", "Table"), ("map", "Treemap")))
        self.mode.chosen.connect(self._show_mode)
        self._bar = ToolsBar((self.note, self.mode))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar)
        column.addWidget(self._views, 1)
        column.addWidget(self.totals)
        follow(self._restyle)

    def take_controls(self) -> QWidget:
        """Give the switches away, to stand in the row of tabs."""
        return self._bar.take()

    def _set_up(self, tree: QTreeView) -> None:
        tree.setModel(self.model)
        tree.setItemDelegate(SummaryDelegate(tree))
        tree.setUniformRowHeights(True)
        tree.setFrameShape(QFrame.Shape.NoFrame)
        tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        tree.setAccessibleName("Layers")
        tree.setAllColumnsShowFocus(True)
        header = tree.header()
        header.setStretchLastSection(True)
        header.setSectionsMovable(False)
        header.setSortIndicatorClearable(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        tree.selectionModel().currentChanged.connect(self._tell)

    def _share_width(self) -> None:
        """Give the columns their widths, less when the panel is narrow."""
        px = theme().px
        wanted = sum(map(px, WIDTHS.values())) + px(MEASURED_LEAST)
        factor = min(1.0, max(0.7, self.width() / wanted))
        for column, width in WIDTHS.items():
            self.tree.header().resizeSection(column, round(px(width) * factor))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width anew."""
        super().resizeEvent(event)
        self._share_width()

    def _restyle(self) -> None:
        self._share_width()
        self.tree.setIndentation(theme().px(14))
        self.tree.header().setMinimumHeight(theme().px(24))
        self.tree.doItemsLayout()

    def showEvent(self, event: QShowEvent) -> None:
        """Tell that somebody looks."""
        super().showEvent(event)
        self.opened.emit()

    def show_rows(self, new: Sequence[SummaryRow], totals: Totals) -> None:
        """Show rows; what was open, chosen and in sight stays so as far as it still exists."""
        opened, here = self._opened(), self.model.row_at(self.tree.currentIndex())
        place = self.tree.verticalScrollBar().value()
        first = self.model.rowCount() == 0
        if self.model.set_rows(new):
            if first and rows.count(new) < OPEN_BELOW:
                self.tree.expandAll()
            for address in opened:
                self.tree.expand(self.model.find(address))
            self.tree.verticalScrollBar().setValue(place)
            self.select(here.address if here else "")
        else:
            self.tree.viewport().update()
        self.treemap.show_rows(new)
        self.totals.set_totals(totals)

    def show_note(self, words: str, tone: str = "2") -> None:
        """Say in the row of tabs how the measurement went."""
        self.note.setText(words)
        restyle(self.note, tone=tone)

    def select(self, address: str) -> None:
        """Mark a row without telling anybody."""
        self.treemap.select(address)
        index = self.model.find(address) if address else QModelIndex()
        selection = self.tree.selectionModel()
        if index == self.tree.currentIndex():
            return
        selection.blockSignals(True)
        selection.setCurrentIndex(
            index,
            QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows,
        )
        selection.blockSignals(False)
        if index.isValid():
            self.tree.scrollTo(index)
        self.tree.viewport().update()

    def _opened(self) -> list[str]:
        found: list[str] = []
        self._gather(QModelIndex(), found)
        return found

    def _gather(self, parent: QModelIndex, found: list[str]) -> None:
        for place in range(self.model.rowCount(parent)):
            index = self.model.index(place, 0, parent)
            row = self.model.row_at(index)
            if row is not None and row.children and self.tree.isExpanded(index):
                found.append(row.address)
                self._gather(index, found)

    def _tell(self, current: QModelIndex, _before: QModelIndex) -> None:
        row = self.model.row_at(current)
        if row is not None:
            self.picked.emit(row.address)

    def _show_mode(self, mode: str) -> None:
        self._views.setCurrentIndex(int(mode == "map"))
        self.totals.setVisible(mode != "map")
        if mode == "map":
            return
        here = self.model.row_at(self.tree.currentIndex())
        flat = mode == "table"
        self.tree.setSortingEnabled(flat)
        self.tree.setRootIsDecorated(not flat)
        if flat:
            self.tree.header().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.model.set_flat(flat)
        self.select(here.address if here else "")
