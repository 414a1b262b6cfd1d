"""Pictures of the window small enough for a repository: at most 80 KB, as many colours as that allows."""

from __future__ import annotations

import io
from itertools import product
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QPixmap

MOST_BYTES = 80_000


def _palette(picture: Image.Image, colours: int) -> Image.Image:
    """A quarter of the colours are the most frequent ones as they are, so that grounds keep their shade."""
    counted = picture.getcolors(picture.width * picture.height) or []
    frequent = [colour for _, colour in sorted(counted, reverse=True)[: colours // 4]]
    rest = picture.quantize(colours - len(frequent), method=Image.Quantize.MEDIANCUT)
    numbers = [part for colour in frequent for part in colour]  # type: ignore[union-attr]
    palette = Image.new("P", (1, 1))
    palette.putpalette((numbers + list(rest.getpalette() or []))[: 3 * colours])
    return palette


def keep(picture: QPixmap, path: Path) -> None:
    """Write a picture as PNG with a palette."""
    held = QBuffer()
    held.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(held, "PNG")
    full = Image.open(io.BytesIO(held.data().data())).convert("RGB")
    for scale, colours in product((1.0, 0.85, 0.7, 0.55), (256, 128, 64)):
        size = round(full.width * scale), round(full.height * scale)
        small = full if scale == 1.0 else full.resize(size, Image.Resampling.LANCZOS)
        written = io.BytesIO()
        flat = small.quantize(palette=_palette(small, colours), dither=Image.Dither.NONE)
        flat.save(written, "PNG", optimize=True)
        if written.tell() <= MOST_BYTES:
            break
    path.write_bytes(written.getvalue())
