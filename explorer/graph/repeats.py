"""Repeats: pieces of a level that follow one another and are alike, as uses of one group; a use may differ.

What differs between the pieces is exposed by the group as fields, and each use sets its own values.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

import msgspec

from explorer.graph import edits as e
from explorer.graph.catalogue import INPUT, OUTPUT
from explorer.graph.document import Document
from explorer.graph.marks import Exposed
from explorer.graph.model import GROUP_PREFIX, ROOT, Edge, FieldValue, Graph, Node, NodeId
from explorer.graph.names import Names, fresh, unique, why_not
from explorer.graph.operations import remove
from explorer.graph.running_order import running_order

Piece: TypeAlias = tuple[NodeId, ...]
Default: TypeAlias = Callable[[str, str], FieldValue]
"""The value that a field of a block has by itself."""
MOST = 200
"""Nodes of a level in which repeats are counted."""
ASIDE = 160.0


def count(graph: Graph, groups: Mapping[str, Graph]) -> int:
    """Return how many times one block runs after another on a level that has nothing else; 0: it is no such.

    Uses of different groups count as one block when their groups hold the same blocks.
    """
    if len(graph) > MOST or len(graph.of_block(INPUT)) != 1 or len(graph.of_block(OUTPUT)) != 1:
        return 0
    here = graph.of_block(INPUT)[0].id
    kinds = set[object]()
    found = 0
    while True:
        after = graph.out_of(here)
        if len(after) != 1 or len(graph.into(after[0].dst)) != 1:
            return 0
        here = after[0].dst
        node = graph[here]
        if node.block == OUTPUT:
            return found if found > 1 and found + 2 == len(graph) else 0
        found += 1
        kinds.add(_kind(node, groups))
        if len(kinds) > 1 or found > len(graph):
            return 0


def _kind(node: Node, groups: Mapping[str, Graph]) -> object:
    if node.group is None or node.group not in groups:
        return node.block
    return tuple(inner.block for inner in groups[node.group].nodes)


def pieces(graph: Graph, ids: Iterable[NodeId]) -> list[Piece]:
    """Return the most pieces into which nodes can be cut that are alike and follow one another.

    Raises:
        EditProblem: there are no two such pieces.

    """
    chosen = set(ids)
    order = [node_id for node_id in running_order(graph)[0] if node_id in chosen]
    for number in range(len(order), 1, -1):
        if len(order) % number == 0:
            size = len(order) // number
            found = [tuple(order[start : start + size]) for start in range(0, len(order), size)]
            if _follow(graph, found):
                return found
    raise e.EditProblem(
        "Select blocks that can be cut into equal pieces, each of which feeds the next one, and only that: "
        "the same blocks in the same order, wired alike. Their fields may differ."
    )


def _follow(graph: Graph, found: Sequence[Piece]) -> bool:
    """Whether pieces are alike but for their fields, and each feeds the next one alone."""
    first = _form(graph, found[0])
    if any(_form(graph, piece) != first for piece in found[1:]):
        return False
    entries = [_entries(graph, piece) for piece in found]
    arrivals = [{at for _, at in entry} for entry in entries]
    if any(arrival != arrivals[0] for arrival in arrivals):
        return False
    if any(len({source for source, _ in entry}) != 1 for entry in entries):
        return False
    exits = set[tuple[int, str]]()
    for before, after, entry in zip(found, found[1:], entries[1:], strict=False):
        ((source, out),) = {source for source, _ in entry}
        if source not in before:
            return False
        exits.add((before.index(source), out))
        leaving = {edge.dst for edge in _leaving(graph, before)}
        if not leaving <= set(after):
            return False
    last = {(found[-1].index(edge.src), edge.out) for edge in _leaving(graph, found[-1])}
    return len(exits | last) == 1


def _form(graph: Graph, piece: Piece) -> object:
    place = {node_id: number for number, node_id in enumerate(piece)}
    wires = {
        (place[edge.src], edge.out, place[edge.dst], edge.into)
        for node_id in piece
        for edge in graph.into(node_id)
        if edge.src in place
    }
    return tuple((graph[n].block, graph[n].muted, graph[n].frozen) for n in piece), frozenset(wires)


def _entries(graph: Graph, piece: Piece) -> set[tuple[tuple[NodeId, str], tuple[int, str]]]:
    """The wires that come in: where from (node, port), where to (place in the piece, port)."""
    inside = set(piece)
    return {
        ((edge.src, edge.out), (number, edge.into))
        for number, node_id in enumerate(piece)
        for edge in graph.into(node_id)
        if edge.src not in inside
    }


def _leaving(graph: Graph, piece: Piece) -> list[Edge]:
    inside = set(piece)
    return [edge for node_id in piece for edge in graph.out_of(node_id) if edge.dst not in inside]


def as_uses(
    document: Document,
    found: Sequence[Piece],
    default: Default,
    scope: str = ROOT,
    name: str = "block1",
) -> tuple[e.Batch, tuple[NodeId, ...]]:
    """Put a use of one new group in the place of each piece; returns the edits and the uses.

    The first piece becomes the group. Fields in which others differ are exposed, and set by their uses.
    Weights stay with their layers.

    Raises:
        EditProblem: a node shares its weights or is set by what the level exposes.

    """
    graph, first = document.graph(scope), found[0]
    _refuse_held(graph, {node_id for piece in found for node_id in piece})
    group = unique(name, document.groups)
    rows, values = _differences(graph, found, default)
    free = Names(set(graph) - {n for piece in found for n in piece})
    uses = tuple(free.unique(group) for _ in found)
    entry = sorted({at for _, at in _entries(graph, first)})
    ((source, _), *_) = sorted(_entries(graph, first))
    leaving = _leaving(graph, found[-1])
    last = (found[-1].index(leaving[0].src), leaving[0].out) if leaving else _exit(graph, found)
    edits: list[e.Edit] = list(remove(document, [n for piece in found for n in piece], scope).edits)
    edits.append(_defined(graph, group, first, entry, last))
    edits += [e.SetExposed(row.name, row, group) for row in rows]
    for use, piece, fields in zip(uses, found, values, strict=True):
        x = sum(graph[n].pos[0] for n in piece) / len(piece)
        y = sum(graph[n].pos[1] for n in piece) / len(piece)
        frozen = all(graph[n].frozen for n in piece)
        edits.append(e.AddNode(Node(use, GROUP_PREFIX + group, fields, (x, y), frozen=frozen), scope))
    into, out = _ends(edits)
    edits.append(e.Connect(Edge(*source, uses[0], into), scope))
    edits += [e.Connect(Edge(before, out, after, into), scope) for before, after in itertools.pairwise(uses)]
    edits += [
        e.Connect(msgspec.structs.replace(edge, src=uses[-1], out=out), scope)
        for edge in {(w.dst, w.into): w for w in leaving}.values()
    ]
    moves = tuple(
        (scope, old, f"{use}.{new}")
        for use, piece in zip(uses, found, strict=True)
        for old, new in zip(piece, first, strict=True)
    )
    return e.Batch(tuple(edits), moves), uses


def _exit(graph: Graph, found: Sequence[Piece]) -> tuple[int, str]:
    """Where a piece feeds the next one."""
    ((source, out), _) = next(iter(_entries(graph, found[1])))
    return found[0].index(source), out


def _defined(
    graph: Graph, group: str, first: Piece, entry: Sequence[tuple[int, str]], last: tuple[int, str]
) -> e.DefineGroup:
    taken, inside = set(first), set(first)
    x, y = fresh("x", taken) if "x" in taken else "x", fresh("y", taken) if "y" in taken else "y"
    nodes = [graph[n] for n in first]
    left, right = min(n.pos[0] for n in nodes), max(n.pos[0] for n in nodes)
    edges = [edge for n in first for edge in graph.into(n) if edge.src in inside]
    edges += [Edge(x, "y", first[number], port) for number, port in entry]
    edges.append(Edge(first[last[0]], last[1], y, "x"))
    ends = (
        Node(x, INPUT, pos=(left - ASIDE, graph[first[entry[0][0]]].pos[1])),
        Node(y, OUTPUT, pos=(right + ASIDE, graph[first[last[0]]].pos[1])),
    )
    return e.DefineGroup(group, (ends[0], *nodes, ends[1]), tuple(edges))


def _ends(edits: Sequence[e.Edit]) -> tuple[str, str]:
    """The ports of the group that is defined: named like its input and its output."""
    group = next(edit for edit in edits if isinstance(edit, e.DefineGroup))
    return group.nodes[0].id, group.nodes[-1].id


def _differences(
    graph: Graph, found: Sequence[Piece], default: Default
) -> tuple[list[Exposed], list[dict[str, FieldValue]]]:
    """The fields in which pieces differ, and what each piece sets: nothing where it is like the first."""
    rows: list[Exposed] = []
    values: list[dict[str, FieldValue]] = [{} for _ in found]
    for number, node_id in enumerate(found[0]):
        nodes = [graph[piece[number]] for piece in found]
        for field in dict.fromkeys(field for node in nodes for field in node.fields):
            here = [n.fields.get(field, default(n.block, field)) for n in nodes]
            if all(value == here[0] and type(value) is type(here[0]) for value in here):
                continue
            names = [row.name for row in rows]
            name = field if field not in names and why_not(field) is None else f"{node_id}_{field}"
            rows.append(Exposed(unique(name, names), ((node_id, field),)))
            for own, value in zip(values, here, strict=True):
                if value != here[0]:
                    own[rows[-1].name] = value
    return rows, values


def _refuse_held(graph: Graph, chosen: set[NodeId]) -> None:
    for node_id in sorted(chosen):
        if graph[node_id].shares or graph.sharing(node_id):
            raise e.EditProblem(f"{node_id} shares its weights with another block; give it its own first.")
    held = {node_id for row in graph.exposed for node_id, _ in row.sets} & chosen
    if held:
        raise e.EditProblem(f"{min(held)} is set by what this group exposes; it cannot go into a repeat.")
