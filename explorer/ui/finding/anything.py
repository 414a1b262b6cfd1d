"""One search line for everything: commands, networks of the gallery, blocks to add, layers of the design."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from explorer.blocks.block import Block
from explorer.ui.palette.presenter import PalettePresenter, entries
from explorer.ui.shell.actions.synonyms import SYNONYMS
from explorer.ui.shell.actions.table import ActionTable
from explorer.ui.shell.open_designs import OpenDesigns
from explorer.ui.widgets.search_list import Entry, SearchList

NODE, BLOCK = "node:", "block:"
MOST = 5_000
OWN = "app.search"


class AnythingPresenter(QObject):
    """Opens the list and does what is taken.

    Attributes:
        list: the search line with what it finds.

    Signals:
        done: something was taken; the canvas may have the focus again.

    """

    done = Signal()

    def __init__(
        self,
        window: QWidget,
        designs: OpenDesigns,
        blocks: PalettePresenter,
        actions: Callable[[], ActionTable],
    ) -> None:
        super().__init__(window)
        self._designs, self._blocks, self._actions = designs, blocks, actions
        self.list = SearchList(window, "Search commands, networks, blocks and layers")
        self.list.taken.connect(self._take)
        self.list.closed.connect(self.done)

    def open(self) -> None:
        """Ask what to find."""
        self.list.open_with(self.known())

    def known(self) -> list[Entry]:
        """All that can be found now; what cannot be used says why."""
        actions, bench = self._actions(), self._designs.bench
        commands = [
            Entry(
                row.id,
                row.title,
                f"{row.section}   {actions.key(row.id)}".strip(),
                row.enabled(),
                (*row.also, *SYNONYMS.get(row.id, ()), row.section, row.id.replace(".", " ")),
            )
            for row in actions.rows.values()
            if row.id != OWN
        ]
        why_not = None if bench.canvas.context.level.is_editable else "this level cannot be changed"
        blocks = [
            Entry(BLOCK + e.id, e.title, "Add a block", why_not, e.more, usual=e.usual, picture=e.picture)
            for e in entries()
        ]
        nodes = [
            Entry(NODE + address, address, node.block.title if isinstance(node.block, Block) else "")
            for address, node in islice(bench.desk.workspace.flow.walk(depth=8), MOST)
        ]
        return [*commands, *blocks, *nodes]

    def _take(self, name: str) -> None:
        if name.startswith(NODE):
            self._designs.bench.canvas.show_address(name.removeprefix(NODE))
        elif name.startswith(BLOCK):
            self._blocks.add(name.removeprefix(BLOCK))
        else:
            self._actions().run(name)
        self.done.emit()
