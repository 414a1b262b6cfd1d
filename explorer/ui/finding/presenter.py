"""The finder: every layer of the design by what it is called, what it is and how large it is."""

from __future__ import annotations

from itertools import islice

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from explorer import words
from explorer.graph.flow import NodeFlow
from explorer.ui.finding.query import EXAMPLES, parse, rank, title_of
from explorer.ui.shell.open_designs import OpenDesigns
from explorer.ui.widgets.search_list import Entry, Found, SearchList

MOST = 20_000
"""Layers that are looked at, those inside of blocks among them."""
DEPTH = 8
FORGIVEN = 1_500
"""Up to so many layers a wrong letter is forgiven."""


class FindPresenter(QObject):
    """Opens the list, selects what is taken and brings it into sight.

    Attributes:
        list: the search line with what it finds.

    """

    def __init__(self, window: QWidget, designs: OpenDesigns) -> None:
        super().__init__(window)
        self._designs = designs
        self._layers: list[tuple[str, NodeFlow]] = []
        self.list = SearchList(window, f"Find a layer: {EXAMPLES}")
        self.list.taken.connect(lambda address: self._canvas_shows(address))
        self.list.closed.connect(lambda: self._designs.bench.canvas.setFocus())

    def open(self) -> None:
        """Ask what to find."""
        flow = self._designs.bench.desk.workspace.flow
        self._layers = list(islice(flow.walk(depth=DEPTH), MOST))
        self.list.open_with([], find=self.found)

    def found(self, text: str) -> list[Found]:
        """What a text means, the best first; the order of the flow decides between equals."""
        query, forgive = parse(text), len(self._layers) <= FORGIVEN
        hits = []
        for order, (address, node) in enumerate(self._layers):
            if (hit := rank(query, address, node, forgive=forgive)) is not None:
                hits.append((-hit.score, order, address, node, hit.places))
        hits.sort(key=lambda hit: hit[:2])
        return [(_entry(address, node), places) for _, _, address, node, places in hits[:20]]

    def _canvas_shows(self, address: str) -> None:
        self._designs.bench.canvas.show_address(address)


def _entry(address: str, node: NodeFlow) -> Entry:
    outputs = [tensor.text for tensor in node.outputs.values() if tensor is not None]
    figures = [title_of(node), *outputs[:1], words.count(node.parameters) if node.parameters else ""]
    return Entry(address, address, " · ".join(part for part in figures if part))
