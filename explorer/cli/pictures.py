"""Pictures of arrays without Qt: maps in a grid, heat over a picture, with words and scales."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from explorer.atomic import replace_file
from explorer.meaning.scales import colour_map, ends, use_of
from explorer.resources import path as resource

GROUND, INK, FAINT = (255, 255, 255), (23, 27, 33), (93, 103, 114)
BAR = (42, 91, 215)
MARGIN, GAP, LINE = 24, 12, 18


@cache
def _maps() -> dict[str, np.ndarray]:
    with np.load(resource("colormaps.npz")) as found:
        return {name: found[name] for name in found.files}


@cache
def font(size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    """The bundled typeface."""
    files = sorted(resource("fonts").rglob("Inter*.ttf"))
    weight = "SemiBold" if bold else "Regular"
    return ImageFont.truetype(str(next(f for f in files if weight in f.name)), size)


def colour(values: np.ndarray, name: str, low: float, high: float) -> np.ndarray:
    """Map values to uint8 (h, w, 3); NaN becomes magenta."""
    span = high - low if high > low else 1.0
    index = np.clip(np.nan_to_num((values - low) / span) * 255, 0, 255).astype(np.uint8)
    rgb = np.repeat(index[..., None], 3, axis=-1) if name == "gray" else _maps()[name][index]
    rgb = rgb.astype(np.uint8)
    rgb[~np.isfinite(values)] = (255, 0, 255)
    return np.asarray(rgb)


def drawn(values: np.ndarray, low: float | None = None, high: float | None = None) -> np.ndarray:
    """Values (h, w) as uint8 (h, w, 3), in the colours and between the ends that suit them.

    `low` and `high` are the ends of what they belong to, where that is more than they themselves.
    """
    low, high = limits(values) if low is None or high is None else (low, high)
    return colour(values, colour_map(use_of(low, high)), *ends(low, high))


def limits(values: np.ndarray) -> tuple[float, float]:
    """Smallest and largest finite value; (0, 0) when there is none."""
    known = values[np.isfinite(values)]
    return (float(known.min()), float(known.max())) if known.size else (0.0, 0.0)


def as_rgb(given: np.ndarray) -> np.ndarray:
    """An input of any form as uint8 (h, w, 3).

    Pictures (c, h, w) with values 0 to 1 as they are, the middle frame of films (c, t, h, w), sequences with
    a row each, anything else as one row.
    """
    values = np.asarray(given, dtype=np.float32)
    if values.ndim == 4:
        values = (
            values[:, values.shape[1] // 2] if values.shape[0] in (1, 3) else values[values.shape[0] // 2]
        )
    if values.ndim == 3 and values.shape[0] == 3:
        return np.asarray(np.clip(np.moveaxis(np.nan_to_num(values), 0, -1), 0, 1) * 255, dtype=np.uint8)
    if values.ndim == 3:
        values = values[0] if values.shape[0] == 1 else values.mean(axis=0)
        return colour(values, "gray", min(0.0, limits(values)[0]), max(1.0, limits(values)[1]))
    return drawn(values if values.ndim == 2 else values.reshape(1, -1))


def over(picture: np.ndarray, weights: np.ndarray, name: str) -> np.ndarray:
    """Heat over a grey picture: opacity is weight^0.6, at most 0.8 (both as large as the picture)."""
    grey = as_rgb(picture).astype(np.float32).mean(axis=-1, keepdims=True).repeat(3, axis=-1)
    top = float(weights.max()) or 1.0
    share = np.clip(weights / top, 0, 1)
    opacity = np.minimum(share**0.6, 0.8)[..., None]
    return np.asarray(grey * (1 - opacity) + colour(share, name, 0, 1) * opacity, dtype=np.uint8)


def enlarge(values: np.ndarray, height: int, width: int) -> np.ndarray:
    """Repeat values (nearest neighbour) to the wanted size."""
    rows = np.arange(height) * values.shape[0] // height
    columns = np.arange(width) * values.shape[1] // width
    enlarged: np.ndarray = values[rows][:, columns]
    return enlarged


def sheet(
    title: str,
    note: str,
    cells: Sequence[tuple[np.ndarray, str, str]],
    columns: int,
    cell: int = 112,
    rows: Sequence[str] = (),
) -> Image.Image:
    """Lay pictures out in a grid.

    Args:
        title, note: above the grid. cells: (rgb picture, left caption, right caption).
        columns: cells in a row. cell: side of a cell in pixels. rows: captions before each row.

    """
    left = MARGIN + (80 if rows else 0)
    lines = -(-len(cells) // columns)
    width = max(left + columns * (cell + GAP) - GAP + MARGIN, 420)
    height = MARGIN + 52 + lines * (cell + LINE + GAP) + MARGIN - GAP
    image = Image.new("RGB", (width, height), GROUND)
    draw = ImageDraw.Draw(image)
    draw.text((MARGIN, MARGIN - 4), title, INK, font(17, bold=True))
    draw.text((MARGIN, MARGIN + 20), note, FAINT, font(12))
    for number, (picture, caption, value) in enumerate(cells):
        x = left + number % columns * (cell + GAP)
        y = MARGIN + 52 + number // columns * (cell + LINE + GAP)
        if rows and number % columns == 0:
            draw.text((MARGIN, y + cell / 2 - 8), rows[number // columns], INK, font(12, bold=True))
        shown = Image.fromarray(picture)
        scale = min(cell / shown.width, cell / shown.height)
        size = (max(1, round(shown.width * scale)), max(1, round(shown.height * scale)))
        image.paste(shown.resize(size, Image.Resampling.NEAREST), (x, y))
        draw.text((x, y + cell + 2), caption, FAINT, font(11))
        draw.text((x + cell, y + cell + 2), value, FAINT, font(11), anchor="ra")
    return image


def bars(title: str, note: str, rows: Sequence[tuple[str, float, str]]) -> Image.Image:
    """Draw one bar a row.

    Args:
        title, note: above the rows. rows: (name, length from 0 to 1, words at the right).

    """
    names = round(max((font(12).getlength(name) for name, _, _ in rows), default=0.0)) + 12
    values = round(max((font(12).getlength(value) for _, _, value in rows), default=0.0)) + 12
    length, tall = 300, 20
    width = max(2 * MARGIN + names + length + values, round(font(12).getlength(note)) + 2 * MARGIN)
    image = Image.new("RGB", (width, 2 * MARGIN + 52 + tall * len(rows)), GROUND)
    draw = ImageDraw.Draw(image)
    draw.text((MARGIN, MARGIN - 4), title, INK, font(17, bold=True))
    draw.text((MARGIN, MARGIN + 20), note, FAINT, font(12))
    for number, (name, share, value) in enumerate(rows):
        y, x = MARGIN + 52 + number * tall, MARGIN + names
        draw.text((MARGIN, y), name, INK, font(12))
        draw.rectangle((x, y + 3, x + max(1, round(share * length)), y + 13), BAR)
        draw.text((x + round(share * length) + 8, y), value, FAINT, font(12))
    return image


def aligned(weights: np.ndarray, asking: Sequence[str], asked: Sequence[str]) -> Image.Image:
    """Weights (queries, keys) with the tokens on the axes: those that ask at the left, the others above.

    The cells of a row are drawn from 0 to the largest of all, in the colours of attention weights.
    """
    cell, type_ = 22, font(12)
    left = round(max((type_.getlength(token) for token in asking), default=0.0)) + 10
    above = round(max((type_.getlength(token) for token in asked), default=0.0)) + 10
    image = Image.new("RGB", (left + cell * len(asked) + 1, above + cell * len(asking) + 1), GROUND)
    draw = ImageDraw.Draw(image)
    large = Image.fromarray(colour(weights, colour_map("activation"), *ends(0.0, limits(weights)[1])))
    image.paste(
        large.resize((cell * len(asked), cell * len(asking)), Image.Resampling.NEAREST), (left, above)
    )
    for number, token in enumerate(asking):
        draw.text((left - 6, above + (number + 0.5) * cell), token, INK, type_, anchor="rm")
    for number, token in enumerate(asked):
        upright = Image.new("L", (above, cell), 0)
        ImageDraw.Draw(upright).text((2, cell / 2), token, 255, type_, anchor="lm")
        upright = upright.rotate(90, expand=True)
        image.paste(INK, (left + number * cell, 0), upright)
    return image


def stacked(title: str, note: str, parts: Sequence[tuple[str, Image.Image]]) -> Image.Image:
    """Pictures of their own size side by side, each under its caption, in rows of at most 1,600 pixels."""
    rows: list[list[tuple[str, Image.Image]]] = [[]]
    for part in parts:
        width = sum(image.width + 2 * GAP for _, image in rows[-1])
        if rows[-1] and width + part[1].width > 1_600:
            rows.append([])
        rows[-1].append(part)
    heights = [max(image.height for _, image in row) + LINE + 2 * GAP for row in rows if row]
    widths = [sum(image.width + 2 * GAP for _, image in row) for row in rows]
    size = (max(round(font(12).getlength(note)), *widths) + 2 * MARGIN, MARGIN + 52 + sum(heights) + MARGIN)
    whole = Image.new("RGB", size, GROUND)
    draw = ImageDraw.Draw(whole)
    draw.text((MARGIN, MARGIN - 4), title, INK, font(17, bold=True))
    draw.text((MARGIN, MARGIN + 20), note, FAINT, font(12))
    y = MARGIN + 52
    for row, height in zip(rows, heights, strict=False):
        x = MARGIN
        for caption, image in row:
            draw.text((x, y), caption, FAINT, font(11))
            whole.paste(image, (x, y + LINE))
            x += image.width + 2 * GAP
        y += height
    return whole


def save(image: Image.Image, file: str) -> None:
    """Write a picture as PNG, or as SVG that holds it; raises `OSError`."""
    data = io.BytesIO()
    image.save(data, "PNG")
    if Path(file).suffix.lower() == ".svg":
        text = base64.b64encode(data.getvalue()).decode()
        size = f'width="{image.width}" height="{image.height}"'
        picture = f'<image {size} href="data:image/png;base64,{text}"/>'
        whole = f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{picture}</svg>\n'
        replace_file(file, whole.encode())
    else:
        replace_file(file, data.getvalue())
