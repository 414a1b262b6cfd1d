"""Writing a file so that either the old or the new one is there, whatever happens meanwhile.

Everything the program writes for people goes through here: a full disk, a folder without permission, a kill
or a power cut leaves the old file as it was and nothing torn beside it.
"""

from __future__ import annotations

import os
import stat
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

TRIES, PAUSE = 6, 0.05
"""On Windows a scanner may hold a new file for a moment; the pauses grow and last three seconds in all."""


def replace_file(path: str | os.PathLike[str], data: bytes) -> None:
    """Write bytes as the whole file; raises `OSError`. A link stays a link, permissions stay as they were."""
    with replacing(path) as temporary, open(temporary, "wb") as file:
        file.write(data)


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a path beside the target to write to; flushed to disk it takes the target's place at the end.

    After an exception inside, which goes on, the target is as it was.

    Raises:
        OSError: the folder is missing, full or protected, or something else than a file has that name.

    """
    try:
        target = Path(os.path.realpath(path))
    except ValueError:
        raise OSError(None, "no file can have such a name") from None
    if target.exists() and not target.is_file():
        raise FileExistsError(None, "there is something else of that name, not a file")
    handle, name = tempfile.mkstemp(prefix=f".{target.name[:100]}.", dir=target.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        flush(temporary)
        os.chmod(temporary, usual_mode(target))
        swap(temporary, target)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def flush(path: Path) -> None:
    """See to it that a file is on the disk; raises `OSError`."""
    with open(path, "r+b") as file:  # Windows flushes only what may be written to
        os.fsync(file.fileno())


def swap(source: str | os.PathLike[str], target: str | os.PathLike[str]) -> None:
    """Rename a file or folder over another of its kind; waits for who reads it a moment on Windows."""
    for tried in range(TRIES):
        try:
            os.replace(source, target)
            return
        except PermissionError:
            if sys.platform != "win32" or tried == TRIES - 1:
                raise
            time.sleep(PAUSE * 2**tried)


def refuse_unwritable(folder: str | os.PathLike[str]) -> None:
    """Make a folder and try to write into it; raises `OSError` before anything is computed."""
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".trial.", dir=place)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(bytes(TRIAL))
            file.flush()
            os.fsync(file.fileno())
    finally:
        os.unlink(name)


TRIAL = 256 * 1024
"""Bytes of a trial: a disk that has no room for them has none for anything."""


def usual_mode(target: Path) -> int:
    """Permissions of the file that is replaced, or what new files get."""
    if target.exists():
        return stat.S_IMODE(target.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
