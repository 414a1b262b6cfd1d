"""Ink on a colour can always be read."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor

from explorer.style import colours, ink


def contrast(one: QColor, other: QColor) -> float:
    parts = [
        0.2126 * ink._linear(c.redF()) + 0.7152 * ink._linear(c.greenF()) + 0.0722 * ink._linear(c.blueF())
        for c in (one, other)
    ]
    return (max(parts) + 0.05) / (min(parts) + 0.05)


@pytest.mark.parametrize("name", ["cividis", "viridis", "gray"])
def test_every_colour_of_a_map_has_an_ink_of_contrast_4_5(name: str) -> None:
    for red, green, blue in colours.table(name):
        ground = QColor(int(red), int(green), int(blue))
        assert contrast(ground, ink.ink_on(ground)) >= 4.5
