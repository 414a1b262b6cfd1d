"""What people do to a design in one go, as edits: nothing here writes, everything returns a `Batch`.

All functions take the document to look at and the `scope` (level) to work on.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence

import msgspec

from explorer.graph import dots, exposing, group_edits
from explorer.graph import edits as e
from explorer.graph.catalogue import INPUT, OUTPUT
from explorer.graph.document import Document
from explorer.graph.model import GROUP_PREFIX, ROOT, Edge, FieldValue, Graph, Node, NodeId, Position
from explorer.graph.names import Names, fresh, unique
from explorer.graph.sharing import linked, owner_of


def remove(document: Document, ids: Iterable[NodeId], scope: str = ROOT) -> e.Batch:
    """Remove nodes and notes with all their wires; frames lose them, empty frames go."""
    graph, gone = document.graph(scope), set(ids)
    edges = {edge for n in gone if n in graph for edge in (*graph.into(n), *graph.out_of(n))}
    result: list[e.Edit] = [e.Disconnect(edge, scope) for edge in sorted(edges)]
    for frame in list(graph.frames.values()):
        left = tuple(n for n in frame.nodes if n not in gone)
        if left != frame.nodes:
            kept = msgspec.structs.replace(frame, nodes=left) if left else None
            result.append(e.SetFrame(frame.id, kept, scope))
        elif frame.id in gone:
            result.append(e.SetFrame(frame.id, None, scope))
    result += [e.SetNote(n, None, scope) for n in graph.notes if n in gone]
    result += exposing.without(graph, gone, scope)
    result += _handed_on(graph, gone, scope)
    leaving = [graph[n] for n in graph.register.sorted(n for n in gone if n in graph)]
    leaving.sort(key=lambda node: not node.shares)  # what shares the weights of another before that other
    result += [e.RemoveNode(n.id, scope) for n in leaving]
    return e.Batch(tuple(result))


def _handed_on(graph: Graph, gone: Container[NodeId], scope: str) -> list[e.Edit]:
    """Where the owner of shared weights goes, the first that is left owns them."""
    result: list[e.Edit] = []
    for owner in graph.owners:
        left = [n for n in graph.register.sorted(graph.sharing(owner)) if n not in gone]
        if owner in gone and left:
            result += [e.SetShares(n, "", scope) for n in left]
            result += [e.SetShares(n, left[0], scope) for n in left[1:]]
    return result


def share(document: Document, ids: Iterable[NodeId], scope: str = ROOT) -> e.Batch:
    """Let several nodes, and all they share with, run with the weights of the first; they take its fields.

    Raises:
        EditProblem: fewer than two nodes, or different blocks.

    """
    graph, chosen = document.graph(scope), set(ids)
    nodes = [node for node in graph.nodes if node.id in chosen]
    if len(nodes) < 2:
        raise e.EditProblem("First select two or more layers that are to share their weights.")
    owner = graph[owner_of(nodes[0])]
    joining: dict[NodeId, None] = {}
    for node in nodes:
        if node.block != owner.block:
            words = f"{node.id} cannot share the weights of {owner.id}: they are different blocks."
            raise e.EditProblem(words)
        if owner_of(node) != owner.id:
            joining.update(dict.fromkeys(linked(graph, node.id)))
    edits: list[e.Edit] = [e.SetShares(n, "", scope) for n in joining if graph[n].shares]
    for name in joining:
        edits.append(e.SetBlock(name, owner.block, dict(owner.fields), scope))
        edits.append(e.SetFlag(name, "frozen", owner.frozen, scope))
        edits.append(e.SetShares(name, owner.id, scope))
    return e.Batch(tuple(edits))


def unshare(document: Document, ids: Iterable[NodeId], scope: str = ROOT) -> e.Batch:
    """Give nodes weights of their own; those that shared the weights of one of them share the next one's."""
    graph, chosen = document.graph(scope), set(ids)
    edits: list[e.Edit] = [e.SetShares(n, "", scope) for n in graph if n in chosen and graph[n].shares]
    edits += _handed_on(graph, chosen, scope)
    return e.Batch(tuple(edits))


