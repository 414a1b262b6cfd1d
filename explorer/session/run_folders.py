"""Folders of checkpoints under `runs`: a new one for each run, and no more of them than a disk can bear."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from explorer.bounds import RUN_BYTES, RUN_FOLDERS
from explorer.folders import state_folder

FRESH = 3600.0
"""Seconds after its last checkpoint in which a folder is never taken away: its run may still go on."""


def run_folders() -> Path:
    """Where they lie."""
    return state_folder() / "runs"


def new_folder(name: str) -> Path:
    """A folder for a run, which is not made yet; the oldest others go where there are too many."""
    sweep(run_folders())
    return run_folders() / name


def sweep(root: Path, now: float | None = None) -> None:
    """Take the oldest folders away until one more is within the bounds; what cannot be taken away stays."""
    found = sorted(((_written(path), path) for path in root.glob("*") if path.is_dir()), reverse=True)
    old = (time.time() if now is None else now) - FRESH
    room = RUN_BYTES
    for number, (written, path) in enumerate(found):
        room -= _size(path)
        if (number >= RUN_FOLDERS - 1 or room < 0) and written < old:
            shutil.rmtree(path, ignore_errors=True)


def _written(folder: Path) -> float:
    """When something was last written there."""
    try:
        return max(path.stat().st_mtime for path in (folder, *folder.glob("*")))
    except OSError:  # it goes away this moment
        return 0.0


def _size(folder: Path) -> int:
    """Bytes of the files in a folder."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size
        except OSError:
            continue
    return total
