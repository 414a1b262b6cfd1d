"""All cards at a glance: every block's picture on one sheet, chapter by chapter."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from explorer.atomic import replace_file
from explorer.figures import cards
from explorer.figures.picture_bytes import as_png
from explorer.figures.structure import Structure, can_be_shown
from explorer.graph.flow import Flow
from explorer.protocol.pictures import Picture
from explorer.style import icons
from explorer.style.theme import Mode, theme

WIDE, MARGIN, GAP, HEAD = 396, 20, 12, 30
MOST_COLUMNS = 4


@dataclass(frozen=True)
class Entry:
    """One block on the sheet; without a picture, `trouble` says why. `inner` is what a composite holds."""

    title: str
    icon: str
    family: str
    chapter: str
    picture: Picture | None
    trouble: str = ""
    inner: Flow | None = None


@dataclass(frozen=True)
class _Drawn:
    """An entry with its structure, which can be laid out only once there are fonts."""

    of: Entry
    structure: Structure | None


def _structure(entry: Entry) -> Structure | None:
    if entry.inner is None or not can_be_shown(entry.inner):
        return None
    return Structure(entry.inner, entry.title)


def draw_sheet(entries: Sequence[Entry], file: str, *, mode: Mode = "light") -> None:
    """Write a png with all entries; raises `OSError` when the file cannot be written."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    _application = QApplication.instance() or QApplication(["explorer"])
    theme().change(mode=mode)
    columns = min(MOST_COLUMNS, max(1, len(entries)))
    drawn = [_Drawn(entry, _structure(entry)) for entry in entries]
    places, height = _layout(drawn, columns)
    size = QSize(2 * MARGIN + columns * (WIDE + GAP) - GAP, round(height) + MARGIN)
    image = QImage(size, QImage.Format.Format_RGB32)
    image.fill(theme().colours.canvas)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for entry, place in places:
        if isinstance(entry, str):
            painter.setFont(theme().font("section", 600))
            painter.setPen(theme().colours.text)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, entry)
        else:
            _paint_entry(painter, entry, place)
    painter.end()
    replace_file(file, as_png(image))


def _layout(entries: Sequence[_Drawn], columns: int) -> tuple[list[tuple[_Drawn | str, QRectF]], float]:
    places: list[tuple[_Drawn | str, QRectF]] = []
    top, chapter, row = float(MARGIN), "", list[_Drawn]()

    def close_row() -> None:
        nonlocal top, row
        if not row:
            return
        tall = max(_height(entry) for entry in row)
        for number, entry in enumerate(row):
            places.append((entry, QRectF(MARGIN + number * (WIDE + GAP), top, WIDE, tall)))
        top += tall + GAP
        row = []

    for entry in entries:
        if entry.of.chapter != chapter:
            close_row()
            chapter = entry.of.chapter
            places.append((chapter, QRectF(MARGIN, top, columns * WIDE, 40)))
            top += 44
        row.append(entry)
        if len(row) == columns:
            close_row()
    close_row()
    return places, top


def _height(drawn: _Drawn) -> float:
    entry, width = drawn.of, WIDE - 24
    picture = cards.height_for(entry.picture, width) if entry.picture else 24.0
    note = 20 if entry.trouble or (entry.picture and entry.picture.note) else 0
    structure = drawn.structure.height_for(width) + GAP if drawn.structure else 0
    return HEAD + structure + picture + note + 16


def _paint_entry(painter: QPainter, drawn: _Drawn, place: QRectF) -> None:
    entry, shown = drawn.of, theme().colours
    painter.setPen(shown.line)
    painter.setBrush(shown.panel)
    painter.drawRoundedRect(place, 8, 8)
    painter.drawPixmap(QPointF(place.left() + 10, place.top() + 8), icons.tile(entry.icon, entry.family, 18))
    painter.setPen(shown.text)
    painter.setFont(theme().font("body", 600))
    head = QRectF(place.left() + 36, place.top() + 4, place.width() - 44, 26)
    painter.drawText(head, Qt.AlignmentFlag.AlignVCenter, entry.title)
    left, top, width = place.left() + 12, place.top() + HEAD + 4, WIDE - 24
    if drawn.structure is not None:
        tall = drawn.structure.height_for(width)
        drawn.structure.paint(painter, QRectF(left, top, width, tall))
        top += tall + GAP
    if entry.picture is not None:
        tall = cards.height_for(entry.picture, width)
        cards.paint(painter, QRectF(left, top, width, tall), entry.picture)
    words = entry.trouble or (entry.picture.note if entry.picture else "")
    if words:
        painter.setPen(shown.error if entry.trouble else shown.text2)
        painter.setFont(theme().font("caption"))
        foot = QRectF(left, place.bottom() - 22, width, 18)
        painter.drawText(foot, Qt.AlignmentFlag.AlignCenter, words)
