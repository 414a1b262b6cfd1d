"""Levels that run step by step: which of their nodes run once, and which at every step.

A level with a node that takes a sequence apart (`EACH_STEP`) is a loop. `STATE` nodes hold what is carried
from one step to the next, `NEXT_STATE` nodes name the value it takes, `COLLECT` nodes put what every step
gave together again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from explorer.graph.catalogue import COLLECT, EACH_STEP, INPUT, NEXT_STATE, OUTPUT, STATE
from explorer.graph.flow import NodeFlow
from explorer.graph.model import Graph, Node, NodeId
from explorer.graph.tensor import Tensor

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

    def lengths(self, nodes: Mapping[NodeId, NodeFlow]) -> dict[NodeId, int]:
        """How many steps each sequence has that is taken apart, where that is known."""
        arriving = {name: next(iter(nodes[name].inputs.values()), None) for name in self.each}
        return {name: tensor.shape[0] for name, tensor in arriving.items() if tensor and tensor.shape}

    def count(self, nodes: Mapping[NodeId, NodeFlow]) -> int:
        """How often the body runs."""
        return max(self.lengths(nodes).values(), default=1)

    def faults(self, nodes: Mapping[NodeId, NodeFlow]) -> Iterator[tuple[NodeId, str]]:
        """Yield what does not go together: the node, and a sentence."""
        count = self.count(nodes)
        for name, length in self.lengths(nodes).items():
            if length != count:
                yield name, f"{name} takes {length} steps apart, another block here {count}. Make them equal."
        for name in self.collects:
            wanted = getattr(nodes[name].block, "steps", count)
            if wanted != count and nodes[name].state == "ok":
                words = f"{name} collects {wanted} steps, but there are {count}. Set steps to {count}."
                yield name, words
        following = [state for state, _ in self.carries]
        for name in self.states:
            if following.count(name) != 1:
                yield name, f"{name} needs one Next state that names it; it has {following.count(name)}."
        for state, name in self.carries:
            if state not in self.states:
                yield name, f"{name} is the next value of “{state}”, which is no state here."
                continue
            held, given = _tensor(nodes[state]), _tensor(nodes[name])
            if held is not None and given is not None and held.shape != given.shape:
                yield name, f"{name} gives {given.text}, but {state} holds {held.text}."


def without_loop(parts: Iterable[Node]) -> Iterator[tuple[NodeId, str]]:
    """Yield what is wrong with parts of a loop where nothing makes one."""
    for node in parts:
        yield (
            node.id,
            f"{node.id} is part of a loop, but nothing here hands out steps. Add the block “Each step”.",
        )


def _tensor(node: NodeFlow) -> Tensor | None:
    return next(iter(node.outputs.values()), None) if node.state == "ok" else None


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
