"""What keys and menus do with a canvas as a whole: look, enter and leave, ask for names and blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF

from explorer.style.theme import theme
from explorer.ui.canvas import commands, hits
from explorer.ui.canvas.camera import STEP
from explorer.ui.canvas.pointer import Pointer

if TYPE_CHECKING:
    from explorer.ui.canvas.canvas import CanvasView


def fit_all(canvas: CanvasView) -> None:
    """Show everything."""
    canvas.camera.floor = canvas.overlays.floor()
    canvas.camera.fit(canvas.scene_.placed.bounds())


def fit_selection(canvas: CanvasView) -> None:
    """Show what is selected; everything when nothing is."""
    area = QRectF()
    placed = canvas.scene_.placed
    for key in canvas.context.selection.ids:
        area = area.united(placed.boxes.get(key) or placed.frames.get(key) or placed.notes.get(key, area))
    for edge in canvas.context.selection.wires:
        area = area.united(placed.routes[edge].bounds)
    canvas.camera.fit(area.adjusted(-60, -60, 60, 60) if not area.isNull() else placed.bounds(), 1.2)


def zoom_in(canvas: CanvasView) -> None:
    """Zoom in about the middle."""
    canvas.camera.zoom_by(STEP)


def zoom_out(canvas: CanvasView) -> None:
    """Zoom out about the middle."""
    canvas.camera.zoom_by(1 / STEP)


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
    """Cancel the gesture, else close the problem, else select nothing, else leave the level."""
    if canvas.cancel_gesture():
        return True
    if canvas.problems.is_shown:
        canvas.problems.hide()
        return True
    if canvas.context.selection:
        canvas.context.select(())
        return True
    return leave(canvas)


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
    """Ask for the menu of what lies at a point."""
    target = hits.find(canvas.scene_, at.scene, canvas.zoom)
    if target.kind == "node" and target.id not in canvas.context.selection:
        canvas.context.select([target.id])
    canvas.menuRequested.emit(canvas.viewport().mapToGlobal(at.view.toPoint()), target)


def pointer_or_centre(canvas: CanvasView) -> QPointF:
    """Return the canvas point under the pointer, or the middle of the window when it is elsewhere."""
    point = canvas.viewport().mapFromGlobal(canvas.cursor().pos())
    inside = canvas.viewport().rect().contains(point) and canvas.viewport().underMouse()
    return canvas.camera.to_scene(QPointF(point)) if inside else canvas.camera.centre
