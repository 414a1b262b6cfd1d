"""Wires of a layout as shapes: skips behind, forks on top."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from explorer.figures.networks.lanes import Pair
from explorer.figures.networks.layout import Layout
from explorer.figures.networks.orientation import Turn, Words
from explorer.figures.networks.shapes import Disc, Ink, Line, Shape

WIRE, SKIP = Ink("wire"), Ink("accent", 0.85)
FORK = 4.0


def wire_shapes(layout: Layout, turn: Turn) -> Iterator[Shape]:
    """Yield the wires, then a dot wherever one parts."""
    for skip in (True, False):
        for pair, points in layout.wires.items():
            if (pair in layout.skips) is skip:
                yield Line(tuple(map(turn.point, points)), SKIP if skip else WIRE, 2.0, arrow=True)
    for key, at in layout.forks.items():
        leaps = any(source == key for source, _ in layout.skips)
        yield Disc(turn.point(at), FORK, SKIP if leaps else WIRE)


def word_shapes(layout: Layout, turn: Turn, words: Iterable[tuple[str | Pair, Words]]) -> Iterator[Shape]:
    """Yield what is written at wires: behind a unit by its key, before a target by its link."""
    for place, said in words:
        at = layout.heads[place] if isinstance(place, str) else layout.tails[place]
        yield from turn.words(at, said, upright=place in layout.upright)
