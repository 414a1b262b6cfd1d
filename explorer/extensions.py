"""What other installed packages add: blocks, networks, data sets and panels, by entry points.

In the group `architecture_explorer.blocks` or `.networks` a package names a module that declares them; in
`.datasets` or `.panels` a row of our table (see `extensions.md`). What cannot be used is left out and said on
stderr; it never keeps the program from starting.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from functools import cache
from importlib import metadata
from typing import TypeVar

PREFIX = "architecture_explorer."
KINDS = ("blocks", "networks", "datasets", "panels")
T = TypeVar("T")


@cache
def loaded(kind: str) -> tuple[object, ...]:
    """Load what installed packages add of one of `KINDS`, once; in the order of their names."""
    found = []
    for entry in sorted(_entries(), key=lambda entry: entry.name):
        if entry.group != PREFIX + kind:
            continue
        try:
            found.append(entry.load())
        except Exception as problem:  # it may do anything when it is imported
            refuse(entry.name, f"{type(problem).__name__}: {problem}")
    return tuple(found)


def rows(kind: str, type_: type[T], known: Iterable[str]) -> tuple[T, ...]:
    """The rows that packages add to a table, without those whose id is `known` or that are none."""
    taken, found = set(known), list[T]()
    for row in loaded(kind):
        id_ = getattr(row, "id", None)
        if not isinstance(row, type_) or id_ in taken:
            refuse(str(id_ or row)[:60], f"it is no new {type_.__name__}")
            continue
        taken.add(str(id_))
        found.append(row)
    return tuple(found)


def refuse(name: str, reason: str) -> None:
    """Say that an extension is left out, and why."""
    if sys.stderr is not None:
        sys.stderr.write(f"The extension “{name}” is left out: {reason[:300]}\n")


@cache
def _entries() -> tuple[metadata.EntryPoint, ...]:
    found = metadata.entry_points()
    return tuple(entry for kind in KINDS for entry in found.select(group=PREFIX + kind))
