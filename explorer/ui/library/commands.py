"""What can be done with a group: expose its fields, make a use unique, save it, bring it up to date."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from explorer import words
from explorer.graph.edits import EditProblem, SetOrigin
from explorer.graph.files import FileProblem
from explorer.graph.marks import Origin
from explorer.graph.model import ROOT, Node
from explorer.library import block_file, using
from explorer.library.block_file import OwnBlock
from explorer.library.shelf import name_of
from explorer.ui.canvas.context import Context
from explorer.ui.canvas.own_blocks import LIBRARY
from explorer.ui.library import exposing
from explorer.ui.library.sheets import SaveSheet
from explorer.ui.shell.actions.action import Action
from explorer.ui.shell.open_designs import OpenDesigns
from explorer.ui.widgets.search_list import SearchList


class GroupCommands(QObject):
    """Works on the group that is selected on the canvas in front.

    Attributes:
        fields: the list of fields that can be exposed. save_sheet: None before it is first wanted.

    Signals:
        said: a line for the user. saved: the library has another block now.

    """

    said = Signal(str)
    saved = Signal()

    def __init__(self, window: QWidget, designs: OpenDesigns) -> None:
        super().__init__(window)
        self._window, self._designs = window, designs
        self.save_sheet: SaveSheet | None = None
        self.fields = SearchList(window, "Expose a field of the group, or hide it")
        self.fields.taken.connect(self._toggle)
        self.fields.closed.connect(lambda: designs.bench.canvas.setFocus())

    def rows(self) -> list[Action]:
        """The commands."""

        def row(name: str, title: str, run: Callable[[], object], why: Callable[[], str | None]) -> Action:
            return Action(f"library.{name}", title, "Block", lambda: _ignore(run()), (), "", why)

        return [
            row("expose", "Expose a field of the group…", self.expose, self._why_not_expose),
            row("unique", "Make unique", self.make_unique, self._why_not_group),
            row("save", "Save to my blocks…", self.save, self._why_not_group),
            row("update", "Update from my blocks", self.update, self._why_not_update),
            row("save_back", "Save back to my blocks", self.save_back, self._why_not_save_back),
        ]

    @property
    def _context(self) -> Context:
        return self._designs.bench.canvas.context

    def _use(self) -> Node | None:
        """The selected use of a group, if one is selected."""
        context = self._context
        only = context.selection.only
        node = context.graph[only] if only is not None and only in context.graph else None
        return node if node is not None and node.group in context.workspace.document.groups else None

    def _closed(self) -> str | None:
        return None if self._context.level.is_editable else "this is the inside of a block"

    def _why_not_group(self) -> str | None:
        return self._closed() or (None if self._use() is not None else "select one group first")

    def _origin(self) -> Origin | None:
        node = self._use()
        return self._context.workspace.document.groups[node.group or ""].origin if node is not None else None

    def _why_not_update(self) -> str | None:
        if (why := self._why_not_group()) is not None:
            return why
        origin = self._origin()
        if origin is None:
            return "it does not come from your blocks"
        own = LIBRARY.shelf().find(origin.block)
        if own is None:
            return f"{origin.block} is not among your blocks any more"
        return "it is as in your blocks" if own.digest == origin.digest else None

    def _why_not_save_back(self) -> str | None:
        if (why := self._why_not_group()) is not None:
            return why
        return None if self._origin() is not None else "it does not come from your blocks; save it first"

    def _why_not_expose(self) -> str | None:
        context = self._context
        if (why := self._closed()) is not None:
            return why
        if context.scope == ROOT:
            return "open a group and select blocks inside it"
        return None if context.selected_nodes() else "select a block of the group first"

    def expose(self) -> None:
        """Offer the fields of what is selected inside a group."""
        self.fields.open_with(exposing.fields(self._context))

    def _toggle(self, field: str) -> None:
        context = self._context
        try:
            edit = exposing.toggled(context, field)
        except EditProblem as problem:
            self.said.emit(str(problem))
            return
        if context.apply(edit, f"Expose {field}"):
            names = [row.name for row in context.graph.exposed]
            has = f"exposes {', '.join(names)}" if names else "exposes nothing"
            self.said.emit(f"The group {context.scope} {has} now.")

    def make_unique(self) -> None:
        """Give the selected use a definition of its own."""
        node, context = self._use(), self._context
        if node is None:
            return
        try:
            edit = using.make_unique(context.workspace.document, node.id, context.scope)
        except EditProblem as problem:
            self.said.emit(str(problem))
            return
        context.apply(edit, f"Make {node.id} unique")

    def save(self) -> None:
        """Ask for the words, then save the selected group."""
        node = self._use()
        if node is None:
            return
        if self.save_sheet is None:
            self.save_sheet = SaveSheet(self._window)
            self.save_sheet.wanted.connect(self._save_as)
        self.save_sheet.ask(node.title or node.id.replace("_", " ").capitalize())

    def _save_as(self, title: str, about: str, colour: str) -> None:
        sheet, node = self.save_sheet, self._use()
        if sheet is None or node is None:
            return
        try:
            made = self._made(node, name_of(title), title, about, colour)
            LIBRARY.save(made)
        except (EditProblem, FileProblem) as problem:
            sheet.refuse(str(problem))
            return
        sheet.accept()
        self._note_origin(node, made)
        self.said.emit(f"“{made.title}” is among your blocks now.")
        self.saved.emit()

    def _made(self, node: Node, name: str, title: str, about: str, colour: str) -> OwnBlock:
        context = self._context
        known = context.level.flow.nodes.get(node.id) if context.level.flow is not None else None
        document = context.workspace.document
        return block_file.made(document, node, known, name, title, about, colour)

    def _note_origin(self, node: Node, made: OwnBlock) -> None:
        origin = Origin(made.name, made.digest)
        self._context.apply(SetOrigin(origin, node.group or ""), f"Save {node.id} to my blocks")

    def update(self) -> None:
        """Give the selected group, at all its uses, what the library has now."""
        node, origin, context = self._use(), self._origin(), self._context
        own = LIBRARY.shelf().find(origin.block) if origin is not None else None
        if node is None or own is None:
            return
        document = context.workspace.document
        try:
            edit = using.update(document, node.group or "", own)
        except EditProblem as problem:
            self.said.emit(str(problem))
            return
        if context.apply(edit, f"Update {node.group} from my blocks"):
            places = words.plural(len(document.uses_of(node.group or "")), "place")
            self.said.emit(f"“{own.title}” is as in your blocks now, at {places}.")

    def save_back(self) -> None:
        """Write the selected group over the block that it came from."""
        node, origin = self._use(), self._origin()
        if node is None or origin is None:
            return
        known = LIBRARY.shelf().find(origin.block)
        title = known.title if known is not None else origin.block
        about, colour = (known.about, known.colour) if known is not None else ("", "")
        try:
            made = self._made(node, origin.block, title, about, colour)
            LIBRARY.save(made, replace=True)
        except (EditProblem, FileProblem) as problem:
            self.said.emit(str(problem))
            return
        self._note_origin(node, made)
        self.said.emit(f"“{made.title}” of your blocks is as here now.")
        self.saved.emit()


def _ignore(_result: object) -> None:
    """Commands may answer; a menu does not listen."""
