"""Autosave beside the user's files: a sidecar for each running program, offered after a crash."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import msgspec

from explorer.graph import files
from explorer.graph.design_text import DesignText
from explorer.graph.document import Document


class _Facts(msgspec.Struct, frozen=True):
    """What stands beside an autosaved design."""

    pid: int
    path: str
    name: str
    saved: float


@dataclass(frozen=True)
class Remains:
    """An autosaved design whose program is gone without having closed it."""

    design: Path
    path: str
    name: str
    saved: float

    def load(self) -> Document:
        """Read it; raises `FileProblem`."""
        return files.load(self.design)

    def discard(self) -> None:
        """Forget it."""
        self.design.unlink(missing_ok=True)
        self.design.with_suffix(".facts").unlink(missing_ok=True)


def state_folder() -> Path:
    """Where programs keep their state; `EXPLORER_CONFIG_DIR` overrides it."""
    if chosen := os.environ.get("EXPLORER_CONFIG_DIR"):
        return Path(chosen)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home())) / "ArchitectureExplorer"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "ArchitectureExplorer"
    return Path(os.environ.get("XDG_STATE_HOME", Path.home() / ".local" / "state")) / "architecture-explorer"


class Autosave:
    """Writes the design of this program to its sidecar, and finds what crashed ones left."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = (folder or state_folder()) / "autosave"
        self._text = DesignText()
        self._design = self.folder / f"{os.getpid()}.design"

    def write(self, document: Document, path: str = "") -> None:
        """Save the document and where it belongs; raises `FileProblem`, the document is never at risk."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise files.FileProblem(f"Autosave has no place to write: {problem.strerror}.") from None
        facts = _Facts(os.getpid(), path, document.name, time.time())
        files.write_atomically(self._design, self._text.of(document))
        files.write_atomically(self._design.with_suffix(".facts"), msgspec.json.encode(facts))

    def clear(self) -> None:
        """Forget this program's sidecar: all is saved, or given up on purpose."""
        Remains(self._design, "", "", 0.0).discard()

    def remains(self) -> list[Remains]:
        """Designs of programs that are gone, the newest first."""
        found = []
        for file in self.folder.glob("*.facts"):
            try:
                facts = msgspec.json.decode(file.read_bytes(), type=_Facts)
            except (OSError, msgspec.DecodeError):
                continue
            design = file.with_suffix(".design")
            if facts.pid != os.getpid() and not _is_alive(facts.pid) and design.is_file():
                found.append(Remains(design, facts.path, facts.name, facts.saved))
        return sorted(found, key=lambda remains: -remains.saved)


def _is_alive(pid: int) -> bool:
    """Whether a process of that number exists."""
    if sys.platform == "win32":
        import ctypes

        handle = ctypes.windll.kernel32.OpenProcess(0x1000, False, pid)
        if handle:
            ctypes.windll.kernel32.CloseHandle(handle)
        return bool(handle)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
