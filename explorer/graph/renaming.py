"""Another name for a node; inside a group an input or output is a port, and wires at all uses follow it."""

from __future__ import annotations

import msgspec

from explorer.graph import edits as e
from explorer.graph.catalogue import INPUT, OUTPUT
from explorer.graph.document import Document
from explorer.graph.model import ROOT, NodeId


def renamed(document: Document, old: NodeId, new: NodeId, scope: str = ROOT) -> e.Batch:
    """The edits that give a node another id, with the wires that end at the port it stands for."""
    before: list[e.Edit] = []
    after: list[e.Edit] = []
    graph = document.graph(scope)
    block = graph[old].block if old in graph else ""
    uses = document.uses_of(scope) if scope != ROOT and block in (INPUT, OUTPUT) else []
    for where, use in uses:
        if use.group != scope:
            continue
        level = document.graph(where)
        wires = level.into(use.id) if block == INPUT else level.out_of(use.id)
        side = "into" if block == INPUT else "out"
        for wire in wires:
            if getattr(wire, side) == old:
                before.append(e.Disconnect(wire, where))
                after.append(e.Connect(msgspec.structs.replace(wire, **{side: new}), where))
    return e.Batch((*before, e.Rename(old, new, scope), *after))
