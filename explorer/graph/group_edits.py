"""How the edits of whole groups are carried out; only `Document` calls this, and hands its levels over."""

from __future__ import annotations

from collections.abc import Iterable

from explorer.graph import dots, exposing, limits
from explorer.graph import edits as e
from explorer.graph.marks import Exposed
from explorer.graph.model import ROOT, Graph, Node
from explorer.graph.names import why_not
from explorer.graph.sharing import why_not_share


def define(graphs: dict[str, Graph], edit: e.DefineGroup, heights: limits.Heights) -> e.Edit:
    """Store a group; raises `EditProblem` where no document could hold it."""
    if reason := why_not(edit.name):
        raise e.EditProblem(reason)
    if edit.name in graphs:
        raise e.EditProblem(f"There is already a group called “{edit.name}”.")
    limits.refuse_loose_ends(edit.name, edit.nodes, edit.edges)
    limits.refuse_bad_group(edit.name, edit.nodes, graphs, heights)
    by_id = {node.id: node for node in edit.nodes}
    for node in edit.nodes:
        if node.shares and (reason := why_not_share(by_id, node, node.shares)):
            raise e.EditProblem(reason)
    graphs[edit.name] = Graph(map(limits.checked_node, edit.nodes), edit.edges)
    return e.DropGroup(edit.name)


def drop(graphs: dict[str, Graph], edit: e.DropGroup, uses: Iterable[tuple[str, Node]]) -> e.Edit:
    """Forget a group; raises `EditProblem` while there are uses."""
    if edit.name == ROOT or list(uses):
        raise e.EditProblem(f"The group “{edit.name}” is still in use.")
    edits = defining(edit.name, graphs.pop(edit.name))
    return edits[0] if len(edits) == 1 else e.Batch(tuple(edits))


def defining(name: str, graph: Graph) -> list[e.Edit]:
    """The edits that store a group under a name, with all that stands beside its nodes and wires."""
    return [e.DefineGroup(name, tuple(graph.nodes), tuple(graph.edges)), *beside(name, graph)]


def beside(scope: str, graph: Graph) -> list[e.Edit]:
    """The edits that give a level the frames, notes and dots of a graph; a group also what it exposes."""
    edits: list[e.Edit] = [e.SetFrame(frame.id, frame, scope) for frame in graph.frames.values()]
    edits += [e.SetNote(note.id, note, scope) for note in graph.notes.values()]
    edits += dots.setting(dots.rows_of(graph), scope)
    edits += [e.SetExposed(row.name, row, scope) for row in graph.exposed]
    if graph.origin is not None:
        edits.append(e.SetOrigin(graph.origin, scope))
    return edits


def set_exposed(graph: Graph, edit: e.SetExposed) -> e.Edit:
    """Add, replace or remove an exposed field; raises `EditProblem` for one that cannot be."""
    if edit.scope == ROOT:
        raise e.EditProblem("Only a group can expose a field; this is the top of the design.")
    rows = list(graph.exposed)
    place = next((number for number, row in enumerate(rows) if row.name == edit.name), None)
    before: Exposed | None = None if place is None else rows.pop(place)
    if edit.row is not None:
        if edit.row.name != edit.name:
            raise e.EditProblem(f"The field “{edit.row.name}” cannot be stored as “{edit.name}”.")
        exposing.refuse_bad(edit.row, graph)
        at = place if place is not None else edit.place
        rows.insert(len(rows) if at is None else at, edit.row)
    graph.exposed = tuple(rows)
    return e.SetExposed(edit.name, before, edit.scope, place)


def set_origin(graph: Graph, edit: e.SetOrigin) -> e.Edit:
    """Note where a group came from."""
    if edit.scope == ROOT:
        raise e.EditProblem("Only a group can come from a library; this is the top of the design.")
    if edit.origin is not None:
        for text in (edit.origin.block, edit.origin.digest):
            limits.refuse_text(text)
    before, graph.origin = graph.origin, edit.origin
    return e.SetOrigin(before, edit.scope)
