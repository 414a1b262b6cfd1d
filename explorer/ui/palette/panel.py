"""The palette: a search line, the blocks, and the way to whole networks."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer import words
from explorer.style.theme import follow, theme
from explorer.ui.palette.block_list import NARROW, BlockList
from explorer.ui.palette.rows import First, PaletteFamily
from explorer.ui.widgets.buttons import Button
from explorer.ui.widgets.search_field import SearchField
from explorer.ui.widgets.text import label, rule

LOW = 420
"""Height from which there is room for more than blocks."""


class PalettePanel(QWidget):
    """Search first, then the blocks.

    Signals:
        added: id of a block to add. left: Esc, the canvas shall have the focus.
        menuAsked: id and title of a block, and the point of the screen where its menu shall open.
        galleryAsked: whole networks shall be shown.
    """

    added = Signal(str)
    left = Signal()
    menuAsked = Signal(str, str, QPoint)
    galleryAsked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("ground", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.search = SearchField("Find a block", "Tab", "Find a block")
        self.list = BlockList()
        self._first: Sequence[First] = ()
        self._families: Sequence[PaletteFamily] = ()
        self._line, self._whole = QWidget(), QWidget()
        self._networks = label("", "caption", tone="2")
        self.gallery = Button("Gallery of networks")
        self.setMinimumWidth(theme().px(52))  # tiles alone; the search line goes before it is squeezed
        self._column = QVBoxLayout(self)
        self._inner, self._below = QVBoxLayout(self._line), QVBoxLayout(self._whole)
        self._inner.addWidget(self.search)
        self._below.addWidget(rule())
        self._below.addWidget(label("Or a whole network", "label", weight="semibold"))
        self._below.addWidget(self.gallery)
        self._below.addWidget(self._networks)
        self._column.addWidget(self._line)
        self._column.addWidget(self.list, 1)
        self._column.addWidget(self._whole)
        self.search.textChanged.connect(self._search)
        self.search.moved.connect(self.list.move_by)
        self.search.taken.connect(self.list.take)
        self.search.goneOn.connect(self.list.take)
        self.search.left.connect(self.left)
        self.list.added.connect(self.added)
        self.list.menuAsked.connect(self.menuAsked)
        self.gallery.clicked.connect(self.galleryAsked)
        follow(self._restyle)

    def _restyle(self) -> None:
        px = theme().px
        self._column.setContentsMargins(0, px(10), 0, 0)
        self._column.setSpacing(px(6))
        self._inner.setContentsMargins(px(10), 0, px(10), 0)
        self._below.setContentsMargins(px(12), px(4), px(12), px(12))
        self._below.setSpacing(px(6))

    def set_blocks(self, first: Sequence[First], families: Sequence[PaletteFamily], networks: int) -> None:
        """Show these blocks; `networks` is how many whole networks there are."""
        self._first, self._families = first, families
        self._networks.setText(words.plural(networks, "network"))
        self._search(self.search.text())

    def _search(self, query: str) -> None:
        self.list.show_blocks(self._first, self._families, query)
        self._arrange()

    def _arrange(self) -> None:
        """Narrow, the search line makes room for tiles (Tab still finds by name)."""
        is_wide, px = self.width() >= theme().px(NARROW), theme().px
        self._line.setVisible(is_wide)
        self._whole.setVisible(is_wide and self.height() >= px(LOW) and not self.search.text().strip())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show what there is room for."""
        super().resizeEvent(event)
        self._arrange()
