"""Copy and paste, also from one window to another."""

from __future__ import annotations

import dataclasses

import msgspec
from PySide6.QtCore import QMimeData, QPointF, QRectF
from PySide6.QtGui import QGuiApplication

from explorer import words
from explorer.figures.canvas import free_room, geometry
from explorer.figures.canvas.area_index import Area
from explorer.figures.canvas.kinds import Kinds
from explorer.figures.canvas.painting import text
from explorer.graph import clipping as clippings
from explorer.graph import files, operations
from explorer.graph.catalogue import INPUT, OUTPUT
from explorer.graph.clipping import Clipping
from explorer.graph.design_text import FORMAT
from explorer.graph.document import Document
from explorer.graph.files import FileProblem
from explorer.graph.model import Position
from explorer.ui.canvas import commands
from explorer.ui.canvas.context import Context

MIME = "application/x-explorer-nodes"
OFFSET = (24.0, 24.0)
MOST_BYTES = 20_000_000
HEAD = 400
"""Letters at the beginning of a text among which a design names its format."""
MEASURED = 40
ENDS = "inputs and outputs"


def copy(context: Context) -> bool:
    """Copy the selected nodes with the wires among them."""
    ids = context.selected_nodes()
    if not ids:
        return False
    clipping = _clipping(context, ids)
    data = QMimeData()
    data.setData(MIME, msgspec.json.encode(clipping))
    data.setText(text_of(clipping))
    QGuiApplication.clipboard().setMimeData(data)
    context.said.emit(f"{words.plural(len(ids), 'block')} copied.")
    return True


def _clipping(context: Context, ids: tuple[str, ...]) -> Clipping:
    """Take a copy that has the places which are seen."""
    taken = clippings.copy_of(context.graph, context.workspace.document.groups, ids)
    nodes = tuple(msgspec.structs.replace(n, pos=context.views.rooms[n.id][:2]) for n in taken.nodes)
    return dataclasses.replace(taken, nodes=nodes)


def cut(context: Context) -> bool:
    """Copy the selected nodes and remove them."""
    return copy(context) and commands.remove(context)


def paste(context: Context, at: QPointF | None = None, *, keep_inputs: bool = False) -> tuple[str, ...]:
    """Add a copy of what was copied; returns the new names.

    Args:
        context: where to.
        at: where the middle of the copy goes; None puts it a little beside the original.
        keep_inputs: wire the copies to what fed the originals.

    """
    held = QGuiApplication.clipboard().mimeData()
    raw = bytes(held.data(MIME).data()) if held is not None else b""
    written = held.text() if held is not None and not raw and held.hasText() else ""
    if len(raw) > MOST_BYTES or not (raw or FORMAT in written[:HEAD]):
        context.said.emit("Nothing to paste: copy blocks first.")
        return ()
    try:
        clipping = msgspec.json.decode(raw, type=Clipping) if raw else _read(written)
    except FileProblem as problem:
        context.said.emit(str(problem))
        return ()
    except (ValueError, RecursionError):
        context.said.emit("What was copied cannot be read as blocks.")
        return ()
    return _place(context, clipping, at, keep_inputs=keep_inputs, title="Paste")


def text_of(clipping: Clipping) -> str:
    """Return copied nodes as the text of a design: it can be mailed, saved as a file, and pasted again."""
    document = Document("Copied blocks")
    edit, _ = clippings.paste(document, clipping, (0, 0))
    document.apply(edit)
    return files.encode(document).decode()


def _read(written: str) -> Clipping:
    """Take all nodes of a design that was copied as text."""
    document = files.decode(written.encode())
    return clippings.copy(document, list(document.root))


def duplicate(context: Context, *, keep_inputs: bool = False) -> tuple[str, ...]:
    """Copy the selected nodes beside themselves, past the clipboard."""
    chosen = context.selected_nodes()
    ids = tuple(i for i in chosen if context.graph[i].block not in (INPUT, OUTPUT))
    if left := [i for i in chosen if i not in ids]:
        context.said.emit(f"{' and '.join(left)} left out: copy and paste {ENDS} where you want two.")
    if not ids:
        return ()
    return _place(context, _clipping(context, ids), None, keep_inputs=keep_inputs, title="Duplicate")


def twin(context: Context) -> tuple[str, ...]:
    """Copy the selected nodes beside themselves; the copies run with the weights of the originals.

    A copy of an input comes along: a second tower has data of its own.
    """
    ids = tuple(i for i in context.selected_nodes() if context.graph[i].block != OUTPUT)
    if not ids:
        return ()
    kinds = Kinds(context.workspace.catalogue)
    names: tuple[str, ...] = ()
    with commands.quietly(context), context.gesture(f"Twin of {words.plural(len(ids), 'block')}"):
        clipping = _clipping(context, ids)
        names = _place(context, clipping, None, keep_inputs=False, title="Twin of")
        for one, other in zip([node.id for node in clipping.nodes], names, strict=bool(names)):
            if kinds.of(context.graph[one]).has_weights:
                edit = operations.share(context.workspace.document, [one, other], context.scope)
                context.workspace.apply(edit)
        shared = sum(1 for name in names if context.graph[name].shares)
        context.said.emit(f"{words.plural(len(names), 'copy', 'copies')}, {shared} with the same weights.")
    return names


def _place(
    context: Context, clipping: Clipping, at: QPointF | None, *, keep_inputs: bool, title: str
) -> tuple[str, ...]:
    if not clipping.nodes or not context.may_edit():
        return ()
    offset = OFFSET
    if at is not None:
        away = at - _middle(context, clipping)
        offset = geometry.snapped(away.x()), geometry.snapped(away.y())
    document = context.workspace.document
    with commands.quietly(context), context.gesture(f"{title} {words.plural(len(clipping.nodes), 'block')}"):
        offset = _free(context, clipping, offset)
        edit, names = clippings.paste(document, clipping, offset, context.scope, keep_inputs=keep_inputs)
        context.workspace.apply(edit)
        context.select(names)
        return names
    return ()


def _free(context: Context, clipping: Clipping, offset: Position) -> Position:
    """The offset nearest to a wish at which no copy covers a node."""
    boxes = []
    for node in clipping.nodes:
        view = context.preview(node)
        x, y = node.pos[0] + offset[0], node.pos[1] + offset[1]
        boxes.append(Area(x, y, x + geometry.width(view, text.width), y + geometry.place_height(view)))
    whole = free_room.around(boxes)
    assert whole is not None  # there is a node
    dx, dy = free_room.free_offset(whole, free_room.areas(context.views, whole).values())
    return geometry.snapped(offset[0] + dx), geometry.snapped(offset[1] + dy)


def _middle(context: Context, clipping: Clipping) -> QPointF:
    """The middle of what is seen of copied nodes; of many, the ends tell enough."""
    nodes = sorted(clipping.nodes, key=lambda node: node.pos)
    area = QRectF()
    for node in (*nodes[:MEASURED], *nodes[-MEASURED:]):
        area = area.united(geometry.rect(context.preview(node), text.width, node.pos))
    return area.center()
