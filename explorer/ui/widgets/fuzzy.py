"""Fuzzy search: the letters of the query in order, better where words begin; one typo forgiven."""

from __future__ import annotations

from typing import NamedTuple


class Match(NamedTuple):
    """How well a text fits (larger is better) and which of its letters were meant."""

    score: float
    places: tuple[int, ...]


def match(query: str, text: str) -> Match | None:
    """Return the best match of ``query`` as a subsequence of ``text``, or None."""
    wanted, lower = query.lower().replace(" ", ""), text.lower()
    if not wanted:
        return Match(0.0, ())
    found = lower.find(query.lower().strip())
    if found >= 0:  # a piece in one run beats every scattered match
        bonus = 30.0 if found == 0 else 20.0 if not lower[found - 1].isalnum() else 10.0
        return Match(100.0 + bonus - len(text) * 0.1, tuple(range(found, found + len(query.strip()))))
    best: Match | None = None
    for start in (index for index, letter in enumerate(lower) if letter == wanted[0]):
        candidate = _from(wanted, lower, start)
        if candidate and (best is None or candidate.score > best.score):
            best = candidate
    return best


def _from(wanted: str, lower: str, start: int) -> Match | None:
    places: list[int] = []
    score, at = -0.1 * len(lower), start
    for letter in wanted:
        at = lower.find(letter, at)
        if at < 0:
            return None
        begins = at == 0 or not lower[at - 1].isalnum()
        follows = bool(places) and places[-1] == at - 1
        score += 8.0 if begins else 5.0 if follows else 1.0
        places.append(at)
        at += 1
    return Match(score, tuple(places))


def forgiving(query: str, text: str) -> Match | None:
    """Return a match that also forgives one missing, extra, wrong or swapped letter."""
    exact = match(query, text)
    if exact is not None or len(query) < 4:
        return exact
    lower = query.lower()
    variants = [lower[:i] + lower[i + 1 :] for i in range(len(lower))]
    variants += [lower[:i] + lower[i + 1] + lower[i] + lower[i + 2 :] for i in range(len(lower) - 1)]
    hits = [hit for variant in variants if (hit := match(variant, text)) and hit.score > len(lower) * 3]
    best = max(hits, default=None, key=lambda hit: hit.score)
    return best and Match(best.score - 40.0, best.places)
