"""Cards: layers, composites, inputs and outputs at near zoom."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from explorer import words
from explorer.figures.canvas import geometry
from explorer.figures.canvas.level_view import NodeView
from explorer.figures.canvas.painting import body, text
from explorer.figures.canvas.painting.look import Look
from explorer.style.theme import theme

PAD = geometry.PADDING
TITLE_MIDDLE = PAD + 10
SUMMARY_MIDDLE = PAD + 20 + 10
THUMB_TOP = geometry.HEADER
BAR_HEIGHT, BAR_CODE_HEIGHT = 3.0, 20.0
SAMPLE = 56.0
LARGER, LEGIBLE = ("30", "26", "22"), 13.5
"""Sizes of names seen from afar, the largest first; they grow up to so many pixels on the screen."""


def paint(painter: QPainter, view: NodeView, box: QRectF, look: Look) -> None:
    """Draw a card."""
    body.paint(painter, view, box, look)
    faded = view.muted and view.state != "problem"
    if faded:
        painter.setOpacity(painter.opacity() * body.FADED)
    header(painter, view, box, look)
    if view.form == "input":
        _sample(painter, box, look)
    elif view.form == "output":
        (_sample if look.pictures else _answer)(painter, box, look)
    elif view.picture:
        _pictures(painter, view, box, look)
    if view.footer and view.form in ("card", "composite"):
        _footer(painter, view, box, look.total)
    if faded:
        painter.setOpacity(painter.opacity() / body.FADED)


def header(painter: QPainter, view: NodeView, box: QRectF, look: Look) -> None:
    """Draw tile, name, mark and summary."""
    colours = theme().colours
    x, y, right = box.left(), box.top(), box.right() - PAD
    body.tile(painter, view, x + PAD, y + PAD, geometry.TILE, look)
    needed = geometry.NAME_X + text.width(view.title, "body", 600) + geometry.MARK
    if found := body.mark(view):
        if needed <= right - x:
            body.icon(painter, *found, right - body.MARK_SIZE, y + PAD + 3, body.MARK_SIZE, look)
            right -= geometry.MARK
        else:
            body.corner_mark(painter, found, box, look)
    if view.badge > 1:
        right -= _badge(painter, f"×{view.badge}", right, y + TITLE_MIDDLE)
    room = right - x - geometry.NAME_X
    text.draw(
        painter, view.title, x + geometry.NAME_X, y + TITLE_MIDDLE, "body", 600, colours.text, room=room
    )
    text.draw(
        painter,
        view.summary,
        x + PAD,
        y + SUMMARY_MIDDLE,
        "summary",
        400,
        colours.text2,
        room=box.width() - 2 * PAD + 4,
    )


def _badge(painter: QPainter, words: str, right: float, middle: float) -> float:
    wide = text.width(words, "caption", 600) + 12
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme().colours.sunken)
    painter.drawRoundedRect(QRectF(right - wide, middle - 9, wide, 18), 9, 9)
    text.draw(painter, words, right - wide / 2, middle, "caption", 600, theme().colours.text, align=0.5)
    return wide + 4


def _pictures(painter: QPainter, view: NodeView, box: QRectF, look: Look) -> None:
    row = QRectF(box.left() + PAD, box.top() + THUMB_TOP, box.width() - 2 * PAD, geometry.THUMB)
    if view.stale:
        painter.setOpacity(painter.opacity() * 0.6)
    if view.picture == "bars":
        row = QRectF(row.left(), row.top() + 2, row.width(), BAR_CODE_HEIGHT)
        if look.pictures:
            painter.drawPixmap(row, look.pictures[0], QRectF(look.pictures[0].rect()))
        else:
            painter.fillRect(row, theme().colours.sunken)
    elif view.slots == 0:
        if look.pictures:
            painter.drawPixmap(row, look.pictures[0], QRectF(look.pictures[0].rect()))
        else:
            painter.fillRect(row, theme().colours.sunken)
    else:
        _tiles(painter, view, row, look)
    if view.stale:
        painter.setOpacity(painter.opacity() / 0.6)


def _tiles(painter: QPainter, view: NodeView, row: QRectF, look: Look) -> None:
    """Draw up to four maps, spread over the row; places without a picture yet stay quiet."""
    size = geometry.THUMB
    fit = int((row.width() + 4) // (size + 2.6))
    count = max(1, min(view.slots, fit))
    gap = min(8.0, (row.width() - count * size) / (count - 1)) if count > 1 and count == fit else 8.0
    for number in range(count):
        x = round((row.left() + number * (size + gap)) * 2) / 2
        square = QRectF(x, row.top(), size, size)
        if number < len(look.pictures):
            painter.drawPixmap(square, look.pictures[number], QRectF(look.pictures[number].rect()))
        else:
            painter.fillRect(square, theme().colours.sunken)


def share(view: NodeView, total: int) -> float | None:
    """Return the share a node has of all parameters; None where none is shown."""
    if view.weight is None or view.state != "ok":
        return None
    return view.weight / total if total else 0.0


def shown_share(view: NodeView, total: int) -> tuple[str, int]:
    """Return what is seen of a share: its words, and the length of its bar in half units."""
    part = share(view, total)
    if part is None:
        return "", 0
    return (view.remark or _percent(view, part)), round(part * 2 * geometry.WIDEST)


def _percent(view: NodeView, part: float) -> str:
    return words.percent(part) if view.form == "card" else ""


def _footer(painter: QPainter, view: NodeView, box: QRectF, total: int) -> None:
    colours = theme().colours
    top = box.bottom() - geometry.FOOTER
    left, right = box.left() + PAD, box.right() - PAD
    painter.fillRect(QRectF(box.left() + 1, top, box.width() - 2, 1), colours.line_subtle)
    if view.running is not None:
        painter.fillRect(
            QRectF(box.left() + 1, top - 0.5, (box.width() - 2) * view.running, 2), colours.accent
        )
    used = text.draw(painter, view.footer, left, top + 10.5, "caption", 500, colours.text)
    room, part = right - left - used - 8, share(view, total)
    remark = view.remark or ("" if part is None else _percent(view, part))
    if remark and room >= text.width(remark, "caption"):
        text.draw(painter, remark, right, top + 10.5, "caption", 400, colours.text3, align=1)
    if part is None:
        return
    y = box.bottom() - 8 + BAR_HEIGHT / 2
    _bar(painter, colours.line_subtle, left, y, right - left)
    if part > 0:
        wide = min(right - left, max(BAR_HEIGHT, (right - left) * part))
        _bar(painter, theme().family_colour(view.family), left, y, wide)


def _bar(painter: QPainter, colour: QColor, left: float, y: float, wide: float) -> None:
    """Draw a thin bar with round ends; as a line it costs a sixth of a rounded rectangle."""
    pen = QPen(colour, BAR_HEIGHT)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    half = BAR_HEIGHT / 2
    painter.drawLine(QLineF(left + half, y, max(left + half + 0.01, left + wide - half), y))


def _sample(painter: QPainter, box: QRectF, look: Look) -> None:
    square = QRectF(box.center().x() - SAMPLE / 2, box.top() + 50, SAMPLE, SAMPLE)
    if look.pictures:
        picture = look.pictures[0]
        fitted = picture.size().scaled(square.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
        square = QRectF(0, 0, fitted.width(), fitted.height()).translated(
            square.center().x() - fitted.width() / 2, square.center().y() - fitted.height() / 2
        )
        painter.drawPixmap(square, picture, QRectF(picture.rect()))
    else:
        painter.fillRect(square, theme().colours.sunken)


def _answer(painter: QPainter, box: QRectF, look: Look) -> None:
    colours = theme().colours
    left, right = box.left() + PAD, box.right() - PAD
    rows = look.answer[:3]
    names = max((text.width(name, "caption", 600) for name, _ in rows), default=8.0)
    if names > (right - left) * 0.4:
        _named(painter, rows, box)
        return
    longest = max([1.0, *(abs(value) for _, value in rows)])
    for number in range(3):
        middle = box.top() + 62 + number * 17
        if number >= len(rows):
            painter.fillRect(QRectF(left, middle - 4, right - left, 8), colours.sunken)
            continue
        name, share = rows[number]
        weight, tone = (600, colours.text) if number == 0 else (400, colours.text2)
        text.draw(painter, name, left, middle, "caption", weight, tone, room=names + 1)
        figure = text.draw(painter, words.figure(share), right, middle, "caption", 400, tone, align=1)
        bar = QRectF(left + names + 5, middle - 4, right - left - names - figure - 10, 8)
        bar.setWidth(max(1.5, bar.width() * min(max(share / longest, 0.0), 1.0)))
        if number == 0:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.accent)
            painter.drawRoundedRect(bar, 2, 2)
        else:
            painter.fillRect(bar, colours.line_strong)


def _named(painter: QPainter, rows: Sequence[tuple[str, float]], box: QRectF) -> None:
    """Classes with names: what each has of the whole lies behind its words."""
    colours = theme().colours
    left, right = box.left() + PAD, box.right() - PAD
    for number, (name, share) in enumerate(rows):
        middle = box.top() + 62 + number * 17
        part = min(max(share, 0.0), 1.0) * (right - left + 8)
        painter.fillRect(QRectF(left - 4, middle - 7, part, 14), colours.selected)
        weight, tone = (600, colours.text) if number == 0 else (400, colours.text2)
        figure = text.draw(painter, words.figure(share), right, middle, "caption", 400, tone, align=1)
        text.draw(painter, name, left, middle, "caption", weight, tone, room=right - left - figure - 4)


def collapsed(painter: QPainter, view: NodeView, box: QRectF, look: Look) -> None:
    """Draw tile and name only."""
    body.paint(painter, view, box, look)
    body.tile(painter, view, box.left() + 4, box.top() + 4, geometry.TILE, look)
    text.draw(
        painter,
        view.title,
        box.left() + 30,
        box.center().y(),
        "body",
        600,
        theme().colours.text,
        room=box.width() - 34,
    )


def middle(painter: QPainter, view: NodeView, box: QRectF, look: Look) -> None:
    """Draw a card from further away, in the same place: a large name, and of the rest what can be seen."""
    body.paint(painter, view, box, look)
    if view.form in ("input", "output") or view.picture:
        _from_afar(painter, view, box, look)
        return
    size = 28.0 if box.height() > 70 else 24.0
    if box.height() >= 76:
        role, room = "16", box.width() - 6
        large = _role(view, room, look.zoom)
        says = bool(view.summary) and large == "19" and text.width(view.summary, role) <= room
        top = box.center().y() - (size + 24 + 18 * says) / 2
        body.tile(painter, view, box.center().x() - size / 2, top, size, look)
        _name(painter, view, box.center().x(), top + size + 14, room, 0.5, large)
        if says:
            at, tone = QPointF(box.center().x(), top + size + 34), theme().colours.text2
            text.draw(painter, view.summary, at.x(), at.y(), role, 400, tone, align=0.5)
    else:
        body.tile(painter, view, box.left() + 6, box.center().y() - size / 2, size, look)
        _name(painter, view, box.left() + size + 12, box.center().y(), box.width() - size - 16, 0.0)
    _far_mark(painter, view, box, look)


def _from_afar(painter: QPainter, view: NodeView, box: QRectF, look: Look) -> None:
    """A card with a picture: its name in a row, below it what it says, and the picture where it ever is."""
    left, room = box.left() + 6, box.width() - 10
    tile = 22.0
    if text.width(view.title, "19", 600) <= room - tile - 5:  # else the tile goes before the name does
        body.tile(painter, view, left, box.top() + 6, tile, look)
        left, room = left + tile + 5, room - tile - 5
    _name(painter, view, left, box.top() + 17, room, 0.0, _role(view, room, look.zoom))
    colours, room = theme().colours, box.width() - 10
    role = "16" if text.width(view.summary, "16") <= room else "summary"
    text.draw(painter, view.summary, box.left() + 7, box.top() + 39, role, 400, colours.text2, room=room)
    if view.footer and view.form in ("card", "composite") and text.width(view.footer, "15", 500) <= room:
        text.draw(painter, view.footer, box.left() + 7, box.bottom() - 12, "15", 500, colours.text)
    if view.form == "output" and not look.pictures:
        _best(painter, box, look)
    elif view.form in ("input", "output"):
        _sample(painter, box, look)
    else:
        _pictures(painter, view, box, look)
    _far_mark(painter, view, box, look)


def _best(painter: QPainter, box: QRectF, look: Look) -> None:
    """The best class alone, large, over its bar."""
    colours, area = theme().colours, QRectF(box.left() + 7, box.top() + 82, box.width() - 14, 9)
    painter.fillRect(area, colours.sunken)
    if not look.answer:
        return
    name, share = look.answer[0]
    area.setWidth(max(1.5, area.width() * min(max(share, 0.0), 1.0)))
    painter.fillRect(area, colours.accent)
    room = box.width() - 14
    used = text.draw(painter, name, box.left() + 7, box.top() + 66, "18", 600, colours.text, room=room)
    figure = words.figure(share)
    if used + text.width(figure, "16") + 8 <= room:
        text.draw(painter, figure, box.right() - 7, box.top() + 66, "16", 400, colours.text2, align=1)


def _role(view: NodeView, room: float, zoom: float) -> str:
    """The size of a name seen from afar: it grows against the zoom as far as there is room for all of it."""
    words = f"{view.title} ×{view.badge}" if view.badge > 1 else view.title
    fits = (role for role in LARGER if float(role) * zoom <= LEGIBLE and text.width(words, role, 600) <= room)
    return next(fits, "19")


def _name(
    painter: QPainter, view: NodeView, x: float, y: float, room: float, align: float, role: str = "19"
) -> None:
    """The name, large; how often it stands for itself stays whole, the name gives way."""
    times = f" ×{view.badge}" if view.badge > 1 else ""
    more = text.width(times, role, 600) if times else 0.0
    left, colours = x - more * align, theme().colours
    wide = text.draw(painter, view.title, left, y, role, 600, colours.text, room=room - more, align=align)
    if times:
        text.draw(painter, times, left + wide * (1 - align), y, role, 600, colours.text2)


def _far_mark(painter: QPainter, view: NodeView, box: QRectF, look: Look) -> None:
    if found := body.mark(view):
        body.corner_mark(painter, found, box, look)
