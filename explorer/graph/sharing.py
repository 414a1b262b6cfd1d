"""Layers that run at several places with the same weights.

A node that `shares` names another node of its level, its *owner*: both run the owner's module, which is built
once under the owner's name. Nodes that share with each other are *linked*; the document keeps their block,
fields and `frozen` switch equal. Parameters are counted once, at the first linked node that is not muted.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import NamedTuple

import msgspec

from explorer.graph.catalogue import COLLECT, EACH_STEP, INPUT, NEXT_STATE, OUTPUT, STATE
from explorer.graph.flow import Flow, NodeFlow, weightless
from explorer.graph.model import Graph, Node, NodeId
from explorer.graph.report import Problem

WITHOUT_LAYER = frozenset([INPUT, OUTPUT, EACH_STEP, STATE, NEXT_STATE, COLLECT])
"""Blocks that mark something and run no layer of their own."""


class Place(NamedTuple):
    """Where an address runs: the module, and which of its calls in one forward pass this is.

    Attributes:
        path: of the torch module.
        use, uses: the number of this call, from 0, out of how many.

    """

    path: str
    use: int = 0
    uses: int = 1


def owner_of(node: Node) -> NodeId:
    """Id of the node under whose name the module of a node stands: its own, or its owner's."""
    return node.shares or node.id


def linked(graph: Graph, node_id: NodeId) -> tuple[NodeId, ...]:
    """Ids of all nodes that run the same module as this one, itself among them, in the order of the level."""
    owner = owner_of(graph[node_id])
    sharers = graph.sharing(owner)
    return tuple(graph.register.sorted({owner, *sharers})) if sharers else (node_id,)


def why_not_share(nodes: Mapping[NodeId, Node] | Graph, node: Node, owner_id: NodeId) -> str | None:
    """Say in words why a node cannot share the weights of another, or return None when it can."""
    if owner_id == node.id:
        return f"{node.id} cannot share its weights with itself."
    if owner_id not in nodes:
        return f"{node.id} shares the weights of “{owner_id}”, which is not on this level."
    owner = nodes[owner_id]
    if node.block in WITHOUT_LAYER:
        return f"{node.id} has no weights to share: it only marks a place in the design."
    if owner.shares:
        return f"{owner_id} runs with the weights of {owner.shares} itself; share with {owner.shares}."
    if owner.block != node.block:
        return f"{node.id} cannot share the weights of {owner_id}: they are different blocks."
    if owner.fields != node.fields:
        names = sorted(k for k in {*owner.fields, *node.fields} if owner.fields.get(k) != node.fields.get(k))
        return f"{node.id} cannot share the weights of {owner_id}: {', '.join(names)} differ."
    if owner.frozen != node.frozen:
        return f"{node.id} cannot share the weights of {owner_id}: only one of them is trained."
    return None


def place_of(flow: Flow, address: str) -> Place:
    """Return where an address runs; raises `KeyError` naming the part that is missing or does not run.

    Calls are counted as if each layer inside ran once each time its composite does; of a loop that is shared
    as a whole, the steps are not told apart.
    """
    head, _, rest = address.partition(".")
    if head not in flow.nodes:
        raise KeyError(f"there is no {head}")
    if flow.graph[head].muted:
        raise KeyError(f"{head} is passed through")
    users = _users(flow, head)
    here = Place(owner_of(flow.graph[head]), users.index(head), len(users))
    if not rest:
        return here
    inner = flow.nodes[head].inner
    if inner is None:
        raise KeyError(f"{head} has nothing inside it")
    below = place_of(inner, rest)
    return Place(f"{here.path}.{below.path}", here.use * below.uses + below.use, here.uses * below.uses)


def _users(flow: Flow, node_id: NodeId) -> list[NodeId]:
    """The linked nodes that run, in running order."""
    graph = flow.graph
    owner = owner_of(graph[node_id])
    sharers = graph.sharing(owner)
    if not sharers:
        return [node_id]
    return [n for n in flow.nodes if (n == owner or n in sharers) and not graph[n].muted]


def counted_once(
    graph: Graph, nodes: Mapping[NodeId, NodeFlow], owners: Iterable[NodeId]
) -> tuple[dict[NodeId, NodeFlow], list[Problem]]:
    """Take the weights off all linked nodes but one; report those that cannot run the owner's module.

    Args:
        graph: the level. nodes: what is known of each by itself.
        owners: whose weights this is about.

    Returns:
        The nodes that change, and the problems.

    """
    changed: dict[NodeId, NodeFlow] = {}
    problems: list[Problem] = []
    for owner in owners:
        users = [n for n in linked(graph, owner) if n in nodes and not graph[n].muted]
        known = [n for n in users if nodes[n].state == "ok"]
        for other in known[1:]:
            words = _difference(known[0], nodes[known[0]], other, nodes[other])
            if words:
                problems.append(Problem(other, "shared", words, source=known[0]))
                changed[other] = msgspec.structs.replace(nodes[other], state="problem")
            else:
                changed[other] = weightless(nodes[other])
    return changed, problems


def _difference(first: NodeId, one: NodeFlow, second: NodeId, other: NodeFlow) -> str | None:
    if module_of(one) == module_of(other):
        return None
    came, went = (", ".join(t.text for t in node.inputs.values() if t) for node in (one, other))
    return (
        f"{second} cannot run with the weights of {first}: it gets {went}, {first} gets {came}, and a layer "
        "for one does not fit the other. Make both inputs alike, or give it weights of its own."
    )


def module_of(node: NodeFlow) -> Hashable:
    """What a node's torch module is built from: equal when one module can do the work of both."""
    if node.inner is not None:
        inner = node.inner
        return tuple((name, inner.graph[name].block, module_of(part)) for name, part in inner.nodes.items())
    if node.block is None:
        return None
    if node.block.variadic:
        tensors: Iterable[object] = node.inputs.values()
    else:
        tensors = (node.inputs.get(port.name) for port in node.block.inputs)
    return node.block.module_for(tuple(tensors))  # type: ignore[arg-type]
