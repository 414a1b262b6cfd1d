"""The bundled fonts: metrics are the same on every machine, offscreen too."""

from __future__ import annotations

from functools import cache

from PySide6.QtGui import QFont, QFontDatabase

from explorer import resources
from explorer.style import tokens


@cache
def load() -> tuple[str, str]:
    """Register the bundled fonts once; return the families for text and for code."""
    for file in sorted(resources.path("fonts").glob("*.[to]tf")):
        QFontDatabase.addApplicationFont(str(file))
    names = tokens.raw()["font"]
    return names["ui"]["family"], names["mono"]["family"]


def make(pixels: float, weight: int = 400, mono: bool = False) -> QFont:
    """Return a bundled font with tabular numbers."""
    text, code = load()
    font = QFont(code if mono else text)
    font.setPixelSize(max(1, round(pixels)))
    font.setWeight(QFont.Weight(weight))
    # hinted outlines snap to whole pixels and make the letters of small sizes uneven
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    font.setStyleStrategy(QFont.StyleStrategy.PreferAntialias)
    for feature in tokens.raw()["font"]["ui"]["features"]:
        font.setFeature(QFont.Tag(feature), 1)
    return font
