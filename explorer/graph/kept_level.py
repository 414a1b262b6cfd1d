"""A level that is edited: dirty nodes are visited again, and those behind them as long as they change."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import replace
from heapq import heapify, heappop, heappush
from itertools import chain, islice
from time import perf_counter
from typing import Protocol

from explorer.graph.flow import Flow, NodeFlow, same
from explorer.graph.journal import Changes
from explorer.graph.kept_order import KeptOrder
from explorer.graph.kept_visits import KeptVisitor
from explorer.graph.level_pass import ENDS, Sums, assembled, level_pass
from explorer.graph.model import Graph, NodeId
from explorer.graph.report import Problem, Report
from explorer.graph.sharing import counted_once, linked, owner_of
from explorer.graph.steps import LOOP_PARTS
from explorer.graph.story import Story
from explorer.graph.tensor import Tensor
from explorer.graph.visit import Knowledge

SPARE = 100
"""Dirty nodes that are visited at once though nobody looks at them; in small designs these are all."""


class GroupKnowledge(Knowledge, Protocol):
    """Also says when a group runs otherwise."""

    def stamp(self, group: str) -> Hashable:
        """Something that is another one as soon as the group runs otherwise."""


class KeptLevel:
    """The flow of a level, kept up to date.

    What an edit has made dirty can be worked out as far as somebody looks, and the rest later. A level with a
    circle is worked out as a whole until the circle is gone.
    """

    def __init__(
        self, known: GroupKnowledge, graph: Graph, given: Mapping[str, Tensor | None] | None
    ) -> None:
        self.graph = graph
        self._known, self._given = known, given
        self._mark = -1
        self._stamps: dict[str, Hashable] = {}

    def flow(self) -> Flow:
        """The flow of the level as it is now."""
        self._take_in()
        self._work(None)
        return self._told()

    def draft(self, wanted: Callable[[], Iterable[NodeId]]) -> Flow:
        """The flow as far as it is known; true for the nodes that are wanted, and for what was edited."""
        self._take_in()
        if self._is_tied():
            self._work(None)
        elif not self.is_settled:
            rank = self._order.rank
            self._work(max((rank[n] for n in (*wanted(), *self._seeds) if n in rank), default=-1))
        return self._told()

    def _is_tied(self) -> bool:
        """Whether what is known of a node depends on others than those before it."""
        register = self.graph.register
        return bool(register.owners) or any(register.of_block(part) for part in LOOP_PARTS)

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to work out of what has been looked at in part."""
        return not self._ahead and self._visited == len(self._order.order)

    def go_on(self, seconds: float) -> bool:
        """Work for some time on what is left; returns whether all is done."""
        end = perf_counter() + seconds
        while not self.is_settled and perf_counter() < end:
            self._work(-1)
        return self.is_settled

    # taking changes in

    def _take_in(self) -> None:
        """Note what has become dirty."""
        changes = self.graph.changes_since(self._mark, running=True) if self._mark >= 0 else None
        self._mark = self.graph.mark()
        regrouped = self._regrouped()
        if changes is None:
            self._begin()
        elif changes or regrouped:
            if self._visited < len(self._order.order) or not self._order.is_known:
                self._begin()
            else:
                self._dirty(changes, regrouped)

    def _regrouped(self) -> set[NodeId]:
        """Nodes that use a group which runs otherwise now."""
        register, before = self.graph.register, self._stamps
        if not before and not register.groups:
            return set()
        self._stamps = {group: self._known.stamp(group) for group in register.groups}
        other = (group for group, stamp in self._stamps.items() if before.get(group) != stamp)
        return {node_id for group in other for node_id in register.using(group)}

    def _begin(self) -> None:
        """Everything is to be worked out from nothing."""
        self._order = KeptOrder(self.graph)
        self._story, self._shared = Story(), _Shared(self.graph)
        self._visitor = KeptVisitor(self._known, self.graph, self._given)
        self._nodes: dict[NodeId, NodeFlow] = {}
        self._ends: set[NodeId] = set()
        self._sums = Sums()
        self._running: tuple[NodeId, ...] = ()
        self._flow: Flow | None = None
        self._is_loop = False
        self._visited, self._anew = 0, 2
        self._ahead: list[tuple[int, NodeId]] = []
        self._queued: set[NodeId] = set()
        self._seeds: set[NodeId] = set()
        self._changed: set[NodeId] = set()
        self._touched: set[NodeId] = set()

    def _dirty(self, changes: Changes, regrouped: set[NodeId]) -> None:
        anew = self._order.follow(changes)
        if not self._order.is_known:
            self._begin()
            return
        self._anew += anew
        self._visited = len(self._order.order)
        gone = {node_id for node_id in changes.nodes if node_id not in self.graph}
        for node_id in gone:
            self._visitor.forget(node_id)
        self._seeds = ((self._seeds & self._queued) | changes.nodes | changes.wired | regrouped) - gone
        self._changed |= changes.nodes
        self._touched |= changes.wired
        self._queued = (self._queued - gone) | self._seeds
        rank = self._order.rank
        self._ahead = [(rank[node_id], node_id) for node_id in self._queued]
        heapify(self._ahead)

    # working out

    def _work(self, limit: int | None) -> None:
        """Visit what is dirty, up to a place in the running order and some more; all without a limit."""
        if not self._order.is_known:
            return
        order, spare = self._order.order, SPARE
        while self._visited < len(order) and (limit is None or self._visited <= limit or spare > 0):
            spare -= self._visited > (limit or 0)
            self._visitor.visit(self.graph[order[self._visited]])
            self._changed.add(order[self._visited])
            self._visited += 1
        ahead, queued = self._ahead, self._queued
        rank, graph, visitor, seeds = self._order.rank, self.graph, self._visitor, self._seeds
        while ahead and (limit is None or ahead[0][0] <= limit or spare > 0):
            place, node_id = heappop(ahead)
            spare -= limit is not None and place > limit
            queued.discard(node_id)
            visit = visitor.visit_again if node_id in seeds else visitor.pass_by
            is_other, gives_other = visit(node_id)
            if is_other:
                self._changed.add(node_id)
            if gives_other:
                for after in graph.successors(node_id):
                    if after not in queued:
                        queued.add(after)
                        heappush(ahead, (rank[after], after))

    # telling

    def _told(self) -> Flow:
        """Put the flow together again, when something else is known than before."""
        if not self._order.is_known:
            if self._flow is None:
                self._flow = level_pass(self._known, self.graph, self._given)
            return self._flow
        if self._flow is None or self._changed or self._anew:
            self._flow = self._put_together()
            self._changed, self._touched, self._anew = set(), set(), 0
        return self._flow

    def _in_order(
        self, before: dict[NodeId, NodeFlow], now: dict[NodeId, NodeFlow]
    ) -> dict[NodeId, NodeFlow]:
        """What is known of all nodes in running order; of most the same as before."""
        running, visited = self._running, self._visited
        start, end, resumes = self._order.renewed
        if not self._anew and len(before) == visited == len(running):
            nodes = before.copy()
        elif self._anew == 1 and visited == len(running) == len(before) - end + resumes:
            rows, part = before.items(), running[start:resumes]
            renewed = ((n, now[n] if n in now else before[n]) for n in part)
            nodes = dict(chain(islice(rows, start), renewed, islice(rows, end, None)))
        else:
            known, kept = running[:visited], {**before, **now}
            nodes = dict(zip(known, map(kept.__getitem__, known), strict=True))
        nodes.update(now)
        return nodes

    def _put_together(self) -> Flow:
        visitor, before = self._visitor, self._nodes
        changed = self._changed | self._shared.follow(visitor.nodes, self._changed)
        overrides = self._shared.overrides
        now = {n: overrides.get(n) or visitor.nodes[n] for n in changed if n in visitor.nodes}
        lost = [before[n] for n in changed if n in before and n not in self._ends]
        self._ends.difference_update(changed)
        self._ends.update(n for n in now if self.graph[n].block in ENDS)
        self._sums = self._sums.changed(lost, [node for n, node in now.items() if n not in self._ends])
        if self._anew:
            self._running = tuple(self._order.order)
        self._nodes = self._in_order(before, now)
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
        flow = replace(flow, chapter=self._story.go_on(changed))
        ranks = (self._order.rank, self._flow.ranks) if self._flow is not None else ()
        touched = [rank[n] for rank in ranks for n in (*changed, *self._touched) if n in rank]
        flow.adopt(self._order.rank, self._flow, min(touched, default=0))
        return flow


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
