"""A level that is edited: dirty nodes are visited again, and those behind them as long as they change."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import replace
from heapq import heapify, heappop, heappush
from typing import Protocol

from explorer.graph.flow import Flow, NodeFlow, same
from explorer.graph.journal import Changes
from explorer.graph.kept_order import KeptOrder
from explorer.graph.level_pass import ENDS, Sums, assembled, level_pass
from explorer.graph.model import Graph, NodeId
from explorer.graph.report import Problem, Report
from explorer.graph.sharing import counted_once, linked, owner_of
from explorer.graph.story import Story
from explorer.graph.tensor import Tensor
from explorer.graph.visit import Knowledge, Visitor


class GroupKnowledge(Knowledge, Protocol):
    """Also says when a group runs otherwise."""

    def stamp(self, group: str) -> Hashable:
        """Something that is another one as soon as the group runs otherwise."""


class KeptLevel:
    """The flow of a level, kept up to date.

    A level with a circle is worked out as a whole until the circle is gone.
    """

    def __init__(
        self, known: GroupKnowledge, graph: Graph, given: Mapping[str, Tensor | None] | None
    ) -> None:
        self.graph = graph
        self._known, self._given = known, given
        self._flow: Flow | None = None
        self._mark = -1
        self._stamps: dict[str, Hashable] = {}

    def flow(self) -> Flow:
        """The flow of the level as it is now."""
        changes = self.graph.changes_since(self._mark, running=True) if self._flow is not None else None
        self._mark = self.graph.mark()
        regrouped = self._regrouped()
        if changes is None or self._flow is None:
            self._flow = self._begin()
        elif changes or regrouped:
            self._flow = self._go_on(changes, regrouped) if self._order.is_known else self._begin()
        return self._flow

    def _regrouped(self) -> set[NodeId]:
        """Nodes that use a group which runs otherwise now."""
        register, before = self.graph.register, self._stamps
        if not before and not register.groups:
            return set()
        self._stamps = {group: self._known.stamp(group) for group in register.groups}
        other = (group for group, stamp in self._stamps.items() if before.get(group) != stamp)
        return {node_id for group in other for node_id in register.using(group)}

    # from nothing

    def _begin(self) -> Flow:
        self._order = KeptOrder(self.graph)
        self._story = Story()
        self._shared = _Shared(self.graph)
        if not self._order.is_known:
            return level_pass(self._known, self.graph, self._given)
        self._visitor = Visitor(self._known, self.graph, self._given)
        for node_id in self._order.order:
            self._visitor.visit(self.graph[node_id])
        self._nodes: dict[NodeId, NodeFlow] = {}
        self._ends: set[NodeId] = set()
        self._sums = Sums()
        self._running: tuple[NodeId, ...] = ()
        self._is_loop = False
        return self._told(set(self._visitor.nodes), anew=True)

    # after changes

    def _go_on(self, changes: Changes, regrouped: set[NodeId]) -> Flow:
        anew = self._order.follow(changes)
        if not self._order.is_known:
            return self._begin()
        gone = {node_id for node_id in changes.nodes if node_id not in self.graph}
        for node_id in gone:
            self._visitor.forget(node_id)
        dirty = (changes.nodes | changes.wired | regrouped) - gone
        return self._told(self._visit_again(dirty) | gone | changes.nodes, anew=anew)

    def _visit_again(self, dirty: Iterable[NodeId]) -> set[NodeId]:
        """Visit nodes, and what stands behind those that give something else; returns all that changed."""
        rank, graph, visitor = self._order.rank, self.graph, self._visitor
        ahead = [(rank[node_id], node_id) for node_id in dirty]
        heapify(ahead)
        queued = {node_id for _, node_id in ahead}
        changed: set[NodeId] = set()
        while ahead:
            node_id = heappop(ahead)[1]
            is_other, gives_other = visitor.visit_again(graph[node_id])
            if is_other:
                changed.add(node_id)
            if gives_other:
                for after in graph.successors(node_id):
                    if after not in queued:
                        queued.add(after)
                        heappush(ahead, (rank[after], after))
        return changed

    def _told(self, changed: set[NodeId], *, anew: bool) -> Flow:
        """Put the flow together again.

        Args:
            changed: nodes of which something else is known than before, new and gone ones among them.
            anew: whether the running order is another one.

        """
        visitor, before = self._visitor, self._nodes
        changed = changed | self._shared.follow(visitor.nodes, changed)
        overrides = self._shared.overrides
        now = {n: overrides.get(n) or visitor.nodes[n] for n in changed if n in visitor.nodes}
        lost = [before[n] for n in changed if n in before and n not in self._ends]
        self._ends.difference_update(changed)
        self._ends.update(n for n in now if self.graph[n].block in ENDS)
        self._sums = self._sums.changed(lost, [node for n, node in now.items() if n not in self._ends])
        if anew:
            kept = {**before, **now}
            self._running = tuple(self._order.order)
            self._nodes = dict(zip(self._running, map(kept.__getitem__, self._running), strict=True))
        else:
            self._nodes = before | now
        report = Report(dict(visitor.faults), dict(visitor.waiting), self._shared.problems)
        flow = assembled(
            self.graph, self._nodes, self._running, self._sums, report, is_top=self._given is None
        )
        is_loop, was_loop = flow.nodes is not self._nodes, self._is_loop
        self._is_loop = is_loop
        if self._flow is not None:
            changed |= _said_otherwise(self._flow, flow)
            if is_loop or was_loop:  # what runs at every step depends on the whole level
                changed |= {n for n, node in flow.nodes.items() if not same(self._flow.nodes.get(n), node)}
        return replace(flow, chapter=self._story.go_on(changed))


def _said_otherwise(before: Flow, now: Flow) -> set[NodeId]:
    """Nodes with other faults among those of the level."""
    faults = set(before.report.others) ^ set(now.report.others)
    return {fault.address.partition(".")[0] for fault in faults}


class _Shared:
    """Weights that several nodes of a level run with, counted once.

    Attributes:
        overrides: what is known of nodes that run with the weights of others.
        problems: of nodes that cannot run with them.

    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self.overrides: dict[NodeId, NodeFlow] = {}
        self.problems: tuple[Problem, ...] = ()
        self._owners: dict[NodeId, NodeId] = {}
        self._faulty: dict[NodeId, list[Problem]] = {}

    def follow(self, nodes: Mapping[NodeId, NodeFlow], changed: Iterable[NodeId]) -> set[NodeId]:
        """Take changed nodes in; returns all that are other ones through it."""
        graph = self._graph
        if not (self._owners or graph.register.owners):
            return set()
        ids = list(changed)
        owners = {self._owners[n] for n in ids if n in self._owners}
        owners |= {owner_of(graph[n]) for n in ids if n in graph}
        touched = {n for n, owner in self._owners.items() if owner in owners}
        for node_id in touched:
            self.overrides.pop(node_id, None)
            del self._owners[node_id]
        for owner in owners:
            self._faulty.pop(owner, None)
            if owner in graph and graph.sharing(owner):
                users = linked(graph, owner)
                self._owners.update(dict.fromkeys(users, owner))
                found, self._faulty[owner] = counted_once(graph, nodes, [owner])
                self.overrides.update(found)
                touched.update(users)
        self.problems = tuple(fault for owner in graph.owners for fault in self._faulty.get(owner, ()))
        return touched
