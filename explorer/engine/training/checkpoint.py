"""Checkpoints: safetensors and JSON, no pickle; written so that a crash leaves the last one whole."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import msgspec
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import nn

from explorer.protocol.records import TrainSettings

KEPT = 2


class CheckpointProblem(ValueError):
    """A checkpoint that cannot be used; the text is a sentence."""


class Facts(msgspec.Struct, frozen=True):
    """What a checkpoint says of its run, beside the tensors."""

    run: str
    step: int
    epoch: int
    seconds: float
    settings: TrainSettings
    losses: list[float] = []


def write(directory: Path, facts: Facts, module: nn.Module, optimiser: torch.optim.Optimizer) -> Path:
    """Write a checkpoint folder `step-N` under `directory`, then drop all but the newest two."""
    final = directory / f"step-{facts.step:08d}"
    temporary = directory / f".writing-{os.getpid()}"
    for torn in directory.glob(".writing-*"):  # what a process left that was killed while it wrote
        shutil.rmtree(torn, ignore_errors=True)
    temporary.mkdir(parents=True)
    save_file(_plain(module.state_dict()), temporary / "model.safetensors")
    tensors, scalars = _flatten(optimiser)
    tensors["rng"] = torch.random.get_rng_state()
    save_file(tensors, temporary / "optimiser.safetensors")
    (temporary / "facts.json").write_bytes(msgspec.json.encode(facts))
    (temporary / "optimiser.json").write_text(json.dumps(scalars), encoding="utf-8")
    for file in temporary.iterdir():
        with file.open("r+b") as handle:  # Windows flushes only what may be written to
            os.fsync(handle.fileno())
    shutil.rmtree(final, ignore_errors=True)
    temporary.rename(final)
    for old in sorted(directory.glob("step-*"))[:-KEPT]:
        shutil.rmtree(old, ignore_errors=True)
    return final


def newest(directory: Path) -> Path | None:
    """The newest complete checkpoint under `directory`, or None."""
    found = sorted(path for path in directory.glob("step-*") if (path / "facts.json").is_file())
    return found[-1] if found else None


def read_facts(path: Path) -> Facts:
    """Read what a checkpoint says of itself; raises `CheckpointProblem`."""
    try:
        return msgspec.json.decode((path / "facts.json").read_bytes(), type=Facts)
    except (OSError, msgspec.DecodeError) as problem:
        raise CheckpointProblem(f"The checkpoint {path.name} cannot be read: {problem}.") from None


def restore(path: Path, module: nn.Module, optimiser: torch.optim.Optimizer) -> None:
    """Put model, optimiser and random state back as they were; raises `CheckpointProblem`."""
    try:
        state = load_file(path / "model.safetensors")
        module.load_state_dict(state)
        tensors = load_file(path / "optimiser.safetensors")
        scalars = json.loads((path / "optimiser.json").read_text(encoding="utf-8"))
        torch.random.set_rng_state(tensors.pop("rng"))
        optimiser.load_state_dict(_unflatten(tensors, scalars))
    except (OSError, SafetensorError, ValueError, TypeError, KeyError, RuntimeError) as problem:
        first = str(problem).splitlines()[0] if str(problem) else type(problem).__name__
        raise CheckpointProblem(f"The checkpoint {path.name} does not fit this design: {first}") from None


def _plain(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {key: value.detach().cpu().contiguous().clone() for key, value in state.items()}


def _flatten(optimiser: torch.optim.Optimizer) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
    state = optimiser.state_dict()
    tensors: dict[str, torch.Tensor] = {}
    scalars: dict[str, dict[str, Any]] = {}
    for number, values in state["state"].items():
        for key, value in values.items():
            if isinstance(value, torch.Tensor):
                tensors[f"{number}.{key}"] = value.detach().cpu().contiguous().clone()
            else:
                scalars.setdefault(str(number), {})[key] = value
    groups = [{k: v for k, v in group.items() if _is_plain(v)} for group in state["param_groups"]]
    return tensors, {"scalars": scalars, "groups": groups}


def _is_plain(value: object) -> bool:
    return value is None or isinstance(value, bool | int | float | str | list | tuple)


def _unflatten(tensors: dict[str, torch.Tensor], saved: dict[str, Any]) -> dict[str, Any]:
    state: dict[int, dict[str, Any]] = {}
    for name, tensor in tensors.items():
        number, _, key = name.partition(".")
        state.setdefault(int(number), {})[key] = tensor
    for number, values in saved["scalars"].items():
        state.setdefault(int(number), {}).update(values)
    groups = [{k: tuple(v) if k == "betas" else v for k, v in g.items()} for g in saved["groups"]]
    return {"state": state, "param_groups": groups}
