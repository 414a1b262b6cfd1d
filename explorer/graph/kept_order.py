"""The running order of a level that is edited: only the stretch that an edit touches is worked out anew.

The order is the one of `running_order`: of the nodes that could run, the one that was written first does.
At marks along it is noted what was ready there and had to wait, so that it can be taken up in its middle.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush

from explorer.graph.journal import Changes
from explorer.graph.model import Graph, NodeId

STRETCH = 128
"""Nodes between two marks, at least, …"""
SHARE = 8
"""… and one in so many of those that are ready at the first of them: at its marks, a level of very many loose
nodes then has no more written down than so many times its nodes."""
PART = 8
"""When more than one node in so many is touched, everything is worked out anew."""


@dataclass(slots=True)
class _Mark:
    """A place in the order.

    Attributes:
        at: how many nodes have run here. ready: those that could run next.
        last: the greatest of the numbers in which nodes were added, up to the next mark.

    """

    at: int
    ready: set[NodeId]
    last: int = -1


@dataclass(slots=True)
class _Stretch:
    """What has run anew from a mark on; `resumes` is where the earlier order goes on behind it."""

    resumes: int
    ran: list[NodeId] = field(default_factory=list)
    marks: list[_Mark] = field(default_factory=list)


class KeptOrder:
    """The running order of a graph.

    Attributes:
        order: ids. rank: how many nodes run before each.
        renewed: which part was last worked out anew: where it begins, where it ended before, where it ends.
        is_known: False while wires run in a circle; the rest says nothing then.

    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._number = graph.register.place
        self.order: list[NodeId] = []
        self.rank: dict[NodeId, int] = {}
        self.renewed = (0, 0, 0)
        self._marks: list[_Mark] = []
        self._seen: dict[NodeId, int] = {}
        self.is_known = False
        self._begin()

    def follow(self, changes: Changes) -> bool:
        """Take changes in; returns whether the order is another one now."""
        touched = {
            node_id for node_id in changes.nodes if self._seen.get(node_id) != self._number.get(node_id)
        }
        touched.update(edge.dst for edge in changes.wires)
        if not touched and self.is_known:
            return False
        register = self._graph.register
        if not self.is_known or self._epoch != register.epoch or len(touched) * PART > len(self.rank):
            self._begin()
        else:
            self._mend(touched)
        return True

    def _begin(self) -> None:
        """Work everything out."""
        graph = self._graph
        self._epoch = graph.register.epoch
        self.order, self.rank, self._seen = [], {}, dict(self._number)
        self._marks = [_Mark(0, {node_id for node_id in graph if not graph.predecessors(node_id)})]
        self._renew(self._marks[0], _Run(graph, self, self._marks[0]).to_the_end())

    def _mend(self, touched: Collection[NodeId]) -> None:
        """Work out what is other than it was.

        Args:
            touched: nodes that are new, gone, written anew, or have other nodes in front of them.

        """
        there = {node_id for node_id in touched if node_id in self._graph}
        ready = {node_id: self._ready_from(node_id, there) for node_id in there}
        earliest = [self.rank[node_id] for node_id in touched if node_id in self.rank]
        earliest += [self._could_run(node_id, ready[node_id]) for node_id in there]
        if not earliest:  # came and went unseen
            return
        start = self._marks[self._index(min(earliest))]
        for mark in self._marks[: self._index(start.at) + 1]:
            mark.ready.difference_update(touched)
            mark.ready.update(
                n for n, place in ready.items() if place <= mark.at and self._may_run(n, mark.at)
            )
        for node_id in touched:
            self._seen.pop(node_id, None)
        self._seen.update((node_id, self._number[node_id]) for node_id in there)
        gone = {node_id for node_id in touched if node_id not in there and node_id in self.rank}
        self._renew(start, _Run(self._graph, self, start).until_the_same(there, gone))

    def _ready_from(self, node_id: NodeId, touched: Collection[NodeId]) -> int:
        """The place from which on a node can run, if what is touched before it runs at once."""
        sources = self._graph.predecessors(node_id)
        return 1 + max((self.rank[n] for n in sources if n in self.rank and n not in touched), default=-1)

    def _could_run(self, node_id: NodeId, ready: int) -> int:
        """A place before which a node that is ready does not run, because others come first."""
        number, index = self._number[node_id], self._index(ready)
        if self._marks[index].last > number:
            return ready
        return next((mark.at for mark in self._marks[index + 1 :] if mark.last > number), len(self.order))

    def _may_run(self, node_id: NodeId, place: int) -> bool:
        return all(self.rank.get(n, place) < place for n in self._graph.predecessors(node_id))

    def _index(self, place: int) -> int:
        """The last mark that is not behind a place."""
        return bisect_right(self._marks, place, key=lambda mark: mark.at) - 1

    def _renew(self, start: _Mark, stretch: _Stretch | None) -> None:
        """Put a stretch where the earlier one was."""
        self.is_known = stretch is not None
        if stretch is None:
            return
        order, rank = self.order, self.rank.copy()
        for node_id in order[start.at : stretch.resumes]:
            rank.pop(node_id, None)
        order[start.at : stretch.resumes] = stretch.ran
        self.renewed = start.at, stretch.resumes, start.at + len(stretch.ran)
        before = [mark for mark in self._marks if mark.at < start.at]
        behind = [mark for mark in self._marks if mark.at >= stretch.resumes and mark.at > start.at]
        for mark in behind:
            mark.at += start.at + len(stretch.ran) - stretch.resumes
        renewed = stretch.marks or [start]
        ends = [*(mark.at for mark in renewed[1:]), behind[0].at if behind else len(order)]
        for mark, end in zip(renewed, ends, strict=True):
            mark.last = max(map(self._number.__getitem__, order[mark.at : end]), default=-1)
        self._marks = [*before, *renewed, *behind]
        rank.update(zip(order[start.at :], range(start.at, len(order)), strict=True))
        self.rank = rank


