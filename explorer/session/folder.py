"""The folder of one session: its autosaved design and its kept weights, under a lock that a crash frees."""

from __future__ import annotations

import shutil
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

import msgspec
from filelock import FileLock, Timeout

from explorer.folders import state_folder
from explorer.graph import files
from explorer.graph.design_text import DesignText
from explorer.graph.document import Document
from explorer.session.origin import Origin


class Facts(msgspec.Struct, frozen=True):
    """What stands beside an autosaved design: the file it belongs to, its name, when, and its weights."""

    path: str
    name: str
    saved: float
    origin: Origin = Origin()


@dataclass(frozen=True)
class Remains:
    """What a session left that ended without closing."""

    folder: Path
    facts: Facts

    def load(self) -> Document:
        """Read the design; raises `FileProblem`."""
        return files.load(self.folder / "design")

    def discard(self) -> None:
        """Forget it."""
        shutil.rmtree(self.folder, ignore_errors=True)


class SessionFolder:
    """Held as long as the session lives; the lock is the system's and ends with the process.

    Attributes:
        path: of the folder. id: the session's name.

    """

    def __init__(self, root: Path | None = None, id: str = "") -> None:
        self.id = id or uuid.uuid4().hex[:12]
        self.path = (root or sessions()) / self.id
        self._lock: FileLock | None = None
        self._text = DesignText()

    @property
    def weights(self) -> Path:
        """Where the engine keeps weights."""
        return self.path / "weights"

    def hold(self) -> bool:
        """Make the folder and take its lock; returns whether it is this session's now."""
        if self._lock is None:
            self.path.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.path / "lock", is_singleton=False)
            try:
                lock.acquire(blocking=False)
            except Timeout:
                return False
            self._lock = lock
        return True

    def write(self, document: Document, path: str, origin: Origin) -> None:
        """Save the design and where it belongs; raises `FileProblem`, the document is never at risk."""
        try:
            self.hold()
        except OSError as problem:
            raise files.FileProblem(f"Autosave has no place to write: {problem.strerror}.") from None
        facts = Facts(path, document.name, time.time(), origin)
        files.write_atomically(self.path / "design", self._text.of(document))
        files.write_atomically(self.path / "facts", msgspec.json.encode(facts))

    def clear(self) -> None:
        """Forget the autosaved design: all is saved, or given up on purpose. Kept weights stay."""
        for name in ("facts", "design"):
            (self.path / name).unlink(missing_ok=True)

    def close(self) -> None:
        """The session ends in good order: nothing of it is left."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None
        shutil.rmtree(self.path, ignore_errors=True)


def sessions() -> Path:
    """Where the folders of sessions lie."""
    return state_folder() / "sessions"


def remains(root: Path | None = None) -> list[Remains]:
    """What sessions left whose programs are gone, the newest first; empty leftovers are swept away."""
    found = []
    for folder in (root or sessions()).glob("*"):
        if not folder.is_dir() or _is_held(folder):
            continue
        try:
            facts = msgspec.json.decode((folder / "facts").read_bytes(), type=Facts)
        except (OSError, ValueError, RecursionError):  # bytes that are no text, or no end of brackets
            shutil.rmtree(folder, ignore_errors=True)
            continue
        found.append(Remains(folder, facts))
    return sorted(found, key=lambda one: -one.facts.saved)


def _is_held(folder: Path) -> bool:
    lock = FileLock(folder / "lock", is_singleton=False)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        return True
    except OSError:
        return True  # somebody else's, or gone meanwhile
    lock.release()
    return False
