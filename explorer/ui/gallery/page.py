"""The page: search and filters at the left, map and cards or a table in the middle, facts at the right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from explorer.style.theme import follow, theme
from explorer.ui.gallery.axes import ACROSS, AXES, UPWARDS
from explorer.ui.gallery.cards import CardGrid
from explorer.ui.gallery.chips import Chips
from explorer.ui.gallery.entry import Entry, categories, found
from explorer.ui.gallery.facts import FactsPanel
from explorer.ui.gallery.filter_column import FilterColumn
from explorer.ui.gallery.filters import Filters
from explorer.ui.gallery.legend import Legend
from explorer.ui.gallery.plot import Map
from explorer.ui.gallery.table import NetworkTable
from explorer.ui.widgets.buttons import Button
from explorer.ui.widgets.choice import Choice
from explorer.ui.widgets.scrolling import scrolling
from explorer.ui.widgets.search_field import SearchField
from explorer.ui.widgets.segmented import Segmented
from explorer.ui.widgets.text import box, label, rule


class GalleryPage(QWidget):
    """Everything follows from what is searched, which filters are set and which network is chosen.

    Signals:
        opened: id of a network that shall be opened. closed: back to the design.
    """

    opened = Signal(str)
    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._entries: Sequence[Entry] = ()
        self.filters = Filters()
        self.search = SearchField("Name, year, author", name="Search the gallery")
        self.column, self.legend, self.chips = FilterColumn(), Legend(), Chips()
        self.grid, self.map, self.table, self.facts = CardGrid(), Map(), NetworkTable(), FactsPanel()
        self.title = label(role="section", weight="semibold")
        self.count = label(tone="2")
        self.view = Segmented("View", [("map", "Map and cards"), ("table", "Table")])
        self.figure = Choice("Upwards", [(name, AXES[name].title) for name in UPWARDS])
        self.across = Choice("From left to right")
        self.without = label(tone="3")
        self.back = Button("Back to the design", name="Back to the design (Esc)")
        self._views = QStackedWidget()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self._left, self._right = self._left_side(), scrolling(self.facts)
        for part in (self._left, rule("down"), self._middle(), rule("down"), self._right):
            row.addWidget(part, 1 if part.property("middle") else 0)
        self._connect()
        self._measure()
        follow(self._restyle)

    def _connect(self) -> None:
        self.search.textChanged.connect(self._find)
        self.search.taken.connect(self._into_view)
        self.search.erased.connect(self._take_last_away)
        self.column.changed.connect(self.set_filters)
        self.chips.removed.connect(lambda name: self.set_filters(self.filters.without(name)))
        self.legend.chosen.connect(lambda name: self.set_filters(replace(self.filters, category=name)))
        self.legend.pointed.connect(self.map.lift)
        self.view.chosen.connect(self._show_view)
        self.grid.picked.connect(self._pick)
        self.map.picked.connect(self.grid.pick)
        self.table.picked.connect(self.grid.pick)
        for source in (self.grid.opened, self.map.opened, self.table.opened):
            source.connect(self.opened)
        self.facts.opened.connect(lambda: self.opened.emit(self.grid.current))
        self.figure.chosen.connect(self._measure)
        self.across.chosen.connect(self._measure)
        self.back.clicked.connect(self.closed)

    def _left_side(self) -> QWidget:
        part = box("panel")
        self._left_column = QVBoxLayout(part)
        self._left_column.addWidget(self.search)
        self._left_column.addWidget(scrolling(self.column), 1)
        self._left_column.addWidget(self.back)
        return part

    def _middle(self) -> QWidget:
        part = box("canvas")
        part.setProperty("middle", True)
        self._head = QHBoxLayout()
        for widget in (self.title, self.count, self.chips):
            self._head.addWidget(widget)
        self._head.addStretch(1)
        self._head.addWidget(self.view)
        self._views.addWidget(self._map_page())
        self._views.addWidget(self.table)
        self._column = QVBoxLayout(part)
        self._column.addLayout(self._head)
        self._column.addWidget(self._views, 1)
        return part

    def _map_page(self) -> QWidget:
        page = box("canvas")
        line = QHBoxLayout()
        for widget in (self.figure, label("against", tone="2"), self.across, self.without):
            line.addWidget(widget)
        line.addStretch(1)
        self._map_column = QVBoxLayout(page)
        self._map_column.setContentsMargins(0, 0, 0, 0)
        self._map_column.addLayout(line)
        self._map_column.addWidget(self.legend)
        self._map_column.addWidget(self.map, 5)
        self._map_column.addWidget(
            label("Drawn to scale: height is the side of the maps, width their number", tone="2")
        )
        self._map_column.addWidget(self.grid, 4)
        return page

    def _restyle(self) -> None:
        px = theme().px
        self._left.setFixedWidth(px(232))
        self._right.setFixedWidth(px(320))
        self._left_column.setContentsMargins(px(10), px(10), px(10), px(10))
        self._left_column.setSpacing(px(8))
        self._head.setSpacing(px(10))
        self._map_column.setSpacing(px(8))
        self._column.setContentsMargins(px(16), px(12), px(16), px(12))
        self._column.setSpacing(px(10))

    def set_entries(self, entries: Sequence[Entry]) -> None:
        """Show these networks."""
        self._entries = entries
        self.column.set_entries(entries)
        self._find()

    def set_filters(self, filters: Filters) -> None:
        """Keep what these filters leave."""
        self.filters = filters
        self._find()

    def _take_last_away(self) -> None:
        if self.filters.chips:
            self.set_filters(self.filters.without(self.filters.chips[-1][0]))

    def _find(self) -> None:
        filters = self.filters
        shown = found(filters.keep(self._entries), self.search.text())
        self.column.set_filters(filters)
        self.chips.set_filters(filters)
        self.legend.set_counts(self._category_counts())
        self.legend.set_current(filters.category)
        self.title.setText("All networks" if len(shown) == len(self._entries) else "Networks")
        self.count.setText(f"{len(shown)} of {len(self._entries)}")
        self.grid.set_entries(shown)
        self.table.set_entries(shown)
        self.map.set_entries(self._entries, shown)
        self._tell_without()
        if shown and all(entry.id != self.grid.current for entry in shown):
            self.grid.pick(shown[0].id)

    def _category_counts(self) -> dict[str, int]:
        left = categories(self.filters.without("category").keep(self._entries))
        return {name: left.get(name, 0) for name in categories(self._entries)}

    def _show_view(self, view: str) -> None:
        self._views.setCurrentIndex(int(view == "table"))
        self._into_view()

    def _into_view(self) -> None:
        """The keyboard goes on in what is shown."""
        (self.table if self.view.value() == "table" else self.grid).setFocus()

    def _measure(self) -> None:
        """Another figure upwards, another from left to right; never the same twice."""
        up = str(self.figure.value())
        self.across.set_options([(name, AXES[name].title) for name in ACROSS if name != up])
        self.map.set_figures(up, str(self.across.value()))
        self._tell_without()

    def _tell_without(self) -> None:
        missing = self.map.without_place()
        self.without.setText(f"{missing} without this figure" if missing else "")

    def _pick(self, name: str) -> None:
        self.map.set_current(name)
        self.table.set_current(name)
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
