"""From a flow to a live module: write the source, run it, go on with the weights that were there."""

from __future__ import annotations

import linecache
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import torch
from torch import nn

from explorer import words
from explorer.engine.export.parts import Leaf, parts_of
from explorer.engine.export.running import write_parts
from explorer.engine.memory import free_memory
from explorer.engine.weights import carry
from explorer.engine.weights.addresses import owner_of_name
from explorer.engine.weights.drawing import leaves_of, undrawn
from explorer.engine.weights.live import LiveWeights
from explorer.graph.flow import Flow
from explorer.graph.memory import memory_of
from explorer.graph.moves import Step
from explorer.graph.sharing import place_of

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
        leaves: what was constructed at the address of every layer. weights: its tensors.
        came: what it took over from the model before.

    """

    module: nn.Module
    source: str
    flow: Flow
    device: torch.device
    leaves: dict[str, Leaf]
    weights: LiveWeights
    came: carry.Outcome = field(default_factory=carry.Outcome)

    @property
    def layers(self) -> tuple[str, ...]:
        """Addresses of all layers that have tensors."""
        names = self.module.state_dict()
        return tuple(dict.fromkeys(owner_of_name(name, self.leaves) for name in names))

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
    flow: Flow,
    name: str,
    device: torch.device,
    before: Compiled | None = None,
    seed: int | None = None,
    *,
    moves: Iterable[Step] = (),
    fit: bool = True,
) -> Compiled:
    """Compile a design and go on with the weights that are there.

    Args:
        flow: of a design without problems.
        name: of the design.
        device: where the model shall live.
        before: the model compiled from the previous revision, if any; the new one takes its tensors.
        seed: for the weights that are drawn anew, each layer by itself; without one torch's random state
            decides, which is left as it was in any case.
        moves: how addresses have moved since `before` was compiled.
        fit: whether a layer that changed size takes over what fits.

    Raises:
        BuildProblem: the design has problems or needs more memory than the device has.

    """
    if flow.problems:
        raise BuildProblem((flow.faults or flow.problems)[0].message)
    refuse_too_large(flow, device)
    parts = parts_of(flow, name)
    source = write_parts(parts, name)
    with torch.random.fork_rng(devices=[]), undrawn():
        drawn_from = int(torch.randint(2**62, (), device="cpu")) if seed is None else seed
        module = build_module(source)
    made = Compiled(module, source, flow, device, leaves_of(parts), LiveWeights(module))
    if before is None:
        made.came = carry.begin(made, drawn_from)
    else:
        made.came = carry.carry(made, before, moves, drawn_from, fit=fit)
    for address in frozen_addresses(flow):
        module.get_submodule(address).requires_grad_(False)
    module.to(device)
    return made


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
    values = memory_of(flow)
    needed = flow.parameters * _BYTES * (4 if training else 1)
    needed += (values.training if training else values.forward) * batch
    free = free_memory(device)
    if needed > free:
        largest = max(flow.walk(), key=lambda item: item[1].parameters * _BYTES + item[1].activation_bytes)
        raise BuildProblem(
            f"This design needs {words.memory(needed)} for weights and one batch of {batch}, the device has "
            f"{words.memory(free)} free. {largest[0]} takes most of it."
        )
