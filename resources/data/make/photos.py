"""Make the nine 256×256 photographs from the scikit-image wheel: centre square, resized, JPEG quality 88.

Usage: python resources/data/make/photos.py scikit_image-0.26.0-….whl
"""

from __future__ import annotations

import io
import sys
import zipfile
from pathlib import Path

from PIL import Image, ImageOps

SOURCES = {
    "astronaut": "astronaut.png",
    "brick": "brick.png",
    "camera": "camera.png",
    "chelsea": "chelsea.png",
    "coffee": "coffee.png",
    "grass": "grass.png",
    "gravel": "gravel.png",
    "hubble": "hubble_deep_field.jpg",
    "rocket": "rocket.jpg",
}
GREY = {"brick", "camera", "grass", "gravel"}
# Where the square is cut out of a longer picture, as (across, down) from 0 to 1: on the subject.
CENTRES = {"rocket": (0.5, 1.0), "chelsea": (0.6, 0.5)}


def main(wheel: str) -> None:
    folder = Path(__file__).parents[1] / "photos"
    folder.mkdir(exist_ok=True)
    for name, member in SOURCES.items():
        with zipfile.ZipFile(wheel) as files:
            picture = Image.open(io.BytesIO(files.read(f"skimage/data/{member}")))
        picture = picture.convert("L" if name in GREY else "RGB")
        square = ImageOps.fit(
            picture, (256, 256), Image.Resampling.LANCZOS, centering=CENTRES.get(name, (0.5, 0.5))
        )
        out = folder / f"{name}.jpg"
        square.save(out, quality=88, optimize=True)
        print(out.name, square.mode, out.stat().st_size, "bytes")


if __name__ == "__main__":
    main(sys.argv[1])
