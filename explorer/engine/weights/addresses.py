"""To which layer a tensor belongs, and which layers are away because they are muted."""

from __future__ import annotations

from collections.abc import Container

from explorer.graph.flow import Flow
from explorer.graph.sharing import linked, owner_of


def owner_of_name(name: str, addresses: Container[str]) -> str:
    """The address to whose layer a tensor belongs; empty for none."""
    address = name.rpartition(".")[0]
    while address and address not in addresses:
        address = address.rpartition(".")[0]
    return address


def muted_addresses(flow: Flow, prefix: str = "") -> frozenset[str]:
    """Addresses of the modules that would be there if no node were passed through."""
    found = set[str]()
    for node_id, node in flow.nodes.items():
        address = prefix + owner_of(flow.graph[node_id])
        if all(flow.graph[other].muted for other in linked(flow.graph, node_id)):
            found.add(address)
        elif node.inner is not None:
            found |= muted_addresses(node.inner, f"{address}.")
    return frozenset(found)
