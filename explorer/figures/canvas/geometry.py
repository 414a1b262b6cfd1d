"""Sizes of nodes and places of ports: pure functions, in canvas units."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import ceil, sqrt
from typing import TypeAlias

from PySide6.QtCore import QPointF, QRectF

from explorer.figures.canvas.level_view import Form, NodeView, PortView
from explorer.graph.model import Position
from explorer.style import tokens

Measure: TypeAlias = Callable[[str, str, int], float]
"""Width of a text in a role (`body`, `summary`, …) and weight."""

_NODE = tokens.raw()["node"]
PADDING = float(_NODE["padding"])
HEADER = float(2 * PADDING + _NODE["titleRow"] + _NODE["summaryRow"])
THUMB_ROW = float(_NODE["thumbRow"])
THUMB = float(_NODE["thumb"])
FOOTER = float(_NODE["footer"])
GLYPH, MERGE = float(_NODE["glyph"]), float(_NODE["merge"])
COLLAPSED = float(_NODE["collapsedHeight"])
TILE, NAME_X = 20.0, 34.0
CARD_WIDTHS: tuple[float, ...] = tuple(map(float, _NODE["cardWidth"]))
WIDEST = float(_NODE["cardWidthMax"])
ENDS_HEIGHT = HEADER + THUMB_ROW + FOOTER
OUTPUT_WIDTH = 112.0
MARK, LABEL = 18.0, 18.0
BAR_GAP = 24.0
"""Distance of the rows of a bar."""
PORT_GAP, PORT_TARGET = 16.0, float(_NODE["portTarget"])
FRAME_PADDING, FRAME_TITLE = 14.0, 26.0
NOTE_WIDTH, NOTE_PADDING, NOTE_LINE = 176.0, 10.0, 17.0


def width(view: NodeView, measure: Measure) -> float:
    """Return the width of a node."""
    if view.form == "glyph":
        return GLYPH
    if view.form in ("merge", "bar"):
        return MERGE
    title = NAME_X + measure(view.title, "body", 600) + PADDING
    if view.collapsed:
        return min(WIDEST, max(GLYPH, ceil(title)))
    if view.badge:
        title += measure(f"×{view.badge}", "caption", 600) + 2 * PADDING
    wanted = max(title, PADDING * 2 + measure(view.usual, "summary", 400))
    if view.form == "input":
        return max(CARD_WIDTHS[0], min(ceil(wanted), WIDEST))
    if view.form == "output":
        return max(OUTPUT_WIDTH, min(ceil(wanted), WIDEST))
    steps = CARD_WIDTHS[1:] if view.footer or view.form == "composite" else CARD_WIDTHS
    return next((step for step in steps if step >= wanted), min(WIDEST, ceil(wanted)))


def height(view: NodeView) -> float:
    """Return the height of a node as it is drawn now."""
    if view.form == "glyph":
        return GLYPH
    if view.form == "merge":
        return MERGE
    if view.form == "bar":
        return bar_height(len(view.parts))
    if view.collapsed:
        return COLLAPSED
    if view.form in ("input", "output"):
        return ENDS_HEIGHT
    row = THUMB_ROW if view.picture and view.form == "card" else 0.0
    return HEADER + row + (FOOTER if view.footer else 0.0)


def bar_height(rows: int) -> float:
    """Return the height of a bar with so many rows."""
    return MERGE + BAR_GAP * (rows - 1)


def place_height(view: NodeView) -> float:
    """Return the height that the layout keeps free; the node is centred in it whatever its state.

    So wires stay level when a card loses its pictures or is collapsed.
    """
    if view.form == "card":
        return HEADER + THUMB_ROW + (FOOTER if view.footer else 0.0)
    return ENDS_HEIGHT if view.form in ("input", "output") else height_uncollapsed(view)


def height_uncollapsed(view: NodeView) -> float:
    """Return the height of glyphs, merges and composites, collapsed or not."""
    return HEADER + FOOTER if view.form == "composite" else height(view)


def room(form: Form, *, has_weights: bool, rows: int = 0) -> tuple[float, float, float]:
    """Return what is kept free for a block, known from its form alone: width, height, and that of its label.

    The height is the greatest it may have, the width the usual one.
    """
    if form == "glyph":
        return GLYPH, GLYPH, LABEL
    if form == "merge":
        return MERGE, MERGE, 0.0
    if form == "bar":
        return MERGE, bar_height(rows), 0.0
    if form == "composite":
        return CARD_WIDTHS[1], HEADER + FOOTER, 0.0
    if form == "card":
        return CARD_WIDTHS[int(has_weights)], HEADER + THUMB_ROW + (FOOTER if has_weights else 0.0), 0.0
    return (CARD_WIDTHS[0] if form == "input" else OUTPUT_WIDTH), ENDS_HEIGHT, 0.0


def rect(view: NodeView, measure: Measure, pos: Position | None = None) -> QRectF:
    """Return where a node is drawn."""
    x, y = pos or view.pos
    tall = height(view)
    return QRectF(x, y + (place_height(view) - tall) / 2, width(view, measure), tall)


def pos_of(view: NodeView, measure: Measure, centre: QPointF) -> Position:
    """Return the position that puts the middle of a node at a point."""
    return centre.x() - width(view, measure) / 2, centre.y() - place_height(view) / 2


def port_points(view: NodeView, box: QRectF, *, outputs: bool) -> dict[str, QPointF]:
    """Return the centre of each port on one side of a node."""
    ports = view.outputs if outputs else view.inputs
    side = [port for port in ports if not port.top and not port.spare]
    if view.form == "bar" and not outputs:
        side = [port for port in ports if not port.spare]
        points = _rows(side, box)
        spare = [port for port in ports if port.spare]
        return points | {port.name: QPointF(box.center().x(), box.bottom()) for port in spare}
    points = _spread(side, box, view.form == "merge", outputs)
    if len(side) == len(ports):
        return points
    above = [port for port in ports if port.top]
    for number, port in enumerate(above):
        points[port.name] = _on_top(view, box, number - (len(above) - 1) / 2)
    for number, port in enumerate(port for port in ports if port.spare):
        points[port.name] = _spare(view, box, number + bool(side))
    return points


def _spread(ports: Sequence[PortView], box: QRectF, is_round: bool, outputs: bool) -> dict[str, QPointF]:
    """Spread ports evenly round mid height, 16 apart where there is room."""
    if len(ports) == 1:
        x, middle = (box.right() if outputs else box.left()), box.center()
        return {ports[0].name: QPointF(x, middle.y())}
    room = box.height() - (12 if is_round else 20)
    gap = min(PORT_GAP, room / max(1, len(ports) - 1))
    points = {}
    for number, port in enumerate(ports):
        dy = (number - (len(ports) - 1) / 2) * gap
        reach = sqrt(max(0.0, (box.width() / 2) ** 2 - dy**2)) if is_round else box.width() / 2
        x = box.center().x() + (reach if outputs else -reach)
        points[port.name] = QPointF(x, box.center().y() + dy)
    return points


def _rows(ports: Sequence[PortView], box: QRectF) -> dict[str, QPointF]:
    top = box.center().y() - BAR_GAP * (len(ports) - 1) / 2
    return {port.name: QPointF(box.left(), top + BAR_GAP * row) for row, port in enumerate(ports)}


def _on_top(view: NodeView, box: QRectF, place: float) -> QPointF:
    """Skips arrive at a join from above; at other nodes low on the left side, clear of the main wire."""
    if view.form == "merge":
        dx = max(-9.0, min(9.0, place * 6))
        drop = box.height() / 2 - sqrt((box.width() / 2) ** 2 - dx**2)
        return QPointF(box.center().x() + dx, box.top() + drop)
    return QPointF(box.left(), max(box.top() + 10, box.center().y() - PORT_GAP + place * 8))


def _spare(view: NodeView, box: QRectF, place: int) -> QPointF:
    if view.form == "merge":
        return QPointF(box.center().x(), box.bottom()) if place else QPointF(box.left(), box.center().y())
    return QPointF(box.left(), min(box.bottom() - 8, box.center().y() + PORT_GAP * place))


def frame_rect(boxes: Iterable[QRectF]) -> QRectF:
    """Return the outline round some nodes, with room for the title."""
    around = QRectF()
    for box in boxes:
        around = around.united(box)
    if around.isNull():
        return around
    return around.adjusted(-FRAME_PADDING, -FRAME_PADDING - FRAME_TITLE, FRAME_PADDING, FRAME_PADDING)


def with_label(view: NodeView, box: QRectF) -> QRectF:
    """Return a node's rectangle together with the name beneath a glyph."""
    return box.adjusted(0, 0, 0, LABEL) if view.form == "glyph" else box


def note_rect(lines: int, pos: Position) -> QRectF:
    """Return the rectangle of a note with so many lines of text."""
    return QRectF(pos[0], pos[1], NOTE_WIDTH, max(1, lines) * NOTE_LINE + 2 * NOTE_PADDING)


def snapped(value: float) -> float:
    """Return the nearest place on the snap grid."""
    step = float(tokens.raw()["canvas"]["snap"])
    return round(value / step) * step
