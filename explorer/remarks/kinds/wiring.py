"""Wires that lead nowhere, or twice to the same place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from explorer.graph.catalogue import INPUT, OUTPUT
from explorer.graph.model import NodeId
from explorer.remarks.look import Look
from explorer.remarks.remark import Found, about, of_level

MARKS = frozenset((OUTPUT, "auxiliary_loss", "aux_classifier", "next_state", "collect"))
"""Blocks whose work is of use although no wire leaves them."""


@of_level("dead_branch", "A branch that leads nowhere")
def dead_branch(look: Look) -> Found:
    """What no output reads is computed for nothing and never learns."""
    graph, nodes = look.graph, look.flow.nodes
    ends = []
    for number, node_id in enumerate(nodes):
        if number % 64 == 63:
            yield None
        if _is_end(look, node_id):
            ends.append(node_id)
    if not any(graph[node_id].block == OUTPUT for node_id in ends):
        return
    live = set(ends)
    todo, steps = list(ends), 0
    while todo:
        steps += 1
        if steps % 64 == 0:
            yield None
        for before in graph.predecessors(todo.pop()):
            if before not in live:
                live.add(before)
                todo.append(before)
    yield None
    dead = {node_id for node_id in nodes.keys() - live if graph[node_id].block != INPUT}
    for last in sorted(node_id for node_id in dead if not graph.successors(node_id)):
        yield None
        behind = _leading_to(look, last, dead)
        parameters = sum(nodes[node_id].parameters for node_id in behind)
        size = f" and {parameters:,} parameters" if parameters else ""
        count = f"{len(behind)} layer{'s' * (len(behind) > 1)}{size}"
        words = f"leads to no output: {count} are computed for nothing and never learn."
        if count.startswith("1 layer") and not size:
            words = "leads to no output: it is computed for nothing."
        title = f"Remove {last}" if len(behind) == 1 else f"Remove these {len(behind)} layers"
        yield look.remark(last, "dead_branch", words, look.without_all(behind, title))


def _is_end(look: Look, node_id: NodeId) -> bool:
    node = look.graph[node_id]
    if node.block in MARKS or node.muted:
        return True
    inner = look.flow.nodes[node_id].inner
    return node.group is not None and inner is not None and _has_mark(inner.graph)


def _has_mark(graph: object) -> bool:
    return any(node.block in MARKS - {OUTPUT} for node in graph.nodes)  # type: ignore[attr-defined]


def _leading_to(look: Look, last: NodeId, dead: set[NodeId]) -> list[NodeId]:
    """The end and all that only leads there."""
    found, todo = {last: None}, [last]
    while todo:
        for before in look.graph.predecessors(todo.pop()):
            if before in dead and before not in found and _only_into(look, before, found):
                found[before] = None
                todo.append(before)
    return list(found)


def _only_into(look: Look, node_id: NodeId, found: Iterable[NodeId]) -> bool:
    return all(after in found for after in look.graph.successors(node_id))


@about("unused_input", "An input that nothing reads", INPUT)
def unused_input(look: Look, node_id: NodeId) -> Found:
    """A design with an idle input asks for data that change nothing."""
    if look.graph.successors(node_id) or not look.flow.outputs or len(look.graph) < 3:
        return
    yield look.remark(
        node_id,
        "unused_input",
        "is read by nothing: its values change no answer.",
        look.without_all([node_id], f"Remove {node_id}"),
    )


@about("same_wire_twice", "The same tensor twice", "add", "concat")
def same_wire_twice(look: Look, node_id: NodeId) -> Found:
    """A tensor joined with itself brings nothing new; most often a wire starts at the wrong node."""
    edges = look.graph.into(node_id)
    sources = Counter((edge.src, edge.out) for edge in edges)
    double = next((source for source, count in sources.items() if count > 1), None)
    if double is None:
        return
    count = sources[double]
    what = f"gets {count} times" if look.graph[node_id].block == "add" else f"holds {count} times"
    words = (
        f"{what} the same: {count} of its {len(edges)} wires come from {double[0]}. One may start elsewhere."
    )
    yield look.remark(node_id, "same_wire_twice", words)
