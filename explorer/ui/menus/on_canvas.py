"""What the menu of a canvas holds, by what was clicked: rows of the table, and what only that place has."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QPointF

from explorer.blocks.block import Block
from explorer.graph.flow import NodeFlow
from explorer.graph.model import Edge
from explorer.graph.tensor import Tensor
from explorer.ui.canvas import commands
from explorer.ui.canvas.adding import GAP, PortRef
from explorer.ui.canvas.canvas import CanvasView
from explorer.ui.canvas.hits import Target, TargetKind
from explorer.ui.menus.row import MenuRow, MenuSheet
from explorer.ui.shell.actions.table import ActionTable
from explorer.ui.widgets.keys import modifier

ALT_CLICK = f"{modifier('Alt')} click"
OWN = "+"
"""Where the rows that only this place has stand."""

LIBRARY = "library"
"""Where the rows stand that are about groups: at a use of one, or inside one."""

GROUPS: Mapping[TargetKind, tuple[tuple[str, ...], ...]] = {
    "node": (
        ("edit.replace", OWN, "edit.rename", "edit.duplicate", "edit.copy", "edit.cut"),
        (
            "edit.mute",
            "edit.freeze",
            "edit.share",
            "edit.collapse",
            "edit.frame",
            "edit.group",
            "edit.repeat",
            "edit.ungroup",
        ),
        (LIBRARY,),
        ("view.enter", "view.features", "view.fit_selection", "edit.join", "edit.tidy", "edit.straighten"),
        ("edit.disconnect", "edit.detach", "edit.dissolve", "edit.delete"),
    ),
    "wire": (
        (OWN,),
        ("edit.dot", "edit.clear_dots"),
        ("view.features", "view.fit_selection"),
        ("edit.delete",),
    ),
    "dot": (("edit.clear_dots",), ("edit.delete",)),
    "port": ((OWN,), ("view.features",)),
    "frame": (
        ("edit.rename", "view.fit_selection"),
        ("edit.tidy", "edit.straighten", "edit.group", "edit.duplicate"),
        ("edit.delete",),
    ),
    "note": (("edit.rename",), ("edit.delete",)),
    "empty": (
        ("edit.add", "edit.note", "edit.paste", "edit.paste_wired"),
        ("edit.select_all", "edit.tidy_all"),
        (
            "view.leave",
            "view.unfold",
            "view.fold",
            "view.fit",
            "view.zoom_in",
            "view.zoom_out",
            "view.heat",
            "app.find",
        ),
        ("export.canvas",),
    ),
}
"""Ids of rows in groups; what the table has not got is left out."""


def sheet(table: ActionTable, canvas: CanvasView, target: Target) -> MenuSheet:
    """Return the menu of what was clicked."""
    own = _OWN.get(target.kind, _nothing)(canvas, target)
    groups = []
    for ids in GROUPS[target.kind]:
        rows: list[MenuRow] = []
        for name in ids:
            if name == LIBRARY:
                rows += _of_groups(table, canvas, target)
            else:
                rows += own if name == OWN else from_table(table, name)
        groups.append(tuple(rows))
    return MenuSheet(title_of(canvas, target), tuple(groups))


def from_table(table: ActionTable, name: str) -> list[MenuRow]:
    """A row of the table, with its key and the reason why it cannot be used now."""
    if name not in table.rows:
        return []
    run = _runner(table, name)
    return [MenuRow(table.rows[name].title, run, table.key(name), table.reason(name))]


def _runner(table: ActionTable, name: str) -> Callable[[], object]:
    return lambda: table.run(name)


def title_of(canvas: CanvasView, target: Target) -> str:
    """What a menu is about: `conv2 · Conv 2d`."""
    context = canvas.context
    if target.kind == "node":
        several = len(context.selected_nodes())
        if several > 1:
            return f"{several} blocks"
        node = _flow(canvas, target.id)
        shown = context.views.nodes[target.id].title
        return f"{shown} · {node.block.title}" if node and isinstance(node.block, Block) else shown
    if target.kind == "wire" and target.edge is not None:
        return f"{target.edge.src} → {target.edge.dst}{_sizes(_carried(canvas, target.edge))}"
    if target.kind == "dot" and target.edge is not None:
        return f"Reroute dot · {target.edge.src} → {target.edge.dst}"
    if target.kind == "port":
        node = _flow(canvas, target.id)
        ports = (node.outputs if target.is_output else node.inputs) if node else {}
        side = "output" if target.is_output else "input"
        return f"{target.id}, {side} {target.port}{_sizes(ports.get(target.port))}"
    if target.kind == "frame":
        return f"Frame “{context.views.frames[target.id].title}”"
    if target.kind == "note":
        return "Note"
    return " › ".join((context.workspace.document.name, *context.path))


def _sizes(tensor: Tensor | None) -> str:
    return f" · {tensor.text}" if tensor is not None else ""


def _carried(canvas: CanvasView, edge: Edge) -> Tensor | None:
    node = _flow(canvas, edge.src)
    return node.outputs.get(edge.out) if node else None


def _flow(canvas: CanvasView, node_id: str) -> NodeFlow | None:
    flow = canvas.context.level.flow
    return flow.nodes.get(node_id) if flow is not None else None


# what only a place has


def _nothing(canvas: CanvasView, target: Target) -> list[MenuRow]:
    return []


def _of_groups(table: ActionTable, canvas: CanvasView, target: Target) -> list[MenuRow]:
    """What can be done with a use of a group, or with a block inside one."""
    context = canvas.context
    is_group = target.id in context.graph and context.graph[target.id].group is not None
    names = ["unique", "save", "update", "save_back"] if is_group else []
    names += ["expose"] if context.scope and context.level.is_editable else []
    return [row for name in names for row in from_table(table, f"library.{name}")]


def _closed(canvas: CanvasView) -> str | None:
    return None if canvas.context.level.is_editable else "this is the inside of a block"


def _after_node(canvas: CanvasView, target: Target) -> list[MenuRow]:
    view, box = canvas.context.views.nodes[target.id], canvas.scene_.placed.boxes[target.id]
    port = PortRef(target.id, view.outputs[0].name if view.outputs else "")
    why = _closed(canvas) or (None if view.outputs else f"{target.id} has no output")
    at = QPointF(box.right() + 2 * GAP, box.center().y())
    return [MenuRow("Add a block after it…", lambda: canvas.addRequested.emit(at, port), "", why)]


def _into_wire(canvas: CanvasView, target: Target) -> list[MenuRow]:
    edge = target.edge
    assert edge is not None
    middle = canvas.scene_.placed.routes[edge].path.pointAtPercent(0.5)

    def select(node_id: str) -> Callable[[], object]:
        return lambda: canvas.show_address(canvas.context.address(node_id))

    return [
        MenuRow("Put a block into it…", lambda: canvas.addRequested.emit(middle, edge), "", _closed(canvas)),
        MenuRow(f"Select {edge.src}", select(edge.src)),
        MenuRow(f"Select {edge.dst}", select(edge.dst)),
    ]


def _at_port(canvas: CanvasView, target: Target) -> list[MenuRow]:
    placed, context = canvas.scene_.placed, canvas.context
    side = placed.outputs if target.is_output else placed.inputs
    away = 3 * GAP if target.is_output else -3 * GAP
    at = side[target.id].get(target.port, QPointF()) + QPointF(away, 0)
    port = PortRef(target.id, target.port, target.is_output)
    wires = context.graph.out_of(target.id) if target.is_output else context.graph.into(target.id)
    ends = [wire for wire in wires if target.port == (wire.out if target.is_output else wire.into)]
    why = _closed(canvas)

    def take_off() -> bool:
        return commands.disconnect_port(context, target.id, target.port, is_output=target.is_output)

    return [
        MenuRow("Add a block here…", lambda: canvas.addRequested.emit(at, port), "", why),
        MenuRow("Take its wires off", take_off, ALT_CLICK, why or (None if ends else "no wire ends here")),
    ]


_OWN: Mapping[TargetKind, Callable[[CanvasView, Target], list[MenuRow]]] = {
    "node": _after_node,
    "wire": _into_wire,
    "port": _at_port,
}
