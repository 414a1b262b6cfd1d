"""A formula, set by ziamath and kept as a picture."""

from __future__ import annotations

import importlib
import warnings
from functools import cache
from typing import Any

from PySide6.QtCore import QByteArray, QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.style.theme import follow, theme

_KEPT = 200
_PART, _GAP = r",\quad", 6
"""Where a long formula may be broken, and the space between its lines."""
_PICTURES: dict[tuple[str, int, float], QSvgRenderer | None] = {}


@cache
def _ziamath() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        ziamath: Any = importlib.import_module("ziamath")
    # nested symbols of SVG 2 are dropped by Qt
    ziamath.config.svg2 = False
    return ziamath


def typeset(latex: str, colour: QColor, size: float) -> QSvgRenderer | None:
    """Return a formula as vectors, None when it cannot be set; results are kept."""
    key = (latex, colour.rgba(), size)
    if key not in _PICTURES:
        if len(_PICTURES) >= _KEPT:
            _PICTURES.clear()
        _PICTURES[key] = _set(latex, colour, size)
    return _PICTURES[key]


def _set(latex: str, colour: QColor, size: float) -> QSvgRenderer | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            svg = _ziamath().Latex(latex, size=size, color=colour.name()).svg()
    except Exception:  # whatever a formula does to the library, the text itself is still there to show
        return None
    renderer = QSvgRenderer(QByteArray(svg.encode()))
    return renderer if renderer.isValid() else None


class FormulaView(QWidget):
    """A formula in the middle of a sunken box; too wide, its parts stand below each other, never cut."""

    def __init__(self, latex: str = "", size: int = 15) -> None:
        super().__init__()
        self._latex, self._size = "", size
        self._pixmaps: dict[tuple[int, int, int], QPixmap] = {}
        self._high = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_formula(latex)
        follow(self._restyle)

    def set_formula(self, latex: str) -> None:
        """Show another formula; an empty one hides the box."""
        if latex != self._latex or not latex:
            self._latex = latex
            self.setAccessibleName(f"Formula: {latex}")
            self.setVisible(bool(latex))
            self._restyle()

    def _restyle(self) -> None:
        self._pixmaps.clear()
        self.updateGeometry()
        self.update()

    def _lines(self) -> list[QSvgRenderer]:
        """The formula as one line, or as its parts where it is wider than the box."""
        if not self._latex:
            return []
        whole = self._set(self._latex)
        parts = [self._set(part.strip()) for part in self._latex.split(_PART)]
        if whole is None or whole.defaultSize().width() <= self._room() or None in parts:
            return [] if whole is None else [whole]
        return [part for part in parts if part is not None]

    def _set(self, latex: str) -> QSvgRenderer | None:
        return typeset(latex, theme().colours.text, theme().px(self._size))

    def _room(self) -> float:
        return max(self.width(), theme().px(100)) - theme().px(16)

    def _sizes(self) -> list[QSizeF]:
        """Sizes of the lines; one that is still too wide is made smaller."""
        sizes = []
        for renderer in self._lines():
            size = QSizeF(renderer.defaultSize())
            if size.width() > self._room():
                size.scale(self._room(), size.height(), Qt.AspectRatioMode.KeepAspectRatio)
            sizes.append(size)
        return sizes

    def sizeHint(self) -> QSize:
        """Return the room of the formula with its margins."""
        sizes = self._sizes()
        gaps = theme().px(_GAP) * max(0, len(sizes) - 1)
        height = sum(size.height() for size in sizes) + gaps if sizes else theme().px(18)
        return QSize(theme().px(120), max(theme().px(44), round(height) + theme().px(14)))

    def minimumSizeHint(self) -> QSize:
        """Allow a narrow panel."""
        return QSize(theme().px(60), self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width may break the formula elsewhere."""
        high = self.sizeHint().height()
        if high != self._high:
            self._high = high
            self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the box and the formula."""
        colours = theme().colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(colours.line if theme().contrast else Qt.PenStyle.NoPen)
        painter.setBrush(colours.sunken)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, theme().radius("control"), theme().radius("control"))
        lines, sizes = self._lines(), self._sizes()
        if not lines:
            painter.setFont(theme().font("label", mono=True))
            painter.setPen(colours.text)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._latex)
            return
        gap = theme().px(_GAP)
        top = box.center().y() - (sum(size.height() for size in sizes) + gap * (len(sizes) - 1)) / 2
        for number, (renderer, size) in enumerate(zip(lines, sizes, strict=True)):
            corner = QPointF(box.center().x() - size.width() / 2, top)
            painter.drawPixmap(corner, self._picture(number, renderer, size))
            top += size.height() + gap

    def _picture(self, number: int, renderer: QSvgRenderer, size: QSizeF) -> QPixmap:
        ratio = self.devicePixelRatioF()
        wanted = (size * ratio).toSize().expandedTo(QSize(1, 1))
        key = (number, wanted.width(), wanted.height())
        if key not in self._pixmaps:
            pixmap = QPixmap(wanted)
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            renderer.render(painter)
            painter.end()
            pixmap.setDevicePixelRatio(ratio)
            self._pixmaps[key] = pixmap
        return self._pixmaps[key]
