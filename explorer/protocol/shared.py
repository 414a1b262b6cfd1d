"""Memory that the program and its engine both see, through which large arrays travel without a pipe.

The program makes a file that has no name, hands its descriptor to the engine when it starts it, and offers it
in `Hello`. The engine copies an array in and tells where; the program lends that very memory to whoever wants
the array, and gives the room back when the last view of it is gone. Until then the engine leaves it alone, so
no array changes after it was handed out. No path is ever sent, and however either side ends nothing is left
behind: the system frees the file with the last process that holds it.
"""

from __future__ import annotations

import mmap
import os
import secrets
import stat
import sys
import tempfile
import threading
import weakref
from bisect import bisect_left, insort
from collections.abc import Callable

import numpy as np

SIZE = 256 * 2**20
"""Bytes of the pool. Pages count only once they are used."""
LEAST = 64 * 2**10
"""Arrays below this many bytes go through the pipe, which is as fast for them."""
KEPT = 16 * 2**20
"""What of the pool stays in memory when nothing is on its way."""
_START = mmap.PAGESIZE
_STEP = 64
_MARK = 16
_CHUNK = 2**20
_ZEROS = bytes(_CHUNK)


class NoPool(OSError):
    """Shared memory cannot be had here, or what is offered is none of ours; the pipe does it all."""


class Inlet:
    """The program's side: makes the pool and lends arrays out of it.

    Attributes:
        descriptor: of the file, to be handed on; −1 once it is closed. mark: what stands at its start.
        returned: called with the place of an array that nobody looks at any more, on any thread.

    Raises:
        NoPool: this system has no way to share memory without a name.

    """

    def __init__(self, size: int = SIZE) -> None:
        self.descriptor = _nameless(size)
        try:
            self._map = mmap.mmap(self.descriptor, size)
        except (OSError, ValueError) as problem:
            self.close_descriptor()
            raise NoPool(str(problem)) from None
        self.mark = secrets.token_bytes(_MARK)
        self._map[:_MARK] = self.mark
        self.returned: Callable[[int], None] = lambda _place: None

    def lend(self, place: int, size: int) -> np.ndarray:
        """The `size` bytes at a place, until the last view of them is gone.

        Raises:
            ValueError: they do not lie in the pool.

        """
        if not _START <= place <= place + size <= len(self._map):
            raise ValueError("an array lies outside the shared memory")
        # numpy has views refer to the array they come from only where that one is of no other array
        lent = np.frombuffer(self._map, np.uint8, size, place)
        weakref.finalize(lent, self._give_back, place).atexit = False
        return lent

    def _give_back(self, place: int) -> None:
        self.returned(place)

    def close_descriptor(self) -> None:
        """Close the file; the memory stays as long as it is looked at."""
        os.close(self.descriptor)
        self.descriptor = -1


class Outlet:
    """The engine's side, made from what `Hello` offers: finds room in the pool and copies arrays in.

    Raises:
        NoPool: the descriptor is not the file that the program made.

    """

    def __init__(self, descriptor: int, mark: bytes) -> None:
        try:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode) or found.st_nlink or found.st_uid != os.geteuid():
                raise NoPool("what is offered is no file without a name of this user")
            self._map = mmap.mmap(descriptor, found.st_size)
        except (OSError, ValueError, OverflowError, AttributeError) as problem:
            raise NoPool(str(problem)) from None
        if len(mark) != _MARK or self._map[:_MARK] != mark:
            raise NoPool("what is offered is another program's file")
        self._descriptor = descriptor
        self.size = found.st_size
        self._bytes = np.frombuffer(self._map, np.uint8)
        self._lock = threading.Lock()
        self._taken: list[tuple[int, int]] = []  # (start, end), sorted
        self._reserved = bytearray(-(-self.size // _CHUNK))  # 1 for each chunk that the system has set aside

    def put(self, data: memoryview) -> int | None:
        """Copy bytes in and return where they start; None when there is no room for them now."""
        with self._lock:
            start = self._room(len(data))
            if start is None or not self._reserve(start, start + len(data)):
                return None
            insort(self._taken, (start, start + len(data)))
        self._bytes[start : start + len(data)] = np.frombuffer(data, np.uint8)
        return start

    def give_back(self, place: int) -> None:
        """The array at a place is not looked at any more."""
        with self._lock:
            at = bisect_left(self._taken, (place, 0))
            if at < len(self._taken) and self._taken[at][0] == place:
                del self._taken[at]

    def trim(self) -> None:
        """Give memory that is free, but for a little, back to the system."""
        if not hasattr(mmap, "MADV_REMOVE"):
            return
        with self._lock:
            used = {n for start, end in self._taken for n in range(start // _CHUNK, -(-end // _CHUNK))}
            for number in range(KEPT // _CHUNK, len(self._reserved)):
                if self._reserved[number] and number not in used:
                    start = number * _CHUNK
                    self._map.madvise(mmap.MADV_REMOVE, start, min(_CHUNK, self.size - start))
                    self._reserved[number] = 0

    def _room(self, size: int) -> int | None:
        """The first gap between arrays that are out into which `size` bytes fit."""
        start = _START
        for taken, end in self._taken:
            if start + size <= taken:
                return start
            start = -(-end // _STEP) * _STEP
        return start if start + size <= self.size else None

    def _reserve(self, start: int, end: int) -> bool:
        """Have the system set pages aside; touching pages that it cannot give would end the process."""
        try:
            for number in range(start // _CHUNK, -(-end // _CHUNK)):
                if not self._reserved[number]:
                    first = number * _CHUNK
                    _set_aside(self._descriptor, first, min(_CHUNK, self.size - first))
                    self._reserved[number] = 1
        except OSError:
            return False
        return True


def _set_aside(descriptor: int, start: int, size: int) -> None:
    """Have pages of a file exist; what stands in them may be lost."""
    if sys.platform == "linux":
        os.posix_fallocate(descriptor, start, size)
        return
    first = os.pread(descriptor, min(size, _START - start) if start < _START else 0, start)
    os.pwrite(descriptor, first + _ZEROS[: size - len(first)], start)


def _nameless(size: int) -> int:
    """A file of `size` bytes without a name, in memory where the system can; returns its descriptor."""
    if sys.platform == "win32":
        raise NoPool("descriptors are not handed on to children there")
    try:
        in_memory = hasattr(os, "memfd_create")
        descriptor = _in_memory() if in_memory else _unlinked()
    except OSError as problem:
        raise NoPool(str(problem)) from None
    try:
        os.ftruncate(descriptor, size)
        if in_memory:
            import fcntl

            # nobody can cut it off under the other's feet
            fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW)
    except OSError as problem:
        os.close(descriptor)
        raise NoPool(str(problem)) from None
    return descriptor


def _in_memory() -> int:
    return os.memfd_create("explorer", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)


def _unlinked() -> int:
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())
