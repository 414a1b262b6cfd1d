"""The folder of the user's own blocks: what is there, what cannot be read, and adding, removing, saving."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from explorer.bounds import OWN_BLOCKS, shown
from explorer.folders import blocks_folder
from explorer.graph import files
from explorer.graph.files import FileProblem
from explorer.library import block_file
from explorer.library.block_file import SUFFIX, OwnBlock

_OTHER = re.compile(r"[^\w-]+")


@dataclass(frozen=True)
class Shelf:
    """What the folder holds.

    Attributes:
        blocks: by title. problems: a sentence for every file that is no block.

    """

    blocks: tuple[OwnBlock, ...] = ()
    problems: tuple[str, ...] = ()

    def find(self, name: str) -> OwnBlock | None:
        """The block of that name."""
        return next((block for block in self.blocks if block.name == name), None)


class Library:
    """Reads the folder; a file that has not changed is not read again."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._read: dict[Path, tuple[tuple[int, int], OwnBlock | str]] = {}

    @property
    def folder(self) -> Path:
        """Where the files lie."""
        return self._folder or blocks_folder()

    def shelf(self) -> Shelf:
        """What is there now; never raises."""
        found, problems = list[OwnBlock](), list[str]()
        paths = sorted(islice(self._paths(), OWN_BLOCKS + 1))
        if len(paths) > OWN_BLOCKS:
            problems.append(f"Only {OWN_BLOCKS} own blocks are shown; {self.folder} has more.")
        for path in paths[:OWN_BLOCKS]:
            block = self._one(path)
            if isinstance(block, OwnBlock):
                found.append(block)
            elif block:
                problems.append(block)
        found.sort(key=lambda block: (block.title.casefold(), block.name))
        return Shelf(tuple(found), tuple(problems))

    def _paths(self) -> Iterator[Path]:
        try:
            yield from (path for path in self.folder.iterdir() if path.name.endswith(SUFFIX))
        except OSError:
            return

    def _one(self, path: Path) -> OwnBlock | str:
        try:
            facts = path.stat()
        except OSError:
            return ""  # it has gone meanwhile
        stamp = (facts.st_mtime_ns, facts.st_size)
        known = self._read.get(path)
        if known is None or known[0] != stamp:
            try:
                made: OwnBlock | str = block_file.read(path)
            except FileProblem as problem:
                made = str(problem)
            known = self._read[path] = stamp, made
        return known[1]

    def path_of(self, name: str) -> Path:
        """The file of a block; raises `FileProblem` for a name that leads out of the folder."""
        if name != name_of(name):
            raise FileProblem(f"“{shown(name)}” is no name that a block can have.")
        return self.folder / f"{name}{SUFFIX}"

    def save(self, block: OwnBlock, *, replace: bool = False) -> OwnBlock:
        """Write a block's file as a whole or not at all.

        Raises:
            FileProblem: there is another block of that name, or the folder cannot be written to.

        """
        path = self.path_of(block.name)
        if path.exists() and not replace:
            raise FileProblem(f"There is a block called “{block.name}” already. Take another title.")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise FileProblem(f"{self.folder} cannot be made: {problem.strerror}.") from None
        files.write_atomically(path, block_file.written(block))
        return block

    def add(self, path: Path) -> OwnBlock:
        """Take a block's file from elsewhere into the folder.

        One that is there already, alike, stays as it is; another one of that name is never overwritten.

        Raises:
            FileProblem: it is no block, or the folder has another one of that name.

        """
        block = block_file.read(path)
        name = name_of(path.name.removesuffix(SUFFIX).removesuffix(files.SUFFIX))
        block = block_file.of_document(block.document, name + SUFFIX)
        known = self._one(self.path_of(name))
        if isinstance(known, OwnBlock) and known.digest == block.digest:
            return known
        if self.path_of(name).exists():
            raise FileProblem(
                f"Your blocks have another one called “{name}”. Rename the file, or remove yours."
            )
        return self.save(block)

    def remove(self, name: str) -> None:
        """Delete a block's file; designs that use it hold its group themselves. Raises `FileProblem`."""
        path = self.path_of(name)
        try:
            path.unlink()
        except FileNotFoundError:
            raise FileProblem(f"There is no block called “{shown(name)}” among yours.") from None
        except OSError as problem:
            raise FileProblem(f"{path.name} cannot be removed: {problem.strerror}.") from None


def name_of(title: str) -> str:
    """The name of a block with this title, which can be one of a file on every system."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    return _OTHER.sub("_", plain).strip("_-").lower()[:50] or "block"
