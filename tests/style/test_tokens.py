"""The contrast table of look.md section 2 from the tokens, and no colour written anywhere else."""

import re
from pathlib import Path

import pytest
from PySide6.QtGui import QColor

from explorer.style import tokens
from explorer.style.theme import Theme, theme

UI = Path(__file__).parents[2] / "explorer" / "ui"
SURFACES = ("window", "canvas", "panel", "sunken", "hover", "selected", "node")

# worst surface of each theme, as look.md states it: light, dark
TABLE = {
    "text": (14.4, 10.0),
    "text2": (6.7, 6.4),
    "text3": (4.8, 4.8),
    "accent": (4.9, 4.9),
    "error": (4.7, 4.7),
    "warning": (4.9, 6.1),
    "good": (4.5, 5.4),
    "line_strong": (3.0, 3.0),
    "wire": (3.0, 3.0),
}


def luminance(colour: QColor) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF())


def contrast(one: QColor, other: QColor) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def worst(palette: tokens.Palette, name: str, surfaces=SURFACES) -> float:
    return min(contrast(getattr(palette, name), getattr(palette, surface)) for surface in surfaces)


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("name", sorted(TABLE))
def test_contrast_is_as_the_look_states_it(mode, name):
    stated = TABLE[name][mode == "dark"]
    assert worst(tokens.palette(mode), name) >= stated - 0.05


@pytest.mark.parametrize(("mode", "stated"), [("light", 2.6), ("dark", 3.2)])
def test_disabled_is_exempt_but_as_stated_on_a_panel(mode, stated):
    assert worst(tokens.palette(mode), "disabled", ("panel",)) >= stated - 0.05


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("name", ["error", "warning", "good"])
def test_words_of_a_problem_are_readable_on_their_ground(mode, name):
    palette = tokens.palette(mode)
    assert contrast(getattr(palette, name), getattr(palette, f"{name}_ground")) >= 4.5
    assert contrast(palette.text, getattr(palette, f"{name}_ground")) >= 7


@pytest.mark.parametrize(("mode", "glyph", "node"), [("light", 3.1, 3.1), ("dark", 4.5, 3.6)])
def test_tiles_stand_out_and_carry_their_glyph(mode, glyph, node):
    palette = tokens.palette(mode)
    for colour in palette.families.values():
        assert contrast(palette.on_family, colour) >= glyph - 0.05
        assert contrast(colour, palette.node) >= node - 0.05


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_high_contrast_has_one_text_colour_and_strong_lines(mode):
    palette = tokens.palette(mode).high_contrast()
    assert palette.text2 == palette.text3 == palette.text
    assert worst(palette, "text") >= worst(tokens.palette(mode), "text")
    assert worst(palette, "line") >= 4.5
    assert palette.error_ground == palette.warning_ground == palette.good_ground == palette.panel


def test_no_colour_is_written_outside_the_tokens():
    literal = re.compile(r"""["'\s:](#[0-9A-Fa-f]{6}|#[0-9A-Fa-f]{3})\b|QColor\(\s*\d""")
    found = [
        f"{path.relative_to(UI)}:{number}: {line.strip()}"
        for path in sorted(UI.rglob("*.py"))
        if path.name != "tokens.py"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if literal.search(line)
    ]
    assert found == []


@pytest.fixture
def own_theme(qapp):
    """A theme of the test's own; every theme styles the whole application, so that is put right after."""
    yield Theme()
    theme().apply()


def test_theme_keeps_the_text_scale_within_its_limits(own_theme):
    own_theme.change(scale=99)
    assert own_theme.scale == tokens.raw()["scale"]["max"]
    own_theme.change(scale=0.01)
    assert own_theme.scale == tokens.raw()["scale"]["min"]


def test_theme_tells_once_and_reduced_motion_stops_everything(own_theme):
    told = []
    own_theme.changed.connect(lambda: told.append(own_theme.mode))
    own_theme.change(mode="dark", contrast=True, scale=1.75, reduced_motion=True)
    assert told == ["dark"]
    assert {own_theme.duration(name) for name in ("panel", "camera", "scene")} == {0}
    assert own_theme.px(44) == 77


def test_numbers_of_the_text_font_have_one_width(qapp):
    from PySide6.QtGui import QFontMetricsF

    metrics = QFontMetricsF(Theme().font("body"))
    widths = {round(metrics.horizontalAdvance(digit), 3) for digit in "0123456789"}
    assert len(widths) == 1
