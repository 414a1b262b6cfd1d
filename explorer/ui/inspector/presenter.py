"""Tells the inspector what is selected, and makes edits of what is typed there."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, QTimer

from explorer.graph import names
from explorer.graph.catalogue import BadField, UnknownBlock
from explorer.graph.edits import EditProblem, SetField
from explorer.graph.level import Level
from explorer.graph.model import Node
from explorer.graph.renaming import renamed
from explorer.graph.repairs import Repair
from explorer.protocol import events, requests
from explorer.ui.desk import Desk
from explorer.ui.inspector import field_edit, group_fields, node_details, source_lines
from explorer.ui.inspector.card_picture_presenter import CardPicturePresenter
from explorer.ui.inspector.fitting import FittingPresenter
from explorer.ui.inspector.panel import InspectorPanel
from explorer.ui.inspector.weights_page import Weights
from explorer.ui.problems import sentences
from explorer.ui.problems.remarking import RemarkBook
from explorer.ui.problems.repairing import RepairBook, Said

SHOW_MS = 16
"""Edits come faster than anybody reads while the mouse moves; one look a frame is enough."""


class InspectorPresenter(QObject):
    """Follows the selection (unless pinned) and the document."""

    def __init__(
        self,
        panel: InspectorPanel,
        desk: Desk,
        book: RepairBook | None = None,
        remarks: RemarkBook | None = None,
    ) -> None:
        super().__init__(panel)
        self.panel, self.desk = panel, desk
        self.book, self.remarks = book or RepairBook(desk), remarks or RemarkBook(desk)
        self.address = desk.address
        self._pinned = False
        self._source: tuple[int, str] = (-1, "")
        self._weights = desk.session.watch(None, self._take_weights)
        self._code = desk.session.watch(None, self._take_source, "once")
        self._picture = CardPicturePresenter(panel, desk)
        self._fitting = FittingPresenter(panel.node_page.fit, desk)
        self._later = QTimer(self, singleShot=True, interval=SHOW_MS)
        self._later.timeout.connect(self.show)
        desk.selected.connect(self._on_selected)
        desk.gathered.connect(self._later.start)
        desk.changed.connect(self._later.start)
        desk.loaded.connect(self._on_loaded)
        desk.weights_changed.connect(self._on_loaded)
        self.book.found.connect(self._later.start)
        self.remarks.changed.connect(self._later.start)
        panel.committed.connect(self.set_field)
        panel.renamed.connect(self.rename)
        panel.repair.connect(self.repair)
        panel.pinned.connect(self._pin)
        panel.tab_chosen.connect(self._on_tab)
        self.show()

    # showing

    def show(self) -> None:
        """Show the present state of what the panel is about; while that is being worked out, the last one."""
        if not self.desk.workspace.is_worked_out:
            return
        found = self._find(self.address)
        if found is None:
            if not self.desk.several:  # they have a page of their own
                self.panel.show_design(node_details.of_design(self.desk.workspace))
            return
        level, node = found
        problem = sentences.at(self.desk.workspace.flow, self.address)
        note = sentences.note(problem, self._repairs(problem)) if problem is not None else None
        details = node_details.of_node(self.desk.workspace, level, node, self.address, note)
        remark = self.remarks.at(self.address) if problem is None else None
        if remark is not None:
            details = replace(details, problem=sentences.remark_note(remark, self._repairs(remark)))
        self._fitting.show(self.address, details.fits and problem is None)
        self.panel.show_node(details)
        self._show_code()
        if self.panel.tabs.value() == "card":
            self._picture.show(self.address, node, level.flow.nodes.get(node.id) if level.flow else None)
            flow = level.flow.nodes.get(node.id) if level.flow else None
            self.panel.card_page.structure.show_inside(flow.inner if flow else None, details.name)

    def _repairs(self, said: Said) -> tuple[Repair, ...]:
        """What is known of repairs; the others are looked for."""
        self.book.want([said])
        return self.book.of(said)

    def _find(self, address: str) -> tuple[Level, Node] | None:
        *path, name = address.split(".")
        try:
            level = self.desk.workspace.level(path)
        except EditProblem:
            return None
        return (level, level.graph[name]) if name and name in level.graph else None

    def _on_selected(self, address: str) -> None:
        if not self._pinned:
            self._move_to(address)

    def _pin(self, on: bool) -> None:
        self._pinned = on
        if not on:
            self._move_to(self.desk.address)

    def _move_to(self, address: str) -> None:
        self.address = address
        if self.desk.workspace.history.is_open:
            self._later.start()  # the edit is followed by a picture of its own
        else:
            self.show()
        self._ask_weights()
        self._on_tab(self.panel.tabs.value())

    # what the engine knows

    def _on_loaded(self) -> None:
        if self._weights.request is None:
            self._ask_weights()  # the node may have weights only now
        self._on_tab(self.panel.tabs.value())

    def _ask_weights(self) -> None:
        details = self.panel.details
        wanted = details is not None and "weights" not in dict(details.closed)
        self._weights.ask(requests.Weights(address=self.address) if wanted else None)

    def _take_weights(self, event: events.Event) -> None:
        if isinstance(event, events.WeightSet) and event.address == self.address:
            tensors = tuple(zip(event.names, event.values, strict=True))
            self.panel.set_weights(Weights(event.address, tensors, event.total))

    def _on_tab(self, tab: str) -> None:
        if tab == "code" and self._source[0] != self.desk.workspace.revision:
            self._code.ask(requests.Source())
        if tab == "card":
            self._later.start()
        self._show_code()

    def _take_source(self, event: events.Event) -> None:
        if isinstance(event, events.SourceText):
            self._source = (event.revision, event.text)
            self._show_code()

    def _show_code(self) -> None:
        revision, text = self._source
        if revision == self.desk.workspace.revision and self.address:
            self.panel.set_code(source_lines.lines_of(text, self.address))

    # intents

    def set_field(self, name: str, value: object) -> None:
        """Give a field a value; a refusal is said below the field."""
        found = self._find(self.address)
        if found is None or found[0].scope is None:
            return
        level, node = found
        cls = node_details.block_class(self.desk.workspace, node)
        if cls is None:
            if node.group is not None:
                self._set_exposed(level, node, name, value)
            return
        try:
            edit = field_edit.of(self.desk.workspace.catalogue, cls, node, name, value, level.scope or "")
            self.desk.workspace.apply(
                edit,
                f"Set {cls.fields[edit.field].label.lower()} of {node.id}",
                f"{self.address}.{edit.field}",
            )
        except (BadField, UnknownBlock, EditProblem) as refusal:
            self.panel.refuse_field(name, str(refusal))
            return
        self._later.stop()
        self.show()

    def _set_exposed(self, level: Level, node: Node, name: str, value: object) -> None:
        """Give a field that a group exposes a value in this use of it."""
        workspace = self.desk.workspace
        try:
            written = group_fields.written(workspace.document, workspace.catalogue, node, name, value)
            edit = SetField(node.id, name, written, level.scope or "")
            workspace.apply(edit, f"Set {name} of {node.id}", f"{self.address}.{name}")
        except (BadField, EditProblem) as refusal:
            self.panel.refuse_field(name, str(refusal))
            return
        self._later.stop()
        self.show()

    def rename(self, name: str) -> None:
        """Give the node another name; a refusal is said below it."""
        found = self._find(self.address)
        if found is None or found[0].scope is None or name == found[1].id:
            return
        level, node = found
        refusal = names.why_not(name)
        try:
            if refusal is None:
                edit = renamed(self.desk.workspace.document, node.id, name, level.scope or "")
                self.desk.workspace.apply(edit, f"Rename {node.id}")
        except EditProblem as problem:
            refusal = str(problem)
        if refusal is not None:
            self.panel.refuse_name(refusal)
            return
        self.address = level.prefix + name
        self.show()
        self.desk.select(self.address)

    def repair(self) -> None:
        """Carry out the best repair of the node's problem, or of the remark about it."""
        said = sentences.at(self.desk.workspace.flow, self.address) or self.remarks.at(self.address)
        if said is not None:
            self.book.apply(said)
