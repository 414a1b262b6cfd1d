"""How long each layer of the live model takes in a forward pass, measured where it runs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from statistics import median
from typing import Any

import torch
from torch import nn

from explorer.engine.probes import Turn, quiet
from explorer.graph.sharing import Place

WARM, LEAST = 3, 3
"""Passes before the first that counts, and how many count at the least."""
Check = Callable[[], None]


def measure(
    module: nn.Module,
    given: Sequence[torch.Tensor],
    places: Mapping[str, Place],
    passes: int,
    seconds: float,
    check: Check = lambda: None,
) -> tuple[dict[str, float], float, int]:
    """Run a model some times and return the median seconds of each layer, of the whole, and the passes.

    A layer that runs several times in a pass counts with all of its runs. The whole is measured without
    looking at layers: the sum of these is somewhat larger, by what looking costs.

    Args:
        module: the live model; its mode, statistics and torch's random state are as before.
        given: its inputs. places: where each address runs. passes: how many count, at the most.
        seconds: after which no further pass begins, once there are enough.
        check: called before every pass; what it raises goes through.

    """
    device = given[0].device if given else torch.device("cpu")
    whole: list[float] = []
    layers: dict[str, list[float]] = {address: [] for address in places}
    with quiet(module), torch.inference_mode():
        for _ in range(WARM):
            check()
            module(*given)
        end = time.perf_counter() + seconds
        while len(whole) < passes and (len(whole) < LEAST or time.perf_counter() < end):
            check()
            began = _now(device)
            module(*given)
            whole.append(_now(device) - began)
            check()
            with _clocks(module, places, device) as taken:
                module(*given)
            for address, spent in taken.items():
                layers[address].append(spent)
    found = {address: median(values) for address, values in layers.items() if values}
    return found, median(whole), len(whole)


@contextmanager
def _clocks(
    module: nn.Module, places: Mapping[str, Place], device: torch.device
) -> Iterator[dict[str, float]]:
    """Take the time that each place spends inside the block; no hook remains after it."""
    children = dict(module.named_modules())
    taken: dict[str, float] = {}
    handles: list[Any] = []
    try:
        for address, place in places.items():
            before, after = _clock(address, place, taken, device)
            handles.append(children[place.path].register_forward_pre_hook(before))
            handles.append(children[place.path].register_forward_hook(after))
        yield taken
    finally:
        for handle in handles:
            handle.remove()


def _clock(
    address: str, place: Place, taken: dict[str, float], device: torch.device
) -> tuple[Callable[[nn.Module, Any], None], Callable[[nn.Module, Any, Any], None]]:
    turn, began = Turn(place), 0.0
    counts = False

    def before(_module: nn.Module, _inputs: Any) -> None:
        nonlocal began, counts
        counts = turn.comes()
        began = _now(device)

    def after(_module: nn.Module, _inputs: Any, _output: Any) -> None:
        if counts:
            taken[address] = taken.get(address, 0.0) + _now(device) - began

    return before, after


def _now(device: torch.device) -> float:
    """Seconds, after the device has done what it was given."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()
    return time.perf_counter()
