"""What people type to find something: exact words first, then beginnings, synonyms and close spelling.

One measure for blocks, networks and commands, so that the same letters find the same thing everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol, TypeVar

from explorer.ui.widgets import fuzzy

SAME, SYNONYM, BEGINS, WORD, WORD_OF_SYNONYM, TERMS, INSIDE, INITIALS = range(900, 100, -100)
"""What a hit is worth, by how it was meant."""
SPELLED = 50
CLOSE_FROM, VERY_LONG = 4, 8
"""Letters from which one letter may be wrong, and from which two."""


class Named(Protocol):
    """What can be looked for: its title, further words for it, and whether many people want it."""

    @property
    def title(self) -> str:
        """As it is shown."""

    @property
    def more(self) -> tuple[str, ...]:
        """Further words or phrases that it is found by."""

    @property
    def usual(self) -> bool:
        """Between equals it comes first."""


Thing = TypeVar("Thing", bound=Named)


class Hit(NamedTuple):
    """How well something fits (larger is better), and which letters of its title were meant."""

    score: float
    places: tuple[int, ...] = ()


def plain(text: str) -> str:
    """Letters as they are compared: small, with spaces for hyphens; as many as before."""
    return "".join(" " if letter in "-_" else "x" if letter == "×" else letter for letter in text).lower()


def look_up(
    query: str, things: Iterable[Thing], *, guess: bool = True
) -> list[tuple[Thing, tuple[int, ...]]]:
    """Return what a text may mean, the best first, with the letters of the title that were meant.

    Close spelling counts only where nothing else fits: who types properly is not shown guesses. Without
    `guess` it counts nowhere.
    """
    known = list(things)
    wanted = " ".join(plain(query).split())
    if not wanted:
        return [(thing, ()) for thing in known]
    hits = [(fits(wanted, thing), thing) for thing in known]
    if guess and all(hit is None for hit, _ in hits):
        hits = [(_spelled(wanted, thing), thing) for thing in known]
    ranked = sorted(
        (
            (-hit.score, not thing.usual, place, thing, hit.places)
            for place, (hit, thing) in enumerate(hits)
            if hit is not None
        ),
        key=lambda row: row[:3],
    )
    return [(thing, places) for _, _, _, thing, places in ranked]


def fits(wanted: str, thing: Named) -> Hit | None:
    """Return how well a text, already plain, fits a thing; None when it does not."""
    title, more = plain(thing.title), [plain(words) for words in thing.more]
    if title == wanted or title.replace(" ", "") == wanted.replace(" ", ""):
        return Hit(SAME, tuple(range(len(title))))
    if wanted in more:
        return Hit(SYNONYM)
    starts = _starts(wanted, title)
    if starts:
        bonus = 10.0 if _is_whole(wanted, title, starts[0]) else 0.0
        score = (BEGINS if starts[0] == 0 else WORD) + bonus
        return Hit(score, tuple(range(starts[0], starts[0] + len(wanted))))
    if " " in wanted and title.replace(" ", "").startswith(wanted.replace(" ", "")):
        return Hit(BEGINS)
    if any(_starts(wanted, words) for words in more):
        return Hit(WORD_OF_SYNONYM)
    return _terms(wanted, title, more) or _pieces(wanted, title)


def _starts(wanted: str, text: str) -> list[int]:
    """Where in a text a word begins with these letters."""
    found, at = [], text.find(wanted)
    while at >= 0:
        if at == 0 or not text[at - 1].isalnum():
            found.append(at)
        at = text.find(wanted, at + 1)
    return found


def _is_whole(wanted: str, text: str, at: int) -> bool:
    end = at + len(wanted)
    return end == len(text) or not text[end].isalnum()


def _terms(wanted: str, title: str, more: Sequence[str]) -> Hit | None:
    """Several words, each of which begins one in the title or among the synonyms: `he 2015`."""
    terms = wanted.split()
    if len(terms) < 2:
        return None
    places: list[int] = []
    whole = 0
    for term in terms:
        starts = _starts(term, title)
        texts = (title, *more)
        if not any(_starts(term, text) for text in texts):
            return None
        places += range(starts[0], starts[0] + len(term)) if starts else ()
        whole += any(_is_whole(term, text, at) for text in texts for at in _starts(term, text))
    return Hit(TERMS + 50.0 * whole / len(terms), tuple(sorted(set(places))))


def _pieces(wanted: str, title: str) -> Hit | None:
    """A piece inside of the title, or letters that begin its words: `c2d`, `bn`."""
    at = title.find(wanted) if len(wanted) > 2 else -1
    if at >= 0:
        return Hit(INSIDE, tuple(range(at, at + len(wanted))))
    hit = fuzzy.match(wanted, title)
    letters = wanted.replace(" ", "")
    if hit is None or len(letters) < 2 or hit.score + 0.1 * len(title) < 5.0 * len(letters):
        return None  # letters strewn over a title are no sign that it was meant
    return Hit(INITIALS, hit.places)


def _spelled(wanted: str, thing: Named) -> Hit | None:
    """Return how closely a text is spelled like the title or one of its words or synonyms."""
    letters = wanted.replace(" ", "")
    allowed = 0 if len(letters) < CLOSE_FROM else 1 if len(letters) < VERY_LONG else 2
    if not allowed:
        return None
    best: float | None = None
    for number, text in enumerate((thing.title, *thing.more)):
        words = plain(text)
        for word in {words.replace(" ", ""), *words.split()}:
            for piece in {word, word[: len(letters)], word[: len(letters) + 1]}:
                wrong = _wrong(letters, piece, allowed)
                if wrong is None:
                    continue
                cost = wrong + (0.5 if number else 0.0 if words.replace(" ", "").startswith(word) else 0.2)
                best = cost if best is None else min(best, cost)  # titles before synonyms
    return None if best is None else Hit(SPELLED - 20.0 * best)


def _wrong(one: str, other: str, most: int) -> int | None:
    """How many letters are missing, extra, other or swapped; None when more than `most`."""
    if abs(len(one) - len(other)) > most or len(set(one) ^ set(other)) > 2 * most:
        return None
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        before, last, row = row, before, [i]
        for j, b in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return None
    return row[-1] if row[-1] <= most else None
