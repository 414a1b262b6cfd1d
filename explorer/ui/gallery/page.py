"""The page: categories and search at the left, map and cards in the middle, facts at the right."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer import words
from explorer.style.theme import follow, theme
from explorer.ui.gallery.axes import ACROSS, AXES, UPWARDS
from explorer.ui.gallery.cards import CardGrid
from explorer.ui.gallery.entry import Entry, categories, found
from explorer.ui.gallery.facts import FactsPanel
from explorer.ui.gallery.plot import Map
from explorer.ui.gallery.rows import CategoryList, shown_name
from explorer.ui.widgets.buttons import Button
from explorer.ui.widgets.choice import Choice
from explorer.ui.widgets.scrolling import scrolling
from explorer.ui.widgets.search_field import SearchField
from explorer.ui.widgets.text import box, label, rule


class GalleryPage(QWidget):
    """Everything follows from what is searched, which category is chosen and which network.

    Signals:
        opened: id of a network that shall be opened. closed: back to the design.
    """

    opened = Signal(str)
    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._entries: Sequence[Entry] = ()
        self.search = SearchField("Name, year, author", name="Search the gallery")
        self.categories, self.grid, self.map, self.facts = CategoryList(), CardGrid(), Map(), FactsPanel()
        self.title = label(role="section", weight="semibold")
        self.count = label(tone="2")
        self.figure = Choice("Upwards", [(name, AXES[name].title) for name in UPWARDS])
        self.across = Choice("From left to right")
        self.without = label(tone="3")
        self.back = Button("Back to the design", name="Back to the design (Esc)")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self._left, self._right = self._left_side(), scrolling(self.facts)
        for part in (self._left, rule("down"), self._middle(), rule("down"), self._right):
            row.addWidget(part, 1 if part.property("middle") else 0)
        self.search.textChanged.connect(self._find)
        self.search.taken.connect(self.grid.setFocus)
        self.categories.chosen.connect(self._find)
        self.grid.picked.connect(self._pick)
        self.map.picked.connect(self.grid.pick)
        for source in (self.grid.opened, self.map.opened):
            source.connect(self.opened)
        self.facts.opened.connect(lambda: self.opened.emit(self.grid.current))
        self.figure.chosen.connect(self._measure)
        self.across.chosen.connect(self._measure)
        self.back.clicked.connect(self.closed)
        self._measure()
        follow(self._restyle)

    def _left_side(self) -> QWidget:
        part = box("panel")
        self._left_column = QVBoxLayout(part)
        self._left_column.addWidget(self.search)
        self._left_column.addWidget(scrolling(self.categories), 1)
        self._left_column.addWidget(self.back)
        return part

    def _middle(self) -> QWidget:
        part = box("canvas")
        part.setProperty("middle", True)
        head = QHBoxLayout()
        head.addWidget(self.title)
        head.addWidget(self.count)
        head.addStretch(1)
        head.addWidget(self.without)
        head.addWidget(self.figure)
        head.addWidget(label("against", tone="2"))
        head.addWidget(self.across)
        self._column = QVBoxLayout(part)
        self._column.addLayout(head)
        self._column.addWidget(self.map, 5)
        self._column.addWidget(
            label("Drawn to scale: height is the side of the maps, width their number", tone="2")
        )
        self._column.addWidget(self.grid, 4)
        return part

    def _restyle(self) -> None:
        px = theme().px
        self._left.setFixedWidth(max(px(232), self.categories.sizeHint().width() + px(24)))
        self._right.setFixedWidth(px(300))
        self._left_column.setContentsMargins(px(10), px(10), px(10), px(10))
        self._left_column.setSpacing(px(8))
        self._column.setContentsMargins(px(16), px(12), px(16), px(12))
        self._column.setSpacing(px(10))

    def set_entries(self, entries: Sequence[Entry]) -> None:
        """Show these networks."""
        self._entries = entries
        self.categories.set_rows(categories(entries))
        self._restyle()
        self._find()

    def _find(self) -> None:
        category = self.categories.current
        shown = found(self._entries, category, self.search.text())
        self.title.setText(shown_name(category))
        self.count.setText(words.plural(len(shown), "network"))
        self.grid.set_entries(shown)
        self.map.set_entries(self._entries, shown)
        self._tell_without()
        if shown and all(entry.id != self.grid.current for entry in shown):
            self.grid.pick(shown[0].id)

    def _measure(self) -> None:
        """Another figure upwards, another from left to right; never the same twice."""
        up = str(self.figure.value())
        self.across.set_options([(name, AXES[name].title) for name in ACROSS if name != up])
        self.map.set_figure(up)
        self.map.set_across(str(self.across.value()))
        self._tell_without()

    def _tell_without(self) -> None:
        missing = self.map.without_place()
        self.without.setText(f"{missing} without this figure" if missing else "")

    def _pick(self, name: str) -> None:
        self.map.set_current(name)
        entry = next((entry for entry in self._entries if entry.id == name), None)
        if entry is not None:
            self.facts.show_entry(entry)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc goes back; letters search."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        elif event.text().isprintable() and event.text().strip():
            self.search.setFocus()
            self.search.insert(event.text())
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QEvent) -> None:
        """Begin with the search."""
        self.search.setFocus()
