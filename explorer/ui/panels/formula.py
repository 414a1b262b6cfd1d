"""A formula, set by ziamath and kept as a picture."""

from __future__ import annotations

import importlib
import warnings
from functools import cache
from typing import Any

from PySide6.QtCore import QByteArray, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.ui.theme import follow, theme

_KEPT = 200
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
    """A formula in the middle of a sunken box; too wide ones are made smaller, never cut."""

    def __init__(self, latex: str = "", size: int = 15) -> None:
        super().__init__()
        self._latex, self._size = "", size
        self._pixmap: QPixmap | None = None
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
        self._pixmap = None
        self.updateGeometry()
        self.update()

    def _renderer(self) -> QSvgRenderer | None:
        if not self._latex:
            return None
        return typeset(self._latex, theme().colours.text, theme().px(self._size))

    def sizeHint(self) -> QSize:
        """Return the room of the formula with its margins."""
        renderer = self._renderer()
        height = renderer.defaultSize().height() if renderer else theme().px(18)
        return QSize(theme().px(120), max(theme().px(44), height + theme().px(14)))

    def minimumSizeHint(self) -> QSize:
        """Allow a narrow panel."""
        return QSize(theme().px(60), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the box and the formula."""
        colours = theme().colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(colours.line if theme().contrast else Qt.PenStyle.NoPen)
        painter.setBrush(colours.sunken)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, theme().radius("control"), theme().radius("control"))
        renderer = self._renderer()
        if renderer is None:
            painter.setFont(theme().font("label", mono=True))
            painter.setPen(colours.text)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._latex)
            return
        room = QSizeF(self.width() - theme().px(16), self.height() - theme().px(8))
        size = QSizeF(renderer.defaultSize())
        if size.width() > room.width() or size.height() > room.height():
            size.scale(room, Qt.AspectRatioMode.KeepAspectRatio)
        corner = box.center() - QRectF(0, 0, size.width(), size.height()).center()
        painter.drawPixmap(corner, self._picture(renderer, size))

    def _picture(self, renderer: QSvgRenderer, size: QSizeF) -> QPixmap:
        ratio = self.devicePixelRatioF()
        wanted = (size * ratio).toSize().expandedTo(QSize(1, 1))
        if self._pixmap is None or self._pixmap.size() != wanted:
            self._pixmap = QPixmap(wanted)
            self._pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(self._pixmap)
            renderer.render(painter)
            painter.end()
            self._pixmap.setDevicePixelRatio(ratio)
        return self._pixmap
