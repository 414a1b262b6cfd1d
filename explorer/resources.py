"""Where the files that ship with the program lie: beside the package in a checkout, inside it in a wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_INSIDE = _PACKAGE / "_resources"
_BESIDE = _PACKAGE.parent / "resources"


def path(*parts: str) -> Path:
    """Return the path of a shipped file or folder, e.g. `path("data", "mnist5k.npz")`."""
    root = _INSIDE if _INSIDE.is_dir() else _BESIDE
    return root.joinpath(*parts)


def weights_file(name: object) -> str:
    """Path of the shipped weights called `name` (a design's setting `weights`), or an empty text."""
    if not isinstance(name, str) or not name.isidentifier():
        return ""
    file = path("weights", f"{name}.safetensors")
    return str(file) if file.is_file() else ""
