"""One design in the place of another: whether it is another, and the edit; for going back to a kept state."""

from __future__ import annotations

from graphlib import TopologicalSorter

from explorer.graph import edits as e
from explorer.graph.document import Document
from explorer.graph.group_edits import beside, defining
from explorer.graph.model import ROOT
from explorer.graph.operations import remove


def replaced(document: Document, other: Document) -> e.Batch:
    """The edits that make `document` hold what `other` holds; its name and settings stay."""
    root = document.root
    edits: list[e.Edit] = list(remove(document, [*root, *root.notes]).edits)
    edits += [e.SetFrame(frame, None) for frame in root.frames if not root.frames[frame].nodes]
    edits += [e.DropGroup(name) for name in reversed(_inner_first(document))]
    for name in _inner_first(other):
        edits += defining(name, other.graph(name))
    owners_first = sorted(other.root.nodes, key=lambda node: bool(node.shares))
    edits += [e.AddNode(node) for node in owners_first]
    edits += [e.Connect(edge) for edge in other.root.edges]
    return e.Batch((*edits, *beside(ROOT, other.root)))


def same_network(one: Document, other: Document) -> bool:
    """Whether both run the same network: positions, titles, frames, notes and settings do not count."""
    return _running(one) == _running(other)


def _running(document: Document) -> dict[str, tuple[object, ...]]:
    """What of each level decides what runs."""
    levels = {ROOT: document.root, **document.groups}
    return {
        scope: (
            {n.id: (n.block, n.fields, n.muted, n.frozen, n.shares) for n in graph.nodes},
            frozenset(graph.edges),
            graph.exposed,
        )
        for scope, graph in levels.items()
    }


def _inner_first(document: Document) -> list[str]:
    """Groups in an order in which each comes after those it uses."""
    uses = {
        name: {inner for node in graph.nodes for inner in node.groups} & document.groups.keys()
        for name, graph in document.groups.items()
    }
    return list(TopologicalSorter(uses).static_order())
