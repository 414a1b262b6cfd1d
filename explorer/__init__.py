"""Architecture Explorer: draw a network, watch it run.

Importing this package costs nothing; the functions below load what they need when called.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from explorer.api import build, flow, load, save, show, summary

__version__ = "0.1.0"
__all__ = ["build", "flow", "load", "save", "show", "summary"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(import_module("explorer.api"), name)
    raise AttributeError(f"module 'explorer' has no attribute {name!r}")
