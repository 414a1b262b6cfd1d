"""Read a picture of the user as the input of a network, and say in a sentence why it cannot be read."""

from __future__ import annotations

import os
import stat
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

import numpy as np

from explorer.bounds import PHOTO_PIXELS, PICTURE_BYTES, PICTURE_PIXELS
from explorer.engine.data.dataset import Array

if TYPE_CHECKING:
    from PIL.Image import Image

#: Only these are tried: other plug-ins of Pillow start programs (EPS) or read more than pictures.
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "PPM")
STRIP = 1_000_000
"""Pixels that are brought to 8 bits at once."""
_ORIENTATION, _LYING = 0x0112, (5, 6, 7, 8)
"""Where a camera notes how it was held, and the values for a quarter turn."""
_KINDS = "PNG, JPEG, WebP, GIF, BMP, TIFF and PPM files work."


class ImageProblem(ValueError):
    """A file cannot be used as a picture; the message is a sentence for the user."""


def read_image(path: str | os.PathLike[str], shape: tuple[int, int, int]) -> Array:
    """Read a picture, cut it to the middle, and resize it to what a network takes.

    Args:
        path: A picture file of at most 64 MB and 25 megapixels, 50 for a JPEG.
        shape: (C, H, W) of the network's input; C is 1 (grey) or 3 (red, green, blue).

    Returns:
        float32 (C, H, W), 0 = black to 1 = white. See-through parts are shown on white, the orientation
        stored by a camera is followed, and of a moving picture the first frame is taken.

    Raises:
        ImageProblem: If the file or the shape cannot be used.

    """
    name = _shown(path)
    _check_shape(name, shape)
    with _opened(path, name) as file, warnings.catch_warnings():
        # Pillow warns about odd but readable files, and of its own, lower limit for large ones
        warnings.simplefilter("ignore")
        return _decode(file, name, shape)


def _shown(path: str | os.PathLike[str]) -> str:
    """Return the name of a file for a sentence: one line, and encodable."""
    name = Path(os.fsdecode(path)).name or os.fsdecode(path) or "An empty path"
    readable = name.encode("utf-8", "replace").decode("utf-8")
    return "".join(c if c.isprintable() else "?" for c in readable)


def _check_shape(name: str, shape: tuple[int, int, int]) -> None:
    channels, height, width = shape
    if channels not in (1, 3):
        raise ImageProblem(
            f"{name} cannot feed an input of {channels} channels: a picture gives 1 (grey) or 3 (colour). "
            "Set the input to 1 or 3 channels."
        )
    if height < 1 or width < 1 or height * width > PICTURE_PIXELS:
        raise ImageProblem(
            f"{name} cannot be resized to {height}×{width} pixels. "
            f"Set the input to sides of at least 1 and at most {PICTURE_PIXELS // 10**6} million pixels."
        )


