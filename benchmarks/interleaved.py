"""Time several functions in turns, so that the load of the machine hits all of them alike."""

from __future__ import annotations

import argparse
import gc
import json
import platform
import statistics
import time
from collections.abc import Callable
from pathlib import Path


def measure(cases: dict[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Milliseconds of every round of every case, after one round to warm up."""
    for run in cases.values():
        run()
    times: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(rounds):
        for name, run in cases.items():
            gc.collect()
            start = time.perf_counter()
            run()
            times[name].append((time.perf_counter() - start) * 1e3)
    return times


def report(title: str, times: dict[str, list[float]], base: str) -> dict[str, float]:
    """Print medians and ratios of medians and minima to the case `base`."""
    print(f"\n{title}")
    ratios = {}
    for name, values in times.items():
        ratios[name] = statistics.median(values) / statistics.median(times[base])
        least = min(values) / min(times[base])
        middle = statistics.median(values)
        print(f"  {name:<44} {middle:9.2f} ms   x{ratios[name]:.3f}   (of minima x{least:.3f})")
    return ratios


def arguments(rounds: int) -> argparse.Namespace:
    """The options all scripts share."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=rounds)
    parser.add_argument("--out", help="write the ratios as JSON")
    return parser.parse_args()


def keep(out: str | None, ratios: dict[str, object]) -> None:
    """Write the figures with what they were measured on."""
    if out:
        facts = {"python": platform.python_version(), "machine": platform.machine(), "ratios": ratios}
        Path(out).write_text(json.dumps(facts, indent=1) + "\n")
