"""Repairs of the wires themselves, and of what nodes share."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.graph.edits import Batch, Connect, Disconnect, SetFlag, SetShares
from explorer.graph.model import Edge
from explorer.graph.repairs.case import Case, Proposal, known_at


def one_wire(case: Case) -> Iterator[Proposal]:
    """Two wires at one input: keep either."""
    edges = [e for e in case.document.graph(case.scope).into(case.node.id) if e.into == case.problem.port]
    for kept in edges:
        others = tuple(Disconnect(e, case.scope) for e in edges if e != kept)
        yield f"Keep the wire from {kept.src}", "", Batch(others)


def break_circle(case: Case) -> Iterator[Proposal]:
    """A circle: take off the wire that arrives here."""
    graph = case.document.graph(case.scope)
    for edge in graph.into(case.node.id):
        if graph.reaches(case.node.id, edge.src):
            yield f"Remove the wire from {edge.src} to {edge.dst}", "", Disconnect(edge, case.scope)


def move_wires(case: Case) -> Iterator[Proposal]:
    """Wires at ports that are not there (the block was exchanged): to the first ones that are."""
    graph = case.document.graph(case.scope)
    edges = graph.into(case.node.id)
    has = [port.name for port in case.block.inputs] if case.block and not case.block.variadic else []
    free = [name for name in has if all(edge.into != name for edge in edges)]
    for edge in edges:
        if case.block and not case.block.variadic and edge.into not in has and free:
            moved = Edge(edge.src, edge.out, edge.dst, free[0])
            words = f"Move the wire from {edge.src} to {free[0]}"
            yield words, "", Batch((Disconnect(edge, case.scope), Connect(moved, case.scope)))
        source = known_at(case.flow, case.problem.address.removesuffix(case.node.id) + edge.src)
        if edge.into == case.problem.port and source is not None and source.outputs:
            moved = Edge(edge.src, next(iter(source.outputs)), edge.dst, edge.into)
            words = f"Take {moved.out} of {edge.src}"
            yield words, "", Batch((Disconnect(edge, case.scope), Connect(moved, case.scope)))


def drop_bad_wires(case: Case) -> Iterator[Proposal]:
    """Wires that fit nowhere: take them off."""
    for edge in case.document.graph(case.scope).into(case.node.id):
        yield f"Remove the wire from {edge.src}", "", Disconnect(edge, case.scope)


def unmute(case: Case) -> Iterator[Proposal]:
    """A block that cannot be passed through: let it work again."""
    yield f"Switch {case.node.id} on again", "", SetFlag(case.node.id, "muted", False, case.scope)


def own_weights(case: Case) -> Iterator[Proposal]:
    """A layer that cannot run with the weights of another: give it its own."""
    if case.node.shares:
        words = f"Give {case.node.id} weights of its own"
        yield words, "", SetShares(case.node.id, "", case.scope)
