"""Levels that run step by step: which of their nodes run once, and which at every step.

A level with a node that takes a sequence apart (`EACH_STEP`) is a loop. `STATE` nodes hold what is carried
from one step to the next, `NEXT_STATE` nodes name the value it takes, `COLLECT` nodes put what every step
gave together again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from explorer.graph.catalogue import COLLECT, EACH_STEP, INPUT, NEXT_STATE, OUTPUT, STATE
from explorer.graph.model import Graph, NodeId

LOOP_PARTS = frozenset([EACH_STEP, STATE, NEXT_STATE, COLLECT])


@dataclass(frozen=True)
class Steps:
    """The nodes of a loop by when they run; inputs and outputs are left out.

    Attributes:
        before: once, in front of the loop. states: once, they make the first state.
        each: take the sequences apart. body: at every step. collects: behind it. after: once, behind these.
        carries: pairs of a state and the node that gives its next value.

    """

    before: tuple[NodeId, ...]
    states: tuple[NodeId, ...]
    each: tuple[NodeId, ...]
    body: tuple[NodeId, ...]
    collects: tuple[NodeId, ...]
    after: tuple[NodeId, ...]
    carries: tuple[tuple[NodeId, NodeId], ...]

    def phase(self, node: NodeId) -> str:
        """The name of the group a node belongs to; empty for inputs and outputs."""
        names = ("before", "states", "each", "body", "collects", "after")
        return next((name for name in names if node in getattr(self, name)), "")


def steps_of(graph: Graph, order: Sequence[NodeId]) -> Steps | None:
    """Sort the nodes of a level, which stand in running order; None when it is no loop."""
    if not graph.of_block(EACH_STEP):
        return None
    groups: dict[str, list[NodeId]] = {
        name: [] for name in ("before", "states", "each", "body", "collects", "after")
    }
    inside, behind = set[NodeId](), set[NodeId]()
    for name in order:
        block, sources = graph[name].block, set(graph.predecessors(name))
        if block in (INPUT, OUTPUT):
            continue
        if sources & behind:
            behind.add(name)
            groups["after"].append(name)
        elif block == COLLECT:
            behind.add(name)
            groups["collects"].append(name)
        elif block in (EACH_STEP, STATE) or sources & inside:
            inside.add(name)
            groups[{EACH_STEP: "each", STATE: "states"}.get(block, "body")].append(name)
        else:
            groups["before"].append(name)
    carries = tuple(
        (str(graph[name].fields.get("of", "")), name)
        for name in groups["body"]
        if graph[name].block == NEXT_STATE
    )
    return Steps(**{name: tuple(group) for name, group in groups.items()}, carries=carries)
