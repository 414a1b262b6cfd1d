"""The summary as a Qt model: a tree by composite, or a flat table of layers that can be sorted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from explorer.style import icons
from explorer.style.theme import theme
from explorer.ui.summary import rows as rows
from explorer.ui.summary.rows import COLUMNS, SummaryRow

Index: TypeAlias = QModelIndex | QPersistentModelIndex
TOP = QModelIndex()
_NUMBER = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_WORDS = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class _Entry(NamedTuple):
    row: SummaryRow
    parent: int
    place: int
    children: list[int]


class SummaryModel(QAbstractItemModel):
    """Rows are named by their number, so that Qt holds no Python object."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[SummaryRow, ...] = ()
        self._entries: list[_Entry] = []
        self._top: list[int] = []
        self._numbers: dict[str, int] = {}
        self.flat = False
        self._sorted: tuple[int, Qt.SortOrder] = (-1, Qt.SortOrder.AscendingOrder)

    def set_rows(self, new: Sequence[SummaryRow]) -> bool:
        """Show other rows; returns whether other addresses are there now, so that views start anew."""
        before = [entry.row.address for entry in self._entries]
        kept, kept_top = self._entries, self._top
        self._rows = tuple(new)
        self._build()
        if [entry.row.address for entry in self._entries] == before and self._top == kept_top:
            if self._entries:
                last = self.index(len(self._top) - 1, len(COLUMNS) - 1)
                self.dataChanged.emit(self.index(0, 0), last)
            return False
        fresh, fresh_top = self._entries, self._top
        self._entries, self._top = kept, kept_top
        self.beginResetModel()
        self._entries, self._top = fresh, fresh_top
        self.endResetModel()
        return True

    def set_flat(self, flat: bool) -> None:
        """Show layers without composites, or the tree again."""
        self.beginResetModel()
        self.flat = flat
        self._build()
        self.endResetModel()

    def _build(self) -> None:
        self._entries, self._top = [], []
        if self.flat:
            found = list(rows.leaves(self._rows))
            column, order = self._sorted
            if column >= 0:
                found.sort(
                    key=lambda row: rows.key(row, column),
                    reverse=order == Qt.SortOrder.DescendingOrder,
                )
            self._top = self._enter(found, -1, deep=False)
        else:
            self._top = self._enter(self._rows, -1, deep=True)
        self._numbers = {entry.row.address: number for number, entry in enumerate(self._entries)}

    def _enter(self, group: Sequence[SummaryRow], parent: int, *, deep: bool) -> list[int]:
        numbers = []
        for place, row in enumerate(group):
            number = len(self._entries)
            entry = _Entry(row, parent, place, [])
            self._entries.append(entry)
            numbers.append(number)
            if deep and row.children:
                entry.children.extend(self._enter(row.children, number, deep=True))
        return numbers

    def row_at(self, index: Index) -> SummaryRow | None:
        """Return the row of an index."""
        return self._entries[index.internalId()].row if index.isValid() else None

    def find(self, address: str) -> QModelIndex:
        """Return the index of an address, or of the composite that holds it."""
        while address not in self._numbers and "." in address:
            address = address.rpartition(".")[0]
        number = self._numbers.get(address)
        if number is None:
            return QModelIndex()
        return self.createIndex(self._entries[number].place, 0, number)

    # what Qt asks

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort the flat table; -1 is running order."""
        self._sorted = (column, order)
        if self.flat:
            self.set_flat(True)

    def index(self, row: int, column: int, parent: Index = TOP) -> QModelIndex:
        """Return the index of a cell."""
        group = self._entries[parent.internalId()].children if parent.isValid() else self._top
        if 0 <= row < len(group) and 0 <= column < len(COLUMNS):
            return self.createIndex(row, column, group[row])
        return QModelIndex()

    def parent(self, index: Index = TOP) -> QModelIndex:  # type: ignore[override]
        """Return the composite that holds a row."""
        number = self._entries[index.internalId()].parent if index.isValid() else -1
        return self.createIndex(self._entries[number].place, 0, number) if number >= 0 else QModelIndex()

    def rowCount(self, parent: Index = TOP) -> int:
        """Return how many rows stand below."""
        if not parent.isValid():
            return len(self._top)
        return len(self._entries[parent.internalId()].children) if parent.column() == 0 else 0

    def columnCount(self, parent: Index = TOP) -> int:
        """Return the number of columns."""
        return len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> object:
        """Return the title of a column."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _NUMBER if section in rows.NUMBERS else _WORDS
        return COLUMNS[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return words, colours and the tile of a cell."""
        row = self._entries[index.internalId()].row
        column = index.column()
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return rows.text(row, column, whole_address=self.flat)
        if role == Qt.ItemDataRole.DecorationRole and column == rows.ADDRESS:
            return icons.tile(row.icon, row.family, theme().px(16))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _NUMBER if column in rows.NUMBERS else _WORDS
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._colour(row, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.address if column == rows.ADDRESS else row.differs or None
        return None

    def _colour(self, row: SummaryRow, column: int) -> object:
        colours = theme().colours
        if column == rows.MEASURED:
            return (
                colours.warning if row.differs else colours.error if row.state == "problem" else colours.text3
            )
        if row.state != "ok":
            return colours.text2
        return colours.text if column in (rows.ADDRESS, rows.PARAMETERS, rows.OUTPUT) else colours.text2
