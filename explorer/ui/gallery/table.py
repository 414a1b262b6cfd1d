"""The gallery as a table: one row a network, sorted by any column."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from explorer import words
from explorer.style.theme import follow, theme
from explorer.ui.gallery.entry import Entry
from explorer.ui.gallery.errors import TOP1
from explorer.ui.gallery.filters import category_words, task_words

Index = QModelIndex | QPersistentModelIndex
TOP = QModelIndex()
TRAINED_WORDS = {"here": "here", "fetch": "to fetch", "": ""}


class Column(NamedTuple):
    """A figure of networks: its title, what it is sorted by (None stands last), how it is written."""

    title: str
    key: Callable[[Entry], Any]
    text: Callable[[Entry], str]
    right: bool = True


COLUMNS = (
    Column("Network", lambda e: e.title.casefold(), lambda e: e.title, right=False),
    Column("Year", lambda e: e.year, lambda e: str(e.year)),
    Column("Category", lambda e: e.category, lambda e: category_words(e.category), right=False),
    Column("Task", lambda e: task_words(e.task), lambda e: task_words(e.task), right=False),
    Column("Parameters", lambda e: e.parameters or None, lambda e: words.count(e.parameters)),
    Column("MACs", lambda e: e.macs or None, lambda e: words.short(e.macs)),
    Column("Layers", lambda e: e.weighted or None, lambda e: str(e.weighted)),
    Column("Top-1 error", lambda e: TOP1.get(e.id), lambda e: f"{TOP1[e.id]:.1f}{words.NBSP}%"),
    Column("Weights", lambda e: e.trained or None, lambda e: TRAINED_WORDS[e.trained], right=False),
)


class NetworkModel(QAbstractTableModel):
    """The networks that are left, in the order that was chosen."""

    def __init__(self) -> None:
        super().__init__()
        self.entries: list[Entry] = []
        self._order: tuple[int, bool] | None = None

    def set_entries(self, entries: Sequence[Entry]) -> None:
        """Show these networks."""
        self.beginResetModel()
        self.entries = self._sorted(entries)
        self.endResetModel()

    def _sorted(self, entries: Sequence[Entry]) -> list[Entry]:
        if self._order is None:
            return list(entries)
        column, reverse = self._order
        key = COLUMNS[column].key
        known = [entry for entry in entries if key(entry) is not None]
        return sorted(known, key=key, reverse=reverse) + [e for e in entries if key(e) is None]

    def rowCount(self, parent: Index = TOP) -> int:
        """Return the number of networks."""
        return 0 if parent.isValid() else len(self.entries)

    def columnCount(self, parent: Index = TOP) -> int:
        """Return the number of figures."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """Return the title of a column."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section].title
        return self._side(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def _side(self, section: int) -> Qt.AlignmentFlag:
        right = Qt.AlignmentFlag.AlignRight
        side = right if COLUMNS[section].right else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter

    def data(self, index: Index, role: int = 0) -> Any:
        """Return a figure as it is written; nothing where there is none."""
        entry, column = self.entries[index.row()], COLUMNS[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(entry) if column.key(entry) is not None else ""
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._side(index.column())
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; what has no such figure stands last either way."""
        self._order = (column, order == Qt.SortOrder.DescendingOrder) if column >= 0 else None
        self.set_entries(self.entries)


class NetworkTable(QTableView):
    """All networks that are left, a line each; Enter or a double click opens.

    Signals:
        picked: id of a network that was chosen. opened: id of one that shall be opened.
    """

    picked = Signal(str)
    opened = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._current = ""
        self.networks = NetworkModel()
        self.setModel(self.networks)
        self.setAccessibleName("Table of networks")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.horizontalHeader().setStretchLastSection(True)
        self.networks.modelReset.connect(lambda: self.set_current(self._current))
        self.doubleClicked.connect(lambda index: self.opened.emit(self.networks.entries[index.row()].id))
        follow(self._restyle)

    def _restyle(self) -> None:
        self.setFont(theme().font("body"))
        self.verticalHeader().setDefaultSectionSize(theme().px(28))

    def set_entries(self, entries: Sequence[Entry]) -> None:
        """Show these networks."""
        self.networks.set_entries(entries)

    def set_current(self, name: str) -> None:
        """Choose a network without telling anybody."""
        self._current = name
        row = next((n for n, entry in enumerate(self.networks.entries) if entry.id == name), None)
        if row is not None and row != self.currentIndex().row():
            self.selectRow(row)

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Tell which network is chosen by now."""
        super().currentChanged(current, previous)
        if current.isValid():
            name = self.networks.entries[current.row()].id
            if name != self._current:
                self._current = name
                self.picked.emit(name)

    def keyPressEvent(self, event: Any) -> None:
        """Enter opens."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._current:
            self.opened.emit(self._current)
        elif event.key() == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)
