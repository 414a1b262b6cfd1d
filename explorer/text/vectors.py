"""Vectors of words from a file in GloVe's text format, and which words lie near each other.

A line is a word and its numbers, with blanks between them; word2vec's text files have one line more in front,
with two whole numbers. Pennington, Socher & Manning 2014, https://nlp.stanford.edu/projects/glove/.
"""

from __future__ import annotations

import difflib
import os
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from explorer import words

Array = np.ndarray[Any, np.dtype[Any]]
MOST_WORDS, WIDEST, LONGEST = 400_000, 4_096, 65_536
"""Words that are read, numbers of a vector, and bytes of a line: what is beyond is left or refused."""


class VectorProblem(ValueError):
    """A file that holds no vectors of words, or a word it does not have; the text is a sentence."""


@dataclass(frozen=True, eq=False)
class Vectors:
    """Words in the order of the file, the most frequent first as a rule, and an array (words, numbers)."""

    words: tuple[str, ...]
    values: Array

    @cached_property
    def places(self) -> dict[str, int]:
        """Row of every word."""
        return {word: number for number, word in enumerate(self.words)}

    @cached_property
    def directions(self) -> Array:
        """The vectors at length 1, of which the product is the cosine of the angle; zeros stay zeros."""
        length = np.linalg.norm(self.values, axis=1, keepdims=True)
        result: Array = self.values / np.where(length > 0, length, 1)
        return result

    def of(self, word: str) -> Array:
        """The vector of a word, as it is written or in small letters; raises `VectorProblem`."""
        for spelled in (word, word.lower()):
            if spelled in self.places:
                found: Array = self.values[self.places[spelled]]
                return found
        near = difflib.get_close_matches(word.lower(), self.words[:20_000], 3)
        hint = f" Near it in letters: {', '.join(near)}." if near else ""
        raise VectorProblem(f"“{word[:40]}” is none of the {len(self.words):,} words of this file.{hint}")

    def near(self, vector: Array, count: int, without: tuple[str, ...] = ()) -> list[tuple[str, float]]:
        """The words whose vectors point most nearly the same way, with the cosine of the angle."""
        length = float(np.linalg.norm(vector)) or 1.0
        cosines = self.directions @ (np.asarray(vector, np.float32) / length)
        left = {word.lower() for word in without}
        order = np.argsort(-cosines, kind="stable")[: count + 2 * len(left)]
        found = [(self.words[n], float(cosines[n])) for n in order if self.words[n].lower() not in left]
        return found[:count]


def read_vectors(path: str, most: int = MOST_WORDS) -> Vectors:
    """Read the first words of a file.

    Raises:
        VectorProblem: it cannot be read, or a line is no word with numbers; its number is said.

    """
    if not os.path.isfile(path):
        raise VectorProblem(f"There is no file {path}.")
    found: list[str] = []
    rows: list[Array] = []
    try:
        with open(path, "rb") as file:
            for number, line in enumerate(iter(lambda: file.readline(LONGEST + 1), b""), 1):
                if len(line) > LONGEST:
                    raise VectorProblem(f"Line {number:,} is longer than {words.memory(LONGEST)}: no vector.")
                parts = line.decode("utf-8", "replace").rstrip().split(" ")
                if number == 1 and len(parts) == 2 and all(part.isdecimal() for part in parts):
                    continue
                word, row = _row(parts, number, len(rows[0]) if rows else 0)
                found.append(word)
                rows.append(row)
                if len(found) == most:
                    break
    except OSError as problem:
        raise VectorProblem(f"{path} cannot be read: {problem.strerror}.") from None
    if not rows:
        raise VectorProblem(f"{path} is empty.")
    first = dict(zip(reversed(found), reversed(range(len(found))), strict=True))
    kept = sorted(first.values())  # of a word that stands twice the first counts
    return Vectors(tuple(found[n] for n in kept), np.stack([rows[n] for n in kept]))


def _row(parts: list[str], number: int, width: int) -> tuple[str, Array]:
    """A word (that may have blanks in it) and its vector."""
    count = width or len(parts) - 1
    if count < 1 or count > WIDEST or len(parts) <= count:
        has = max(0, len(parts) - 1)
        wants = f"the lines before it have {width}" if width else f"1 to {WIDEST:,} are wanted"
        raise VectorProblem(f"Line {number:,} has {has:,} numbers behind its word; {wants}.")
    try:
        row = np.array(parts[-count:], np.float32)
    except ValueError:
        raise VectorProblem(f"Line {number:,} is no word with numbers behind it.") from None
    if not np.isfinite(row).all():
        raise VectorProblem(f"Line {number:,} has a number that is not finite.")
    return " ".join(parts[:-count]), row
