"""Blocks that the user's own Python files declare: loaded once the file is trusted, else told of in words."""

from __future__ import annotations

import re
import sys
import types
from collections.abc import Container

from explorer import extensions, trust
from explorer.blocks.block import DECLARED, Block
from explorer.trust import OwnCode

PACKAGE = "explorer_own"
_loaded: dict[str, str] = {}
"""Digests of files that this process has run, by place: one that changes runs anew at the next start only."""


def new_blocks(taken: Container[str]) -> list[type[Block]]:
    """Run trusted files that have not run yet; returns their blocks whose ids are free."""
    found: list[type[Block]] = []
    for code in trust.own_code():
        place = str(code.path)
        if not code.trusted or place in _loaded:
            continue
        _loaded[place] = code.digest
        for cls in _run(code):
            if cls.id in taken or any(cls.id == other.id for other in found):
                extensions.refuse(cls.id, "there is a block of that id already")
                continue
            found.append(cls)
    return found


def _run(code: OwnCode) -> list[type[Block]]:
    """Run the very bytes that were trusted; what a file does wrong costs nothing but its blocks."""
    before = len(DECLARED)
    module = types.ModuleType(f"{PACKAGE}_{re.sub(r'[^A-Za-z0-9_]', '_', code.path.stem)}")
    module.__file__ = str(code.path)
    sys.modules[module.__name__] = module
    try:
        exec(compile(code.data, str(code.path), "exec", dont_inherit=True), module.__dict__)
    except (Exception, SystemExit) as problem:  # it may do anything
        del DECLARED[before:]
        extensions.refuse(code.path.name, f"{type(problem).__name__}: {problem}")
        return []
    return [cls for cls in DECLARED[before:] if cls.__module__ == module.__name__]


def words_about(block: str) -> str | None:
    """What to say of a block that only a sleeping file would declare; None where none would."""
    code = trust.asleep(block)
    if code is None:
        return None
    changed = " It has changed since it was last run." if str(code.path) in _loaded else ""
    return (
        f"The block “{block[:60]}” is declared in {code.path.name}, which is not trusted: its code has not "
        f"been run.{changed} Read it and trust it under My blocks, or run:"
        f" explorer block trust {code.path.name}"
    )
