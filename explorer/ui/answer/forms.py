"""Answers in words and pictures: pure functions from what the engine sent to what is drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from explorer import words
from explorer.protocol.records import Output
from explorer.ui.probing.sample_picture import as_picture
from explorer.ui.widgets.box_view import Found

Array = np.ndarray[Any, np.dtype[Any]]
MOST_BARS, MOST_STEPS = 10, 64
WASH = 0.62
"""How much of a class's colour lies over the picture."""
Colour = Callable[[int], tuple[int, int, int]]


def class_name(output: Output, index: int) -> str:
    """Return the name of a class, `class 7` where it has none."""
    return output.names[index] if 0 <= index < len(output.names) else f"class {index}"


def headline(output: Output) -> str:
    """Return what an output is: `21×64×96 · the class of every place`."""
    size = "×".join(map(str, output.shape)) or "1"
    counts = {
        "classes": f"{words.plural(output.shape[0], 'class', 'classes')}, as probabilities",
        "next": f"what comes behind the last token, of {words.plural(output.shape[-1], 'token')}",
        "shares": f"{words.plural(output.shape[0], 'output')}, each a share from 0 to 1",
        "words": f"the likeliest class of each step, of {output.shape[-1]:,}",
        "boxes": f"{words.plural(len(output.values), 'box', 'boxes')} found",
        "regions": "the class of every place, over the input",
        "picture": "a picture, beside the input",
        "film": f"{words.plural(output.shape[1] if len(output.shape) == 4 else 0, 'frame')}",
        "rows": f"{words.plural(output.shape[0], 'row')} one after another",
        "maps": f"{words.plural(output.shape[0], 'map')}",
        "numbers": words.plural(int(output.values.size), "number"),
    }
    said = counts[output.form]
    return said if output.form in ("classes", "shares", "numbers", "next") else f"{size} · {said}"


def bars(output: Output) -> list[tuple[str, float]]:
    """Return what stands beside the picture as bars: classes, found boxes, shares of places."""
    if output.form == "boxes":
        found = zip(output.labels, output.scores, strict=True)
        return [(class_name(output, label), score) for label, score in found][:MOST_BARS]
    if output.form == "words":
        found = zip(output.values, output.scores, strict=True)
        said = [(class_name(output, int(kind)), score) for kind, score in found][:MOST_STEPS]
        return [(f"step {step}: {name}", score) for step, (name, score) in enumerate(said)]
    values = np.asarray(output.scores if output.form == "regions" else output.values, dtype=np.float64)
    if output.form not in ("regions", "classes", "shares", "next"):
        return []
    order = np.argsort(-values, kind="stable")[:MOST_BARS]
    return [
        (class_name(output, int(i)), float(values[i]))
        for i in order
        if values[i] > 0 or output.form != "regions"
    ]


def found(output: Output) -> list[Found]:
    """Return the boxes of an output as they are drawn."""
    made = []
    for number, (label, score) in enumerate(zip(output.labels, output.scores, strict=True)):
        left, top, right, bottom = (float(n) for n in output.values[number])
        mask = None if output.masks is None else output.masks[number]
        text = f"{class_name(output, label)} {score:.2f}"
        made.append(Found((left, top, right, bottom), label, text, mask))
    return made


def washed(picture: Array, regions: Array, colour: Colour) -> Array:
    """Return a picture in grey under the colours of classes, as rows × columns × 3 uint8.

    Args:
        picture: the input, of any size. regions: (h, w) class of every place. colour: of a class.

    """
    base = as_picture(picture)
    grey = base.mean(axis=2) if base.ndim == 3 else base
    low, high = float(np.nanmin(grey)), float(np.nanmax(grey))
    grey = (np.nan_to_num(grey) - low) / ((high - low) or 1.0) * 255.0
    rows = np.arange(regions.shape[0]) * grey.shape[0] // regions.shape[0]
    columns = np.arange(regions.shape[1]) * grey.shape[1] // regions.shape[1]
    under = grey[np.ix_(rows, columns)][..., None]
    over = np.zeros((*regions.shape, 3))
    for kind in np.unique(regions):
        over[regions == kind] = colour(int(kind))
    mixed: Array = np.clip(under * (1 - WASH) + over * WASH + 0.5, 0, 255).astype(np.uint8)
    return mixed
