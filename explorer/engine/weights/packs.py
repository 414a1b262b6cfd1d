"""Tensors on disk by their hash: files that are written once, whole, and given up when nothing needs them."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping
from itertools import count
from pathlib import Path
from time import time_ns

from torch import Tensor

from explorer.engine.weights.content import hash_of
from explorer.engine.weights.files import WeightProblem, names_in, read, write

SUFFIX = ".safetensors"


class Packs:
    """The files of one folder. Whoever calls sees to it that only one thread does so at a time."""

    def __init__(self, folder: Path) -> None:
        """Look through a folder, which is made where there is none; torn files are taken away."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._numbers = count()
        self._place: dict[str, Path] = {}
        self._sizes: dict[Path, int] = {}
        for torn in folder.glob(".*"):
            torn.unlink(missing_ok=True)
        for path in sorted(folder.glob(f"*{SUFFIX}")):
            try:
                self._note(path, names_in(path))
            except WeightProblem:
                path.unlink(missing_ok=True)

    def __contains__(self, content: object) -> bool:
        return content in self._place

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(self._sizes.values())

    def write(self, tensors: Mapping[str, Tensor]) -> Path:
        """Write tensors by their hash to a new file, of which nobody knows before `add`."""
        path = self._folder / f"{time_ns():x}-{os.getpid()}-{next(self._numbers)}{SUFFIX}"
        write(tensors, path, "")
        return path

    def add(self, path: Path, contents: Iterable[str]) -> None:
        """Find tensors in this file from now on."""
        self._note(path, contents)

    def _note(self, path: Path, contents: Iterable[str]) -> None:
        self._sizes[path] = path.stat().st_size
        for content in contents:
            self._place[content] = path

    def read(self, contents: Iterable[str]) -> dict[str, Tensor]:
        """Read tensors by their hash; raises `WeightProblem` where one is not there or is damaged."""
        wanted: dict[Path, list[str]] = {}
        for content in contents:
            if content not in self._place:
                raise WeightProblem("A tensor that was kept is not on disk any more.")
            wanted.setdefault(self._place[content], []).append(content)
        found: dict[str, Tensor] = {}
        for path, names in wanted.items():
            found.update(read(path, names))
        for content, tensor in found.items():
            if hash_of(tensor) != content:
                raise WeightProblem(f"{self._place[content].name} is damaged: its numbers have changed.")
        return found

    def give_up(self, needed: Collection[str]) -> None:
        """Forget all tensors but those that are needed, and take files away that hold nothing else."""
        for content in self._place.keys() - set(needed):
            del self._place[content]
        used = set(self._place.values())
        for path in [path for path in self._sizes if path not in used]:
            path.unlink(missing_ok=True)
            del self._sizes[path]

    def wasteful(self, bytes_of: Mapping[str, int]) -> tuple[Path, list[str]] | None:
        """The file of which the least is needed, with what is; None where all files are needed whole."""
        held: dict[Path, list[str]] = {}
        for content, path in self._place.items():
            held.setdefault(path, []).append(content)
        waste = {path: self._sizes[path] - sum(bytes_of.get(c, 0) for c in held[path]) for path in held}
        worst = max(waste, key=lambda path: waste[path], default=None)
        if worst is None or waste[worst] * 2 < self._sizes[worst]:
            return None
        return worst, held[worst]
