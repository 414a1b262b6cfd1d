"""An input of any form as something that can be drawn: a picture, or a strip for a vector."""

from __future__ import annotations

from typing import Any

import numpy as np

from explorer.style import colours
from explorer.ui.widgets.map_view import MapView

Array = np.ndarray[Any, np.dtype[Any]]


def as_picture(values: Array) -> Array:
    """Return an input as rows × columns, or rows × columns × 3 for colour pictures in 0 … 1.

    C×H×W with other than 1 or 3 channels becomes their mean, a film its middle frame, a vector one row.
    """
    array = np.asarray(values, dtype=np.float32)
    if array.ndim == 4:
        array = array[:, array.shape[1] // 2]
    if array.ndim == 3 and array.shape[0] == 3:
        low, high = float(np.nanmin(array)), float(np.nanmax(array))
        if low < 0 or high > 1:
            array = (array - low) / ((high - low) or 1.0)
        return np.ascontiguousarray(np.moveaxis(array, 0, 2))
    if array.ndim == 3:
        mean: Array = array[0] if array.shape[0] == 1 else array.mean(axis=0)
        return mean
    return array if array.ndim == 2 else array.reshape(1, -1)


def is_picture(values: Array) -> bool:
    """Return whether an input is a picture: C×H×W with 1 or 3 channels."""
    return values.ndim == 3 and values.shape[0] in (1, 3)


def map_name(picture: Array) -> str:
    """Return the colour map of an input: grey for pictures, as activations for a row of numbers."""
    return colours.map_for("image" if picture.ndim == 3 or picture.shape[0] > 1 else "activation")


def show_in(view: MapView, values: Array | None) -> None:
    """Show an input in a map view."""
    if values is None:
        view.set_map(None)
        return
    picture = as_picture(values)
    if picture.ndim == 3:
        view.set_picture(picture)
    else:
        view.set_map(picture, map_name(picture))
