"""Generated colour pictures of one to four shapes, with the class of every pixel and a box round each shape.

Colour and texture are drawn by chance, so that only the outline tells a disc from a square or a triangle.
Shapes do not overlap, and none is cut by the border.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from explorer.engine.data.dataset import Array, Dataset
from explorer.engine.data.options import HELD_OUT_ONE_IN, random_of, require_within
from explorer.engine.data.shapes import colours, distance, shading

SIDE = 64
OUTLINES = ("disc", "square", "triangle")
CLASSES = ("ground", *OUTLINES)
MOST_SHAPES = 4
SMALLEST, LARGEST = 12.0, 32.0
"""Width of the box that a shape fits into however it is turned, in px."""
TRIES = 40
MOST = 5_000
"""5,000 pictures are 246 MB, their classes 164 MB."""
REACH = {"disc": 9.0, "square": 8.0 * math.sqrt(2), "triangle": 12.0}
"""From the middle of a shape to its farthest point in `shapes.distance`."""


@dataclass(frozen=True)
class Scene:
    """One picture and what is in it.

    Attributes:
        picture: float32 (3, 64, 64) in 0..1. classes: int64 (64, 64), 0 is the ground.
        boxes: float32 (k, 4) as x1, y1, x2, y2 in px. labels: int64 (k,), 1 to 3.

    """

    picture: Array
    classes: Array
    boxes: Array
    labels: Array


def scene(random: np.random.Generator) -> Scene:
    """Draw one picture."""
    rows = np.arange(SIDE)
    slope = random.uniform(-0.15, 0.15, 2)
    lean = (slope[0] * rows[None, :] + slope[1] * rows[:, None]) / SIDE
    ground = random.uniform(0.25, 0.75, (3, 1, 1)) * 0.3 + random.uniform(0.15, 0.6) + lean
    picture = ground + random.normal(0, 0.04, (3, SIDE, SIDE))
    classes = np.zeros((SIDE, SIDE), np.int64)
    boxes: list[tuple[float, ...]] = []
    labels: list[int] = []
    for across, down, width in _places(random):
        number = int(random.integers(len(OUTLINES)))
        size = width / 2 / REACH[OUTLINES[number]]
        left, top = max(0, math.floor(across - width / 2 - 1)), max(0, math.floor(down - width / 2 - 1))
        where = slice(top, math.ceil(down + width / 2 + 2)), slice(left, math.ceil(across + width / 2 + 2))
        angle = float(random.uniform(0, 2 * math.pi))
        x, y = _turned(rows[where[1]] - across, rows[where[0]] - down, size, angle)
        inside = distance(OUTLINES[number], x, y) * size
        cover = np.clip(0.5 - inside, 0, 1)
        shade = shading(None, x[None] * size, random)[0]
        colour = colours(bool(random.integers(2)), 1, random)[0, :, None, None] * shade
        picture[:, *where] = cover * colour + (1 - cover) * picture[:, *where]
        there = cover >= 0.5
        classes[where][there] = number + 1
        columns, lines = np.flatnonzero(there.any(0)) + left, np.flatnonzero(there.any(1)) + top
        boxes.append((columns[0], lines[0], columns[-1] + 1, lines[-1] + 1))
        labels.append(number + 1)
    return Scene(
        np.asarray(np.clip(picture, 0, 1), np.float32),
        classes,
        np.array(boxes, np.float32),
        np.array(labels, np.int64),
    )


def _places(random: np.random.Generator) -> list[tuple[float, float, float]]:
    """Middle and width of one to four shapes of which no two touch; the first always finds a place."""
    wanted = int(random.integers(1, MOST_SHAPES + 1))
    found: list[tuple[float, float, float]] = []
    for _ in range(TRIES):
        width = float(random.uniform(SMALLEST, LARGEST))
        across, down = random.uniform(width / 2, SIDE - 1 - width / 2, 2)
        if all(math.hypot(across - a, down - d) > (width + w) / 2 + 1 for a, d, w in found):
            found.append((float(across), float(down), width))
        if len(found) == wanted:
            break
    return found


def _turned(x: Array, y: Array, size: float, angle: float) -> tuple[Array, Array]:
    """Coordinates (H, W) as seen from a shape, of columns (W,) and rows (H,) in px; one unit is `size` px."""
    x, y = x[None, :], y[:, None]
    cos, sin = math.cos(angle) / size, math.sin(angle) / size
    return x * cos + y * sin, y * cos - x * sin


def drawn(examples: int, seed: int) -> list[Scene]:
    """Draw pictures; the same seed draws the same ones, whatever their number."""
    random = random_of(seed)
    return [scene(random) for _ in range(examples)]


def scenes(examples: int = 1000, seed: int = 0) -> Dataset:
    """Return pictures with the class of each of their pixels.

    Args:
        examples: Pictures in all; the last fifth is held out.
        seed: Of everything random.

    Returns:
        Inputs (examples, 3, 64, 64) in 0..1, targets (examples, 64, 64).

    Raises:
        DatasetProblem: If `examples` lies out of range.

    """
    require_within("examples", examples, HELD_OUT_ONE_IN, MOST)
    found = drawn(examples, seed)
    return Dataset(
        id="scenes",
        title="Shapes in scenes",
        inputs=np.stack([one.picture for one in found]),
        targets=np.stack([one.classes for one in found]),
        classes=CLASSES,
        axes=("C", "H", "W"),
        held_out=examples // HELD_OUT_ONE_IN,
        licence="none needed",
        source="generated by this program",
    )
