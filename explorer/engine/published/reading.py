"""Files of weights read safely: tensors by name, out of whatever wrapping their publishers like."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from explorer.bounds import GIB, TENSORS, WEIGHT_BYTES
from explorer.engine.published.pickles import refuse_bombs
from explorer.engine.weights import WeightProblem
from explorer.engine.weights.files import refuse_table

SORTED = ".safetensors"
WRAPPED = ("state_dict", "model_state_dict", "model", "model_ema", "ema", "params", "teacher", "net")
PREFIXES = ("module.", "_orig_mod.", "model.")


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
        if found.st_size > WEIGHT_BYTES:
            size, most = found.st_size / GIB, WEIGHT_BYTES / GIB
            raise WeightProblem(f"{name} has {size:.1f} GiB, more than the {most:.0f} that are read.")
        if name.endswith(SORTED):
            refuse_table(path)
            return _bare(dict(load_file(path)))
        with open(path, "rb") as file:
            _refuse_bombs(file, found.st_size, name)
            file.seek(0)
            held = torch.load(file, map_location="cpu", weights_only=True)
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
    return _bare(_unwrapped(held, name))


def _refuse_bombs(file: IO[bytes], size: int, name: str) -> None:
    try:
        refuse_bombs(file, size)
    except WeightProblem as problem:
        raise WeightProblem(f"{name} {problem}; nothing was loaded.") from None


def _unwrapped(held: Any, name: str) -> dict[str, Tensor]:
    for _ in WRAPPED:  # a wrapping may hold itself
        if not isinstance(held, Mapping):
            break
        inner = next((held[key] for key in WRAPPED if isinstance(held.get(key), Mapping)), None)
        if inner is None:
            break
        held = inner
    if not isinstance(held, Mapping):
        raise WeightProblem(f"{name} holds no state dict.")
    if len(held) > TENSORS:
        raise WeightProblem(f"{name} holds {len(held):,} values; {TENSORS:,} tensors are the limit.")
    state = {str(k): v for k, v in held.items() if isinstance(v, Tensor) and _is_plain(v)}
    if not state:
        raise WeightProblem(f"{name} holds no tensors.")
    return state


def _is_plain(value: Tensor) -> bool:
    """Whether a tensor has numbers of its own, as they stand: not sparse, packed, complex or without data."""
    return (
        value.layout == torch.strided
        and value.device.type == "cpu"
        and not value.is_quantized
        and not value.is_complex()
        and value.nbytes <= value.untyped_storage().nbytes()  # not one value that counts as many
    )


def _bare(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """Without what a parallel, compiled or wrapping module writes in front of every name."""
    for prefix in PREFIXES * 2:
        if state and all(key.startswith(prefix) for key in state):
            state = {key.removeprefix(prefix): value for key, value in state.items()}
    return state
