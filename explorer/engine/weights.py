"""Weights on disk: safetensors only, matched by name."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import nn

from explorer.atomic import usual_mode


class WeightProblem(ValueError):
    """Weights that cannot be read or written; the text is a sentence."""


def save(module: nn.Module, path: str | os.PathLike[str]) -> None:
    """Write a module's state dict; the file is whole or not there."""
    target = Path(path)
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    state = {key: value.detach().cpu().contiguous().clone() for key, value in module.state_dict().items()}
    try:
        save_file(state, temporary)
        os.chmod(temporary, usual_mode(target))
        os.replace(temporary, target)
    except (OSError, SafetensorError) as problem:
        temporary.unlink(missing_ok=True)
        raise WeightProblem(f"{target.name} was not written: {problem}.") from None


def load(module: nn.Module, path: str | os.PathLike[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Copy every tensor whose name and shape fit; return matched names and the rest in words.

    Raises:
        WeightProblem: no such file, not safetensors, or nothing in it fits.

    """
    name = Path(path).name
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise WeightProblem(f"{name} is not a file.")
        with safe_open(path, framework="pt") as file:
            keys = set(file.keys())
            own = module.state_dict()
            matched, problems = [], []
            for key, tensor in own.items():
                if key not in keys:
                    problems.append(f"{key} is not in the file.")
                elif tuple(file.get_slice(key).get_shape()) != tuple(tensor.shape):
                    problems.append(
                        f"{key} is {list(tensor.shape)} here, {file.get_slice(key).get_shape()} in the file."
                    )
                else:
                    matched.append(key)
            if not matched:
                raise WeightProblem(
                    f"{name} holds weights of another network: no tensor fits by name and shape."
                )
            for key in matched:
                own[key].copy_(file.get_tensor(key))
    except OSError as problem:
        raise WeightProblem(f"{name} cannot be read: {problem.strerror or problem}.") from None
    except SafetensorError as problem:
        raise WeightProblem(f"{name} is no whole safetensors file: {problem}.") from None
    problems += [f"{key} is not in the design." for key in sorted(keys - set(own))]
    return tuple(matched), tuple(problems)
