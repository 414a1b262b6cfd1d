"""Tells the summary panel the flow, and the figures of the live model beside it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject, QTimer

from explorer import words
from explorer.blocks.block import Block
from explorer.graph.catalogue import INPUT, OUTPUT
from explorer.graph.flow import Flow, NodeFlow
from explorer.graph.model import Node
from explorer.protocol import events, requests
from explorer.ui.desk import Desk
from explorer.ui.shell.parts import Parts
from explorer.ui.summary import rows as summary_rows
from explorer.ui.summary.panel import SummaryPanel
from explorer.ui.summary.rows import Measured, SummaryRow, Totals

SHOW_MS = 150


class SummaryPresenter(QObject):
    """Works only while the panel is in sight."""

    def __init__(self, panel: SummaryPanel, desk: Desk) -> None:
        super().__init__(panel)
        self.panel, self.desk = panel, desk
        self._measured: dict[str, Measured] = {}
        self._figures: events.Measured | None = None
        self._shown_revision = -1
        self._measuring = desk.session.watch(None, self._take, "once")
        self._later = QTimer(self, singleShot=True, interval=SHOW_MS)
        self._later.timeout.connect(self._refresh)
        desk.changed.connect(self._later.start)
        desk.selected.connect(self._on_selected)
        desk.loaded.connect(self._on_loaded)
        panel.opened.connect(self._refresh)
        panel.picked.connect(self._pick)
        self.show()

    def activate(self) -> None:
        """The panel came into sight."""
        self._refresh()

    def deactivate(self) -> None:
        """The panel is out of sight; it follows nothing until it is seen again."""
        self._later.stop()

    def show(self) -> None:
        """Show the present flow."""
        workspace = self.desk.workspace
        flow = workspace.flow
        if self._shown_revision != workspace.revision:
            self._measured, self._figures, self._shown_revision = {}, None, workspace.revision
        rows = rows_of(flow, flow.parameters, self._measured)
        different = [row for row in summary_rows.leaves(rows) if row.differs]
        self.panel.show_rows(rows, self._totals(flow, len(different)))
        self.panel.select(self.desk.address)
        self._say(flow, len(different))

    def _totals(self, flow: Flow, different: int) -> Totals:
        figures, said, differs = self._figures, "", False
        if figures is not None:
            differs = figures.parameters != flow.parameters
            said = f"{words.count(figures.parameters)}, differs" if differs else "the same"
            if not differs and different:
                said = f"{words.plural(different, 'row')} differ"
        return Totals(
            flow.leaves, flow.parameters, flow.macs, flow.activation_bytes, said, differs or different > 0
        )

    def _say(self, flow: Flow, different: int) -> None:
        if flow.faults:
            self.panel.show_note(f"{words.plural(len(flow.faults), 'problem')}: sums are of what is known")
        elif self._figures is None:
            self.panel.show_note("predicted, not measured yet" if flow.leaves else "")
        elif different:
            self.panel.show_note(f"{words.plural(different, 'layer')} measured otherwise", "warning")
        else:
            self.panel.show_note("predicted = measured", "good")

    def _refresh(self) -> None:
        if self.panel.isVisible():
            self.show()
            self._measure()

    def _measure(self) -> None:
        if self._figures is None and self.desk.session.is_live:
            self._measuring.ask(requests.Measure())

    def _on_loaded(self) -> None:
        if self.panel.isVisible():
            self._measure()

    def _take(self, event: events.Event) -> None:
        if isinstance(event, events.Measured) and event.revision in (0, self.desk.workspace.revision):
            self._figures = event
            self._measured = {
                layer.address: Measured(layer.output, layer.parameters) for layer in event.layers
            }
            self._shown_revision = self.desk.workspace.revision
            self.show()

    def _on_selected(self, address: str) -> None:
        if self.panel.isVisible():
            self.panel.select(address)

    def _pick(self, address: str) -> None:
        self.desk.select(address)


def rows_of(
    flow: Flow, total: int, measured: Mapping[str, Measured], prefix: str = ""
) -> tuple[SummaryRow, ...]:
    """Return the rows of a level, inputs and outputs left out."""
    found = []
    for name, node in flow.nodes.items():
        record = flow.graph[name]
        if record.block in (INPUT, OUTPUT):
            continue
        found.append(_row(prefix + name, record, node, total, measured))
    return tuple(found)


def _row(
    address: str, record: Node, node: NodeFlow, total: int, measured: Mapping[str, Measured]
) -> SummaryRow:
    block = node.block if isinstance(node.block, Block) else None
    title = block.title if block else f"Group {record.group}" if record.group else record.block
    children = rows_of(node.inner, total, measured, f"{address}.") if node.inner else ()
    return SummaryRow(
        address,
        record.id,
        title,
        block.icon if block else "group",
        block.family if block else "composite",
        tuple(tensor.shape for tensor in node.outputs.values() if tensor is not None),
        node.parameters,
        node.parameters / total if total else 0.0,
        node.macs,
        node.activation_bytes,
        node.state,
        measured.get(address) if not children else None,
        children,
    )


def open_panel(parts: Parts) -> SummaryPresenter:
    """Make the panel for the dock."""
    return SummaryPresenter(SummaryPanel(), parts.desk)
