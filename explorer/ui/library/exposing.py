"""Which fields of the selected blocks a group exposes, or could: the lines of a list to choose from."""

from __future__ import annotations

from explorer.blocks.block import Block, show
from explorer.graph import exposing
from explorer.graph.catalogue import BadField, UnknownBlock
from explorer.graph.edits import Batch
from explorer.ui.canvas.context import Context
from explorer.ui.widgets.search_list import Entry


def fields(context: Context) -> list[Entry]:
    """Fields that all selected blocks have; those that are exposed already can be hidden again."""
    ids = [n for n in context.selected_nodes() if n in context.graph]
    exposed = {pair: row.name for row in context.graph.exposed for pair in row.sets}
    found = []
    for name, value in _common(context, ids).items():
        names = {exposed[node_id, name] for node_id in ids if (node_id, name) in exposed}
        remark = f"exposed as {', '.join(sorted(names))}; choose it to hide it" if names else value
        found.append(Entry(name, name.replace("_", " ").capitalize(), remark))
    return found


def _common(context: Context, ids: list[str]) -> dict[str, str]:
    tables = [_fields(context, node_id) for node_id in ids]
    if not tables:
        return {}
    return {name: words for name, words in tables[0].items() if all(name in table for table in tables)}


def _fields(context: Context, node_id: str) -> dict[str, str]:
    node, document = context.graph[node_id], context.workspace.document
    if node.group is not None:
        graph = document.groups.get(node.group)
        return {row.name: str(node.fields.get(row.name, "")) for row in graph.exposed} if graph else {}
    try:
        made = context.workspace.catalogue.configure(node.block, node.fields)
    except (UnknownBlock, BadField):
        return {}
    if not isinstance(made, Block) or made.id in ("input", "output"):
        return {}
    named = {name: field for name, field in made.fields.items() if field.kind != "block"}
    return {name: show(made.values[name]) for name in named}


def toggled(context: Context, field: str) -> Batch:
    """The edits that expose a field of the selected blocks, or hide it where it is exposed already."""
    ids = [n for n in context.selected_nodes() if n in context.graph]
    graph, scope = context.graph, context.scope
    names = {row.name for row in graph.exposed for pair in row.sets if pair in {(n, field) for n in ids}}
    if not names:
        return exposing.expose(graph, scope, [(node_id, field) for node_id in ids])
    uses = context.workspace.document.uses_of(scope)
    return Batch(tuple(edit for name in sorted(names) for edit in exposing.hide(uses, scope, name).edits))
