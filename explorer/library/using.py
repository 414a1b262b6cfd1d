"""Own blocks in a design, as edits: brought in, made unique, brought up to date. Nothing here writes."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from explorer.graph import clipping as clippings
from explorer.graph import dots, group_edits, operations
from explorer.graph import edits as e
from explorer.graph.document import Document
from explorer.graph.marks import Origin
from explorer.graph.model import GROUP_PREFIX, ROOT, NodeId
from explorer.graph.names import unique
from explorer.library.block_file import OwnBlock


@dataclass(frozen=True)
class Brought:
    """What a design needs for a use of an own block: the edits that define its groups, and the block's id."""

    block: str
    edits: tuple[e.Edit, ...]


def bring(document: Document, own: OwnBlock) -> Brought:
    """Define the groups of an own block in a design, unless it has them, alike."""
    clipping = own.clipping()
    edits, names = clippings.defined(document, clipping.groups)
    group = names[own.group]
    if group in document.groups and document.groups[group].origin is None:
        edits.append(e.SetOrigin(Origin(own.name, own.digest), group))
    return Brought(GROUP_PREFIX + group, tuple(edits))


def make_unique(document: Document, node_id: NodeId, scope: str = ROOT) -> e.Batch:
    """Give one use of a group a definition of its own, alike at first.

    Raises:
        EditProblem: it is no group, or its only use.

    """
    node = document.graph(scope)[node_id]
    if node.group is None or node.group not in document.groups:
        raise e.EditProblem(f"{node_id} is no group.")
    alone = {node_id, *document.graph(scope).sharing(node.shares or node_id)}
    if all(where == scope and use.id in alone for where, use in document.uses_of(node.group)):
        raise e.EditProblem(f"{node_id} is the only use of {node.group} already.")
    name = unique(node.group, document.groups)
    edits = group_edits.defining(name, document.groups[node.group])
    edits.append(e.SetBlock(node_id, GROUP_PREFIX + name, dict(node.fields), scope))
    return e.Batch(tuple(edits))


def update(document: Document, group: str, own: OwnBlock) -> e.Batch:
    """Give a group the content that an own block has now, for all its uses; addresses stay as they are.

    Values that uses set for fields which are exposed no more go; a wire at a port that is gone stays and says
    so. Groups inside it that nothing uses any more go, too.
    """
    clipping = own.clipping()
    inner = [copied for copied in clipping.groups if copied.name != own.group]
    edits, names = clippings.defined(document, inner)
    copied = next(each for each in clipping.groups if each.name == own.group)
    graph = document.groups[group]
    edits += operations.remove(document, [*graph, *graph.notes], group).edits
    edits += [e.SetFrame(f.id, None, group) for f in graph.frames.values() if not f.nodes]
    nodes = [clippings.renamed(node, names) for node in copied.nodes]
    edits += [e.AddNode(msgspec.structs.replace(node, shares=""), group) for node in nodes]
    edits += [e.SetShares(node.id, node.shares, group) for node in nodes if node.shares]
    edits += [e.Connect(edge, group) for edge in copied.edges]
    edits += [e.SetFrame(frame.id, frame, group) for frame in copied.frames]
    edits += [e.SetNote(note.id, note, group) for note in copied.notes]
    edits += dots.setting(copied.dots, group)
    kept = {row.name for row in copied.exposed}
    for where, use in document.uses_of(group):
        if not use.shares and use.group == group:
            edits += [e.SetField(use.id, field, None, where) for field in use.fields if field not in kept]
    edits += [e.SetExposed(row.name, row, group) for row in copied.exposed]
    edits.append(e.SetOrigin(Origin(own.name, own.digest), group))
    return e.Batch((*edits, *_left_over(document, group, edits)))


def _left_over(document: Document, group: str, edits: list[e.Edit]) -> list[e.Edit]:
    """The edits that drop groups which only the old content used, and what only those used."""
    after = document.copy()
    for edit in edits:
        after.apply(edit)
    dropped = list[e.Edit]()
    waiting = list(document.groups[group].register.groups)
    while waiting:
        name = waiting.pop(0)
        if name not in after.groups or after.uses_of(name):
            continue
        waiting += after.groups[name].register.groups
        dropped.append(e.DropGroup(name))
        after.apply(dropped[-1])
    return dropped
