"""Make digits8.npz from the 1,797 digits of 8×8 pixels in the scikit-learn wheel.

Usage: python resources/data/make/digits8.py scikit_learn-1.9.1-….whl
"""

from __future__ import annotations

import gzip
import io
import sys
import zipfile
from pathlib import Path

import numpy as np
from balance import balanced_tail

SEED = 20260
HELD_OUT_PER_CLASS = 36


def main(wheel: str) -> None:
    with zipfile.ZipFile(wheel) as files:
        text = gzip.decompress(files.read("sklearn/datasets/data/digits.csv.gz"))
    table = np.loadtxt(io.BytesIO(text), delimiter=",").astype(np.uint8)
    images, labels = table[:, :-1].reshape(-1, 8, 8), table[:, -1]
    order = balanced_tail(labels, HELD_OUT_PER_CLASS, SEED)
    out = Path(__file__).parents[1] / "digits8.npz"
    np.savez_compressed(out, images=images[order], labels=labels[order])
    print(out.name, images.shape, np.bincount(labels).tolist(), out.stat().st_size, "bytes")


if __name__ == "__main__":
    main(sys.argv[1])
