"""`explorer doctor`: versions, devices, the Qt platform, and what is missing with the line that helps."""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import subprocess
import sys
from typing import Any

from explorer import launch
from explorer.cli.qt_libraries import PACKAGES, missing_libraries

LIBRARIES = (
    "torch",
    "PySide6-Essentials",
    "pyqtgraph",
    "networkx",
    "torchinfo",
    "captum",
    "numpy",
    "msgspec",
    "safetensors",
    "ziamath",
    "pillow",
    "psutil",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How to print."""
    parser.add_argument("--json", action="store_true", help="one JSON value")


def run(arguments: argparse.Namespace) -> int:
    """Print what was found; exit code 1 when something is missing."""
    found = examine()
    if arguments.json:
        print(json.dumps(found))
    else:
        for name, value in found.items():
            if isinstance(value, dict):
                print(f"{name}:")
                for key, item in value.items():
                    print(f"  {key:<20} {item}")
            elif value:
                print(f"{name:<22} {', '.join(value) if isinstance(value, list) else value}")
    return 1 if found["missing"] or found["missing_libraries"] else 0


def examine() -> dict[str, Any]:
    """Look at the installation."""
    versions = {name: _version(name) for name in LIBRARIES}
    lost = missing_libraries()
    return {
        "python": platform.python_version(),
        "system": platform.platform(),
        "libraries": {name: version or "missing" for name, version in versions.items()},
        "devices": _devices(),
        "qt_platform": os.environ.get("QT_QPA_PLATFORM")
        or ("xcb or wayland" if _has_display() else "offscreen (no display)"),
        "missing": [name for name, version in versions.items() if version is None],
        "missing_libraries": lost,
        "help": f"sudo apt-get install {PACKAGES}" if lost else "",
    }


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _devices() -> list[str]:
    """Ask torch in a process of its own, so that a broken driver cannot take the doctor down."""
    code = "from explorer.engine.devices import available; print(' '.join(available()))"
    try:
        result = subprocess.run(
            launch.code(code),
            env=launch.environment(),
            creationflags=launch.creation_flags(),
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return []
    return result.stdout.split() if result.returncode == 0 else []


def _has_display() -> bool:
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")) or sys.platform in (
        "win32",
        "darwin",
    )
