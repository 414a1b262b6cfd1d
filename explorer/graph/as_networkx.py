"""A level as a networkx graph, for the algorithms that networkx has."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import networkx as nx

    from explorer.graph.model import Edge, Node


def as_networkx(nodes: Iterable[Node], edges: Iterable[Edge]) -> nx.MultiDiGraph:
    """Return a graph that cannot be written to.

    Data of a node hold its record under `node`; keys of edges are the wires' records.
    """
    import networkx as nx  # takes a tenth of a second, and most designs never need it

    found = nx.MultiDiGraph()
    found.add_nodes_from((node.id, {"node": node}) for node in nodes)
    found.add_edges_from((edge.src, edge.dst, edge) for edge in edges)
    return nx.freeze(found)
