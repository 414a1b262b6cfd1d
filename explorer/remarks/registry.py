"""All kinds of remarks: an explicit list of files, nothing found by magic."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module

from explorer.remarks.remark import DECLARED, Kind

FILES = ("ends", "activations", "axes", "windows", "norms", "wiring", "sizes", "weights")
"""Modules of `explorer.remarks.kinds`, in the order in which the panel lists what they find at one node."""


@cache
def kinds() -> Mapping[str, Kind]:
    """All kinds by id; imports their files on first use."""
    for file in FILES:
        import_module(f"explorer.remarks.kinds.{file}")
    found = {kind.id: kind for kind in DECLARED}
    if len(found) != len(DECLARED):
        raise ValueError("two kinds of remarks have the same id")
    return found


@cache
def kinds_of_block(block: str) -> tuple[Kind, ...]:
    """Kinds that are asked about the nodes of a block."""
    return tuple(kind for kind in kinds().values() if block in kind.blocks)


@cache
def kinds_of_level() -> tuple[Kind, ...]:
    """Kinds that are asked about a level as a whole."""
    return tuple(kind for kind in kinds().values() if not kind.blocks)
