"""Weights that others have published: read safely, and matched layer by layer where names differ.

A layer of the file is matched with the layer of the design that has tensors of the same names and shapes
(`weight`, `bias`, running statistics) at the same place among all such layers: the first with the first, the
second with the second. Layers of a design count in the order in which they were written, as modules of
published code do. A safetensors file keeps its tensors sorted by name, so the order of its layers is lost:
it is only taken under the names of the design.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from explorer.engine.weights import WeightProblem
from explorer.graph.flow import Flow

MOST_BYTES = 8 * 2**30
WRAPPED = ("state_dict", "model_state_dict", "model", "params", "teacher", "net")
SORTED = ".safetensors"
PREFIX = "module."
COUNTERS = ("num_batches_tracked",)
LEAST = 0.5
"""Share of the parameters that must be found; with less it is another network."""
Layer: TypeAlias = dict[str, Tensor]


def read(path: str | os.PathLike[str]) -> dict[str, Tensor]:
    """Read a state dict from safetensors or from a checkpoint of torch; nothing in the file is run.

    Raises:
        WeightProblem: no file, too large, torn, or anything else than tensors.

    """
    name = Path(path).name
    try:
        found = os.stat(path)
        if not stat.S_ISREG(found.st_mode):
            raise WeightProblem(f"{name} is not a file.")
        if found.st_size > MOST_BYTES:
            size = found.st_size / 2**30
            raise WeightProblem(
                f"{name} has {size:.1f} GiB, more than the {MOST_BYTES / 2**30:.0f} that are read."
            )
        if name.endswith(SORTED):
            return dict(load_file(path))
        held = torch.load(path, map_location="cpu", weights_only=True)
    except WeightProblem:
        raise
    except OSError as problem:
        raise WeightProblem(f"{name} cannot be read: {problem.strerror or problem}.") from None
    except SafetensorError as problem:
        raise WeightProblem(f"{name} is no whole safetensors file: {problem}.") from None
    except Exception as problem:  # torch raises whatever a strange file makes it trip over
        first = str(problem).strip().split("\n")[0][:160]
        raise WeightProblem(
            f"{name} holds no plain tensors, or is torn; nothing was loaded. ({first})"
        ) from None
    return _tensors(held, name)


def _tensors(held: Any, name: str) -> dict[str, Tensor]:
    while isinstance(held, Mapping):
        inner = next((held[key] for key in WRAPPED if isinstance(held.get(key), Mapping)), None)
        if inner is None:
            break
        held = inner
    if not isinstance(held, Mapping):
        raise WeightProblem(f"{name} holds no state dict.")
    state = {str(k): v for k, v in held.items() if isinstance(v, Tensor)}
    if not state:
        raise WeightProblem(f"{name} holds no tensors.")
    if all(key.startswith(PREFIX) for key in state):
        state = {key.removeprefix(PREFIX): value for key, value in state.items()}
    return state


def load(
    module: nn.Module, flow: Flow, path: str | os.PathLike[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Copy published weights into a live model; returns matched keys and the rest in words.

    Args:
        module: compiled from `flow`. flow: of the design. path: see `read`.

    Raises:
        WeightProblem: the file cannot be read, or belongs to another network; nothing was changed.

    """
    theirs = read(path)
    own = module.state_dict()
    pairs = _by_name(own, theirs)
    if not pairs and Path(path).name.endswith(SORTED):
        raise WeightProblem(
            f"{Path(path).name} has other names than the design, and a safetensors file does not keep the "
            "order of its layers; nothing was loaded. As a .pth file the same weights can be matched."
        )
    pairs = pairs or _by_place(own, theirs, flow)
    parameters = {key for key, _ in module.named_parameters()}
    held = sum(own[key].numel() for key in pairs if key in parameters)
    total = sum(own[key].numel() for key in parameters)
    if held < LEAST * total:
        raise WeightProblem(
            f"{Path(path).name} holds weights of another network: {held:,} of {total:,} parameters fit; "
            "nothing was loaded."
        )
    with torch.no_grad():
        for key, other in pairs.items():
            own[key].copy_(theirs[other])
    missing = [key for key in own if key not in pairs and not key.endswith(COUNTERS)]
    left = sorted(key for key in set(theirs) - set(pairs.values()) if not key.endswith(COUNTERS))
    problems = [f"{key} {list(own[key].shape)} found nothing in the file." for key in missing]
    problems += [f"{key} {list(theirs[key].shape)} of the file found no place." for key in left]
    return tuple(pairs), tuple(problems)


def _by_name(own: Mapping[str, Tensor], theirs: Mapping[str, Tensor]) -> dict[str, str]:
    """Pairs of equal names, when the file has every name of the design; shapes may differ (another head)."""
    if any(key not in theirs for key in own if not key.endswith(COUNTERS)):
        return {}
    return {key: key for key in own if key in theirs and theirs[key].shape == own[key].shape}


def _by_place(own: Mapping[str, Tensor], theirs: Mapping[str, Tensor], flow: Flow) -> dict[str, str]:
    """Pairs of layers that are alike and have the same place among their like."""
    ranks = {address: number for number, address in enumerate(written(flow))}
    ours = sorted(_layers(own).items(), key=lambda item: _rank(item[0], ranks))
    others: dict[object, list[tuple[str, Layer]]] = {}
    for owner, layer in _layers(theirs).items():
        others.setdefault(_kind(layer), []).append((owner, layer))
    pairs: dict[str, str] = {}
    for owner, layer in ours:
        alike = others.get(_kind(layer))
        if alike:
            other, _ = alike.pop(0)
            pairs.update({_key(owner, name): _key(other, name) for name in layer})
    return pairs


def written(flow: Flow, prefix: str = "") -> Iterator[str]:
    """Addresses of all leaves in the order in which the nodes were added at every level."""
    for name in flow.graph:
        node = flow.nodes.get(name)
        if node is not None and node.inner is not None:
            yield from written(node.inner, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}"


def _rank(owner: str, ranks: Mapping[str, int]) -> int:
    while owner and owner not in ranks:
        owner = owner.rpartition(".")[0]
    return ranks.get(owner, len(ranks))


def _layers(state: Mapping[str, Tensor]) -> dict[str, Layer]:
    """Tensors by the module they belong to, in the order of the state dict."""
    found: dict[str, Layer] = {}
    for key, tensor in state.items():
        owner, _, name = key.rpartition(".")
        if name not in COUNTERS:
            found.setdefault(owner, {})[name] = tensor
    return found


def _kind(layer: Layer) -> object:
    return tuple(sorted((name, tuple(tensor.shape)) for name, tensor in layer.items()))


def _key(owner: str, name: str) -> str:
    return f"{owner}.{name}" if owner else name
