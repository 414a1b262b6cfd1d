"""What came of matching a file with a design, name by name."""

from __future__ import annotations

from dataclasses import dataclass

MOST_NAMED = 2


@dataclass(frozen=True)
class Difference:
    """A tensor that both have, in other shapes."""

    key: str
    ours: tuple[int, ...]
    theirs: tuple[int, ...]

    @property
    def is_of_the_head(self) -> bool:
        """Whether only the number of outputs differs. In front of another layer that shows there as well."""
        return bool(self.ours) and self.ours[1:] == self.theirs[1:] and self.ours[0] != self.theirs[0]

    def __str__(self) -> str:
        return f"{self.key} is {_text(self.ours)} here, {_text(self.theirs)} in the file"


@dataclass(frozen=True)
class Report:
    """How a file fits.

    Attributes:
        how: by which names layers were matched, in words.
        matched: keys of the design that were found. missing: those that were not; a file without
            statistics of a batch norm misses them, counters of batches are never missed.
        left: keys of the file that found no place. differing: same layer, other shapes.
        share: part of the design's parameters that was found.
        even: whether there are as many layers on both sides; if not, what was matched is only a guess.

    """

    how: str
    matched: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    differing: tuple[Difference, ...] = ()
    share: float = 0.0
    even: bool = True

    @property
    def fits(self) -> bool:
        """Whether all was found, but for outputs of another number."""
        whole = self.even and bool(self.matched) and not self.missing
        return whole and all(difference.is_of_the_head for difference in self.differing)

    @property
    def told(self) -> tuple[str, ...]:
        """Everything that is not as expected, a sentence each."""
        kept = "; it stays as it is." if self.fits else "."
        return (
            *(f"{difference}{kept}" for difference in self.differing),
            *(f"{key} is not in the file." for key in self.missing),
            *(f"{key} of the file found no place." for key in self.left),
        )

    def refusal(self, name: str) -> str:
        """Say why a file was not loaded: kinds of trouble, their numbers, the first of each by name."""
        if not self.matched:
            return f"{name} holds weights of another network: no layer fits; nothing was loaded."
        parts = []
        if self.differing:
            parts.append(f"{_count(self.differing, 'has', 'have')} another shape ({_first(self.differing)})")
        if self.missing:
            parts.append(f"{_count(self.missing, 'is', 'are')} not in the file ({_first(self.missing)})")
        if self.left:
            parts.append(f"{len(self.left):,} of the file found no place ({_first(self.left)})")
        return (
            f"{name} does not fit this design, and nothing was loaded. By {self.how}, "
            f"{len(self.matched):,} tensors fit; {'; '.join(parts)}."
        )


def _count(found: tuple[object, ...], one: str, more: str) -> str:
    return f"1 {one}" if len(found) == 1 else f"{len(found):,} {more}"


def _first(found: tuple[object, ...]) -> str:
    rest = len(found) - MOST_NAMED
    return ", ".join(map(str, found[:MOST_NAMED])) + (f", and {rest:,} more" if rest > 0 else "")


def _text(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape)) or "a number"
