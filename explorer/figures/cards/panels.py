"""Small images from left to right: what comes in, what is done to it, what goes out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen, QPolygonF

from explorer.protocol.pictures import Panel, Panels
from explorer.style import colours
from explorer.style.theme import theme

TALL = 84
"""Height of an image."""
SIGN = 18
"""Room between two images, for the sign."""
SPARE = 8
_WIDEST, _NARROWEST = 1.7, 0.16


@dataclass(frozen=True)
class _Place:
    panel: Panel
    image: QRectF
    first: bool


def height_for(picture: Panels, width: float) -> float:
    """Rows of images with their titles."""
    places = _layout(picture, width)
    return max(place.image.bottom() for place in places) + theme().px(2)


def paint(painter: QPainter, area: QRectF, picture: Panels) -> None:
    """Draw all images and the signs between them."""
    for place in _layout(picture, area.width()):
        image = place.image.translated(area.topLeft())
        _paint_image(painter, place.panel, image)
        painter.setFont(theme().font("caption"))
        painter.setPen(theme().colours.text2)
        title = QRectF(image.left() - theme().px(SIGN), image.top() - _title_height(), 0, _title_height())
        words = place.panel.title
        wide = QFontMetricsF(painter.font()).horizontalAdvance(words)
        title.setWidth(max(wide, image.width()) + 2 * theme().px(SIGN))
        title.moveCenter(QPointF(image.center().x(), title.center().y()))
        painter.drawText(title, Qt.AlignmentFlag.AlignCenter, words)
        if not place.first:
            painter.setFont(theme().font("body"))
            gap = QRectF(image.left() - theme().px(SIGN), image.top(), theme().px(SIGN), image.height())
            gap.translate(-(_spread(place.panel, image.width()) - image.width()) / 2, 0)
            painter.drawText(gap, Qt.AlignmentFlag.AlignCenter, place.panel.sign)


def _title_height() -> float:
    return float(theme().px(17))


def _layout(picture: Panels, width: float) -> list[_Place]:
    """Images in rows, each row in the middle."""
    tall, sign, title = theme().px(TALL), theme().px(SIGN), _title_height()
    rows: list[list[tuple[Panel, float, float]]] = [[]]
    used = 0.0
    for panel in picture.panels:
        wide, high = _size(panel, tall, width)
        needs = _spread(panel, wide)
        if rows[-1] and used + sign + needs > width:
            rows.append([])
            used = 0.0
        used += needs + (sign if rows[-1] else 0)
        rows[-1].append((panel, wide, high))
    places, top = [], 0.0
    for row in rows:
        total = sum(_spread(panel, wide) for panel, wide, _ in row) + sign * (len(row) - 1)
        left = max(0.0, (width - total) / 2)
        tallest = max(high for _, _, high in row)
        for number, (panel, wide, high) in enumerate(row):
            room = _spread(panel, wide)
            image = QRectF(left + (room - wide) / 2, top + title + (tallest - high) / 2, wide, high)
            places.append(_Place(panel, image, number == 0 and row is rows[0]))
            left += room + sign
        top += title + tallest + theme().px(SPARE)
    return places


def _spread(panel: Panel, wide: float) -> float:
    """Room of a panel: its image or its title, whichever is wider."""
    return max(wide, QFontMetricsF(theme().font("caption")).horizontalAdvance(panel.title))


def _size(panel: Panel, tall: float, most: float) -> tuple[float, float]:
    rows, columns = panel.values.shape[-2:]
    shape = columns / rows
    if shape < _NARROWEST:
        shape = _NARROWEST
    if rows <= 9 and columns <= 9:  # a kernel stays small, its cells are as large as buttons
        cell = theme().px(12)
        return columns * cell, rows * cell
    if shape > _WIDEST:
        wide = min(most, tall * _WIDEST)
        return wide, max(theme().px(10), wide / shape)
    return tall * shape, tall


def _paint_image(painter: QPainter, panel: Panel, place: QRectF) -> None:
    values = panel.values
    colours.paint(painter, place, _as_image(panel))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme().colours.line, 1))
    painter.drawRect(place)
    rows, columns = values.shape[-2:]
    across, down = place.width() / columns, place.height() / rows

    def at(x: float, y: float) -> QPointF:
        return QPointF(place.left() + x * across, place.top() + y * down)

    painter.save()
    painter.setClipRect(place.adjusted(-1.5, -1.5, 1.5, 1.5))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    strengths = panel.strengths if panel.strengths is not None else ()
    for number, box in enumerate(panel.boxes if panel.boxes is not None else ()):
        x1, y1, x2, y2 = (float(value) for value in box)
        frame = QRectF(at(x1, y1), at(x2, y2))
        firm = float(strengths[number]) if len(strengths) else 1.0
        _outline(painter, frame, firm)
    for line in panel.lines if panel.lines is not None else ():
        pen = QColor(theme().colours.accent)
        pen.setAlphaF(0.8)
        painter.setPen(QPen(pen, theme().px(1)))
        painter.drawPolyline(QPolygonF([at(float(x), float(y)) for x, y in line]))
    painter.restore()


def _outline(painter: QPainter, frame: QRectF, firm: float) -> None:
    """A frame that can be seen on light and on dark ground."""
    least = theme().px(4)
    if frame.width() < least or frame.height() < least:
        grown = QRectF(0, 0, max(frame.width(), least), max(frame.height(), least))
        grown.moveCenter(frame.center())
        frame = grown
    for colour, wide in ((QColor(theme().colours.canvas), 3.2), (QColor(theme().colours.accent), 1.6)):
        colour.setAlphaF(colour.alphaF() * firm)
        painter.setPen(QPen(colour, wide))
        painter.drawRect(frame)


def _as_image(panel: Panel) -> QImage:
    values = panel.values
    if values.ndim == 3:
        brightest = max(1.0, float(values.max()))  # sums of pictures stay in sight
        return colours.image(np.clip(values.transpose(1, 2, 0) / brightest, 0, 1), "gray")
    missing = np.isnan(values)
    known = np.nan_to_num(values)
    match panel.scale:
        case "photo":
            low, high = float(known.min()), float(known.max())
            image = colours.image(known, "gray", low, high if high > low else low + 1)
        case "unit":
            image = colours.image(known, colours.map_for("attention"), 0.0, 1.0)
        case "share":
            low, high = float(known.min()), max(1e-9, float(known.max()))
            image = colours.image(known, colours.map_for("attention"), low if low > high / 2 else 0.0, high)
        case _:
            image = colours.image(known, colours.map_for("signed"))
    return _see_through(image, missing) if missing.any() else image


def _see_through(image: QImage, missing: np.ndarray) -> QImage:
    """Leave out the cells between maps."""
    made = image.convertToFormat(QImage.Format.Format_ARGB32)
    alpha = np.where(missing, 0, 255).astype(np.uint8)
    height, width = alpha.shape
    made.setAlphaChannel(QImage(alpha.tobytes(), width, height, width, QImage.Format.Format_Alpha8))
    return made