class _Run:
    """Lets nodes run from a mark on."""

    def __init__(self, graph: Graph, kept: KeptOrder, start: _Mark) -> None:
        self._graph, self._rank, self._before, self._start = graph, kept.rank, kept.order, start
        self._place = graph.register.place
        self._ready = [(self._place[node_id], node_id) for node_id in start.ready]
        heapify(self._ready)
        self._ran: set[NodeId] = set()
        self._lacks: dict[NodeId, int] = {}  # how many of the nodes before it have not run

    def to_the_end(self) -> _Stretch | None:
        """Run everything; None when wires run in a circle."""
        made = _Stretch(len(self._before))
        for _ in self._steps(made):
            pass
        return made if self._start.at + len(made.ran) == len(self._graph) else None

    def until_the_same(self, there: Collection[NodeId], gone: Collection[NodeId]) -> _Stretch | None:
        """Run until the earlier order goes on as before; None when wires run in a circle."""
        made, before, rank = _Stretch(self._start.at), self._before, self._rank
        left, going = set(there), set(gone)
        apart: set[NodeId] = set()  # what has run in one of the two orders only
        for node_id in self._steps(made):
            left.discard(node_id)
            if node_id in rank:
                while before[made.resumes] in going:
                    going.discard(before[made.resumes])
                    made.resumes += 1
                apart ^= {node_id}
                apart ^= {before[made.resumes]}
                made.resumes += 1
            if not (apart or left or going):
                return made
        made.resumes = len(before)
        return made if self._start.at + len(made.ran) == len(self._graph) else None

    def _steps(self, made: _Stretch) -> Iterator[NodeId]:
        ready, ran, lacks, place = self._ready, self._ran, self._lacks, self._place
        mark_at = 0
        while ready:
            if len(made.ran) == mark_at:
                mark_at += max(STRETCH, len(ready) // SHARE)
                made.marks.append(_Mark(self._start.at + len(made.ran), {node_id for _, node_id in ready}))
            node_id = heappop(ready)[1]
            made.ran.append(node_id)
            ran.add(node_id)
            for after in self._graph.successors(node_id):
                if after in lacks:
                    lacks[after] -= 1
                else:
                    lacks[after] = sum(not self._has_run(n) for n in self._graph.predecessors(after))
                if lacks[after] == 0:
                    heappush(ready, (place[after], after))
            yield node_id

    def _has_run(self, node_id: NodeId) -> bool:
        return node_id in self._ran or self._rank.get(node_id, self._start.at) < self._start.at