def dissolve(document: Document, ids: Iterable[NodeId], scope: str = ROOT) -> e.Batch:
    """Remove nodes and join what came in to what went out, where a node has one input wire."""
    graph, gone = document.graph(scope), dict.fromkeys(ids)
    nodes = [n for n in gone if n in graph]
    feeds: dict[NodeId, Edge] = {n: graph.into(n)[0] for n in nodes if len(graph.into(n)) == 1}
    joins: dict[Edge, None] = {}
    for node_id, source in _origins(nodes, feeds, gone).items():
        for edge in graph.out_of(node_id):
            join = msgspec.structs.replace(edge, src=source.src, out=source.out)
            if edge.dst not in gone and not graph.has_edge(join):
                joins[join] = None
    return e.Batch((*remove(document, gone, scope).edits, *(e.Connect(edge, scope) for edge in joins)))


def _origins(
    nodes: Sequence[NodeId], feeds: Mapping[NodeId, Edge], gone: Container[NodeId]
) -> dict[NodeId, Edge]:
    """For each node the wire that feeds its chain from outside; not for those that run in a circle."""
    origins: dict[NodeId, Edge] = {}
    seen = set[NodeId]()
    for node_id in nodes:
        chain: list[NodeId] = []
        while node_id in feeds and node_id not in seen:
            seen.add(node_id)
            chain.append(node_id)
            node_id = feeds[node_id].src
        if chain:
            last = feeds[chain[-1]]
            origin = origins.get(last.src) if last.src in gone else last
            if origin is not None:
                origins.update(dict.fromkeys(chain, origin))
    return origins


def insert_on_wire(
    document: Document, wire: Edge, node: Node, into: str, out: str, scope: str = ROOT
) -> e.Batch:
    """Put a node into a wire: the wire's source feeds it, it feeds the wire's target."""
    edits: list[e.Edit] = [] if node.id in document.graph(scope) else [e.AddNode(node, scope)]
    edits += [
        e.Disconnect(wire, scope),
        e.Connect(Edge(wire.src, wire.out, node.id, into), scope),
        e.Connect(Edge(node.id, out, wire.dst, wire.into), scope),
    ]
    return e.Batch(tuple(edits))


def group(
    document: Document, ids: Iterable[NodeId], scope: str = ROOT, name: str = "group1"
) -> tuple[e.Batch, NodeId]:
    """Move nodes into a new group and put one use of it in their place.

    Returns the edits and the id of the use. Wires from one source port share one input of the group.

    Raises:
        EditProblem: the nodes cannot be taken out without closing a circle, or hold an input or output.

    """
    graph = document.graph(scope)
    chosen = {n for n in ids if n in graph}  # selected notes stay where they are
    nodes = [node for node in graph.nodes if node.id in chosen]
    if not nodes:
        raise e.EditProblem("First select the blocks that are to become a group.")
    for node in nodes:
        if node.block in (INPUT, OUTPUT):
            raise e.EditProblem(f"{node.id} cannot go into a group: it is where the design begins or ends.")
    for owner in graph.owners:
        together = linked(graph, owner)
        if 0 < len(chosen.intersection(together)) < len(together):
            raise e.EditProblem(f"{' and '.join(together)} share their weights; select them all.")
    _refuse_circle(graph, chosen)
    group_name = unique(name, document.groups)
    use = unique(name, set(graph) - chosen)
    inside, inputs, outputs = _interface(graph, nodes, chosen)
    x = sum(n.pos[0] for n in nodes) / len(nodes)
    y = sum(n.pos[1] for n in nodes) / len(nodes)
    edits: list[e.Edit] = list(remove(document, chosen, scope).edits)
    edits.append(e.DefineGroup(group_name, tuple(inside[0]), tuple(inside[1])))
    edits += dots.setting(dots.rows_of(graph, inside[1]), group_name)
    edits.append(e.AddNode(Node(use, GROUP_PREFIX + group_name, pos=(x, y)), scope))
    edits += exposing.moved_inside(graph, chosen, use, group_name, scope)
    edits += [e.Connect(Edge(src, out, use, port), scope) for (src, out), port in inputs.items()]
    edits += [
        e.Connect(Edge(use, outputs[edge.src, edge.out], edge.dst, edge.into), scope)
        for edge in graph.edges
        if edge.src in chosen and edge.dst not in chosen
    ]
    return e.Batch(tuple(edits), tuple((scope, node.id, f"{use}.{node.id}") for node in nodes)), use


