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

from explorer.atomic import flush, swap
from explorer.bounds import HEADER_BYTES, MIB
from explorer.engine.weights.files import disk_words
from explorer.protocol.records import TrainSettings

KEPT = 2
MOST_STEPS, FOREVER = 10**12, 1e10
"""Steps and seconds (three hundred years) that no run reaches."""


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
    """Write a checkpoint folder `step-N` under `directory`, then drop all but the newest two.

    Raises:
        OSError: the disk is full or protected; the checkpoints before are as they were.

    """
    final = directory / f"step-{facts.step:08d}"
    temporary = directory / f".writing-{os.getpid()}"
    for torn in directory.glob(".writing-*"):  # what a process left that was killed while it wrote
        shutil.rmtree(torn, ignore_errors=True)
    try:
        temporary.mkdir(parents=True)
        save_file(_plain(module.state_dict()), temporary / "model.safetensors")
        tensors, scalars = _flatten(optimiser)
        tensors["rng"] = torch.random.get_rng_state()
        save_file(tensors, temporary / "optimiser.safetensors")
        (temporary / "facts.json").write_bytes(msgspec.json.encode(facts))
        (temporary / "optimiser.json").write_text(json.dumps(scalars), encoding="utf-8")
        for file in temporary.iterdir():
            flush(file)
        shutil.rmtree(final, ignore_errors=True)
        swap(temporary, final)
    except SafetensorError as problem:
        raise OSError(None, disk_words(problem)) from None
    finally:
        shutil.rmtree(temporary, ignore_errors=True)  # gives the room back on a disk that is full
    for old in sorted(directory.glob("step-*"))[:-KEPT]:
        shutil.rmtree(old, ignore_errors=True)
    return final


def newest_first(directory: Path) -> list[Path]:
    """The checkpoints under `directory`, whole or not, the one of the last step first."""
    found = [path for path in directory.glob("step-*") if path.is_dir()]
    return sorted(found, key=lambda path: (len(path.name), path.name), reverse=True)


def go_on_from(directory: Path, module: nn.Module, optimiser: torch.optim.Optimizer, per_epoch: int) -> Facts:
    """Restore the newest checkpoint that is whole and return its facts.

    Args:
        directory: of the run. module, optimiser: as they are after a refusal too.
        per_epoch: steps in an epoch, which the place of the run has to agree with.

    Raises:
        CheckpointProblem: there is none; the sentence is about the newest.

    """
    first: CheckpointProblem | None = None
    for path in newest_first(directory):
        try:
            facts = read_facts(path)
            if not 0 <= facts.step - facts.epoch * per_epoch <= per_epoch:
                raise CheckpointProblem(
                    f"The checkpoint {path.name} says step {facts.step:,} of epoch {facts.epoch + 1:,}; with "
                    f"{per_epoch:,} steps in an epoch that cannot be. Is the batch or the data another?"
                )
            restore(path, module, optimiser)
            return facts
        except CheckpointProblem as problem:
            first = first or problem
    raise first or CheckpointProblem("There is no checkpoint to go on from; start a new run.")


def read_facts(path: Path) -> Facts:
    """Read what a checkpoint says of itself; raises `CheckpointProblem`."""
    try:
        facts = msgspec.json.decode(_small(path / "facts.json"), type=Facts)
    except (OSError, ValueError, RecursionError) as problem:
        raise CheckpointProblem(f"The checkpoint {path.name} cannot be read: {problem}.") from None
    if not (0 <= facts.epoch <= facts.step <= MOST_STEPS and 0 <= facts.seconds < FOREVER):
        raise CheckpointProblem(
            f"The checkpoint {path.name} says step {facts.step}, epoch {facts.epoch} after "
            f"{facts.seconds:g} seconds; no run comes there."
        )
    return facts


def _small(path: Path) -> bytes:
    """The bytes of a file of words; raises `OSError` for one that is too large to be ours."""
    if path.stat().st_size > HEADER_BYTES:
        raise OSError(f"{path.name} is larger than {HEADER_BYTES / MIB:.0f} MiB")
    return path.read_bytes()


def restore(path: Path, module: nn.Module, optimiser: torch.optim.Optimizer) -> None:
    """Put model, optimiser and random state back; raises `CheckpointProblem`, and nothing has changed."""
    before = optimiser.state_dict()  # of references: loading puts other tensors in their place
    own, generator = _plain(module.state_dict()), torch.random.get_rng_state()
    try:
        state = load_file(path / "model.safetensors")
        tensors = load_file(path / "optimiser.safetensors")
        scalars = msgspec.json.decode(_small(path / "optimiser.json"), type=dict[str, Any])
        rng = tensors.pop("rng")
        saved = _unflatten(tensors, scalars)
        _refuse_other_sizes(saved["state"], optimiser)
        module.load_state_dict(state)
        optimiser.load_state_dict(saved)
        torch.random.set_rng_state(rng)
    except Exception as problem:  # torch raises whatever strange values make it trip over
        module.load_state_dict(own)
        optimiser.load_state_dict(before)
        torch.random.set_rng_state(generator)
        first = str(problem).splitlines()[0][:200] if str(problem) else type(problem).__name__
        raise CheckpointProblem(f"The checkpoint {path.name} does not fit this design: {first}") from None


def _refuse_other_sizes(state: dict[int, dict[str, Any]], optimiser: torch.optim.Optimizer) -> None:
    """Raise `ValueError` where averages belong to other parameters; torch would trip at the next step."""
    parameters = [p for group in optimiser.param_groups for p in group["params"]]
    for number, values in state.items():
        for key, value in values.items():
            if not isinstance(value, torch.Tensor) or not value.dim():
                continue
            if not 0 <= number < len(parameters) or value.shape != parameters[number].shape:
                raise ValueError(f"{key} of parameter {number} has another size")


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
