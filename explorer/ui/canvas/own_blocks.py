"""An own block of the user's as something that can be added, by the word that the palette drags."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from explorer.graph.catalogue import UnknownBlock
from explorer.graph.edits import Edit
from explorer.library.shelf import Library
from explorer.library.using import bring
from explorer.ui.canvas.context import Context

OWN = "own:"
"""Begins the word for an own block; its name in the library follows."""
CODE = "code:"
"""Begins the word for a Python file that sleeps; its place follows. Nothing of it can be added."""
LIBRARY = Library()
"""The folder of the user's blocks: one for all canvases, read again where a file has changed."""


@dataclass(frozen=True)
class Wanted:
    """A block to add: its id, the stem of the node's name, and what the design needs beforehand."""

    block: str
    stem: str
    edits: tuple[Edit, ...] = ()


def wanted(context: Context, word: str) -> Wanted:
    """What a word of the palette stands for; raises `UnknownBlock` or `BadField`."""
    if word.startswith(CODE):
        words = "is not trusted: its code has not been run. Enter on it in the palette shows what it holds."
        raise UnknownBlock(f"{PurePath(word.removeprefix(CODE)).name[:60]} {words}")
    if not word.startswith(OWN):
        return Wanted(word, context.workspace.catalogue.configure(word, {}).stem)
    own = LIBRARY.shelf().find(word.removeprefix(OWN))
    if own is None:
        raise UnknownBlock(f"“{word.removeprefix(OWN)[:60]}” is not among your blocks any more.")
    brought = bring(context.workspace.document, own)
    return Wanted(brought.block, own.name, brought.edits)
