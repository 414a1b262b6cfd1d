"""What came of matching a file with a design, name by name."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.engine.published.fingerprints import Origin

MOST_NAMED = 2


@dataclass(frozen=True)
class Difference:
    """A tensor that both have, in other shapes."""

    key: str
    ours: tuple[int, ...]
    theirs: tuple[int, ...]

    @property
    def is_of_the_head(self) -> bool:
        """Whether only the number of outputs differs. In front of another layer that shows there as well.

        Tables and tokens of another length are no heads: what they hold is read by layers behind them.
        """
        of_a_layer = self.key.rpartition(".")[2] in ("weight", "bias")
        return of_a_layer and self.ours[1:] == self.theirs[1:] and self.ours[:1] != self.theirs[:1]

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
        unused: keys of the file that the design can do without. kinds: what those are, in words.
        alike: layers of the design that have the size of others, so that names have to say which is which.
        origins: whose file it is, as far as its names tell.
        known: what the publisher's network does that this design does not, in words; the file is refused.
        perhaps: the same where only some networks of these names do it.

    """

    how: str
    matched: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    differing: tuple[Difference, ...] = ()
    share: float = 0.0
    even: bool = True
    unused: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    alike: tuple[str, ...] = ()
    origins: tuple[Origin, ...] = ()
    known: tuple[str, ...] = ()
    perhaps: tuple[str, ...] = ()

    @property
    def fits(self) -> bool:
        """Whether all was found and used, but for outputs of another number, and nothing known differs."""
        whole = self.even and bool(self.matched) and not (self.missing or self.left or self.known)
        return whole and all(difference.is_of_the_head for difference in self.differing)

    @property
    def told(self) -> tuple[str, ...]:
        """Everything that is not as expected, a sentence each."""
        kept = "; it stays as it is." if self.fits else "."
        return (
            *(f"{difference}{kept}" for difference in self.differing),
            *(f"{key} is not in the file." for key in self.missing),
            *(f"{key} of the file found no place." for key in self.left),
            *(f"The file also holds {kind}, which this design does not have." for kind in self.kinds),
            *self.perhaps,
        )

    @property
    def whose(self) -> str:
        """Whose file it seems to be, a sentence; empty where nothing tells."""
        if not self.origins:
            return ""
        known = [str(origin) for origin in self.origins if origin.networks]
        if known:
            return f"It seems to be {' or '.join(known[:2])}."
        return f"Its names look like those of {self.origins[0].library}."

    def refusal(self, name: str) -> str:
        """Say why a file was not loaded: kinds of trouble, their numbers, the first of each by name."""
        whose = f" {self.whose}" if self.whose else ""
        if not self.matched and not self.alike:
            return f"{name} holds weights of another network: no layer fits; nothing was loaded.{whose}"
        parts = list(self.known)
        libraries = [origin.library for origin in self.origins]
        if libraries and not any(library in self.how for library in libraries):
            parts.append(f"names of {libraries[0]} are not mapped for such a network")
        if self.differing:
            parts.append(f"{_count(self.differing, 'has', 'have')} another shape ({_first(self.differing)})")
        if self.missing:
            parts.append(f"{_count(self.missing, 'is', 'are')} not in the file ({_first(self.missing)})")
        if self.left:
            parts.append(f"{len(self.left):,} of the file found no place ({_first(self.left)})")
        if self.alike:
            parts.append(
                f"{len(self.alike):,} layers have the size of others ({_first(self.alike)}), and neither the "
                "names of the design nor those of a known library say which is which"
            )
        return (
            f"{name} does not fit this design, and nothing was loaded.{whose} By {self.how}, "
            f"{_count(self.matched, 'tensor fits', 'tensors fit')}; {'; '.join(parts)}."
        )


def _count(found: tuple[object, ...], one: str, more: str) -> str:
    return f"1 {one}" if len(found) == 1 else f"{len(found):,} {more}"


def _first(found: tuple[object, ...]) -> str:
    rest = len(found) - MOST_NAMED
    return ", ".join(map(str, found[:MOST_NAMED])) + (f", and {rest:,} more" if rest > 0 else "")


def _text(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape)) or "a number"
