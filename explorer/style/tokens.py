"""The design tokens of ``resources/tokens.json`` as typed values."""

from __future__ import annotations

import dataclasses
import json
from functools import cache
from typing import Any

from PySide6.QtGui import QColor

from explorer import resources


@dataclasses.dataclass(frozen=True)
class Palette:
    """All colours of one theme; the names are those of ``look.md``."""

    window: QColor
    canvas: QColor
    panel: QColor
    sunken: QColor
    hover: QColor
    selected: QColor
    node: QColor
    line_subtle: QColor
    line: QColor
    line_strong: QColor
    wire: QColor
    grid_dot: QColor
    text: QColor
    text2: QColor
    text3: QColor
    disabled: QColor
    on_accent: QColor
    on_family: QColor
    accent: QColor
    focus: QColor
    error: QColor
    error_ground: QColor
    warning: QColor
    warning_ground: QColor
    good: QColor
    good_ground: QColor
    shadow: QColor
    families: dict[str, QColor]
    runs: tuple[QColor, ...]

    def high_contrast(self) -> Palette:
        """Return this palette with strong lines, one text colour and no grounds."""
        return dataclasses.replace(
            self,
            line_subtle=self.text2,
            line=self.text2,
            line_strong=self.text,
            wire=self.text2,
            text2=self.text,
            text3=self.text,
            disabled=self.text3,
            window=self.panel,
            canvas=self.panel,
            sunken=self.panel,
            error_ground=self.panel,
            warning_ground=self.panel,
            good_ground=self.panel,
        )


@cache
def raw() -> dict[str, Any]:
    """Return the token file as parsed JSON."""
    with resources.path("tokens.json").open(encoding="utf-8") as file:
        tokens: dict[str, Any] = json.load(file)
    return tokens


def _colour(text: str) -> QColor:
    if not text.startswith("rgba("):
        return QColor(text)
    red, green, blue, alpha = text[5:-1].split(",")
    colour = QColor(int(red), int(green), int(blue))
    colour.setAlphaF(float(alpha))
    return colour


@cache
def palette(mode: str) -> Palette:
    """Return the colours of ``light`` or ``dark``."""
    table = raw()["color"][mode]
    surface, line, text, problem = table["surface"], table["line"], table["text"], table["problem"]
    named = {
        "window": surface["window"],
        "canvas": surface["canvas"],
        "panel": surface["panel"],
        "sunken": surface["sunken"],
        "hover": surface["hover"],
        "selected": surface["selected"],
        "node": surface["node"],
        "line_subtle": line["subtle"],
        "line": line["default"],
        "line_strong": line["strong"],
        "wire": line["wire"],
        "grid_dot": line["gridDot"],
        "text": text["primary"],
        "text2": text["secondary"],
        "text3": text["tertiary"],
        "disabled": text["disabled"],
        "on_accent": text["onAccent"],
        "on_family": text["onFamily"],
        "accent": table["accent"],
        "focus": table["focus"],
        "error": problem["error"],
        "error_ground": problem["errorBg"],
        "warning": problem["warning"],
        "warning_ground": problem["warningBg"],
        "good": problem["ok"],
        "good_ground": problem["okBg"],
        "shadow": table["shadow"],
    }
    colours: dict[str, QColor] = {name: _colour(value) for name, value in named.items()}
    families = {name: _colour(value) for name, value in table["family"].items()}
    return Palette(**colours, families=families, runs=tuple(map(_colour, table["run"])))
