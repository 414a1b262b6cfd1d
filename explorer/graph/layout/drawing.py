"""A level as a teacher would draw it: rows, branches above one another, U's."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterable, Sequence

from explorer.graph.layout import rows, ushape
from explorer.graph.layout.box import Box, joined
from explorer.graph.layout.layered import layered
from explorer.graph.layout.parts import Knot, Leaf, Parallel, Part, Series, parts_of
from explorer.graph.layout.spacing import Size, Spacing
from explorer.graph.model import Edge, Graph, NodeId, Position

IN_FRAME, BRANCHING = 0.6, 1.0
OVER_SKIP, JOINING = 0.5, 0.6
"""What it costs to break a row within a frame, before branches, under a skip, and before branches meet."""
SIDE = 2
"""A branch with so many nodes at most, beside one with more, stands above it, as on a skip."""
GATES = frozenset(["add", "multiply"])


def drawn(
    graph: Graph,
    size_of: Callable[[NodeId], Size],
    *,
    skips: Collection[Edge] = (),
    label_of: Callable[[NodeId], float] = lambda _: 0.0,
    room: Size | None = None,
    spacing: Spacing | None = None,
) -> dict[NodeId, Position]:
    """Return a top left corner for every node of a level.

    Args:
        graph: the level. size_of: (width, height) of a node.
        skips: wires beside a longer way; they are led above what they pass, and have no say in the layers.
        label_of: width of the shapes that are written on the wires that leave a node.
        room: of the window; what is too long for it is broken into rows. None never breaks.
        spacing: distances.

    """
    return Drawing(graph, size_of, skips=skips, label_of=label_of, spacing=spacing).places(room)


class Drawing:
    """A level taken apart and drawn in one line; from here to rows for any room is cheap."""

    def __init__(
        self,
        graph: Graph,
        size_of: Callable[[NodeId], Size],
        *,
        skips: Collection[Edge] = (),
        label_of: Callable[[NodeId], float] = lambda _: 0.0,
        spacing: Spacing | None = None,
    ) -> None:
        """Take a level, see `drawn`."""
        left_out = frozenset(skips)
        self._graph = Graph(graph.nodes, (edge for edge in graph.edges if edge not in left_out))
        self._size_of, self._label_of = size_of, label_of
        self._skips, self._space = tuple(left_out), spacing or Spacing()
        self._frame_of = {n: frame.id for frame in graph.frames.values() for n in frame.nodes}
        whole = parts_of(self._graph)
        self._parts = whole.parts if isinstance(whole, Series) else (whole,)
        self._line_boxes = self._boxes(self._parts)

    def places(self, room: Size | None = None) -> dict[NodeId, Position]:
        """Return a top left corner for every node, in rows that fit a room."""
        boxes = self._line_boxes
        if room is not None:
            pairs = zip(self._parts, boxes, strict=True)
            boxes = [self._heaped(part, room) or box for part, box in pairs]
        box = self._u(self._parts, boxes) or self._in_rows(self._parts, boxes, room)
        return {
            node_id: (round(left), round(middle + box.above - self._size_of(node_id)[1] / 2))
            for node_id, left, middle in box.nodes
        }

    def _boxes(self, parts: Sequence[Part]) -> list[Box]:
        return [self._box(part) for part in parts]

    def _box(self, part: Part) -> Box:
        if isinstance(part, Leaf):
            width, height = self._size_of(part.node)
            return Box(((part.node, 0.0, 0.0),), width, height / 2, height / 2)
        if isinstance(part, Series):
            boxes = self._boxes(part.parts)
            return self._u(part.parts, boxes) or self._line(part.parts, boxes)
        if isinstance(part, Knot):
            return self._knot(part)
        return self._stack(self._boxes(part.branches), self._main(part))

    # one after another

    def _line(self, parts: Sequence[Part], boxes: Sequence[Box]) -> Box:
        gaps = self._gaps(parts)
        across, placed = 0.0, []
        for box, gap in zip(boxes, gaps, strict=True):
            across += gap
            placed.append((box, across, 0.0))
            across += box.width
        line = joined(placed)
        if not self._places_of_skips(parts):
            return line
        return Box(line.nodes, line.width, line.above + self._space.arc, line.below)

    def _gaps(self, parts: Sequence[Part]) -> list[float]:
        """Distance before each part: room for a label, for wires that part, and for two outlines."""
        gaps = [0.0]
        for before, after in itertools.pairwise(parts):
            gap = max(map(self._behind, _last(before)))
            if isinstance(before, Parallel) or isinstance(after, Parallel):
                gap += self._space.fan
            if self._frame(before) != self._frame(after):
                gap += self._space.frames
            gaps.append(gap)
        return gaps

    def _behind(self, node_id: NodeId) -> float:
        label = self._label_of(node_id)
        return max(self._space.labelled, label + self._space.label) if label else self._space.plain

    def _frame(self, part: Part) -> str | None:
        frames = {self._frame_of.get(node_id) for node_id in part.nodes()} if self._frame_of else {None}
        return frames.pop() if len(frames) == 1 else None

    def _places_of_skips(self, parts: Sequence[Part]) -> list[tuple[int, int, Edge]]:
        """Skips between these parts, by the places of their ends."""
        if not self._skips:
            return []
        place = {node_id: number for number, part in enumerate(parts) for node_id in part.nodes()}
        ends = ((place.get(edge.src), place.get(edge.dst), edge) for edge in self._skips)
        return [(a, b, edge) for a, b, edge in ends if a is not None and b is not None and a < b]

    def _u(self, parts: Sequence[Part], boxes: Sequence[Box]) -> Box | None:
        skips = self._places_of_skips(parts)
        brings_together = all(self._graph[edge.dst].block not in GATES for _, _, edge in skips)
        nest = ushape.nest_of([(a, b) for a, b, _ in skips], may_be_two=brings_together)
        if nest is None:
            return None

        def row_of(start: int, stop: int) -> Box:
            return self._line(parts[start:stop], boxes[start:stop])

        return ushape.u_of(row_of, len(parts), nest, self._space.step, self._space.between)

    def _in_rows(self, parts: Sequence[Part], boxes: Sequence[Box], room: Size | None) -> Box:
        if room is None or len(parts) < 2:
            return self._line(parts, boxes)
        line = rows.Line(boxes, self._gaps(parts), self._costs(parts))
        placed: list[tuple[Box, float, float]] = []
        down = 0.0
        for row in rows.rows_of(line, room, self._space.row):
            box = self._line(parts[row.start : row.stop], boxes[row.start : row.stop])
            placed.append((box, 0.0, down + box.above if placed else 0.0))
            down = placed[-1][2] + box.below + self._space.row
        return joined(placed)

    def _costs(self, parts: Sequence[Part]) -> list[float]:
        frames = [self._frame(part) for part in parts]
        costs = [0.0, *(IN_FRAME if a and a == b else 0.0 for a, b in itertools.pairwise(frames))]
        for number, (before, after) in enumerate(itertools.pairwise(parts), start=1):
            if isinstance(before, Parallel):
                costs[number] = max(costs[number], JOINING)
            elif isinstance(after, Parallel):
                costs[number] = max(costs[number], BRANCHING)
        passing = [0] * (len(parts) + 1)
        for first, last, _ in self._places_of_skips(parts):
            passing[first + 1] += 1
            passing[last + 1 if last < len(parts) else last] -= 1
        above = 0
        for number in range(len(parts)):
            above += passing[number]
            if above:
                costs[number] = max(costs[number], 1 - (1 - OVER_SKIP) ** min(above, 4))
        return costs

    # side by side

    def _heaped(self, part: Part, room: Size) -> Box | None:
        """Branches of which several are nodes without any wire: these stand in rows beneath the others."""
        if not isinstance(part, Parallel):
            return None
        loose = [branch for branch in part.branches if self._is_loose(branch)]
        if len(loose) < 2:
            return None
        rest = [self._box(branch) for branch in part.branches if not self._is_loose(branch)]
        return self._stack([*rest, self._heap(loose, room)], None)

    def _stack(self, boxes: Sequence[Box], main: int | None) -> Box:
        """Boxes above one another, flush right: the last of a branch stand under each other.

        Args:
            boxes: from above. main: the place of the one that stands on the line, below all others.

        """
        order = list(boxes) if main is None else [*boxes[:main], *boxes[main + 1 :], boxes[main]]
        width = max(box.width for box in boxes)
        placed, down = [], 0.0
        for box in order:
            left = width - box.width
            placed.append((box, left if main is None else round(left / 2), down + box.above))
            down += box.above + box.below + self._space.between
        line = placed[-1][2] if main is not None else round((down - self._space.between) / 2)
        return joined((box, x, y - line) for box, x, y in placed)

    def _main(self, part: Parallel) -> int | None:
        """The place of the branch beside which the other is short, as beside a residual's body."""
        counts = [sum(1 for _ in branch.nodes()) for branch in part.branches]
        if len(counts) != 2 or min(counts) > SIDE or max(counts) < 2 * min(counts):
            return None
        inside = set(part.nodes())
        after = (s for n in inside for s in self._graph.successors(n) if s not in inside)
        if any(self._graph[node_id].block not in GATES for node_id in after):
            return None
        return counts.index(max(counts))

    def _is_loose(self, part: Part) -> bool:
        graph = self._graph
        return isinstance(part, Leaf) and not (graph.predecessors(part.node) or graph.successors(part.node))

    def _heap(self, leaves: Iterable[Part], room: Size) -> Box:
        """Nodes without any wire, in rows."""
        placed: list[tuple[Box, float, float]] = []
        across = down = tall = 0.0
        for leaf in leaves:
            box = self._box(leaf)
            if across and across + box.width > room[0]:
                across, down = 0.0, down + tall + self._space.between
                tall = 0.0
            placed.append((box, across, down + box.above))
            across += box.width + self._space.between
            tall = max(tall, box.above + box.below)
        return joined(placed)

    def _knot(self, part: Knot) -> Box:
        if not part.members:
            return Box((), 0.0, 0.0, 0.0)
        inside = set(part.members)
        graph = Graph(
            (self._graph[node_id] for node_id in part.members),
            (e for n in part.members for e in self._graph.out_of(n) if e.dst in inside),
        )
        corners = layered(graph, self._size_of, behind=self._behind, between=self._space.between)
        middles = {n: round(y + self._size_of(n)[1] / 2) for n, (_, y) in corners.items()}
        starts = [middles[n] for n in graph if not graph.predecessors(n)] or list(middles.values())
        line = round(sum(starts) / len(starts))
        nodes = tuple((n, x, middles[n] - line) for n, (x, _) in corners.items())
        halves = {n: self._size_of(n)[1] / 2 for n in corners}
        return Box(
            nodes,
            max(x + self._size_of(n)[0] for n, x, _ in nodes),
            max(halves[n] - y for n, _, y in nodes),
            max(halves[n] + y for n, _, y in nodes),
        )


def _last(part: Part) -> Iterable[NodeId]:
    """The nodes with which a part ends."""
    if isinstance(part, Leaf):
        return (part.node,)
    if isinstance(part, Series):
        return _last(part.parts[-1])
    if isinstance(part, Parallel):
        return [node_id for branch in part.branches for node_id in _last(branch)]
    return part.members
