"""What a double click does: it opens, names, asks for a block, or sets a dot and takes it out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.ui.canvas import bending, commands, hits, navigation
from explorer.ui.canvas.pointer import Pointer
from explorer.ui.canvas.selection import DotRef

if TYPE_CHECKING:
    from explorer.ui.canvas.canvas import CanvasView

TITLE = 30.0
"""Height of the part of a card in which its name stands."""


def double_click(canvas: CanvasView, at: Pointer) -> bool:
    """Open a composite, write a name or a note, ask for a block, set a dot or take one out.

    Returns whether it did one of these.
    """
    context = canvas.context
    target = hits.find(canvas.scene_, at.scene, canvas.zoom)
    if target.kind in ("note", "frame"):
        context.select([target.id])
        navigation.rename(canvas)
    elif target.kind == "node" and context.views.nodes[target.id].form == "composite":
        context.select([target.id])
        if commands.enter(context):
            canvas.openRequested.emit(context.path)
    elif target.kind == "node" and _is_on_name(canvas, target.id, at):
        context.select([target.id])
        navigation.rename(canvas)
    elif target.kind == "wire" and target.edge is not None and context.may_edit():
        bending.add(canvas, target.edge, at.scene)
    elif target.kind == "dot" and target.edge is not None and context.may_edit():
        bending.remove(context, DotRef(target.edge, target.number))
    elif target.kind == "empty" and context.may_edit():
        canvas.addRequested.emit(at.scene, None)
    else:
        return False
    return True


def _is_on_name(canvas: CanvasView, node_id: str, at: Pointer) -> bool:
    """The name stands at the top of a card, and below a glyph."""
    box, view = canvas.scene_.placed.boxes[node_id], canvas.context.views.nodes[node_id]
    if not box.contains(at.scene):
        return True
    return view.form == "card" and not view.collapsed and at.scene.y() < box.top() + TITLE
