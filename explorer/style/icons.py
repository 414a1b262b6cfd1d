"""Icons: SVG files in ``currentColor``, tinted and cached per size, colour and device pixel ratio."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from explorer import resources
from explorer.style.theme import theme

_UNKNOWN = "block"
_CACHE: dict[tuple[object, ...], QPixmap] = {}
_CACHE_LIMIT = 2000


@cache
def _source(name: str) -> str:
    name = name.replace("-", "_")
    path = resources.path("icons", f"{name}.svg")
    if not path.is_file():
        path = resources.path("icons", f"{_UNKNOWN}.svg")
    return path.read_text(encoding="utf-8")


def has(name: str) -> bool:
    """Return whether a file draws this icon."""
    return resources.path("icons", f"{name.replace(chr(45), chr(95))}.svg").is_file()


def screen_ratio() -> float:
    """Pixels of the screen for one of the program: 2 on a screen of double density."""
    app = QApplication.instance()
    return app.devicePixelRatio() if isinstance(app, QApplication) else 1.0


def _blank(size: int, ratio: float) -> QPixmap:
    pixmap = QPixmap(round(size * ratio), round(size * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    return pixmap


def _store(key: tuple[object, ...], pixmap: QPixmap) -> QPixmap:
    if len(_CACHE) >= _CACHE_LIMIT:
        _CACHE.clear()
    _CACHE[key] = pixmap
    return pixmap


def draw(painter: QPainter, name: str, rect: QRectF, colour: QColor) -> None:
    """Draw an icon as vectors; for pictures that are exported or scaled."""
    tinted = _source(name).replace("currentColor", colour.name())
    QSvgRenderer(tinted.encode()).render(painter, rect)


def icon_pixmap(name: str, colour: QColor, size: int, ratio: float | None = None) -> QPixmap:
    """Return an icon of ``size`` pixels (text scale already applied) in one colour."""
    ratio = ratio or screen_ratio()
    key = ("icon", name, colour.rgba(), size, ratio)
    if key in _CACHE:
        return _CACHE[key]
    pixmap = _blank(size, ratio)
    painter = QPainter(pixmap)
    painter.setOpacity(colour.alphaF())
    draw(painter, name, QRectF(0, 0, size, size), colour)
    painter.end()
    return _store(key, pixmap)


def icon(name: str, colour: QColor | None = None, size: int = 18) -> QIcon:
    """Return an icon for buttons and menus, with its greyed form for the disabled state."""
    colours, pixels = theme().colours, theme().px(size)
    result = QIcon()
    result.addPixmap(icon_pixmap(name, colour or colours.text2, pixels), QIcon.Mode.Normal)
    result.addPixmap(icon_pixmap(name, colours.disabled, pixels), QIcon.Mode.Disabled)
    return result


def tile(name: str, family: str, size: int, ratio: float | None = None) -> QPixmap:
    """Return the coloured tile of a block: its glyph on the colour of its family."""
    ratio = ratio or screen_ratio()
    ground, glyph = theme().family_colour(family), theme().colours.on_family
    key = ("tile", name, ground.rgba(), glyph.rgba(), size, ratio)
    if key in _CACHE:
        return _CACHE[key]
    pixmap = _blank(size, ratio)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    # radius 5 belongs to the tile of 20
    painter.drawRoundedRect(QRectF(0, 0, size, size), size * 0.25, size * 0.25)
    margin = size * 0.15
    draw(painter, name, QRectF(margin, margin, size - 2 * margin, size - 2 * margin), glyph)
    painter.end()
    return _store(key, pixmap)
