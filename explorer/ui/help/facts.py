"""What About says: versions, what computes, and where the program keeps things; fit for a report."""

from __future__ import annotations

import platform
from importlib import metadata

from PySide6 import __version__ as pyside_version
from PySide6.QtCore import qVersion

from explorer.folders import cache_folder, state_folder
from explorer.ui.help.licences import PROGRAM


def version() -> str:
    """Version of the program."""
    try:
        return metadata.version(PROGRAM)
    except metadata.PackageNotFoundError:
        return "not installed"


def facts(device: str, file: str = "") -> list[tuple[str, str]]:
    """Names and values, in the order in which somebody who helps would ask.

    Args:
        device: what computes, in words. file: of the design in front, empty for none.

    """
    return [
        ("Version", version()),
        ("System", f"{platform.system()} {platform.release()}, {platform.machine()}"),
        ("Python", platform.python_version()),
        ("Qt", f"{qVersion()}, PySide6 {pyside_version}"),
        ("Engine", device),
        ("Design", file or "not saved yet"),
        ("Sessions, runs, settings", str(state_folder())),
        ("Fetched weights", str(cache_folder())),
    ]


def as_text(rows: list[tuple[str, str]]) -> str:
    """The facts as text to paste into a report."""
    return "\n".join(f"{name}: {value}" for name, value in rows)
