"""Several nodes of a level as one thing: the fields they have in common, and the edits that change them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from explorer import words
from explorer.blocks.block import Block
from explorer.graph import operations
from explorer.graph.catalogue import BadField, UnknownBlock
from explorer.graph.edits import Batch, EditProblem, SetField, SetFlag
from explorer.graph.level import Level
from explorer.graph.model import Node
from explorer.graph.sharing import WITHOUT_LAYER, linked
from explorer.graph.workspace import Workspace
from explorer.ui.canvas.closed import closed_words
from explorer.ui.forms.change import Change
from explorer.ui.forms.editors import FieldView
from explorer.ui.forms.shared_fields import SharedView
from explorer.ui.inspector import field_edit, node_details
from explorer.ui.inspector.several_page import SeveralDetails

_MEANING = ("name", "label", "choices", "optional")
FLAGS = {"@muted": "muted", "@frozen": "frozen"}
SHARED = "@shared"
MOST_NAMED = 3


def nodes_of(level: Level, ids: Sequence[str]) -> list[Node]:
    """Return the nodes that are there, in the order of the flow."""
    there = [level.graph[node_id] for node_id in dict.fromkeys(ids) if node_id in level.graph]
    ranks: Mapping[str, int] = level.flow.ranks if level.flow else {}
    return sorted(there, key=lambda node: ranks.get(node.id, len(ranks)))


def details_of(workspace: Workspace, level: Level, ids: Sequence[str]) -> SeveralDetails:
    """Return what nodes of a level have in common."""
    nodes = nodes_of(level, ids)
    reason = "" if level.is_editable else closed_words(level)
    classes = {node.block: node_details.block_class(workspace, node) for node in nodes}
    views = [_views(level, node, classes[node.block], reason) for node in nodes]
    shared = [view for view in views[0].values() if all(_same(view, other) for other in views[1:])]
    fields = tuple(_shared(view.name, views) for view in shared)
    return SeveralDetails(
        tuple(level.prefix + node.id for node in nodes),
        _title(nodes, classes),
        _sums(level, nodes),
        *_picture(nodes, classes),
        fields,
        _switches(level, nodes, reason),
        _others(nodes, views, {view.name for view in shared}),
        reason,
    )


def _views(level: Level, node: Node, cls: type[Block] | None, reason: str) -> dict[str, FieldView]:
    if cls is None:
        return {}
    flow = level.flow.nodes.get(node.id) if level.flow else None
    return {view.name: view for view in node_details.field_views(cls, node, flow, reason)}


def _same(view: FieldView, others: Mapping[str, FieldView]) -> bool:
    """Whether others have a field of the same name and meaning."""
    other = others.get(view.name)
    if other is None or any(getattr(view, part) != getattr(other, part) for part in _MEANING):
        return False
    if view.kind == other.kind == "size":
        return view.axes == other.axes
    return view.kind == other.kind or {view.kind, other.kind} == {"size", "sizes"}


def _shared(name: str, views: Sequence[Mapping[str, FieldView]]) -> SharedView:
    """A field of all nodes; its effect only where all have the same."""
    all_views = [view[name] for view in views]
    view = next((one for one in all_views if one.kind == "size"), all_views[0])
    if len({one.effect for one in all_views}) > 1:
        view = replace(view, effect="")
    return SharedView(view, tuple(_spread(one.value, view) for one in all_views))


def _spread(value: object, view: FieldView) -> object:
    """One size for all axes as sizes of each, where the field has them."""
    if view.kind == "size" and isinstance(value, tuple) and len(set(value)) == 1:
        return (value[0],) * view.axes
    return value


def _title(nodes: Sequence[Node], classes: Mapping[str, type[Block] | None]) -> str:
    kinds = {node.block for node in nodes}
    if len(kinds) > 1:
        return words.plural(len(nodes), "block")
    cls = classes[nodes[0].block]
    return f"{len(nodes)} × {cls.title if cls else f'Group {nodes[0].group}'}"


def _sums(level: Level, nodes: Sequence[Node]) -> str:
    flows = [level.flow.nodes.get(node.id) if level.flow else None for node in nodes]
    known = [flow for flow in flows if flow is not None and flow.state == "ok"]
    parameters, macs = sum(flow.parameters for flow in known), sum(flow.macs for flow in known)
    parts = [words.plural(parameters, "parameter")]
    if macs:
        parts.append(f"{words.short(macs)} MACs")
    text = " · ".join(parts) + " together"
    unknown = len(nodes) - len(known)
    return f"{text}, {words.count(unknown)} not known yet" if unknown else text


def _picture(nodes: Sequence[Node], classes: Mapping[str, type[Block] | None]) -> tuple[str, str]:
    found = {(cls.icon, cls.family) if cls else ("group", "composite") for cls in classes.values()}
    return found.pop() if len(found) == 1 else ("block", "io")


def _switches(level: Level, nodes: Sequence[Node], reason: str) -> tuple[SharedView, ...]:
    def view(name: str, label: str, doc: str, why_not: str) -> FieldView:
        return FieldView(name, label, "bool", False, doc=doc, reason=reason or why_not)

    flows = [level.flow.nodes.get(node.id) if level.flow else None for node in nodes]
    idle = not any(flow is not None and flow.parameters for flow in flows)
    no_weights = "none of them has weights" if idle and not any(node.shares for node in nodes) else ""
    different = (
        "only layers of one block can share their weights" if len({n.block for n in nodes}) > 1 else ""
    )
    marks = "they only mark places" if any(node.block in WITHOUT_LAYER for node in nodes) else ""
    return (
        SharedView(
            view("@muted", "Muted", "what arrives goes on unchanged", marks),
            tuple(node.muted for node in nodes),
        ),
        SharedView(
            view("@frozen", "Frozen", "training leaves their weights alone", no_weights),
            tuple(node.frozen for node in nodes),
        ),
        SharedView(
            view(SHARED, "Shared", "all run with the weights of the first", no_weights or different),
            tuple(len(linked(level.graph, node.id)) > 1 for node in nodes),
        ),
    )


def _others(
    nodes: Sequence[Node], views: Sequence[Mapping[str, FieldView]], shared: set[str]
) -> tuple[str, ...]:
    """How many more fields there are, and where."""
    found: dict[str, list[str]] = {}
    for node, fields in zip(nodes, views, strict=True):
        more = sum(view.name not in shared and "." not in view.name for view in fields.values())
        if more:
            found.setdefault(f"{more} more", []).append(node.id)
    return tuple(
        f"{count} in {', '.join(ids[:MOST_NAMED])}"
        + (f" and {len(ids) - MOST_NAMED} others" if len(ids) > MOST_NAMED else "")
        for count, ids in found.items()
    )


# changing


def outcome(
    workspace: Workspace, level: Level, ids: Sequence[str], name: str, wanted: object
) -> list[object]:
    """Return what a field of each node would be, in the order of the flow.

    Raises:
        EditProblem: one of them cannot be so; the sentence begins with its name.

    """
    values = []
    for node in nodes_of(level, ids):
        cls = node_details.block_class(workspace, node)
        present = _views(level, node, cls, "")[name].value
        try:
            values.append(wanted.of(present) if isinstance(wanted, Change) else wanted)
        except ValueError as refusal:
            raise EditProblem(f"{node.id}: {refusal}") from None
    return values


def edit_of(workspace: Workspace, level: Level, ids: Sequence[str], name: str, wanted: object) -> Batch:
    """Return the edit that gives a field, or a switch, of all nodes another value.

    Args:
        workspace: the open design. level: of the nodes. ids: of the nodes.
        name: of the field or switch. wanted: the value for all, or a `Change` of each.

    Raises:
        EditProblem: one of them cannot be so; the sentence begins with its name.

    """
    scope = level.scope or ""
    nodes = nodes_of(level, ids)
    if name in FLAGS:
        return Batch(tuple(SetFlag(node.id, FLAGS[name], bool(wanted), scope) for node in nodes))
    if name == SHARED:
        change = operations.share if wanted else operations.unshare
        return change(workspace.document, [node.id for node in nodes], scope)
    edits: list[SetField] = []
    for node, value in zip(nodes, outcome(workspace, level, ids, name, wanted), strict=True):
        cls = node_details.block_class(workspace, node)
        assert cls is not None  # groups have no fields in common
        try:
            edits.append(field_edit.of(workspace.catalogue, cls, node, name, value, scope))
        except (BadField, UnknownBlock) as refusal:
            raise EditProblem(f"{node.id}: {refusal}") from None
    return Batch(tuple(edits))


def consequence(workspace: Workspace, edit: Batch) -> str:
    """Return what an edit would break that works now, in words; empty when nothing."""
    before = {(fault.address, fault.code) for fault in workspace.flow.faults}
    after = workspace.trial.flow_after(edit)
    if after is None:
        return ""
    new = [fault for fault in after.faults if (fault.address, fault.code) not in before]
    return new[0].message if new else ""
