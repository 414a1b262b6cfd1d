"""Own blocks in the window: their section of the palette, files that are dropped, files that are trusted."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from explorer import trust
from explorer.blocks.registry import registry
from explorer.graph.files import FileProblem
from explorer.library.block_file import SUFFIX
from explorer.style.theme import theme
from explorer.trust import OwnCode, TrustProblem
from explorer.ui.canvas.own_blocks import LIBRARY, OWN
from explorer.ui.library import cards, rows
from explorer.ui.library.commands import GroupCommands
from explorer.ui.library.sheets import TrustSheet
from explorer.ui.palette.panel import PalettePanel
from explorer.ui.palette.presenter import PalettePresenter
from explorer.ui.palette.rows import PaletteBlock
from explorer.ui.shell.open_designs import OpenDesigns


class OwnBlocksPresenter(QObject):
    """Shows what the folder holds, and takes files in.

    Attributes:
        commands: what can be done with a group. trust_sheet: None before it is first wanted.

    Signals:
        said: a line for the user.

    """

    said = Signal(str)

    def __init__(
        self, window: QWidget, panel: PalettePanel, palette: PalettePresenter, designs: OpenDesigns
    ) -> None:
        super().__init__(window)
        self._window, self._palette, self._designs = window, palette, designs
        self.trust_sheet: TrustSheet | None = None
        self.commands = GroupCommands(window, designs)
        self._card: tuple[object, str] | None = None
        self._told: tuple[str, ...] = ()
        self.commands.said.connect(self.said)
        self.commands.saved.connect(self.refresh)
        palette.asleep.connect(lambda path: self.show_code(Path(path)))
        panel.list.tip = self._tip
        QGuiApplication.instance().applicationStateChanged.connect(self._came_back)  # type: ignore[union-attr]
        self.refresh()

    # the palette

    def refresh(self) -> None:
        """Read the folder, and show what is there; a file that cannot be read is said once."""
        shelf = LIBRARY.shelf()
        self._palette.show_own(rows.families(shelf, trust.own_code(), registry()))
        if shelf.problems and shelf.problems != self._told:
            self.said.emit(f"Among your blocks: {shelf.problems[0]}")
        self._told = shelf.problems

    def _came_back(self, state: Qt.ApplicationState) -> None:
        if state == Qt.ApplicationState.ApplicationActive:
            self.refresh()

    def _tip(self, block: PaletteBlock) -> str:
        """The card of an own group; of other blocks their line."""
        own = LIBRARY.shelf().find(block.id.removeprefix(OWN)) if block.id.startswith(OWN) else None
        if own is None:
            return block.about
        key = (own, theme().mode, theme().contrast, theme().scale)
        if self._card is None or self._card[0] != key:
            self._card = key, cards.card(own, registry())
        return self._card[1]

    # files

    def takes(self, path: str) -> bool:
        """Whether a dropped file is one of ours."""
        return path.endswith((SUFFIX, ".py"))

    def take(self, path: str) -> None:
        """Take a file that was dropped into the folder; a Python file sleeps there and is shown."""
        try:
            if path.endswith(".py"):
                code = trust.take_in(Path(path))
                self.show_code(code.path)
            else:
                block = LIBRARY.add(Path(path))
                self.said.emit(f"“{block.title}” is among your blocks now.")
        except (FileProblem, TrustProblem) as problem:
            self.said.emit(str(problem))
        self.refresh()

    def show_code(self, path: Path) -> None:
        """Open the page on which a Python file can be read and trusted."""
        try:
            code = trust.code_at(path)
        except TrustProblem as problem:
            self.said.emit(str(problem))
            return
        if self.trust_sheet is None:
            self.trust_sheet = TrustSheet(self._window)
            self.trust_sheet.trusted.connect(self._trust)
        self.trust_sheet.ask(code)

    def _trust(self, code: OwnCode) -> None:
        try:
            trust.trust(code)
        except (TrustProblem, OSError) as problem:
            self.said.emit(str(problem))
            return
        known = [name for name in code.declares if _is_known(name)]
        words = f"It declares {', '.join(known)}." if known else "It declares no block that could be loaded."
        self.said.emit(f"{code.path.name} is trusted. {words}")
        for bench in self._designs.benches:
            bench.desk.workspace.look_again()
        self.refresh()


def _is_known(block: str) -> bool:
    try:
        registry()[block]
    except LookupError:
        return False
    return True