def _refuse_circle(graph: Graph, chosen: set[NodeId]) -> None:
    frontier = {s for n in chosen for s in graph.successors(n) if s not in chosen}
    seen: set[NodeId] = set()
    while frontier:
        node_id = frontier.pop()
        seen.add(node_id)
        for successor in graph.successors(node_id):
            if successor in chosen:
                raise e.EditProblem(f"{node_id} lies between the selected blocks; select it too.")
            if successor not in seen:
                frontier.add(successor)


def _interface(
    graph: Graph, nodes: list[Node], chosen: set[NodeId]
) -> tuple[tuple[list[Node], list[Edge]], dict[tuple[NodeId, str], str], dict[tuple[NodeId, str], str]]:
    """Contents of a new group, and its ports by what they stand for outside."""
    taken = {node.id for node in nodes}
    inner_nodes, inner_edges = list(nodes), [x for x in graph.edges if x.src in chosen and x.dst in chosen]
    left = min(node.pos[0] for node in nodes)
    right = max(node.pos[0] for node in nodes)
    inputs: dict[tuple[NodeId, str], str] = {}
    outputs: dict[tuple[NodeId, str], str] = {}
    for edge in graph.edges:
        if edge.dst in chosen and edge.src not in chosen:
            key = (edge.src, edge.out)
            if key not in inputs:
                port = inputs[key] = "x" if not inputs and "x" not in taken else fresh("x", taken)
                taken.add(port)
                inner_nodes.append(Node(port, INPUT, pos=(left - 160, graph[edge.dst].pos[1])))
            inner_edges.append(Edge(inputs[key], "y", edge.dst, edge.into))
        elif edge.src in chosen and edge.dst not in chosen and (edge.src, edge.out) not in outputs:
            port = outputs[edge.src, edge.out] = (
                "y" if not outputs and "y" not in taken else fresh("y", taken)
            )
            taken.add(port)
            inner_nodes.append(Node(port, OUTPUT, pos=(right + 240, graph[edge.src].pos[1])))
            inner_edges.append(Edge(edge.src, edge.out, port, "x"))
    return (inner_nodes, inner_edges), inputs, outputs


def ungroup(
    document: Document, use: NodeId, scope: str = ROOT, inside: Graph | None = None
) -> tuple[e.Batch, tuple[NodeId, ...]]:
    """Replace one use of a group by its contents; the group itself goes when this was its last use.

    `inside` is the group's graph with other places.
    """
    node = document.graph(scope)[use]
    if node.group is None:
        raise e.EditProblem(f"{use} is no group.")
    whole = exposing.with_values(inside or document.groups[node.group], node.fields)
    edits, names = unpack(document, use, whole, scope)
    last = len(document.uses_of(node.group)) == 1
    dropped = (e.DropGroup(node.group),) if last else ()
    return e.Batch((*edits.edits, *dropped), edits.moves), names


