"""Asks the engine for the picture on the card of the inspected node."""

from __future__ import annotations

from PySide6.QtCore import QObject

from explorer.blocks.block import Block
from explorer.graph.flow import NodeFlow
from explorer.graph.model import Node
from explorer.protocol import events, requests
from explorer.ui.desk import Desk
from explorer.ui.inspector.card_numbers import numbers
from explorer.ui.inspector.panel import InspectorPanel


class CardPicturePresenter(QObject):
    """Shows the live module where the design runs, else a new module of the same block and fields."""

    def __init__(self, panel: InspectorPanel, desk: Desk) -> None:
        super().__init__(panel)
        self._panel, self._desk = panel, desk
        self._asked: tuple[object, ...] | None = None
        self._flow: NodeFlow | None = None
        self._alive = desk.session.watch(None, self._take, "once", on_failed=self._fail)
        self._new = desk.session.watch(None, self._take, "once", on_failed=self._fail, of_design=False)

    def show(self, address: str, node: Node, flow: NodeFlow | None) -> None:
        """Ask for the picture of a node, unless it is the one that is shown."""
        block = flow.block if flow is not None else None
        session = self._desk.session
        arriving = tuple(flow.inputs.items()) if flow is not None else ()
        key = (address, block, node.muted, arriving, session.is_live, id(session.sample))
        if key == self._asked or not isinstance(block, Block) or flow is None:
            return
        if self._asked is None or self._asked[0] != address:
            self._panel.set_picture(None, "")
        self._flow = flow
        self._panel.set_numbers(numbers(flow))
        fits = flow.state == "ok" and all(t is not None for t in flow.inputs.values())
        alive = fits and session.is_live and not node.muted
        request = requests.Demonstrate(
            block=block.id,
            fields=dict(block.values),
            inputs=self._inputs(block, flow) if fits else (),
            address=address if alive else "",
            sample=session.sample,
        )
        self._asked = key
        (self._new if alive else self._alive).cancel()
        (self._alive if alive else self._new).ask(request)

    def _inputs(self, block: Block, flow: NodeFlow) -> tuple[tuple[tuple[int, ...], str, str] | None, ...]:
        ports = list(flow.inputs) if block.variadic else [port.name for port in block.inputs]
        found = [flow.inputs.get(port) for port in ports]
        return tuple(t and (t.shape, "".join(t.axes), t.dtype) for t in found)

    def _fail(self, event: events.Event) -> None:
        if isinstance(event, events.Failed):
            self._panel.set_picture(None, event.message)

    def _take(self, event: events.Event) -> None:
        if isinstance(event, events.Demonstrated):
            self._panel.set_picture(event.picture)
            self._panel.set_numbers(numbers(self._flow, event.weights))
