"""Which system libraries Qt's X11 window needs and this machine lacks."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

PACKAGES = (
    "libegl1 libgl1 libfontconfig1 libfreetype6 libglib2.0-0 libxkbcommon0 libdbus-1-3 libgssapi-krb5-2 "
    "libx11-6 libx11-xcb1 libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 "
    "libxcb-render-util0 libxcb-shape0 libxcb-shm0 libxcb-sync1 libxcb-xfixes0 libxcb-xkb1 libxcb-glx0 "
    "libxkbcommon-x11-0"
)
"""Debian and Ubuntu packages that hold them all."""


def missing_libraries() -> list[str]:
    """Names of shared libraries that cannot be found; empty where that cannot be told (not Linux)."""
    spec = importlib.util.find_spec("PySide6")
    if not sys.platform.startswith("linux") or spec is None or spec.origin is None or not shutil.which("ldd"):
        return []
    folder = Path(spec.origin).parent
    files = [
        folder / "Qt" / "plugins" / "platforms" / "libqxcb.so",
        *(folder / "Qt" / "lib").glob("libQt6Gui.so.6"),
        *folder.glob("QtGui*.so"),
    ]
    lost: dict[str, None] = {}
    for file in files:
        if file.exists():
            text = subprocess.run(["ldd", str(file)], capture_output=True, text=True, check=False).stdout
            lost.update({line.split()[0]: None for line in text.splitlines() if "not found" in line})
    return list(lost)
