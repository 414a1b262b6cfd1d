"""Where fetched weights are kept: once fetched they are there without a network."""

from __future__ import annotations

from pathlib import Path

from explorer.bounds import WEIGHT_BYTES
from explorer.client.weights.download import Watch, checksum, fetch
from explorer.client.weights.publishers import Published
from explorer.folders import cache_folder


def folder() -> Path:
    """The folder of fetched weights; `EXPLORER_CACHE_DIR` overrides where it lies."""
    return cache_folder() / "weights"


def place(weights: Published) -> Path:
    """Where a file is kept or would be."""
    return folder() / weights.file


def is_here(weights: Published) -> bool:
    """Whether it was fetched before."""
    return place(weights).is_file()


def obtain(
    weights: Published,
    watch: Watch = lambda _done, _total: True,
    *,
    most: int = WEIGHT_BYTES,
) -> Path:
    """Path of the file: the kept one where it is still whole, else fetched.

    Args:
        weights: which. watch: see `download.Watch`. most: largest size in bytes.

    Raises:
        DownloadProblem, GivenUp: see `download.fetch`.

    """
    target, known = place(weights), weights.sha256
    if not target.is_file() or (known and not checksum(target).startswith(known)):
        fetch(weights.address, target, watch, sha256=known, most=most)
    return target
