"""The fields that a group exposes, as the inspector shows them at a use of it: pure."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace

from explorer.blocks.block import Block, squash
from explorer.blocks.fields import Choice, Field
from explorer.graph.catalogue import BadField, Catalogue, UnknownBlock
from explorer.graph.document import Document
from explorer.graph.level import Level
from explorer.graph.model import FieldValue, Node
from explorer.graph.workspace import Workspace
from explorer.ui.forms.editors import FieldView

DEEPEST = 32


@dataclass(frozen=True)
class Inner:
    """What an exposed field sets first: the declaration of the field, and the value in the definition."""

    block: type[Block]
    field: Field[object]
    value: object


def inner_of(document: Document, catalogue: Catalogue, group: str, name: str) -> Inner | None:
    """Follow an exposed field down to a block; None where the block or its field is not there."""
    for _ in range(DEEPEST):
        graph = document.groups.get(group)
        row = next((row for row in graph.exposed if row.name == name), None) if graph is not None else None
        if graph is None or row is None or row.sets[0][0] not in graph:
            return None
        node, field = graph[row.sets[0][0]], row.sets[0][1]
        if node.group is None:
            return _declared(catalogue, node, field)
        if field in node.fields:
            found = inner_of(document, catalogue, node.group, field)
            return None if found is None else replace(found, value=node.fields[field])
        group, name = node.group, field
    return None


def _declared(catalogue: Catalogue, node: Node, name: str) -> Inner | None:
    try:
        made = catalogue.configure(node.block, {})
    except (UnknownBlock, BadField):
        return None
    if not isinstance(made, Block) or name not in made.fields:
        return None
    field = made.fields[name]
    return Inner(type(made), field, node.fields.get(name, field.default))


def views(document: Document, catalogue: Catalogue, node: Node, reason: str) -> tuple[FieldView, ...]:
    """The form of a use of a group; what a use does not set is the definition's."""
    graph = document.groups.get(node.group or "")
    found = []
    for row in graph.exposed if graph is not None else ():
        inner = inner_of(document, catalogue, node.group or "", row.name)
        if inner is None:
            continue
        field, given = inner.field, node.fields.get(row.name)
        label = row.name.replace("_", " ").capitalize()
        whose = "of its own" if given is not None else ""
        sets = ", ".join(f"{node_id}.{name}" for node_id, name in row.sets[:4])
        more = f" and {len(row.sets) - 4} more" if len(row.sets) > 4 else ""
        doc = f"Sets {sets}{more} in this use only. {field.doc}".strip()
        axes: int = getattr(field, "dims", 0) or getattr(field, "longest", 1)
        choices = field.choices if isinstance(field, Choice) else ()
        value = inner.value if given is None else given
        with suppress(BadField):
            value = field.check(value)  # type: ignore[arg-type]
        effect = field.unit or whose
        view = FieldView(row.name, label, field.kind, value, effect, doc, choices, axes, reason=reason)
        found.append(view)
    return tuple(found)


def held_outside(workspace: Workspace, level: Level) -> dict[tuple[str, str], str]:
    """Fields of nodes inside a group to which the use that is looked into gives values, with the reason."""
    if level.scope is None or not level.path or not level.graph.exposed:
        return {}
    use = workspace.level(level.path[:-1]).graph[level.path[-1]]
    why = f"set by {use.id}, the use of the group that is open; change it there"
    rows = (row for row in level.graph.exposed if row.name in use.fields)
    return {pair: why for row in rows for pair in row.sets}


def written(document: Document, catalogue: Catalogue, node: Node, name: str, value: object) -> FieldValue:
    """The value to store at a use: None where the definition has the same; raises `BadField`."""
    inner = inner_of(document, catalogue, node.group or "", name)
    if inner is None:
        raise BadField(f"{node.id} has no field “{name[:60]}” any more.")
    checked = inner.field.check(value)  # type: ignore[arg-type]
    if inner.field.kind in ("size", "sizes", "padding"):
        checked = squash(checked)  # type: ignore[arg-type]
    return None if _same(checked, inner) else checked  # type: ignore[return-value]


def _same(value: object, inner: Inner) -> bool:
    try:
        return inner.field.check(inner.value) == inner.field.check(value)  # type: ignore[arg-type]
    except BadField:
        return False
