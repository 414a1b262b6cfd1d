"""From an open level to what is drawn: pure, no Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import log2

from explorer.graph.catalogue import BadField, UnknownBlock
from explorer.graph.flow import Flow, NodeFlow, Problem
from explorer.graph.model import Edge, Graph, Node, NodeId, Position
from explorer.graph.ports import natural
from explorer.graph.rules import NodePorts, ports_of
from explorer.graph.tensor import Tensor
from explorer.graph.workspace import Level, Workspace
from explorer.ui import words
from explorer.ui.canvas.node_view import (
    Form,
    FrameView,
    Kind,
    LevelView,
    NodeView,
    NoteView,
    Picture,
    PortView,
    State,
    WireView,
)
from explorer.ui.canvas.skips import skips

MERGES = frozenset(["add", "multiply", "concat"])
GLYPHS = frozenset(["dropout", "identity"])
GLYPH_FAMILIES = frozenset(["act", "shape"])


@dataclass(frozen=True)
class Live:
    """What the engine has said about addresses: it changes views, but is no part of the design.

    Attributes:
        totals: number of maps that each shown layer really has.
        stale: words for pictures that are older than the design, by address or "" for all.
        running: share done, by address.
        input_caption: what the sample is, e.g. “drawn digit”.

    """

    totals: Mapping[str, int] = field(default_factory=dict)
    stale: str = ""
    running: Mapping[str, float] = field(default_factory=dict)
    input_caption: str = ""


def form_of(block: str, family: str, is_composite: bool) -> Form:
    """Return how a block is drawn; it never depends on shapes, so that nothing moves when they change."""
    if block in ("input", "output"):
        return "input" if block == "input" else "output"
    if is_composite:
        return "composite"
    if block in MERGES:
        return "merge"
    return "glyph" if family in GLYPH_FAMILIES or block in GLYPHS else "card"


def build(
    workspace: Workspace,
    level: Level,
    live: Live | None = None,
    places: Mapping[NodeId, Position] | None = None,
    before: LevelView | None = None,
) -> LevelView:
    """Return everything that is drawn on a level.

    Args:
        workspace: the open design. level: the level shown.
        live: what is known from running it.
        places: positions that take the place of those in the document.
        before: an earlier result; equal views are taken from it, so that they stay identical.

    """
    make = _Maker(workspace, level, live or Live(), places or {})
    nodes = {node.id: make.node(node) for node in level.graph.nodes}
    wires = {edge: make.wire(edge) for edge in level.graph.edges}
    frames = {key: make.frame(key) for key in level.graph.frames}
    notes = {
        key: NoteView(key, note.text, (places or {}).get(key, note.pos))
        for key, note in level.graph.notes.items()
    }
    if before is not None:
        nodes = {key: _kept(before.nodes.get(key), view) for key, view in nodes.items()}
        wires = {key: _kept(before.wires.get(key), wire) for key, wire in wires.items()}
    return LevelView(nodes, wires, frames, notes)


def _kept[T](old: T | None, new: T) -> T:
    return old if old is not None and old == new else new
