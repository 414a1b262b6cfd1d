"""The lines of the palette: by chapter and family, or what a search finds."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass

from explorer.ui.widgets import fuzzy


@dataclass(frozen=True)
class PaletteBlock:
    """A block as the palette shows it; `more` are further words it is found by."""

    id: str
    title: str
    icon: str
    family: str
    more: str = ""
    about: str = ""


@dataclass(frozen=True)
class PaletteFamily:
    """A group of blocks with its heading, in a chapter; not `open`, only its heading is seen at first."""

    title: str
    blocks: tuple[PaletteBlock, ...]
    chapter: str = ""
    open: bool = True


@dataclass(frozen=True)
class PaletteRow:
    """A line of the list: a chapter, a heading, or a block with the letters that matched."""

    chapter: str = ""
    heading: str = ""
    count: int = 0
    block: PaletteBlock | None = None
    places: tuple[int, ...] = ()


def in_chapters(families: Sequence[PaletteFamily], folded: Container[str]) -> list[PaletteRow]:
    """All families by chapter, without what is folded."""
    rows: list[PaletteRow] = []
    chapter = ""
    for family in families:
        if family.chapter != chapter:
            chapter = family.chapter
            count = sum(len(f.blocks) for f in families if f.chapter == chapter)
            rows.append(PaletteRow(chapter=chapter, count=count))
        if family.chapter in folded:
            continue
        rows.append(PaletteRow(heading=family.title, count=len(family.blocks)))
        if family.title not in folded:
            rows += [PaletteRow(block=block) for block in family.blocks]
    return rows


def alike(families: Sequence[PaletteFamily], query: str) -> list[PaletteRow]:
    """Blocks that a query may mean, the best first."""
    hits: list[tuple[float, int, PaletteRow]] = []
    for family in families:
        for block in family.blocks:
            hit = fuzzy.forgiving(query, block.title)
            other = None if hit else fuzzy.match(query, block.more)
            if other is not None and other.score > 60:
                hit = fuzzy.Match(other.score - 60, ())
            if hit is not None:
                hits.append((-hit.score, len(hits), PaletteRow(block=block, places=hit.places)))
    return [row for _, _, row in sorted(hits, key=lambda item: item[:2])]
