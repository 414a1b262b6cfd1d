"""State dicts as layers: tensors that belong together, and the order in which layers follow one another."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from torch import Tensor

from explorer.graph.flow import Flow

COUNTER = "num_batches_tracked"
_USUAL = ("weight", "bias", "running_mean", "running_var")
_PACKED = re.compile(r"(^|\.)in_proj_(weight|bias)$")
State: TypeAlias = Mapping[str, Tensor]


@dataclass(frozen=True)
class Layer:
    """Tensors of one module.

    Attributes:
        owner: name of the module; of a tensor with a name of its own (a class token) that whole name.
        keys: names in the state dict by what the tensor is: `weight`, `bias`, …; `""` for one of its own.
        kind: `norm` where the weight is a vector, `weights` where it is more, `own` for a tensor of its own.

    """

    owner: str
    keys: dict[str, str]
    kind: str


def layers(state: State) -> dict[str, Layer]:
    """Layers by owner, in the order of the state dict; counters of batches are left out."""
    keys: dict[str, dict[str, str]] = {}
    for key in state:
        owner, _, name = _PACKED.sub(r"\1in_proj.\2", key).rpartition(".")
        if name in _USUAL:
            keys.setdefault(owner, {})[name] = key
        elif name != COUNTER:
            keys[key] = {"": key}
    return {owner: Layer(owner, held, _kind(held, state)) for owner, held in keys.items()}


def _kind(keys: Mapping[str, str], state: State) -> str:
    if "" in keys:
        return "own"
    first = keys.get("weight") or next(iter(keys.values()))
    return "norm" if state[first].dim() < 2 else "weights"


def natural(owner: str) -> list[str | int]:
    """Sort key that takes numbers as numbers: `layer.10` follows `layer.9`."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", owner)]


def in_running_order(found: Mapping[str, Layer], flow: Flow) -> dict[str, Layer]:
    """Layers of a design as they run; of two that could be next, the one written first is.

    So modules of published code follow one another, and adding a layer again does not change it.
    """
    ranks = {address: number for number, address in enumerate(running(flow))}

    def rank(owner: str) -> int:
        while owner and owner not in ranks:
            owner = owner.rpartition(".")[0]
        return ranks.get(owner, len(ranks))

    return dict(sorted(found.items(), key=lambda item: rank(item[0])))


def running(flow: Flow, prefix: str = "") -> Iterator[str]:
    """Addresses of all leaves in an order in which they can run."""
    for name, node in flow.nodes.items():
        if node.inner is not None:
            yield from running(node.inner, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}"
