"""The exported file of every network of the gallery, from the resolved design."""

from __future__ import annotations

import time
from collections.abc import Callable

import interleaved
import torch

from explorer.architectures.gallery import find, gallery
from explorer.blocks.registry import registry
from explorer.engine.compile import build_module
from explorer.engine.export.design import study
from explorer.graph.resolve import Resolver

GOAL = 1_000.0
"""Milliseconds for any network: its sizes tried, its text written."""


def export(name: str) -> tuple[str, float]:
    """The file, and the processor time of the export in milliseconds; building the document is left out."""
    resolver, entry = Resolver(registry()), find(name)
    document = entry.build(resolver=resolver)
    flow = resolver.resolve(document)
    start = time.process_time()
    source = study(document, flow, resolver, entry.options).source
    return source, (time.process_time() - start) * 1e3


def against_building(name: str, rounds: int) -> dict[str, float]:
    """One network in turns with making its module without values."""
    source, _ = export(name)

    def built() -> object:
        with torch.device("meta"):
            return build_module(source)

    cases: dict[str, Callable[[], object]] = {
        "build the module": built,
        "build, resolve and export": lambda: export(name),
    }
    return interleaved.report(name, interleaved.measure(cases, rounds), "build the module")


def main() -> None:
    options = interleaved.arguments(3)
    torch.set_num_threads(1)
    export("lenet5_modern")  # imports
    times = {name: min(export(name)[1] for _ in range(options.rounds)) for name in gallery()}
    slowest = sorted(times, key=lambda name: -times[name])[:8]
    print(f"{len(times)} networks, processor time of an export; goal {GOAL:g} ms")
    for name in slowest:
        print(f"  {name:32s} {times[name]:7.0f} ms")
    figures: dict[str, object] = {
        "networks": len(times),
        "slowest_ms": {name: round(times[name]) for name in slowest},
        "median_ms": round(sorted(times.values())[len(times) // 2]),
        "within_goal": max(times.values()) < GOAL,
    }
    figures["resnet50"] = against_building("resnet50", options.rounds)
    interleaved.keep(options.out, figures)


if __name__ == "__main__":
    main()
