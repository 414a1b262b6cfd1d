"""Squares cut from the photographs that ship with the program, each small and at twice the size."""

from __future__ import annotations

import numpy as np

from explorer import resources
from explorer.engine.data.dataset import Array, Dataset
from explorer.engine.data.images import read_image
from explorer.engine.data.options import HELD_OUT_ONE_IN, random_of, require_within

PHOTOS = ("astronaut", "brick", "camera", "chelsea", "coffee", "grass", "gravel", "hubble", "rocket")
PHOTO_SIDE, CROP_SIDE = 256, 64
BORDER = 192
"""Held-out crops come from the right of this column only, so that no pixel of theirs is trained on."""
MOST = 5_000
"""5,000 pairs are 307 MB."""


def photo_crops(examples: int = 1000, seed: int = 0) -> Dataset:
    """Return crops of photographs at half their size, and as they were.

    Args:
        examples: Crops in all; the last fifth is held out. The photographs take turns.
        seed: Of the places.

    Returns:
        Inputs (examples, 3, 32, 32): means over 2×2 pixels of the targets (examples, 3, 64, 64), in 0..1.

    Raises:
        DatasetProblem: If `examples` lies out of range.

    """
    require_within("examples", examples, HELD_OUT_ONE_IN, MOST)
    held_out = examples // HELD_OUT_ONE_IN
    random = random_of(seed)
    photos = [_photo(name) for name in PHOTOS]
    large = np.concatenate(
        [
            _crops([photo[:, :, :BORDER] for photo in photos], examples - held_out, random),
            _crops([photo[:, :, BORDER:] for photo in photos], held_out, random),
        ]
    )
    half = CROP_SIDE // 2
    small = large.reshape(examples, 3, half, 2, half, 2).mean((3, 5), dtype=np.float32)
    return Dataset(
        id="photo_crops",
        title="Photographs, halved",
        inputs=small,
        targets=large,
        classes=(),
        axes=("C", "H", "W"),
        held_out=held_out,
        licence="CC0 1.0 and public domain",
        source="Photographs as in the scikit-image package; see resources/data/LICENSES.md",
    )


def _photo(name: str) -> Array:
    path = resources.path("data", "photos", f"{name}.jpg")
    return read_image(path, (3, PHOTO_SIDE, PHOTO_SIDE))


def _crops(areas: list[Array], count: int, random: np.random.Generator) -> Array:
    """Cut `count` squares at random places, from each area (3, H, W) in turn: (count, 3, 64, 64)."""
    found = np.empty((count, 3, CROP_SIDE, CROP_SIDE), np.float32)
    for number in range(count):
        area = areas[number % len(areas)]
        top, left = (int(random.integers(0, size - CROP_SIDE + 1)) for size in area.shape[1:])
        found[number] = area[:, top : top + CROP_SIDE, left : left + CROP_SIDE]
    return found
