"""The catalogue of all blocks: explicit lists of chapters and files, nothing found by magic."""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Container, Mapping
from functools import cache
from typing import NamedTuple

from explorer import extensions
from explorer.blocks import own_code
from explorer.blocks.block import DECLARED, Block
from explorer.bounds import shown
from explorer.graph.catalogue import UnknownBlock
from explorer.graph.model import FieldValue

CHAPTERS = (
    *("connected", "convolution", "recurrent", "attention", "pooling", "normalisation"),
    *("mathematics", "further", "losses"),
)
"""Packages that declare blocks, those of the lecture in its order, then those that go on after it; each lists
its own files."""


class Registry:
    """Blocks by id. `configure` keeps what it made, because the same layer occurs many times."""

    def __init__(self, declared: list[type[Block]]) -> None:
        self._blocks: dict[str, type[Block]] = {}
        for cls in declared:
            if cls.id in self._blocks:
                raise ValueError(f"block id {cls.id!r} is declared twice")
            self._blocks[cls.id] = cls
        self._made: dict[object, Block] = {}

    @property
    def blocks(self) -> tuple[type[Block], ...]:
        """All blocks, in the order of the palette."""
        return tuple(self._blocks.values())

    def __contains__(self, block: object) -> bool:
        return block in self._blocks

    def __getitem__(self, block: str) -> type[Block]:
        """Look a block up; raises `UnknownBlock` with the nearest ids."""
        try:
            return self._blocks[block]
        except KeyError:
            if self._wake() and block in self._blocks:
                return self._blocks[block]
            if (words := own_code.words_about(block)) is not None:
                raise UnknownBlock(words) from None
            near = difflib.get_close_matches(shown(block), self._blocks, 3, 0.5)
            hint = f" Did you mean {' or '.join(near)}?" if near else ""
            raise UnknownBlock(f"There is no block “{shown(block)}”.{hint}") from None

    def _wake(self) -> bool:
        """Take in blocks of the user's own files that are trusted by now; returns whether there are any."""
        found = own_code.new_blocks(self._blocks)
        self._blocks.update({cls.id: cls for cls in found})
        return bool(found)

    def configure(self, block: str, fields: Mapping[str, FieldValue]) -> Block:
        """Return the block with these fields; raises `UnknownBlock` or `BadField`."""
        # The types belong to the key: True equals 1 and 2.0 equals 2, but they are different values.
        key = (block, *[(name, type(value), value) for name, value in fields.items()])
        try:
            made = self._made.get(key)
        except TypeError:  # an unhashable value; its field refuses it with a sentence
            return self[block](**fields)
        if made is None:
            made = self._made[key] = self[block](**fields)
        return made


@cache
def registry() -> Registry:
    """The catalogue of the program; imports the family files on first use."""
    for chapter in chapters():
        for file in chapter.files:
            importlib.import_module(f"{chapter.package}.{file}")
    order = {
        f"{c.package}.{file}": (n, m) for n, c in enumerate(chapters()) for m, file in enumerate(c.files)
    }
    own = sorted((cls for cls in DECLARED if cls.__module__ in order), key=lambda cls: order[cls.__module__])
    added = _added({cls.id for cls in own}, order)
    return Registry([*own, *added, *own_code.new_blocks({cls.id for cls in (*own, *added)})])


def _added(taken: set[str], own: Container[str]) -> list[type[Block]]:
    """Blocks of extensions whose ids are free."""
    extensions.loaded("blocks")
    found: list[type[Block]] = []
    for cls in DECLARED:
        if cls.__module__ in own:
            continue
        if cls.id in taken:
            extensions.refuse(cls.id, "there is a block of that id already")
            continue
        taken.add(cls.id)
        found.append(cls)
    return found


class Chapter(NamedTuple):
    """One chapter of the lecture: its number and title, and the headings of its files in order."""

    package: str
    number: str
    title: str
    files: Mapping[str, str]


@cache
def chapters() -> tuple[Chapter, ...]:
    """All chapters in the lecture's order."""
    found = []
    for name in CHAPTERS:
        module = importlib.import_module(f"explorer.blocks.{name}")
        found.append(Chapter(module.__name__, module.CHAPTER, module.TITLE, module.FILES))
    return tuple(found)
