"""How good a detector is: mean average precision, from boxes as x1, y1, x2, y2. Everingham et al. 2010."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Found:
    """Boxes of one picture (k, 4), their classes (k,), and how sure they are (k,); 1 in the truth."""

    boxes: Array
    labels: Array
    scores: Array


def overlaps(one: Array, many: Array) -> Array:
    """Intersection over union of each of (n, 4) with each of (m, 4): (n, m)."""
    low = np.maximum(one[:, None, :2], many[None, :, :2])
    high = np.minimum(one[:, None, 2:], many[None, :, 2:])
    shared = np.clip(high - low, 0, None).prod(2)
    areas = [np.clip(boxes[:, 2:] - boxes[:, :2], 0, None).prod(1) for boxes in (one, many)]
    whole = areas[0][:, None] + areas[1][None, :] - shared
    return np.asarray(shared / np.maximum(whole, 1e-12))


def average_precision(truth: Sequence[Found], answers: Sequence[Found], label: int, limit: float) -> float:
    """Area under precision over recall of one class, over all pictures; NaN where the class is nowhere.

    Args:
        truth, answers: for each picture. label: the class.
        limit: overlap from which an answer counts as right; each true box can be found once.

    """
    total = sum(int((one.labels == label).sum()) for one in truth)
    if not total:
        return float("nan")
    rows: list[tuple[float, bool]] = []
    for real, said in zip(truth, answers, strict=True):
        boxes = real.boxes[real.labels == label]
        own = said.labels == label
        free = np.ones(len(boxes), dtype=bool)
        shared = overlaps(said.boxes[own], boxes)
        for number in np.argsort(-said.scores[own], kind="stable"):
            best = int(shared[number].argmax()) if len(boxes) else -1
            right = best >= 0 and bool(free[best]) and shared[number, best] >= limit
            if right:
                free[best] = False
            rows.append((float(said.scores[own][number]), right))
    rows.sort(key=lambda row: -row[0])
    right = np.cumsum([row[1] for row in rows])
    precision = right / np.arange(1, len(rows) + 1)
    precision = np.maximum.accumulate(precision[::-1])[::-1]
    gained = np.diff(right / total, prepend=0.0)
    return float((precision * gained).sum())


def mean_average_precision(truth: Sequence[Found], answers: Sequence[Found], limit: float = 0.5) -> float:
    """Mean of the average precision over the classes that are in the truth."""
    labels = np.unique(np.concatenate([one.labels for one in truth]))
    return float(np.mean([average_precision(truth, answers, int(label), limit) for label in labels]))
