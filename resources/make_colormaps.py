"""Make colormaps.npz: look-up tables (256, 3) uint8 of the colour maps the program draws with.

Usage: python resources/make_colormaps.py   (needs matplotlib)
"""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import numpy as np

NAMES = ("viridis", "inferno", "magma", "cividis", "RdBu_r")
ON_DARK = "BuRd_dark"

OKLAB = (
    ((0.2104542553, 0.7936177850, -0.0040720468),
     (1.9779984951, -2.4285922050, 0.4505937099),
     (0.0259040371, 0.7827717662, -0.8086757660)),
    ((0.4122214708, 0.5363325363, 0.0514459929),
     (0.2119034982, 0.6806995451, 0.1073969566),
     (0.0883024619, 0.2817188376, 0.6299787005)),
)  # fmt: skip
"""From cones to lightness and two chromas, and from linear sRGB to cones (Ottosson 2020)."""
BLUE, RED = 255.0, 28.0
"""Hues of the arms in degrees; people who do not tell red from green tell these apart."""
MIDDLE, END = 0.30, 0.83
"""Lightness at zero and at both ends, between which it rises evenly."""
CHROMA = ((0.0, 0.5, 1.0), (0.0, 0.15, 0.075))
"""Along an arm: fullest half-way, and paler towards the end, where sRGB has no more."""


def diverging_on_dark() -> np.ndarray:
    """Blue, dark grey, red: RdBu turned inside out, so that zero recedes on a dark ground too."""
    signed = np.linspace(-1.0, 1.0, 256)
    size = np.abs(signed)
    hue = np.radians(np.where(signed < 0, BLUE, RED))
    chroma = np.interp(size, *CHROMA)
    lab = np.stack([MIDDLE + (END - MIDDLE) * size, chroma * np.cos(hue), chroma * np.sin(hue)], axis=-1)
    to_lab, to_cones = (np.array(rows) for rows in OKLAB)
    linear = (lab @ np.linalg.inv(to_lab).T) ** 3 @ np.linalg.inv(to_cones).T
    if linear.min() < 0 or linear.max() > 1:
        raise ValueError("the scale leaves the colours of sRGB")
    encoded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    made: np.ndarray = np.round(encoded * 255).astype(np.uint8)
    return made


def main() -> None:
    tables = {name: mpl.colormaps[name](np.arange(256), bytes=True)[:, :3] for name in NAMES}
    tables[ON_DARK] = diverging_on_dark()
    out = Path(__file__).with_name("colormaps.npz")
    np.savez_compressed(out, **tables)
    print(out.name, out.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
