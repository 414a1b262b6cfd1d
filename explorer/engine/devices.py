"""Which device computes, and with how many threads."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

import psutil
import torch


class DeviceProblem(ValueError):
    """A device that is not there; the text is a sentence."""


def available() -> tuple[str, ...]:
    """Devices that could be used, the best first; the CPU is always among them."""
    found = []
    if torch.cuda.is_available():
        found += (
            ["cuda"]
            if torch.cuda.device_count() == 1
            else [f"cuda:{n}" for n in range(torch.cuda.device_count())]
        )
    if torch.backends.mps.is_available():
        found.append("mps")
    return (*found, "cpu")


def choose(wanted: str = "auto") -> torch.device:
    """Return the wanted device, or with `auto` the best; raises `DeviceProblem`."""
    have = available()
    if wanted == "auto":
        return torch.device(have[0])
    if wanted not in have and not (wanted == "cuda" and have[0].startswith("cuda")):
        raise DeviceProblem(f"There is no device “{wanted}” here; there is {', '.join(have)}.")
    return torch.device(wanted)


def cores() -> int:
    """Cores that this process may use: batch systems and containers often give fewer than there are."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 2


def give_way() -> None:
    """Let the program that shows the results go first where both want a core; alone it is as fast as ever."""
    process = psutil.Process()
    with suppress(psutil.Error, OSError):
        lower = psutil.BELOW_NORMAL_PRIORITY_CLASS if sys.platform == "win32" else max(process.nice(), 5)
        process.nice(lower)


def set_threads() -> int:
    """Leave one core to the program that shows the results: more threads than free cores collapse torch."""
    threads = max(1, cores() - 1)
    torch.set_num_threads(threads)
    return threads
