"""Which input values the answer depends on: the record, its figures, its pictures. Pure numpy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from explorer import words
from explorer.style import colours
from explorer.ui.probing.sample_picture import as_picture, is_picture

Array = np.ndarray[Any, np.dtype[Any]]

METHODS = (
    ("saliency", "Saliency"),
    ("integrated_gradients", "Integrated gradients"),
    ("grad_cam", "Grad-CAM"),
)


@dataclass(frozen=True, eq=False)
class Importance:
    """The importance of every input value for one target.

    Attributes:
        method: one of `METHODS`. input: as the network got it.
        values: signed, of the input's shape; for Grad-CAM (frames, h, w), not negative.
        target: in words. answers: units of the answer with their numbers, the strongest first.
        delta: how much of the score integrated gradients miss. address: of the layer of Grad-CAM.

    """

    method: str
    input: Array
    values: Array
    target: str
    answers: tuple[tuple[str, float], ...] = ()
    delta: float | None = None
    address: str = ""

    @property
    def is_signed(self) -> bool:
        """Whether values speak for and against the class."""
        return self.method != "grad_cam"

    @property
    def map(self) -> Array:
        """The values as rows × columns: colour channels are added up."""
        array = np.asarray(self.values, dtype=np.float32)
        if array.ndim >= 3:
            total: Array = array.reshape(-1, *array.shape[-2:]).sum(axis=0)
            return total
        return array if array.ndim == 2 else array.reshape(1, -1)

    @property
    def is_row(self) -> bool:
        """Whether the input is a plain list of numbers."""
        return self.values.ndim == 1

    def title(self) -> str:
        """Return what the map shows: `Grad-CAM for 7, at conv2`."""
        name = dict(METHODS).get(self.method, self.method)
        where = f", at {self.address}" if self.method == "grad_cam" and self.address else ""
        return f"{name} for {self.target}{where}"


def over_picture(importance: Importance) -> Array | None:
    """Return the input in grey under the map as rows × columns × 3; None when it is no picture."""
    if not is_picture(importance.input):
        return None
    picture, values = as_picture(importance.input), importance.map
    if not importance.is_signed:
        return colours.overlay(picture, values, colours.map_for("attention"))
    grey = colours.overlay(picture, np.zeros_like(values)).astype(np.float32)
    finite = np.nan_to_num(values)
    share = np.abs(finite) / (float(np.abs(finite).max()) or 1.0)
    opacity = np.minimum(share**0.6, 0.8)[..., None]
    colour = colours.rgb(values, colours.map_for("signed")).astype(np.float32)
    mixed: Array = np.clip(grey * (1 - opacity) + colour * opacity + 0.5, 0, 255).astype(np.uint8)
    return mixed


def extremes(importance: Importance) -> list[tuple[str, str]]:
    """Return where most speaks for and against the class, and the sum."""
    values = np.nan_to_num(importance.map)
    high, low = int(values.argmax()), int(values.argmin())
    found = [("Most for it" if importance.is_signed else "Strongest", _at(importance, values, high))]
    if importance.is_signed and values.flat[low] < 0:
        found.append(("Most against it", _at(importance, values, low)))
    if importance.is_signed:
        found.append(("Sum", words.number(float(values.sum()))))
    return found


def _at(importance: Importance, values: Array, index: int) -> str:
    row, column = divmod(index, values.shape[1])
    place = f"value {column}" if importance.is_row else f"row {row}, column {column}"
    return f"{words.number(float(values.flat[index]), 2)} at {place}"


def explanation(importance: Importance) -> str:
    """Return in a sentence or two what the numbers mean; for integrated gradients how complete they are."""
    if importance.method == "saliency":
        return "How the score would change if a value grew a little: red raises it, blue lowers it."
    if importance.method == "grad_cam":
        layer = importance.address or "the layer"
        return f"Where the maps of {layer} speak for the class, weighted by the mean slope of each map."
    meaning = "What each value adds to the score on the way from an empty input: red for, blue against."
    return f"{meaning} {completeness(importance)}".strip()


def completeness(importance: Importance) -> str:
    """Return how much of the score the values account for."""
    if importance.delta is None:
        return ""
    total = abs(float(np.nan_to_num(importance.values).sum()))
    share = importance.delta / ((total + importance.delta) or 1.0)
    missing = words.number(importance.delta, 2)
    if share > 0.05:
        return (
            f"They miss {missing} of the score's change ({words.percent(share)}); more steps would find it."
        )
    if share < 5e-4:
        return "They add up to the score's change."
    return f"They add up to the score's change but for {missing} ({words.percent(share)})."
