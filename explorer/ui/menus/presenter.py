"""Opens the menu of what was clicked: on a canvas, in the palette, on a tab."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint

from explorer.ui.canvas import adding
from explorer.ui.canvas.hits import Target
from explorer.ui.designs.files import FilePresenter
from explorer.ui.menus import on_canvas
from explorer.ui.menus.context_menu import ContextMenu
from explorer.ui.menus.row import MenuRow, MenuSheet
from explorer.ui.palette.panel import PalettePanel
from explorer.ui.shell.actions.table import ActionTable
from explorer.ui.shell.bench import Bench
from explorer.ui.shell.open_designs import OpenDesigns
from explorer.ui.shell.window import Window


class MenuPresenter(QObject):
    """One menu, shown anew each time: what it holds is true of the moment.

    Attributes:
        menu: the popup.

    """

    def __init__(
        self,
        window: Window,
        table: ActionTable,
        designs: OpenDesigns,
        files: FilePresenter,
        palette: PalettePanel,
    ) -> None:
        super().__init__(window)
        self._window, self._table, self._designs, self._files = window, table, designs, files
        self.menu = ContextMenu(window)
        designs.added.connect(self._join)
        palette.menuAsked.connect(self._on_block)
        window.top_bar.tabs.menuAsked.connect(self._on_tab)

    def _join(self, bench: Bench) -> None:
        bench.canvas.menuRequested.connect(lambda at, target: self._on_canvas(bench, at, target))

    def _on_canvas(self, bench: Bench, at: QPoint, target: Target) -> None:
        sheet = on_canvas.sheet(self._table, bench.canvas, target)
        self.menu.open_at(sheet, at)

    def _on_block(self, block: str, title: str, at: QPoint) -> None:
        """A block of the palette."""
        canvas = self._designs.bench.canvas
        context = canvas.context
        wire = next(iter(context.selection.wires), None) if len(context.selection.wires) == 1 else None
        closed = None if context.level.is_editable else "this is the inside of a block"
        only = context.selection.only

        def add(**where: object) -> None:
            adding.add_block(context, block, **where)  # type: ignore[arg-type]
            canvas.setFocus()

        behind = f"Add behind {only}" if only in context.graph else "Add to the canvas"
        rows = (
            MenuRow(behind, add, "Enter", closed),
            MenuRow(
                "Add in the middle, unwired", lambda: add(centre=canvas.camera.centre, alone=True), "", closed
            ),
            MenuRow(
                f"Put into {wire.src} → {wire.dst}" if wire else "Put into the selected wire",
                lambda: add(centre=canvas.camera.centre, onto=wire),
                "",
                closed or (None if wire else "select one wire first"),
            ),
        )
        self.menu.open_at(MenuSheet(title, (rows,)), at)

    def _on_tab(self, number: int, at: QPoint) -> None:
        """A tab, or the name where there is one design only."""
        bench = self._designs.benches[number]
        self._designs.show(bench)
        others = [other for other in self._designs.benches if other is not bench]

        def close_others() -> None:
            for other in others:
                self._files.close(other)

        def rows(*names: str) -> tuple[MenuRow, ...]:
            return tuple(row for name in names for row in on_canvas.from_table(self._table, name))

        close = MenuRow("Close the others", close_others, "", None if others else "it is the only one")
        groups = (
            rows("file.rename"),
            rows("file.save", "file.save_as", "beside.split"),
            (*rows("file.close"), close),
        )
        self.menu.open_at(MenuSheet(bench.name, groups), at)