@contextmanager
def _opened(path: str | os.PathLike[str], name: str) -> Iterator[IO[bytes]]:
    """Open a regular file of sensible size; a named pipe does not make the program wait."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags)
    except FileNotFoundError:
        raise ImageProblem(f"{name} is not there any more. Choose another file.") from None
    except (OSError, ValueError) as error:
        if os.path.isdir(path):  # some systems refuse to open a folder at all
            raise ImageProblem(f"{name} is a folder. Choose a picture inside it.") from None
        reason = getattr(error, "strerror", None) or str(error)
        raise ImageProblem(f"{name} cannot be opened ({reason}). Check its name and permissions.") from None
    try:
        # before the descriptor becomes a file object, which would refuse a folder in its own words
        _check_file(name, os.fstat(descriptor))
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            yield file
    finally:
        os.close(descriptor)


def _check_file(name: str, status: os.stat_result) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise ImageProblem(f"{name} is a folder. Choose a picture inside it.")
    if not stat.S_ISREG(status.st_mode):
        raise ImageProblem(f"{name} is a pipe or a device, not a file. Choose a picture file.")
    if status.st_size == 0:
        raise ImageProblem(f"{name} is empty (0 bytes). Choose another picture.")
    if status.st_size > PICTURE_BYTES:
        raise ImageProblem(
            f"{name} has {status.st_size / 2**20:,.0f} MB; up to {PICTURE_BYTES // 2**20} MB are read. "
            "Save it smaller, or as a JPEG."
        )


def _decode(file: IO[bytes], name: str, shape: tuple[int, int, int]) -> Array:
    """Turn the bytes of a picture into an array, with one sentence for whatever goes wrong in them."""
    # imported here because listing the data sets must not need Pillow
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(file, formats=FORMATS) as picture:
            _check_pixels(name, picture, shape)
            return _fitted(picture, shape)
    except ImageProblem:
        raise
    except UnidentifiedImageError:
        raise ImageProblem(f"{name} is no picture this program can read. {_KINDS}") from None
    except Image.DecompressionBombError:
        raise ImageProblem(_too_many_pixels(name, "far more")) from None
    except MemoryError:
        raise ImageProblem(f"{name} does not fit in memory. Save it with fewer pixels.") from None
    except Exception as error:  # Pillow's plug-ins raise whatever the broken bytes make them trip over
        raise ImageProblem(
            f"{name} is damaged: its picture cannot be read to the end. Save or copy it again."
        ) from error


def _check_pixels(name: str, picture: Image, shape: tuple[int, int, int]) -> None:
    """Refuse what would take much memory; a JPEG is asked for a fraction of its size where that is enough."""
    stored = picture.size
    if picture.format != "JPEG" or stored[0] * stored[1] <= PHOTO_PIXELS:
        picture.draft("L" if shape[0] == 1 else "RGB", (2 * shape[2], 2 * shape[1]))
    if picture.size[0] * picture.size[1] > PICTURE_PIXELS:
        raise ImageProblem(_too_many_pixels(name, f"{stored[0]:,}×{stored[1]:,}"))


def _too_many_pixels(name: str, count: str) -> str:
    most = PICTURE_PIXELS // 10**6
    return f"{name} has too many pixels ({count}); up to {most} million are read. Save it smaller."


def _fitted(picture: Image, shape: tuple[int, int, int]) -> Array:
    """Return the middle of a picture as (C, H, W) in 0..1."""
    from PIL import Image, ImageOps

    channels, height, width = shape
    turned = picture.getexif().get(_ORIENTATION, 1) in _LYING
    size = (height, width) if turned else (width, height)
    # bilinear: smooth when it shrinks, and never beyond the range of the picture
    fitted = ImageOps.fit(_plain(picture, "L" if channels == 1 else "RGB"), size, Image.Resampling.BILINEAR)
    fitted.getexif()[_ORIENTATION] = picture.getexif().get(_ORIENTATION, 1)
    fitted = ImageOps.exif_transpose(fitted)
    pixels = np.asarray(fitted, dtype=np.float32).reshape(height, width, channels) / np.float32(255)
    return np.ascontiguousarray(pixels.transpose(2, 0, 1))


def _plain(picture: Image, mode: str) -> Image:
    """The picture without alpha and with 8 bits, made in strips: the steps on the way take no room each."""
    from PIL import Image

    picture.load()
    ends = _ends(picture)
    rows = max(1, STRIP // max(1, picture.width))
    if rows >= picture.height:
        return _on_white(_without_depth(picture, ends)).convert(mode)
    plain = Image.new(mode, picture.size)
    for top in range(0, picture.height, rows):
        strip = picture.crop((0, top, picture.width, min(picture.height, top + rows)))
        plain.paste(_on_white(_without_depth(strip, ends)).convert(mode), (0, top))
    return plain


def _ends(picture: Image) -> tuple[float, float]:
    """The values that become black and white in a picture of 16 or 32 bits.

    Whole numbers count from 0 to 65,535; others have no agreed range, so theirs is stretched.
    """
    if not picture.mode.startswith("F"):
        return 0.0, 65535.0
    values = np.asarray(picture)
    found = np.isfinite(values)
    if found.all():
        return float(values.min()), float(values.max())
    kept = np.where(found, values, np.float32(0))
    return float(kept.min()), float(kept.max())


def _without_depth(picture: Image, ends: tuple[float, float]) -> Image:
    """Bring pictures of 16 or 32 bits to 8 bits; Pillow would cut every value above 255."""
    from PIL import Image

    if not picture.mode.startswith(("I", "F")):
        return picture
    values = np.nan_to_num(np.asarray(picture, dtype=np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    low, high = ends
    scaled = np.clip((values - low) / ((high - low) or 1.0), 0, 1) * 255
    return Image.fromarray(np.rint(scaled).astype(np.uint8))


def _on_white(picture: Image) -> Image:
    """Lay a picture with see-through parts on white paper."""
    from PIL import Image

    if "A" not in picture.getbands() and "transparency" not in picture.info:
        return picture
    clear = picture.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", clear.size, "white"), clear)
