"""Whether a window can be opened here, and if not, why in words and what goes on without one."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Mapping

WITHOUT = (
    "What needs no window works: explorer summary, check, train, inspect, render and more (explorer --help). "
    "To see the window of a machine far away, connect to it with ssh -X."
)


def why_no_window(environment: Mapping[str, str] | None = None) -> str:
    """Say why no window can be opened on this machine; empty when one can."""
    known = os.environ if environment is None else environment
    if not sys.platform.startswith("linux") or known.get("QT_QPA_PLATFORM"):
        return ""
    if not (known.get("DISPLAY") or known.get("WAYLAND_DISPLAY")):
        return "There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set)."
    if known.get("WAYLAND_DISPLAY") or _is_there("libxcb-cursor.so.0"):
        return ""
    from explorer.cli.qt_libraries import PACKAGES

    return f"Qt's window needs system libraries. On Debian and Ubuntu: sudo apt-get install {PACKAGES}"


def _is_there(library: str) -> bool:
    """Whether the system has a shared library; the one asked for is the one that machines mostly lack."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
