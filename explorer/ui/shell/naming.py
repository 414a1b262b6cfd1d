"""The name of the design in front, typed in its place in the bar."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRectF

from explorer.bounds import NAME_LENGTH
from explorer.graph.edits import SetName
from explorer.ui.canvas.rename_field import RenameField
from explorer.ui.shell.open_designs import OpenDesigns
from explorer.ui.shell.top_bar import TopBar


class Naming(QObject):
    """Asks in place; the name is one step of the design's history."""

    def __init__(self, bar: TopBar, designs: OpenDesigns) -> None:
        super().__init__(bar)
        self._bar, self._designs = bar, designs
        self.field = RenameField(bar)
        self.field.setAccessibleName("Name of the design")
        bar.tabs.renameAsked.connect(self._ask_for)
        bar.renameAsked.connect(self.ask)

    def _ask_for(self, number: int) -> None:
        self._designs.show(self._designs.benches[number])
        self.ask()

    def ask(self) -> None:
        """Type another name for the design in front."""
        bench = self._designs.bench
        area = QRectF(self._bar.name_area())
        self.field.setMaxLength(NAME_LENGTH)
        self.field.ask(bench.name, area, self._take)
        self.field.raise_()

    def _take(self, words: str) -> None:
        bench, name = self._designs.bench, words.strip()
        bench.canvas.setFocus()
        if name and name != bench.name:
            bench.desk.workspace.apply(SetName(name), "Name the design")
