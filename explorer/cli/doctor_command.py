"""`explorer doctor`: versions, devices, the Qt platform, and what is missing with the line that helps."""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import queue
import subprocess
import sys
import time
from typing import Any

import psutil

from explorer import __version__, launch
from explorer.bounds import GIB, RUN_BYTES, RUN_FOLDERS
from explorer.cli.qt_libraries import PACKAGES, missing_libraries
from explorer.client.engine import Engine
from explorer.folders import cache_folder, state_folder
from explorer.protocol import events

PATIENCE = 120
"""Seconds that torch has to be loaded, for the first time on a slow disk."""
ANSWERS = "answers"
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
    answers = found["engine"].startswith(ANSWERS)
    return 1 if found["missing"] or found["missing_libraries"] or not answers else 0


def examine() -> dict[str, Any]:
    """Look at the installation."""
    versions = {name: _version(name) for name in LIBRARIES}
    lost, memory = missing_libraries(), psutil.virtual_memory()
    torch = _torch()
    return {
        "explorer": __version__,
        "python": platform.python_version(),
        "system": platform.platform(),
        "libraries": {name: version or "missing" for name, version in versions.items()},
        "devices": torch.get("devices", []),
        "torch_build": torch.get("build", "torch does not start: see libraries"),
        "gpu": torch.get("gpu", []),
        "memory": f"{memory.available / GIB:.1f} of {memory.total / GIB:.1f} GiB free",
        "processors": _processors(),
        "folders": {
            "state": str(state_folder()),
            "cache": str(cache_folder()),
            "checkpoints": f"at most {RUN_FOLDERS} runs or {RUN_BYTES / GIB:.0f} GiB, the oldest go",
        },
        "engine": _engine(),
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


_TORCH = """\
import json, torch
from explorer.engine.devices import available
gpu = [torch.cuda.get_device_name(n) for n in range(torch.cuda.device_count())]
build = f"CUDA {torch.version.cuda}" if torch.version.cuda else "CPU only"
print(json.dumps({"devices": list(available()), "build": build, "gpu": gpu}))
"""


def _torch() -> dict[str, Any]:
    """Ask torch in a process of its own, so that a broken driver cannot take the doctor down."""
    try:
        result = subprocess.run(
            launch.code(_TORCH),
            env=launch.environment(),
            creationflags=launch.creation_flags(),
            capture_output=True,
            encoding="utf-8",
            timeout=PATIENCE,
            check=False,
        )
        found: dict[str, Any] = json.loads(result.stdout)
        return found
    except (subprocess.TimeoutExpired, ValueError):
        return {}


def _engine() -> str:
    """Start an engine as the window does, and say how long it took or why it did not come up."""
    heard: queue.SimpleQueue[object] = queue.SimpleQueue()
    engine, started = Engine(heard.put, heard.put), time.monotonic()
    engine.start()
    try:
        answer = heard.get(timeout=PATIENCE)
    except queue.Empty:
        return f"no answer within {PATIENCE} seconds"
    finally:
        engine.close(wait=True)
    if isinstance(answer, events.Ready):
        return f"{ANSWERS} after {time.monotonic() - started:.1f} s"
    return str(answer)


def _processors() -> int:
    """Cores that this process may use; batch systems and containers often give fewer than there are."""
    usable = getattr(os, "sched_getaffinity", None)
    return len(usable(0)) if usable is not None else os.cpu_count() or 1


def _has_display() -> bool:
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")) or sys.platform in (
        "win32",
        "darwin",
    )
