"""Memory of the machine: how much is free, and giving back what a job has left behind."""

from __future__ import annotations

import ctypes
import gc
import sys
from collections.abc import Callable
from functools import cache

import psutil
import torch

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""Names of options in glibc's `malloc.h`."""
NOTABLE = 64 * 2**20
"""Growth in bytes from which giving back is worth its time."""


def free_memory(device: torch.device) -> int:
    """Bytes that can still be allocated on a device."""
    if device.type == "cuda":
        free, _ = torch.cuda.mem_get_info(device)
        return int(free)
    return int(psutil.virtual_memory().available)


def resident() -> int:
    """Bytes that this process holds in the machine's memory."""
    return int(_process().memory_info().rss)


def give_back() -> None:
    """Return what nothing refers to any more, from Python, torch and the C library, to the system."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    if torch.backends.mps.is_available():
        torch.mps.empty_cache()
    if (trim := _trimmer()) is not None:
        trim(0)


class Thrift:
    """Gives memory back after jobs that have left much of it behind, and only then: it takes some time."""

    def __init__(self) -> None:
        """Take what the process holds now as what it needs."""
        self._before = resident()

    def after_job(self, freed: int = 0) -> bool:
        """Give back if much was left since the last time, or so many bytes were freed; whether it did."""
        held = resident()
        self._before = min(self._before, held)
        if held - self._before + freed < NOTABLE:
            return False
        give_back()
        self._before = resident()
        return True


def reuse_pages() -> None:
    """Let the C library keep freed memory for the next job, until `give_back`.

    By default glibc maps every large tensor anew, and the first touch of each page costs more than what is
    computed with it: keeping all maps of a deep network took 2.3 times a plain forward pass, with this 1.4.
    """
    if (options := _options()) is not None:
        options(_MMAP_THRESHOLD, 32 * 2**20)  # the most that glibc takes
        options(_TRIM_THRESHOLD, 2**30)


def set_aside() -> None:
    """Keep the collector from walking what is there for good: the half million objects of torch."""
    gc.collect()
    gc.freeze()


@cache
def _process() -> psutil.Process:
    return psutil.Process()


@cache
def _trimmer() -> Callable[[int], int] | None:
    """The C library's function that returns free pages, where it has one (glibc)."""
    return _of_the_c_library("malloc_trim")


def _options() -> Callable[[int, int], int] | None:
    """The C library's function that sets how it allocates."""
    return _of_the_c_library("mallopt")


def _of_the_c_library(name: str) -> Callable[..., int] | None:
    if sys.platform != "linux":
        return None
    found = getattr(ctypes.CDLL(None), name, None)
    return found if callable(found) else None
