"""Replace by…: the list of blocks that fit in the place of what is selected, and the edit."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QWidget

from explorer import words
from explorer.blocks.registry import registry
from explorer.blocks.substitution import Substitute, substituted, substitutes
from explorer.style import icons
from explorer.style.families import FAMILIES
from explorer.style.theme import theme
from explorer.ui.canvas import commands
from explorer.ui.canvas.context import Context
from explorer.ui.shell.bench import Bench
from explorer.ui.shell.open_designs import OpenDesigns
from explorer.ui.widgets.search_list import Entry, SearchList

LONGEST = 46


class ReplacePresenter(QObject):
    """Offers what fits and puts it in the place of the selected nodes, as one step."""

    def __init__(self, designs: OpenDesigns, window: QWidget) -> None:
        super().__init__(window)
        self._designs, self._window = designs, window
        self._chosen: tuple[Context, tuple[str, ...]] | None = None
        self.list = SearchList(window, "Replace by")
        self.list.taken.connect(self._replace)
        self.list.closed.connect(lambda: self._designs.bench.canvas.setFocus())
        designs.added.connect(self._join)

    def _join(self, bench: Bench) -> None:
        def answer(wanted: str) -> None:
            if wanted == "replace":
                self.ask(bench)

        bench.canvas.context.asked.connect(answer)

    def ask(self, bench: Bench) -> None:
        """Offer the blocks that fit in the place of the selected nodes."""
        canvas = bench.canvas
        context = canvas.context
        ids = context.selected_nodes()
        if not ids or not context.may_edit():
            return
        found = substitutes(context.workspace, registry(), context.level, ids)
        if not found:
            context.said.emit("No other block fits here: it takes what arrives and gives what is wanted.")
            return
        self._chosen = (context, ids)
        box = canvas.scene_.placed.boxes[ids[-1]]
        corner = canvas.camera.to_view(box.bottomLeft()).toPoint() + QPoint(0, theme().px(8))
        self.list.open_with([_entry(one) for one in found], canvas.viewport().mapTo(self._window, corner))

    def _replace(self, block: str) -> None:
        if self._chosen is None:
            return
        (context, ids), self._chosen = self._chosen, None
        there = [node_id for node_id in ids if node_id in context.graph]
        if not there or not context.may_edit():
            return
        title = registry()[block].title
        what = there[0] if len(there) == 1 else words.plural(len(there), "block")
        with commands.quietly(context):
            edit = substituted(context.workspace.document, registry(), there, block, context.scope)
            context.apply(edit, f"Replace {what} by {title}")


def _entry(one: Substitute) -> Entry:
    block = one.block
    remark = f"→ {one.gives}" if one.gives else FAMILIES.get(block.family, "")
    short = one.breaks if len(one.breaks) <= LONGEST else one.breaks[: LONGEST - 1].rstrip() + "…"
    return Entry(
        block.id,
        block.title,
        remark,
        reason=short or None,
        more=(*block.tags, block.id.replace("_", " "), block.category),
        picture=lambda: icons.tile(block.icon, block.family, theme().px(18)),
    )
