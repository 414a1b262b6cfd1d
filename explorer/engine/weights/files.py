"""Weights on disk: safetensors only, matched by name, with their name by content beside them."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from explorer.atomic import replacing
from explorer.bounds import HEADER_BYTES, TENSORS, shown
from explorer.engine.weights.addresses import owner_of_name
from explorer.engine.weights.content import digest_of, hash_of
from explorer.engine.weights.live import LiveWeights

DIGEST = "digest"
"""Where the name by content stands among the facts of a file."""


class WeightProblem(ValueError):
    """Weights that cannot be read or written; the text is a sentence."""


def write(tensors: Mapping[str, Tensor], path: str | os.PathLike[str], digest: str) -> None:
    """Write tensors bit for bit, with their name by content; the file is whole or not there.

    Raises:
        WeightProblem: the place cannot be written to.

    """
    name = Path(path).name
    try:
        with replacing(path) as temporary:
            save_file(_apart(tensors), temporary, {DIGEST: digest})
    except OSError as problem:
        raise WeightProblem(f"{name} was not written: {problem.strerror or problem}.") from None
    except SafetensorError as problem:
        raise WeightProblem(f"{name} was not written: {disk_words(problem)}.") from None


def disk_words(problem: Exception) -> str:
    """What the library says of a disk, without its wrapping: `No space left on device (os error 28)`."""
    text = str(problem)
    found = re.search(r'message: "([^"]+)"', text) or re.search(r"I/?O error:? (.+)", text, re.IGNORECASE)
    return (found[1] if found else text).rstrip(".")[:200]


def _apart(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors on the CPU, each alone in its memory, as the format wants them; copies where need be."""
    seen = set[int]()
    result: dict[str, Tensor] = {}
    for name, tensor in tensors.items():
        plain = tensor.detach().cpu().contiguous()
        memory = plain.untyped_storage()
        if memory.nbytes() != plain.nbytes or memory.data_ptr() in seen:
            plain = plain.clone()
        seen.add(memory.data_ptr())
        result[name] = plain
    return result


def save(module: nn.Module, path: str | os.PathLike[str]) -> str:
    """Write a module's state dict; returns its name by content (see `write`)."""
    weights = LiveWeights(module)
    digest = weights.digest
    write(weights.tensors(), path, digest)
    return digest


def load(module: nn.Module, path: str | os.PathLike[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Copy every tensor whose name and shape fit into a module (see `fill`)."""
    return fill(LiveWeights(module), path)


def fill(
    weights: LiveWeights, path: str | os.PathLike[str], digest: str = "", away: Collection[str] = ()
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Copy every tensor whose name and shape fit; return matched names and the rest in words.

    Args:
        weights: of the live model. path: of the file.
        digest: what the content has to be, nothing for anything.
        away: addresses of muted layers, whose tensors are put aside.

    Raises:
        WeightProblem: no such file, not safetensors, other content than asked for, or nothing in it fits;
            nothing has changed.

    """
    name = Path(path).name
    with _opened(path) as file:
        stored = _plain_names(_names(file))
        keys = set(stored)
        if digest:
            _refuse_other_content(file, name, digest)
        own = weights.module.state_dict()
        matched, problems = [], []
        for key, tensor in own.items():
            if key not in keys:
                if not key.endswith(COUNTERS):
                    problems.append(f"{key} is not in the file.")
                continue
            shape = tuple(file.get_slice(stored[key]).get_shape())
            if shape != tuple(tensor.shape):
                problems.append(f"{key} is {list(tensor.shape)} here, {list(shape)} in the file.")
            else:
                matched.append(key)
        if not matched and (own or keys):
            raise WeightProblem(f"{name} holds weights of another network: no tensor fits by name and shape.")
        with torch.no_grad():
            for key in matched:
                own[key].copy_(file.get_tensor(stored[key]))
        aside = {key for key in keys - set(own) if owner_of_name(key, away)}
        weights.take({key: file.get_tensor(stored[key]) for key in aside})
    problems += [f"{key} is not in the design." for key in sorted(keys - set(own) - aside)]
    return tuple(matched), tuple(problems)


COUNTERS = "num_batches_tracked"
"""Counters of batch norms, which files of before torch 0.4 lack and nothing but training reads."""


def _plain_names(names: Collection[str]) -> dict[str, str]:
    """Names in the file by those that are meant: a `DataParallel` model has `module.` in front of its own."""
    prefix = "module." if names and all(name.startswith("module.") for name in names) else ""
    return {name.removeprefix(prefix): name for name in names}


@contextmanager
def _opened(path: str | os.PathLike[str]) -> Iterator[Any]:
    """A file to read from; what is wrong with it is said in words."""
    name = Path(path).name
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise WeightProblem(f"{name} is not a file.")
        refuse_table(path)
        with safe_open(path, framework="pt") as file:
            yield file
    except OSError as problem:
        raise WeightProblem(f"{name} cannot be read: {problem.strerror or problem}.") from None
    except ValueError as problem:
        if isinstance(problem, WeightProblem):
            raise
        raise WeightProblem(f"“{shown(name)}” cannot be read: {problem}.") from None
    except SafetensorError as problem:
        raise WeightProblem(f"{name} is no whole safetensors file: {problem}.") from None


def refuse_table(path: str | os.PathLike[str]) -> None:
    """Raise `WeightProblem` where the table at the front of a safetensors file is too large to be one."""
    name = Path(path).name
    with open(path, "rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if length > min(HEADER_BYTES, os.fstat(file.fileno()).st_size):
            raise WeightProblem(
                f"{name} is no whole safetensors file: its table would have {length:,} bytes; "
                f"{HEADER_BYTES:,} are the limit."
            )
        if (count := file.read(length).count(b'"data_offsets"')) > TENSORS:
            raise WeightProblem(f"{name} holds {count:,} tensors; {TENSORS:,} are the limit.")


def _refuse_other_content(file: Any, name: str, digest: str) -> None:
    found = digest_of({key: hash_of(file.get_tensor(key)) for key in _names(file)})
    if found != digest:
        raise WeightProblem(
            f"{name} holds other weights than the design was saved with ({found[:12]}…, not {digest[:12]}…). "
            "Nothing was loaded. Open them as a file of their own if they are meant."
        )


def read(path: str | os.PathLike[str], names: Collection[str]) -> dict[str, Tensor]:
    """Read tensors by name; raises `WeightProblem` when the file or one of them is not there."""
    with _opened(path) as file:
        return {name: file.get_tensor(name) for name in names}


def names_in(path: str | os.PathLike[str]) -> list[str]:
    """Names of the tensors in a file; raises `WeightProblem`."""
    with _opened(path) as file:
        return _names(file)


def _names(file: Any) -> list[str]:
    return list(file.keys())
