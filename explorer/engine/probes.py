"""Looking at what flows through a live model, without leaving a trace.

Every probe is a context manager: no hook remains after it, whatever happened inside; the model's
mode, its batch-norm statistics and torch's random state are as before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn

from explorer.graph.sharing import Place

Reduce = Callable[[str, torch.Tensor], Any]


class Turn:
    """Counts the calls of a module with shared weights and says which ones are those of one place."""

    def __init__(self, place: Place) -> None:
        self._place, self._calls = place, 0

    def comes(self) -> bool:
        """Count a call; whether it is this place's."""
        number = self._calls % self._place.uses
        self._calls += 1
        return number == self._place.use


@contextmanager
def quiet(module: nn.Module) -> Iterator[None]:
    """Eval mode inside; modes and random state restored after."""
    trained = [child for child in module.modules() if child.training]
    for child in trained:  # most of the time there are none, and nothing is walked twice
        child.training = False
    devices = [torch.cuda.current_device()] if torch.cuda.is_available() else []
    try:
        with torch.random.fork_rng(devices=devices):
            yield
    finally:
        for child in trained:
            child.training = True


@contextmanager
def outputs(
    module: nn.Module, addresses: Sequence[str] | Mapping[str, Place], reduce: Reduce | None = None
) -> Iterator[dict[str, Any]]:
    """Collect the outputs of the modules at `addresses` during forward passes inside the block.

    Args:
        module: the live model.
        addresses: names of submodules, or where each address runs (see `explorer.graph.sharing`) in a model
            with shared weights; unknown ones raise `KeyError` before any hook is set.
        reduce: called with address and output as soon as it is there, on its device, so that large
            maps need not all be kept; by default the tensor itself is.

    Yields:
        A dict filled by each forward pass; modules with several outputs give their first.

    """
    children = dict(module.named_modules())
    places = addresses if isinstance(addresses, Mapping) else {name: Place(name) for name in addresses}
    missing = [address for address, place in places.items() if place.path not in children]
    if missing:
        raise KeyError(f"there is no module at {missing[0]}")
    found: dict[str, Any] = {}
    handles = []

    def keep(address: str, place: Place) -> Callable[[nn.Module, Any, Any], None]:
        turn = Turn(place)

        def hook(_module: nn.Module, _inputs: Any, output: Any) -> None:
            if not turn.comes():
                return
            tensor = output if isinstance(output, torch.Tensor) else output[0]
            found[address] = reduce(address, tensor) if reduce is not None else tensor

        return hook

    try:
        for address, place in places.items():
            handles.append(children[place.path].register_forward_hook(keep(address, place)))
        yield found
    finally:
        for handle in handles:
            handle.remove()


def hooks_left(module: nn.Module) -> Mapping[str, int]:
    """Modules that still carry hooks or probes, for tests and for the engine's own check."""
    return {
        name: count
        for name, child in module.named_modules()
        if (
            count := len(child._forward_hooks)
            + len(child._backward_hooks)
            + len(child._forward_pre_hooks)
            + (getattr(child, "probe", None) is not None)
        )
    }
