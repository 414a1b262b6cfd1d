"""Which tensor of a file belongs to which of a design: by own names, by a publisher's, or by its size alone.

Order never decides between tensors of one size: names do, or the file does not fit.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from torch import Tensor

from explorer.engine.published.layers import COUNTER, Layer, State, in_running_order, layers, natural
from explorer.engine.published.names import TABLES
from explorer.engine.published.names.table import Names, Row, matches, place
from explorer.engine.published.report import Difference, Report
from explorer.graph.flow import Flow

RECOGNISED = 0.5
"""Share of the design's parameters from which on a file counts as this network under these names."""
MOST_ALIGNED = 400
"""Longer rows of layers that do not fit are not compared one by one."""


@dataclass(frozen=True)
class Source:
    """Where a tensor of the design comes from: a key of the file, and which of its equal parts."""

    key: str
    part: int = 0
    parts: int = 1

    def shape(self, state: State) -> tuple[int, ...]:
        """Shape of the part."""
        first, *rest = state[self.key].shape or (1,)
        return (first // self.parts, *rest) if self.parts > 1 else tuple(state[self.key].shape)

    def take(self, state: State) -> Tensor:
        """The part itself."""
        return state[self.key].chunk(self.parts)[self.part] if self.parts > 1 else state[self.key]


@dataclass(frozen=True)
class Match:
    """Sources by key of the design, and how good they are."""

    sources: dict[str, Source]
    report: Report


@dataclass(frozen=True)
class Sides:
    """What is to be matched.

    Attributes:
        own, theirs: state dicts. ours: layers of the design as they run. others: those of the file.
        learnt: keys of the design's parameters.

    """

    own: State
    theirs: State
    ours: Mapping[str, Layer]
    others: Mapping[str, Layer]
    learnt: frozenset[str]


def sides(own: State, theirs: State, learnt: Iterable[str], flow: Flow) -> Sides:
    """Set two state dicts side by side; `learnt` are the keys of the design's parameters."""
    return Sides(own, theirs, in_running_order(layers(own), flow), layers(theirs), frozenset(learnt))


def best(both: Sides) -> Match:
    """The best match: under the design's names, those of a publisher, or by sizes that occur once."""
    found = by_own_names(both)
    for table in TABLES:
        if found.report.fits and not found.report.differing:
            return found
        found = max(found, by_table(both, table), key=_goodness)
    if found.report.share < RECOGNISED:
        found = max(found, by_size(both), key=_goodness)
    return found


def _goodness(match: Match) -> tuple[bool, float, bool]:
    return match.report.fits, match.report.share, bool(match.report.alike)


def by_own_names(both: Sides) -> Match:
    """Tensors of equal names."""
    found = {key: Source(key) for key in both.own if key in both.theirs}
    return _judged(both, found, "the names of the design")


def by_table(both: Sides, table: Names) -> Match:
    """Layers as a map of names says."""
    taken: set[str] = set()
    held: set[str] = set()
    found: dict[str, Source] = {}
    even = True
    for row in table.rows:
        theirs = _ordered(row.theirs, (x for x in both.others.values() if x.owner not in taken))
        ours = [x for x in both.ours.values() if x.owner not in held and matches(row.ours, x.owner)]
        taken.update(layer.owner for layer in theirs)
        held.update(layer.owner for layer in ours)
        for kind in ("weights", "norm", "own"):
            others = [layer for layer in theirs if layer.kind == kind]
            own = [layer for layer in ours if layer.kind == kind]
            if len(others) * row.parts == len(own):
                found |= _paired(row, others, own)
            elif others and own:
                even = False
                found |= _aligned(both, others, own)
    return _judged(both, found, f"the names of {table.title}", table, even=even)


def _ordered(pattern: str, found: Iterable[Layer]) -> list[Layer]:
    """Layers that match, by alternatives and the numbers in their names."""
    places = [(place(pattern, layer.owner), layer) for layer in found]
    known = [(number, natural(layer.owner), layer) for number, layer in places if number is not None]
    return [layer for *_, layer in sorted(known, key=lambda item: item[:2])]


def _paired(row: Row, others: list[Layer], own: list[Layer]) -> dict[str, Source]:
    """The first with the first, the second with the second; parts one behind the other."""
    found: dict[str, Source] = {}
    for number, layer in enumerate(own):
        other = others[number // row.parts]
        for name, key in layer.keys.items():
            if name in other.keys:
                found[key] = Source(other.keys[name], number % row.parts, row.parts)
    return found


def _aligned(both: Sides, others: list[Layer], own: list[Layer]) -> dict[str, Source]:
    """Pairs where one side has more layers: only to say which those are, since nothing is loaded then."""
    if max(len(others), len(own)) > MOST_ALIGNED:
        return {}
    theirs = [_likeness(layer, both.theirs, True) for layer in others]
    ours = [_likeness(layer, both.own, True) for layer in own]
    found: dict[str, Source] = {}
    for block in SequenceMatcher(None, ours, theirs, autojunk=False).get_matching_blocks():
        for step in range(block.size):
            layer, other = own[block.a + step], others[block.b + step]
            found |= {key: Source(other.keys[name]) for name, key in layer.keys.items()}
    return found


def by_size(both: Sides) -> Match:
    """Layers whose sizes occur once on either side; last, outputs of another number.

    Of several layers of one size nobody can say which is which: they are named, and the file does not fit.
    """
    found: dict[str, Source] = {}
    alike: list[str] = []
    ours, others = list(both.ours.values()), list(both.others.values())
    for whole in (True, False):
        mine, theirs = (
            _by_likeness(layers, state, whole) for layers, state in ((ours, both.own), (others, both.theirs))
        )
        for size, held in mine.items():
            there = theirs.get(size, [])
            if len(held) == len(there) == 1:
                layer, other = held[0], there[0]
                found |= {key: Source(other.keys[name]) for name, key in layer.keys.items()}
                ours.remove(layer)
                others.remove(other)
            elif whole and there:
                alike += [layer.owner for layer in held]
    return _judged(both, found, "sizes that occur once", alike=tuple(alike))


def _by_likeness(found: Iterable[Layer], state: State, whole: bool) -> dict[Hashable, list[Layer]]:
    alike: dict[Hashable, list[Layer]] = {}
    for layer in found:
        alike.setdefault(_likeness(layer, state, whole), []).append(layer)
    return alike


def _likeness(layer: Layer, state: State, whole: bool) -> Hashable:
    start = 0 if whole else 1
    return tuple(sorted((name, tuple(state[key].shape[start:])) for name, key in layer.keys.items()))


def _judged(
    both: Sides,
    found: Mapping[str, Source],
    how: str,
    table: Names | None = None,
    *,
    even: bool = True,
    alike: tuple[str, ...] = (),
) -> Match:
    """Sort what was found into what fits and what does not."""
    computed, spare = (table.computed, table.spare) if table else ("", {})
    sources: dict[str, Source] = {}
    differing = []
    for key, source in found.items():
        ours, theirs = tuple(both.own[key].shape), source.shape(both.theirs)
        if _alike(ours, theirs):
            sources[key] = source
        else:
            differing.append(Difference(key, ours, theirs))
    used = {source.key for source in found.values()}
    missing = [key for key in both.own if key not in found and not key.endswith(COUNTER)]
    left = [key for key in both.theirs if key not in used and not key.endswith(COUNTER)]
    total = sum(both.own[key].numel() for key in both.learnt)
    held = sum(both.own[key].numel() for key in both.learnt if key in sources)
    left = sorted((key for key in left if not matches(computed, key)), key=natural)
    unused = tuple(key for key in left if any(matches(pattern, key) for pattern in spare))
    return Match(
        sources,
        Report(
            how,
            tuple(key for key in sources if not key.endswith(COUNTER)),
            tuple(missing),
            tuple(key for key in left if key not in unused),
            tuple(differing),
            held / max(1, total),
            even,
            unused,
            tuple(
                {words: None for pattern, words in spare.items() if any(matches(pattern, x) for x in unused)}
            ),
            alike,
        ),
    )


def _alike(ours: tuple[int, ...], theirs: tuple[int, ...]) -> bool:
    """Whether two shapes hold the same numbers in the same order.

    A convolution over the whole map and a linear layer behind a flatten do, and a token with a batch axis.
    """
    if ours == theirs:
        return True
    if 2 in (len(ours), len(theirs)) and ours[:1] == theirs[:1]:
        return math.prod(ours) == math.prod(theirs)
    return [size for size in ours if size != 1] == [size for size in theirs if size != 1]
