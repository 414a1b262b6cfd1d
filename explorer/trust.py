"""Python files of the user's that declare blocks: which there are, and which of them may run.

A file sleeps until the user trusts it: this file at this place with this content. It is read and taken apart
as text, never imported; after any change it sleeps again. What was trusted stands in a file of the program's,
not in the folder of blocks, so that a folder copied to another machine trusts nothing there.
"""

from __future__ import annotations

import ast
import hashlib
import os
import stat
import warnings
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from explorer.atomic import replace_file
from explorer.bounds import OWN_BLOCKS, OWN_CODE_BYTES, shown
from explorer.folders import blocks_folder, state_folder

LINES = 2_000
"""Files that may be trusted at one time; beyond that the oldest sleep again."""


_told: dict[tuple[str, str], tuple[tuple[str, ...], str]] = {}
"""What was found in texts: files are asked for whenever a block is not known."""


class TrustProblem(ValueError):
    """A file that cannot be trusted; the text is a sentence."""


@dataclass(frozen=True)
class OwnCode:
    """A Python file, as text.

    Attributes:
        path: where it lies. data: its bytes. digest: of them.
        declares: ids of the blocks that it would declare, as far as its text tells.
        problem: why it can never run, a sentence; empty for most. trusted: whether it may run.

    """

    path: Path
    data: bytes
    digest: str
    declares: tuple[str, ...] = ()
    problem: str = ""
    trusted: bool = False

    @property
    def text(self) -> str:
        """What stands in it, for people to read."""
        return self.data.decode("utf-8", "replace")


def own_code(folder: Path | None = None) -> list[OwnCode]:
    """All Python files in the folder of blocks, by name; runs nothing and never raises."""
    place = folder or blocks_folder()
    try:
        paths = sorted(islice((p for p in place.iterdir() if p.suffix == ".py"), OWN_BLOCKS))
    except OSError:
        return []
    trusted = _trusted()
    return [code for path in paths if (code := _one(path, trusted)) is not None]


def code_at(path: Path) -> OwnCode:
    """One file; raises `TrustProblem` where there is none that could be read."""
    code = _one(path, _trusted())
    if code is None:
        raise TrustProblem(f"There is no file “{shown(str(path))}”.")
    return code


def asleep(block: str) -> OwnCode | None:
    """The sleeping file that would declare a block of this id, if one would."""
    return next((code for code in own_code() if not code.trusted and block in code.declares), None)


def trust(code: OwnCode) -> None:
    """Let a file run as it was read; raises `TrustProblem` or `OSError`."""
    if code.problem:
        raise TrustProblem(code.problem)
    rows = {place: digest for place, digest in _trusted().items() if place != _place(code.path)}
    _write(dict(islice(rows.items(), max(0, len(rows) - LINES + 1), None)) | {_place(code.path): code.digest})


def distrust(path: Path) -> bool:
    """Let a file sleep again, from the next start on; returns whether it was trusted."""
    rows = _trusted()
    was = rows.pop(_place(path), None) is not None
    if was:
        _write(rows)
    return was


def _one(path: Path, trusted: dict[str, str]) -> OwnCode | None:
    try:
        facts = os.stat(path)
        if not stat.S_ISREG(facts.st_mode):
            return OwnCode(path, b"", "", (), f"{path.name} is no file.")
        if facts.st_size > OWN_CODE_BYTES:
            words = f"{path.name}: with {facts.st_size:,} bytes it is larger than {OWN_CODE_BYTES:,}."
            return OwnCode(path, b"", "", (), words)
        with open(path, "rb") as file:
            data = file.read(OWN_CODE_BYTES + 1)
    except (OSError, ValueError):
        return None
    digest = hashlib.sha256(data).hexdigest()
    told = _told.get((path.name, digest))
    if told is None:
        told = _told[path.name, digest] = _declared(path.name, data)
    declares, problem = told
    return OwnCode(path, data, digest, declares, problem, not problem and trusted.get(_place(path)) == digest)


def _declared(name: str, data: bytes) -> tuple[tuple[str, ...], str]:
    """Ids in `@block("id", …)` above classes, and why the text is no Python, if it is none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as problem:
        words = " ".join(str(getattr(problem, "msg", problem)).split())
        return (), f"{name} is no Python that can be read: {shown(words, 200)}."
    found = []
    for item in tree.body:
        for call in item.decorator_list if isinstance(item, ast.ClassDef) else ():
            if not isinstance(call, ast.Call) or not call.args:
                continue
            called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            first = call.args[0]
            if called == "block" and isinstance(first, ast.Constant) and isinstance(first.value, str):
                found.append(first.value[:200])
    return tuple(found), ""


def _place(path: Path) -> str:
    return os.path.realpath(path)


def _file() -> Path:
    return state_folder() / "trusted"


def _trusted() -> dict[str, str]:
    """Places of trusted files and their digests, a line each; what cannot be read trusts nothing."""
    try:
        lines = _file().read_bytes()[: 4 * 2**20].decode().splitlines()
    except (OSError, ValueError):
        return {}
    return {place: digest for digest, _, place in (line.partition(" ") for line in lines) if place}


def _write(rows: dict[str, str]) -> None:
    if any("\n" in place or "\r" in place for place in rows):
        raise TrustProblem("A file with a line break in its name cannot be trusted.")
    _file().parent.mkdir(parents=True, exist_ok=True)
    replace_file(_file(), "".join(f"{digest} {place}\n" for place, digest in rows.items()).encode())


def take_in(path: Path) -> OwnCode:
    """Copy a Python file into the folder of blocks, where it sleeps; one of that name is never overwritten.

    Raises:
        TrustProblem: it cannot be read, is no Python, or another file has its name.

    """
    code = code_at(path)
    if code.problem:
        raise TrustProblem(code.problem)
    target = blocks_folder() / path.name
    if target.exists() and (there := code_at(target)).digest != code.digest:
        raise TrustProblem(
            f"Your blocks have another file {there.path.name}. Rename yours, or the one you add."
        )
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        replace_file(target, code.data)
    except OSError as problem:
        raise TrustProblem(f"{target} was not written: {problem.strerror or problem}.") from None
    return code_at(target)
