"""What is wrong on a level; who only waits for another is told apart, and put into words when asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from heapq import nsmallest

from explorer.graph.model import NodeId
from explorer.graph.tensor import Tensor


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that keeps a design from running.

    Attributes:
        address: where, e.g. `stage2.block3.conv1`.
        code: stable word for programs: `shape`, `unconnected`, `cycle`, `field`, `waits`, …
        message: a sentence for people.
        port: input port concerned, if one is.
        source: address of the node that sends the tensor, if one does.
        got: the tensor that arrives. wants: what would fit, in words.
        waits_for: set when the node itself is not at fault.

    """

    address: str
    code: str
    message: str
    port: str | None = None
    source: str | None = None
    got: Tensor | None = None
    wants: str = ""
    waits_for: str | None = None


def waits(node_id: NodeId, cause: NodeId) -> Problem:
    """The problem of a node that is not at fault itself."""
    return Problem(node_id, "waits", f"Waits for {cause}. Nothing to repair here.", waits_for=cause)


@dataclass(frozen=True)
class Report:
    """What is wrong on a level.

    Attributes:
        faults: by the node that has them, or inside which they are.
        waiting: nodes that wait, and the node at fault they wait for.
        others: faults of the level as a whole.

    """

    faults: Mapping[NodeId, tuple[Problem, ...]] = field(default_factory=dict)
    waiting: Mapping[NodeId, NodeId] = field(default_factory=dict)
    others: tuple[Problem, ...] = ()

    def faults_in_order(self, ranks: Mapping[NodeId, int]) -> tuple[Problem, ...]:
        """Faults in running order, those of the level last."""
        nodes = sorted(self.faults, key=ranks.__getitem__)
        return (*(fault for node_id in nodes for fault in self.faults[node_id]), *self.others)

    def problems_in_order(self, ranks: Mapping[NodeId, int]) -> tuple[Problem, ...]:
        """Faults, and who waits for them."""
        found: list[Problem] = []
        for node_id in sorted(self.faults.keys() | self.waiting.keys(), key=ranks.__getitem__):
            found += self.faults.get(node_id, ())
            if node_id in self.waiting:
                found.append(waits(node_id, self.waiting[node_id]))
        return (*found, *self.others)

    def some_waiting(self, ranks: Mapping[NodeId, int], most: int) -> list[Problem]:
        """The first nodes that wait, in running order."""
        nodes = nsmallest(most, self.waiting, key=lambda node_id: ranks.get(node_id, len(ranks)))
        return [waits(node_id, self.waiting[node_id]) for node_id in nodes]

    def problem_at(self, address: str) -> Problem | None:
        """The first problem of exactly one address; faults go before waiting."""
        head = address.partition(".")[0]
        for fault in (*self.faults.get(head, ()), *self.others):
            if fault.address == address:
                return fault
        return waits(head, self.waiting[head]) if address in self.waiting else None

    def fault_at(self, node_id: NodeId) -> Problem | None:
        """The first fault of a node or inside it, if it has one."""
        if self.faults.get(node_id):
            return self.faults[node_id][0]
        heads = ((fault.address.partition(".")[0], fault) for fault in self.others)
        return next((fault for head, fault in heads if head == node_id), None)


NO_REPORT = Report()
