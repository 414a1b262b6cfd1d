"""Arrays as pictures: colour maps, ranges, overlays; nearest neighbour, NaN in sight.

A signed map has a white middle in the light theme and a dark one in the dark theme, whatever draws it: zero
stands back from the ground, and what is far from it stands out. Files that are written without a window have
the light one (see `explorer.cli.pictures`).
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBitmap, QBrush, QColor, QImage, QPainter, QRegion

from explorer import resources
from explorer.meaning.scales import colour_map, use_of
from explorer.style.theme import theme

Array = np.ndarray[Any, np.dtype[Any]]

MAGENTA = (255, 0, 255)


def map_for(use: str) -> str:
    """Return the map of a use: activation, attention, gradient, signed, signedOnDark, image or cost."""
    return colour_map(use)


def map_of(low: float, high: float) -> str:
    """Return the colour map of values between two ends (see `explorer.meaning.scales`)."""
    return colour_map(use_of(low, high))


def table(name: str) -> Array:
    """Return a colour map as 256 × 3 uint8, a signed one as it suits the theme."""
    return _stored(map_for("signedOnDark") if is_signed(name) and theme().mode == "dark" else name)


@cache
def _stored(name: str) -> Array:
    if name == "gray":
        return np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
    with np.load(resources.path("colormaps.npz")) as maps:
        return np.ascontiguousarray(maps[name])


def is_signed(name: str) -> bool:
    """Return whether a map is diverging and must be centred on 0."""
    return name == map_for("signed")


def limits(values: Array, name: str) -> tuple[float, float]:
    """Return the range a map shows: from 0 for magnitudes, symmetric for signed values."""
    finite = values[np.isfinite(values)]
    if finite.size == 0:
        return 0.0, 1.0
    low, high = float(finite.min()), float(finite.max())
    if is_signed(name):
        bound = max(abs(low), abs(high)) or 1.0
        return -bound, bound
    low = min(low, 0.0)
    return (low, high) if high > low else (low, low + 1.0)


def indices(values: Array, low: float, high: float) -> Array:
    """Return the position of each value in a colour map; values that are not finite count as low."""
    span = (high - low) or 1.0
    scaled = (np.nan_to_num(values.astype(np.float32), nan=low, posinf=high, neginf=low) - low) / span
    return np.asarray(np.clip(scaled * 255.0 + 0.5, 0, 255), dtype=np.uint8)


def rgb(values: Array, name: str, low: float | None = None, high: float | None = None) -> Array:
    """Return a 2-D array as H × W × 3 uint8; NaN is magenta."""
    lower, upper = limits(values, name)
    picture: Array = table(name)[
        indices(values, lower if low is None else low, upper if high is None else high)
    ]
    missing = np.isnan(values)
    if missing.any():
        picture = picture.copy()
        picture[missing] = MAGENTA
    return picture


def image_of_rgb(picture: Array) -> QImage:
    """Return an H × W × 3 uint8 array as an image that owns its bytes."""
    data = np.ascontiguousarray(picture)
    height, width = data.shape[:2]
    return QImage(data.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def image(values: Array, name: str, low: float | None = None, high: float | None = None) -> QImage:
    """Return a 2-D array (or H × W × 3 colour picture in 0…1 or uint8) as one pixel per value."""
    if values.ndim == 3:
        picture = values if values.dtype == np.uint8 else (np.clip(values, 0, 1) * 255 + 0.5).astype(np.uint8)
        return image_of_rgb(picture)
    return image_of_rgb(rgb(values, name, low, high))


def nan_mask(values: Array) -> QImage | None:
    """Return a one-bit mask of the NaN cells, or None where there are none."""
    if values.ndim != 2 or not np.isnan(values).any():
        return None
    mask = np.where(np.isnan(values), 0, 255).astype(np.uint8)
    height, width = mask.shape
    gray = QImage(mask.tobytes(), width, height, width, QImage.Format.Format_Grayscale8)
    return gray.convertToFormat(QImage.Format.Format_Mono)


def overlay(picture: Array, weights: Array, name: str = "inferno") -> Array:
    """Return a picture in grey under a map; opacity = weight^0.6, at most 0.8.

    ``weights`` may be coarser than ``picture``: each of its cells covers the patch it stands for.
    """
    base = picture.mean(axis=2) if picture.ndim == 3 else picture
    base = np.nan_to_num(base.astype(np.float32))
    span = float(base.max() - base.min()) or 1.0
    base = (base - base.min()) / span
    rows = np.arange(base.shape[0]) * weights.shape[0] // base.shape[0]
    columns = np.arange(base.shape[1]) * weights.shape[1] // base.shape[1]
    known = np.nan_to_num(weights.astype(np.float32), posinf=0.0, neginf=0.0)
    scaled = known / (max(float(known.max()), 0.0) or 1.0)
    fine = np.clip(scaled, 0, 1)[np.ix_(rows, columns)]
    opacity = np.minimum(fine**0.6, 0.8)[..., None]
    colour = table(name)[indices(fine, 0.0, 1.0)].astype(np.float32)
    grey = np.repeat(base[..., None] * 255.0, 3, axis=2)
    return np.asarray(np.clip(grey * (1 - opacity) + colour * opacity + 0.5, 0, 255), dtype=np.uint8)


def paint(painter: QPainter, target: QRectF, picture: QImage, mask: QImage | None = None) -> None:
    """Draw a picture in nearest neighbour; hatch what ``mask`` marks as NaN."""
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    painter.drawImage(target, picture)
    if mask is None:
        return
    size = target.toAlignedRect().size()
    stencil = mask.scaled(
        size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.FastTransformation
    )
    painter.save()
    painter.setClipRegion(
        QRegion(QBitmap.fromImage(stencil)).translated(target.toAlignedRect().topLeft()),
        Qt.ClipOperation.IntersectClip,
    )
    painter.fillRect(target, QBrush(QColor(Qt.GlobalColor.white), Qt.BrushStyle.BDiagPattern))
    painter.restore()
