"""How a name map is written: rows that say which layers of a publisher are which of ours.

A row pairs two patterns: *all* layers that the first matches in the file with *all* that the second matches
in the design, the first with the first, the second with the second; vectors (normalisations) among
themselves. Those of the file count by the numbers in their names (`layer1.9` before `layer1.10`),
alternatives one behind the other; ours count as they run. A row therefore says no more than what cannot be
read from the order, and one row serves every depth of a family. A layer belongs to the first row that matches
it. Where there are more on one side, the file does not fit.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache


@dataclass(frozen=True)
class Row:
    """A line of a map.

    Attributes:
        theirs, ours: patterns: `#` is a number, `*` anything, a blank separates alternatives.
        parts: how many of our layers one of theirs holds, one below the other (fused query, key, value).

    """

    theirs: str
    ours: str
    parts: int = 1


@dataclass(frozen=True)
class Names:
    """A publisher's names for one family.

    Attributes:
        title: for people. rows: in the order in which they are asked.
        computed: pattern of tensors in their files that are worked out, not learnt; ours need none.
        spare: patterns of tensors that our design can do without, and what they are, in words.

    """

    title: str
    rows: tuple[Row, ...]
    computed: str = ""
    spare: Mapping[str, str] = field(default_factory=dict)


def names(
    title: str,
    rows: Mapping[str, str],
    *,
    fused: Mapping[str, str] | None = None,
    computed: str = "",
    spare: Mapping[str, str] | None = None,
) -> Names:
    """Write a map: `rows` pair patterns, `fused` those where one layer of theirs is query, key and value."""
    found = [Row(theirs, ours, 3) for theirs, ours in (fused or {}).items()]
    return Names(
        title, (*found, *(Row(theirs, ours) for theirs, ours in rows.items())), computed, spare or {}
    )


def place(pattern: str, name: str) -> int | None:
    """Which alternative of a pattern of `Row` a name fits, None if none."""
    return next((n for n, option in enumerate(_compiled(pattern)) if option.fullmatch(name)), None)


def matches(pattern: str, name: str) -> bool:
    """Whether a name fits a pattern of `Row`."""
    return place(pattern, name) is not None


@cache
def _compiled(pattern: str) -> tuple[re.Pattern[str], ...]:
    return tuple(
        re.compile(re.escape(part).replace(r"\#", r"\d+").replace(r"\*", r".*")) for part in pattern.split()
    )
