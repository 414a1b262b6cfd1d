"""What keys and menus do with a canvas as a whole: look, enter and leave, ask for names and blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF

from explorer import words
from explorer.style.theme import theme
from explorer.ui.canvas import clipboard, commands, hits, path_focus, reasons, walking
from explorer.ui.canvas.camera import STEP
from explorer.ui.canvas.closed import closed_words
from explorer.ui.canvas.pointer import Pointer
from explorer.ui.canvas.selection import DotRef, Selection

if TYPE_CHECKING:
    from explorer.ui.canvas.canvas import CanvasView


def fit_all(canvas: CanvasView, *, fly: bool = True) -> None:
    """Show everything."""
    canvas.camera.floor = canvas.overlays.floor()
    canvas.camera.fit(canvas.scene_.placed.bounds(), fly=fly)


def fit_selection(canvas: CanvasView) -> None:
    """Show what is selected; everything when nothing is."""
    area = QRectF()
    placed = canvas.scene_.placed
    for key in canvas.context.selection.ids:
        area = area.united(placed.boxes.get(key) or placed.frames.get(key) or placed.notes.get(key, area))
    for edge in canvas.context.selection.wires | {dot.edge for dot in canvas.context.selection.dots}:
        area = area.united(placed.routes[edge].bounds)
    canvas.camera.fit(area.adjusted(-60, -60, 60, 60) if not area.isNull() else placed.bounds(), 1.2)


def show_address(canvas: CanvasView, address: str) -> bool:
    """Select the node at an address and bring it into sight, on whatever level it is."""
    if canvas.context.level.unfolded and address in canvas.context.views.nodes:
        path, node_id = list(canvas.context.path), address
    else:
        *path, node_id = address.split(".")
    if tuple(path) != canvas.context.path and not canvas.context.show_level(path):
        return False
    if node_id not in canvas.context.views.nodes:
        return False
    canvas.context.select([node_id])
    box = canvas.scene_.placed.boxes[node_id]
    if not canvas.camera.visible().contains(box):
        canvas.camera.look_at(max(canvas.zoom, 0.75 * theme().scale), box.center())
    canvas.show_problem_at(node_id)
    return True


def unfold(canvas: CanvasView) -> None:
    """Open every composite of the level in place, one level deeper than now; for reading only."""
    if (why := reasons.can_be_unfolded(canvas)) is not None:
        canvas.context.said.emit(f"{why[0].upper()}{why[1:]}.")
    else:
        _unfold_to(canvas, canvas.context.shown.depth + 1)


def fold(canvas: CanvasView) -> None:
    """Close what was opened last."""
    _unfold_to(canvas, max(0, canvas.context.shown.depth - 1))


def _unfold_to(canvas: CanvasView, depth: int) -> None:
    canvas.context.set_room(canvas.camera.room(canvas.overlays.floor()))
    canvas.context.unfold(depth)
    if canvas.context.level.unfolded:
        shown = words.plural(len(canvas.context.views.nodes), "block")
        canvas.context.said.emit(f"{shown}. {closed_words(canvas.context.level)}")


def zoom_in(canvas: CanvasView) -> None:
    """Zoom in about the middle."""
    canvas.camera.zoom_by(STEP)


def zoom_out(canvas: CanvasView) -> None:
    """Zoom out about the middle."""
    canvas.camera.zoom_by(1 / STEP)


BAR = {"zoom_out": zoom_out, "zoom_in": zoom_in, "fit": fit_all}
"""What the buttons of the zoom bar do."""


def zoom_to_readable(canvas: CanvasView) -> None:
    """Zoom to 100 % of the text scale."""
    canvas.camera.look_at(theme().scale, canvas.camera.centre)


def enter(canvas: CanvasView) -> bool:
    """Take the first repair of the problem on screen, else open what is selected."""
    if canvas.problems.is_shown and canvas.problems.repair():
        return True
    opened = commands.enter(canvas.context)
    if opened:
        canvas.openRequested.emit(canvas.context.path)
    return opened


def leave(canvas: CanvasView) -> bool:
    """Go one level up."""
    return commands.leave(canvas.context)


def escape(canvas: CanvasView) -> bool:
    """Cancel the gesture, else the problem, the focus, the selection, leave the level; else tell."""
    if canvas.cancel_gesture():
        return True
    if canvas.problems.is_shown:
        canvas.problems.hide()
        return True
    if path_focus.end(canvas.context):
        return True
    if canvas.context.selection:
        canvas.context.select(())
        return True
    if leave(canvas):
        return True
    canvas.escaped.emit()
    return False


def rename(canvas: CanvasView, key: str | None = None) -> None:
    """Type a name in place."""
    key = key or canvas.context.selection.only
    placed = canvas.scene_.placed
    if key is None or not canvas.context.may_edit():
        return
    if key in placed.boxes:
        box, text = placed.boxes[key], canvas.context.views.nodes[key].title
    elif key in placed.frames:
        box, text = placed.frames[key], canvas.context.views.frames[key].title
    elif key in placed.notes:
        box, text = placed.notes[key], canvas.context.views.notes[key].text
    else:
        return
    area = QRectF(canvas.camera.to_view(box.topLeft()), canvas.camera.to_view(box.topRight()))
    area.setHeight(min(36.0, box.height()) * canvas.zoom)
    canvas.overlays.rename.ask(text, area, lambda name: commands.rename(canvas.context, key, name))


def frame_selection(canvas: CanvasView) -> None:
    """Draw a frame round the selected nodes and ask for its name."""
    if (key := commands.frame(canvas.context)) is not None:
        rename(canvas, key)


def add_note(canvas: CanvasView) -> None:
    """Put a note under the pointer and ask for its text."""
    at = pointer_or_centre(canvas)
    if (key := commands.note(canvas.context, (round(at.x()), round(at.y())))) is not None:
        rename(canvas, key)


def ask_to_add(canvas: CanvasView) -> None:
    """Ask for a block by name."""
    if canvas.context.may_edit():
        canvas.addRequested.emit(pointer_or_centre(canvas), None)


def ask_menu(canvas: CanvasView, at: Pointer) -> None:
    """Ask for the menu of what lies at a point; it is selected, unless it is part of what is selected."""
    target = hits.find(canvas.scene_, at.scene, canvas.zoom)
    selection = canvas.context.selection
    if target.kind == "wire" and target.edge is not None:
        if target.edge not in selection:
            canvas.context.select_wire(target.edge)
    elif target.kind == "dot" and target.edge is not None:
        dot = DotRef(target.edge, target.number)
        if dot not in selection:
            canvas.context.select(Selection(dots=frozenset([dot])))
    elif target.kind == "empty":
        canvas.context.select(())
    elif target.id not in selection:
        canvas.context.select([target.id])
    canvas.menuRequested.emit(canvas.viewport().mapToGlobal(at.view.toPoint()), target)


def ask_menu_by_key(canvas: CanvasView) -> None:
    """Ask for the menu of what is selected, beside it; of the ground when nothing is."""
    key, placed = canvas.context.selection.last, canvas.scene_.placed
    wire = next(iter(canvas.context.selection.wires), None)
    dot = next(iter(canvas.context.selection.dots), None)
    target, at = hits.Target(), QPointF(24, 24)
    if key is not None:
        kind: hits.TargetKind = "node"
        if key in placed.boxes:
            box = placed.boxes[key]
        else:
            kind = "frame" if key in placed.frames else "note"
            box = (placed.frames if kind == "frame" else placed.notes)[key]
        target, at = hits.Target(kind, key), canvas.camera.to_view(box.center())
    elif wire is not None and wire in placed.routes:
        route = placed.routes[wire]
        target, at = hits.Target("wire", edge=wire), canvas.camera.to_view(route.path.pointAtPercent(0.5))
    elif dot is not None:
        target = hits.Target("dot", edge=dot.edge, number=dot.number)
        at = canvas.camera.to_view(QPointF(*placed.dots(dot.edge)[dot.number]))
    area = canvas.viewport().rect()
    inside = QPointF(min(max(at.x(), area.left()), area.right()), min(max(at.y(), area.top()), area.bottom()))
    canvas.menuRequested.emit(canvas.viewport().mapToGlobal(inside.toPoint()), target)


def walk(canvas: CanvasView, direction: walking.Direction, *, extend: bool = False) -> str | None:
    """Go along a wire or to a neighbour; the camera comes along."""
    goal = walking.walk(canvas.context, direction, extend=extend)
    if goal is not None:
        canvas.camera.reveal(canvas.scene_.placed.boxes[goal])
    return goal


def paste(canvas: CanvasView, *, keep_inputs: bool = False) -> tuple[str, ...]:
    """Paste under the pointer, or beside the original while the pointer is elsewhere."""
    at = canvas.camera.to_scene(canvas.pointed) if canvas.pointed is not None else None
    names = clipboard.paste(canvas.context, at, keep_inputs=keep_inputs)
    if names:
        boxes = [canvas.scene_.placed.boxes[name] for name in names]
        area = boxes[0]
        for box in boxes[1:]:
            area = area.united(box)
        canvas.camera.reveal(area)
    return names


def pointer_or_centre(canvas: CanvasView) -> QPointF:
    """Return the canvas point under the pointer, or the middle of the window when it is elsewhere."""
    return canvas.camera.to_scene(canvas.pointed) if canvas.pointed is not None else canvas.camera.centre
