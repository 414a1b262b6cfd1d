"""Which layers of a design show more of themselves than their output: attention, gates, grids, boxes."""

from __future__ import annotations

from explorer.graph.flow import Flow, NodeFlow

NO_ATTENTION = "This design has no attention layers. Open a vision transformer, or add Multi-head attention."


def exposing(flow: Flow, kind: str, prefix: str = "") -> list[tuple[str, NodeFlow]]:
    """Addresses of the layers and composites that expose this kind, in running order."""
    found = []
    for name, node in flow.nodes.items():
        if flow.graph[name].muted:
            continue
        if getattr(node.block, "exposes", "") == kind:
            found.append((prefix + name, node))
        if node.inner is not None:
            found += exposing(node.inner, kind, f"{prefix}{name}.")
    return found
