"""From a flow to a live module: write the source, run it, keep the weights that still fit."""

from __future__ import annotations

import linecache
from collections.abc import Collection
from dataclasses import dataclass
from itertools import count
from typing import Any

import torch
from torch import nn

from explorer.engine.export.python import write_python
from explorer.engine.memory import free_memory
from explorer.graph.flow import Flow
from explorer.graph.sharing import place_of
from explorer.graph.tensor import Tensor

_number = count(1)
_BYTES = 4


class BuildProblem(ValueError):
    """A design that cannot become a module; the text is a sentence."""


@dataclass
class Compiled:
    """A live model with the text it was made from.

    Attributes:
        module: on the device, in train mode as torch makes it.
        source: the Python text. flow: what it was compiled from. device: where it lives.
        kept: addresses whose weights were taken over from the model before.

    """

    module: nn.Module
    source: str
    flow: Flow
    device: torch.device
    kept: tuple[str, ...] = ()

    def layer_at(self, address: str) -> nn.Module:
        """The module that runs at an address; raises `KeyError` where none does."""
        return self.module.get_submodule(place_of(self.flow, address).path)


def build_module(source: str) -> nn.Module:
    """Run generated source and return its `Model()`; tracebacks show the generated lines."""
    number = next(_number)
    filename = f"<design {number}>"
    linecache.cache.pop(f"<design {number - 2}>", None)  # only the present and the last are ever shown
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    namespace: dict[str, Any] = {"__name__": "design"}
    exec(
        compile(source, filename, "exec", dont_inherit=True), namespace
    )  # text written by us from validated names
    module = namespace["Model"]()
    if not isinstance(module, nn.Module):
        raise TypeError("the generated Model is no torch module")
    return module


def compile_flow(
    flow: Flow, name: str, device: torch.device, before: Compiled | None = None, seed: int | None = None
) -> Compiled:
    """Compile a design, keeping the weights of every layer that did not change.

    Args:
        flow: of a design without problems.
        name: of the design.
        device: where the model shall live.
        before: the model compiled from the previous revision, if any.
        seed: start of torch's generator for the new weights; the global state is left as it was.

    Raises:
        BuildProblem: the design has problems or needs more memory than the device has.

    """
    if flow.problems:
        raise BuildProblem((flow.faults or flow.problems)[0].message)
    refuse_too_large(flow, device)
    source = write_python(flow, name)
    with torch.random.fork_rng(devices=[]):
        if seed is not None:
            torch.manual_seed(seed)
        module = build_module(source)
    kept = _keep(module, flow, before) if before is not None else ()
    for address in frozen_addresses(flow):
        module.get_submodule(address).requires_grad_(False)
    return Compiled(module.to(device), source, flow, device, kept)


def frozen_addresses(flow: Flow, prefix: str = "") -> list[str]:
    """Addresses of the nodes whose weights are not trained."""
    found = []
    for node_id, node in flow.nodes.items():
        written = flow.graph[node_id]
        if written.muted or written.shares:  # the owner of shared weights is frozen whenever a sharer is
            continue
        if written.frozen:
            found.append(prefix + node_id)
        elif node.inner is not None:
            found += frozen_addresses(node.inner, f"{prefix}{node_id}.")
    return found


def refuse_too_large(flow: Flow, device: torch.device, batch: int = 1, *, training: bool = False) -> None:
    """Raise `BuildProblem` when weights and activations cannot fit, before anything is allocated.

    Training keeps a gradient and two averages beside each weight.
    """
    needed = flow.parameters * _BYTES * (4 if training else 1) + flow.activation_bytes * batch
    free = free_memory(device)
    if needed > free:
        largest = max(flow.walk(), key=lambda item: item[1].parameters * _BYTES + item[1].activation_bytes)
        raise BuildProblem(
            f"This design needs {in_words(needed)} for weights and one batch of {batch}, the device has "
            f"{in_words(free)} free. {largest[0]} takes most of it."
        )


def in_words(size: float) -> str:
    """Bytes for people: `9.1 GiB`."""
    for unit in ("bytes", "KiB", "MiB", "GiB", "TiB"):
        if size < 1024 or unit == "TiB":
            break
        size /= 1024
    return f"{size:,.0f} {unit}" if unit == "bytes" or size >= 100 else f"{size:.1f} {unit}"


def _keep(module: nn.Module, flow: Flow, before: Compiled) -> tuple[str, ...]:
    """Copy the weights of every layer whose block, fields and input tensors are as they were."""
    old = {address: (node.block, _inputs(node.inputs)) for address, node in before.flow.walk()}
    same = {a for a, node in flow.walk() if old.get(a) == (node.block, _inputs(node.inputs))}
    old_state = before.module.state_dict()
    state = module.state_dict()
    by_address: dict[str, list[str]] = {}
    for key in state:
        if (address := _owner(key, same)) is not None:
            by_address.setdefault(address, []).append(key)
    kept = []
    for address, keys in by_address.items():
        if all(key in old_state and old_state[key].shape == state[key].shape for key in keys):
            for key in keys:
                state[key].copy_(old_state[key])
            kept.append(address)
    return tuple(kept)


def _owner(key: str, addresses: Collection[str]) -> str | None:
    """The address to whose module a state-dict key belongs."""
    address = key.rpartition(".")[0]
    while address and address not in addresses:
        address = address.rpartition(".")[0]
    return address or None


def _inputs(inputs: dict[str, Tensor | None]) -> tuple[tuple[str, Tensor | None], ...]:
    return tuple(inputs.items())
