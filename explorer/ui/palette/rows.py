"""The lines of the palette: what a first network needs, all blocks by chapter, or what is found."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass

from explorer.ui.widgets.lookup import look_up

START = "Start here"


@dataclass(frozen=True)
class PaletteBlock:
    """A block as the palette shows it.

    Attributes:
        id, title, icon, family, about: as it is declared.
        more: further words it is found by. usual: many people want it.

    """

    id: str
    title: str
    icon: str
    family: str
    more: tuple[str, ...] = ()
    about: str = ""
    usual: bool = False


@dataclass(frozen=True)
class PaletteFamily:
    """A group of blocks with its heading, in a chapter; not `open`, only its heading is seen at first.

    `colour` is the family whose colour stands for the chapter; `chapter_open` whether that is open at first.
    """

    title: str
    blocks: tuple[PaletteBlock, ...]
    chapter: str = ""
    open: bool = True
    colour: str = ""
    chapter_open: bool = True


@dataclass(frozen=True)
class First:
    """A block that makes a first network, and in a word what it does there."""

    block: PaletteBlock
    word: str


@dataclass(frozen=True)
class PaletteRow:
    """A line of the list: a chapter, a heading, or a block with the letters that matched.

    Attributes:
        chapter, heading: its words, if it is one. count: blocks below it. colour: family of a chapter.
        block, places: the block and the letters of its title that were meant.
        word: what the block does; only in *Start here*. start: whether it is a line of that card.

    """

    chapter: str = ""
    heading: str = ""
    count: int = 0
    block: PaletteBlock | None = None
    places: tuple[int, ...] = ()
    colour: str = ""
    word: str = ""
    start: bool = False

    @property
    def name(self) -> str:
        """What folds: the chapter or the heading; empty for a block."""
        return self.chapter or self.heading


def first_rows(first: Sequence[First], folded: Container[str]) -> list[PaletteRow]:
    """What a first network needs, in the order in which it is used."""
    if not first:
        return []
    head = PaletteRow(heading=START, count=len(first), start=True)
    if START in folded:
        return [head]
    return [head, *(PaletteRow(block=one.block, word=one.word, start=True) for one in first)]


def in_chapters(families: Sequence[PaletteFamily], folded: Container[str]) -> list[PaletteRow]:
    """All families by chapter, without what is folded."""
    rows: list[PaletteRow] = []
    chapter = ""
    for family in families:
        if family.chapter != chapter:
            chapter = family.chapter
            count = sum(len(f.blocks) for f in families if f.chapter == chapter)
            rows.append(PaletteRow(chapter=chapter, count=count, colour=family.colour))
        if family.chapter in folded:
            continue
        rows.append(PaletteRow(heading=family.title, count=len(family.blocks)))
        if family.title not in folded:
            rows += [PaletteRow(block=block) for block in family.blocks]
    return rows


def alike(families: Sequence[PaletteFamily], query: str) -> list[PaletteRow]:
    """Blocks that a query may mean, the best first."""
    blocks = [block for family in families for block in family.blocks]
    return [PaletteRow(block=block, places=places) for block, places in look_up(query, blocks)]
