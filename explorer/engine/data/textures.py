"""Crops of three real photographs: brick, grass and gravel, to be told apart by texture alone."""

from __future__ import annotations

import numpy as np

from explorer import resources
from explorer.engine.data.dataset import Array, Dataset
from explorer.engine.data.images import read_image
from explorer.engine.data.options import held_out_per_class, random_of

PHOTOS = ("brick", "grass", "gravel")
PHOTO_SIDE = 256
CROP_SIDE = 32
#: Crops for validation come from the right of this column only, so that no pixel of theirs is trained on.
_BORDER = 192


def textures(per_class: int = 750, seed: int = 0) -> Dataset:
    """Return grey crops at random places.

    Args:
        per_class: Crops of each photograph.
        seed: Of the places.

    Returns:
        Inputs (3 · per_class, 1, 32, 32) in 0..1. Every photograph is brought to the same mean (0.5) and
        contrast first, so that its brightness does not give the class away.

    Raises:
        DatasetProblem: If `per_class` lies out of range.

    """
    held_out = held_out_per_class(per_class)
    random = random_of(seed)
    crops = []
    for name in PHOTOS:
        photo = _photo(name)
        crops += [_crops(photo[:, :_BORDER], per_class - held_out, random)]
        crops += [_crops(photo[:, _BORDER:], held_out, random)]
    inputs = np.concatenate(crops)[:, None]
    labels = np.repeat(np.arange(len(PHOTOS), dtype=np.int64), per_class)
    is_held_out = np.tile(np.arange(per_class) >= per_class - held_out, len(PHOTOS))
    order = random.permutation(len(labels))
    order = np.concatenate([order[~is_held_out[order]], order[is_held_out[order]]])
    return Dataset(
        id="textures",
        title="Brick, grass, gravel",
        inputs=inputs[order],
        targets=labels[order],
        classes=PHOTOS,
        axes=("C", "H", "W"),
        held_out=held_out * len(PHOTOS),
        licence="CC0 1.0",
        source="Photographs of cc0textures.com and of linolafett, as in the scikit-image package",
    )


def _photo(name: str) -> Array:
    """Return one photograph, float32 (256, 256), with mean 0.5 and the contrast all of them get."""
    path = resources.path("data", "photos", f"{name}.jpg")
    grey = read_image(path, (1, PHOTO_SIDE, PHOTO_SIDE))[0]
    return np.asarray(np.clip(0.5 + 0.2 * (grey - grey.mean()) / grey.std(), 0, 1), dtype=np.float32)


def _crops(area: Array, count: int, random: np.random.Generator) -> Array:
    """Cut `count` squares at random places: (H, W) -> (count, 32, 32)."""
    windows = np.lib.stride_tricks.sliding_window_view(area, (CROP_SIDE, CROP_SIDE))
    tops = random.integers(0, windows.shape[0], count)
    lefts = random.integers(0, windows.shape[1], count)
    return np.ascontiguousarray(windows[tops, lefts])
