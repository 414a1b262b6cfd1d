"""A figure as SVG: text stays text, in the bundled font, of which the letters used travel along."""

from __future__ import annotations

import base64
import re
from functools import cache, singledispatch
from xml.sax.saxutils import escape

from PySide6.QtGui import QColor

from explorer import resources
from explorer.figures.networks import corners
from explorer.figures.networks.font_subset import subset
from explorer.figures.networks.inks import GROUND, colour
from explorer.figures.networks.shapes import Card, Disc, Figure, Icon, Ink, Line, Point, Polygon, Shape, Text
from explorer.style import icons
from explorer.style.tokens import Palette, raw

GRID = 20
"""Units of an icon's own picture."""
FILES = {400: "Inter-Regular.ttf", 500: "Inter-Medium.ttf", 600: "Inter-SemiBold.ttf"}


def written(figure: Figure, palette: Palette) -> str:
    """Return the whole SVG; its size is that of the figure, in pixels."""
    width, height = _number(figure.width), _number(figure.height)
    ground, family = _paint("fill", getattr(palette, GROUND)), raw()["font"]["ui"]["family"]
    rows = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img" font-family="{family}, Helvetica, Arial, sans-serif">',
        f"<title>{_words(figure.title)}</title>",
        f"<style>\n{_fonts(figure, family)}</style>",
        f'<rect width="{width}" height="{height}" {ground}/>',
        *(element(shape, palette) for shape in figure.shapes),
        "</svg>",
    ]
    return "\n".join(rows) + "\n"


def _words(text: str) -> str:
    """Text as XML can hold it: without the control characters that it forbids."""
    return escape("".join(letter for letter in text if letter.isprintable() or letter == "\u00a0"))


def _fonts(figure: Figure, family: str) -> str:
    """The style sheet: a face for each weight, with the letters that stand in it."""
    texts = [shape for shape in figure.shapes if isinstance(shape, Text)]
    rows = []
    for weight in sorted({text.weight for text in texts}):
        letters = {letter for text in texts if text.weight == weight for letter in text.words}
        file = resources.path("fonts", FILES[weight])
        data = base64.b64encode(subset(file, letters)).decode()
        rows.append(
            f'@font-face {{ font-family: "{family}"; font-weight: {weight}; '
            f'src: url("data:font/woff;base64,{data}") format("woff"); }}\n'
        )
    return "".join(rows)


@singledispatch
def element(shape: Shape, palette: Palette) -> str:
    """Return one shape as an element."""
    raise TypeError(f"no shape of a figure: {shape!r}")


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _point(point: Point) -> str:
    return f"{_number(point[0])},{_number(point[1])}"


def _paint(name: str, tone: QColor) -> str:
    opacity = "" if tone.alpha() == 255 else f' {name}-opacity="{tone.alphaF():.2f}"'
    return f'{name}="{tone.name()}"{opacity}'


def _outline(line: Ink | None, width: float, palette: Palette) -> str:
    if line is None:
        return ""
    return (
        f' {_paint("stroke", colour(line, palette))} stroke-width="{_number(width)}" stroke-linejoin="round"'
    )


@element.register
def _card(shape: Card, palette: Palette) -> str:
    x, y, width, height = map(_number, shape.box)
    return (
        f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="{_number(shape.radius)}" '
        f"{_paint('fill', colour(shape.fill, palette))}{_outline(shape.line, shape.width, palette)}/>"
    )


@element.register
def _polygon(shape: Polygon, palette: Palette) -> str:
    points = " ".join(map(_point, shape.points))
    fill = _paint("fill", colour(shape.fill, palette))
    return f'<polygon points="{points}" {fill}{_outline(shape.line, shape.width, palette)}/>'


@element.register
def _line(shape: Line, palette: Palette) -> str:
    letters = {"move": "M", "line": "L", "bend": "Q"}
    path = " ".join(letters[step.kind] + " ".join(map(_point, step.points)) for step in corners.steps(shape))
    made = f'<path d="{path}" fill="none"{_outline(shape.ink, shape.width, palette)}/>'
    if tip := corners.head(shape):
        points = " ".join(map(_point, tip))
        made += f'<polygon points="{points}" {_paint("fill", colour(shape.ink, palette))}/>'
    return made


@element.register
def _disc(shape: Disc, palette: Palette) -> str:
    x, y = map(_number, shape.centre)
    fill = _paint("fill", colour(shape.fill, palette))
    outline = _outline(shape.line, shape.width, palette)
    return f'<circle cx="{x}" cy="{y}" r="{_number(shape.radius)}" {fill}{outline}/>'


@element.register
def _text(shape: Text, palette: Palette) -> str:
    x, y = map(_number, shape.at)
    ground = element(Card(shape.room, Ink(GROUND)), palette) if shape.halo else ""
    anchor = "" if shape.anchor == "start" else f' text-anchor="{shape.anchor}"'
    return (
        f'{ground}<text x="{x}" y="{y}" font-size="{_number(shape.size)}" '
        f'font-weight="{shape.weight}"{anchor} '
        f'textLength="{_number(shape.length)}" {_paint("fill", colour(shape.ink, palette))}>'
        f"{_words(shape.words)}</text>"
    )


@element.register
def _icon(shape: Icon, palette: Palette) -> str:
    x, y, width, _ = shape.box
    style, inner = _drawing(shape.name)
    # a group, not an svg in the svg: not every program that places pictures on slides knows those
    place = f"translate({_number(x)} {_number(y)}) scale({_number(width / GRID)})"
    tone = colour(shape.ink, palette).name()
    return f'<g transform="{place}"{style}>{inner}</g>'.replace("currentColor", tone)


@cache
def _drawing(name: str) -> tuple[str, str]:
    """How the strokes of an icon are set, and the strokes."""
    file = resources.path("icons", f"{name.replace('-', '_') if icons.has(name) else 'block'}.svg")
    found = re.match(r"\s*<svg([^>]*)>(.*)</svg>\s*$", file.read_text(encoding="utf-8"), re.S)
    if found is None:
        return "", ""
    return re.sub(r'\s(xmlns|width|height|viewBox)="[^"]*"', "", found[1]), found[2].strip()
