"""A design as JSON text: stable order, one node or wire a line, so that it diffs well."""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import Any

import msgspec
from msgspec.structs import replace

from explorer.graph.document import Document
from explorer.graph.dots import rows_of
from explorer.graph.model import ROOT, Edge, FieldValue, Graph, Node, NodeId, Position

FORMAT = "architecture-explorer"
VERSION = 3
"""What this program reads. 3: wires have dots. 2: groups expose fields and say where they came from."""
GROUPS, PLAIN = 2, 1
"""The versions of designs without anything of that: older programs read them, too."""


class DesignText:
    """Writes designs, the same one again and again: only the lines of what has changed are made anew."""

    def __init__(self) -> None:
        self._levels: dict[str, _Lines] = {}

    def of(self, document: Document) -> bytes:
        """Return a document as text."""
        groups = sorted(document.groups)
        self._levels = {scope: self._lines(document, scope) for scope in (ROOT, *groups)}
        graphs = (document.root, *document.groups.values())
        version = GROUPS if any(graph.exposed or graph.origin for graph in graphs) else PLAIN
        if any(graph.dots for graph in graphs):
            version = VERSION
        parts = [f' "format": {_json(FORMAT)}', f' "version": {version}', f' "name": {_json(document.name)}']
        parts.append(f' "graph": {self._levels[ROOT].text()}')
        if groups:
            levels = ",\n".join(f"  {_json(name)}: {self._levels[name].text()}" for name in groups)
            parts.append(f' "groups": {{\n{levels}\n }}')
        if document.settings:
            settings = {key: _plain(value) for key, value in sorted(document.settings.items())}
            parts.append(f' "settings": {_json(settings)}')
        return ("{\n" + ",\n".join(parts) + "\n}\n").encode()

    def _lines(self, document: Document, scope: str) -> _Lines:
        graph, known = document.graph(scope), self._levels.get(scope)
        if known is None or known.graph is not graph:
            return _Lines(graph, 1 if scope == ROOT else 2)
        known.follow()
        return known


class _Lines:
    """The lines of one level, so deep inside the text."""

    def __init__(self, graph: Graph, depth: int) -> None:
        self.graph, self._depth = graph, depth
        self._pad = " " * (depth + 1)
        self._begin()

    def _begin(self) -> None:
        self._mark = self.graph.mark()
        self._nodes: dict[NodeId, str] = {node.id: self._node(node) for node in self.graph.nodes}
        self._edges = sorted(self.graph.edges)
        self._wires = [self._wire(edge) for edge in self._edges]

    def follow(self) -> None:
        """Make the lines of what has changed anew."""
        changes = self.graph.changes_since(self._mark)
        self._mark = self.graph.mark()
        if changes is None:
            self._begin()
            return
        for node_id in changes.nodes | changes.shown:
            if node_id in self.graph:
                self._nodes[node_id] = self._node(self.graph[node_id])
            else:
                self._nodes.pop(node_id, None)
        for edge in changes.wires:
            self._put(edge, there=self.graph.has_edge(edge))

    def _put(self, edge: Edge, *, there: bool) -> None:
        place = bisect_left(self._edges, edge)
        was_there = self._edges[place : place + 1] == [edge]
        if there and not was_there:
            insort(self._edges, edge)
            self._wires.insert(place, self._wire(edge))
        elif was_there and not there:
            del self._edges[place], self._wires[place]

    def text(self) -> str:
        """Return the level as text."""
        graph, pad = self.graph, self._pad
        rows = {
            "nodes": [self._nodes[node_id] for node_id in graph],
            "wires": self._wires,
            "frames": [f"{pad} {_json(frame)}" for frame in graph.frames.values()],
            "notes": [f"{pad} {_json(replace(n, pos=_place(n.pos)))}" for n in graph.notes.values()],
            "dots": [f"{pad} {_json(replace(row, at=tuple(map(_place, row.at))))}" for row in rows_of(graph)],
            "exposed": [f"{pad} {_json(row)}" for row in graph.exposed],
        }
        parts = [f'{pad}"{key}": [\n{_joined(lines)}\n{pad}]' for key, lines in rows.items() if lines]
        if graph.origin is not None:
            parts.append(f'{pad}"origin": {_json(graph.origin)}')
        return "{\n" + ",\n".join(parts) + "\n" + " " * self._depth + "}" if parts else "{}"

    def _node(self, node: Node) -> str:
        return f"{self._pad} {_json(_row(node))}"

    def _wire(self, edge: Edge) -> str:
        return f"{self._pad} {_json((edge.src, edge.out, edge.dst, edge.into))}"


def _joined(lines: list[str]) -> str:
    return ",\n".join(lines)


def _row(node: Node) -> dict[str, Any]:
    fields = {name: _plain(value) for name, value in sorted(node.fields.items())}
    row: dict[str, Any] = {"id": node.id, "block": node.block}
    if fields:
        row["fields"] = fields
    row["pos"] = _place(node.pos)
    for name in ("title", "muted", "frozen", "collapsed", "shares"):
        if value := getattr(node, name):
            row[name] = value
    return row


def _plain(value: FieldValue) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _place(pos: Position) -> Position:
    """A place in canvas units, whole ones without `.0`."""
    x, y = (int(number) if number == int(number) else number for number in pos)
    return x, y


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
