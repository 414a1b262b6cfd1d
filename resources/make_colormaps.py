"""Make colormaps.npz: look-up tables (256, 3) uint8 of the colour maps the program draws with.

Usage: python resources/make_colormaps.py   (needs matplotlib)
"""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import numpy as np

NAMES = ("viridis", "inferno", "magma", "cividis", "RdBu_r")


def main() -> None:
    tables = {name: mpl.colormaps[name](np.arange(256), bytes=True)[:, :3] for name in NAMES}
    out = Path(__file__).with_name("colormaps.npz")
    np.savez_compressed(out, **tables)
    print(out.name, out.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