def unpack(
    document: Document, use: NodeId, inside: Graph, scope: str = ROOT
) -> tuple[e.Batch, tuple[NodeId, ...]]:
    """Replace a node by the graph inside it (a group's, or a composite's expansion)."""
    graph = document.graph(scope)
    node = graph[use]
    body = [n for n in inside.nodes if n.block not in (INPUT, OUTPUT)]
    ends = {n.id for n in inside.nodes} - {n.id for n in body}
    free = Names(set(graph) - {use})
    names = {inner.id: free.unique(inner.id) for inner in body}
    dx, dy = _shift(body, node.pos)
    edits: list[e.Edit] = list(remove(document, [use], scope).edits)
    edits += [
        e.AddNode(
            msgspec.structs.replace(
                n,
                id=names[n.id],
                pos=(n.pos[0] + dx, n.pos[1] + dy),
                frozen=n.frozen or node.frozen,
                shares="",
            ),
            scope,
        )
        for n in body
    ]
    edits += [e.SetShares(names[n.id], names[n.shares], scope) for n in body if n.shares]
    feeds = {edge.into: edge for edge in graph.into(use)}
    sources: dict[str, tuple[NodeId, str]] = {}
    for edge in inside.edges:
        if edge.src in ends:
            feed = feeds.get(edge.src)
            origin = (feed.src, feed.out) if feed else None
        else:
            origin = (names[edge.src], edge.out)
        if origin is None:
            continue
        if edge.dst in ends:
            sources[edge.dst] = origin
        else:
            edits.append(e.Connect(Edge(*origin, names[edge.dst], edge.into), scope))
    for edge in graph.out_of(use):
        if edge.out in sources:
            edits.append(e.Connect(Edge(*sources[edge.out], edge.dst, edge.into), scope))
    for row in dots.rows_of(inside):
        if not ends.intersection((row.edge.src, row.edge.dst)):
            edge = msgspec.structs.replace(row.edge, src=names[row.edge.src], dst=names[row.edge.dst])
            edits.append(e.SetDots(edge, dots.shifted(row.at, (dx, dy)), scope))
    moves = [(scope, f"{owner_of(node)}.{n.id}", names[n.id]) for n in body]
    if node.shares:  # the others go on with what it ran
        moves = [(scope, old, old) for _, old, _ in moves] + moves
    return e.Batch(tuple(edits), tuple(moves)), tuple(names.values())


def turn_into(
    document: Document,
    node_id: NodeId,
    block: str,
    fields: Mapping[str, FieldValue],
    ports: tuple[Mapping[str, str], Mapping[str, str]],
    scope: str = ROOT,
    moves: Sequence[tuple[str, str]] = (),
) -> e.Batch:
    """Turn a node into another block and keep its wires, under the new block's port names.

    Args:
        document: to look at. node_id: of the node; it keeps its id, so that its address stays.
        block, fields: what it becomes.
        ports: old to new names of inputs and of outputs; a wire at a port without a new name is taken off.
        scope: level of the node.
        moves: (old, new) addresses on this level of what lives on inside it, or came out of it.

    """
    graph, (into, out) = document.graph(scope), ports
    edits: list[e.Edit] = []
    later: list[e.Edit] = []
    for edge in [*graph.into(node_id), *graph.out_of(node_id)]:
        arrives = edge.dst == node_id
        old, names = (edge.into, into) if arrives else (edge.out, out)
        new = names.get(old)
        if new == old:
            continue
        edits.append(e.Disconnect(edge, scope))
        if new is not None:
            moved = msgspec.structs.replace(edge, **({"into": new} if arrives else {"out": new}))
            later.append(e.Connect(moved, scope))
            if edge in graph.dots:
                later.append(e.SetDots(moved, graph.dots[edge], scope))
    edits.append(e.SetBlock(node_id, block, dict(fields), scope))
    return e.Batch((*edits, *later), tuple((scope, old, new) for old, new in moves))


def _shift(nodes: Sequence[Node], pos: Position) -> Position:
    if not nodes:
        return 0.0, 0.0
    return pos[0] - min(n.pos[0] for n in nodes), pos[1] - min(n.pos[1] for n in nodes)


def adopt(graph: Graph, name: str, groups: Mapping[str, Graph] | None = None) -> e.Batch:
    """The edits that fill an empty document with a graph built in Python and its groups, inner ones first."""
    edits: list[e.Edit] = [e.SetName(name)]
    for key, inside in (groups or {}).items():
        edits += group_edits.defining(key, inside)
    edits += [
        e.AddNode(node) for node in graph.nodes
    ]  # the builder writes owners before what shares with them
    edits += [e.Connect(edge) for edge in graph.edges]
    return e.Batch((*edits, *group_edits.beside(ROOT, graph)))
