"""How options of architectures are written: one grammar for lists of numbers, one set of names."""

from __future__ import annotations

import re
from collections.abc import Mapping

SYNONYMS: tuple[tuple[str, ...], ...] = (
    ("blocks", "layers", "stages", "modules", "depths", "units"),
    ("dropout", "drop"),
    ("alpha", "width", "scale", "k", "multiplier"),
)
"""Names that mean the same in different families; an option is read under any of them."""
_LIST = re.compile(r"\d+(?:\s*[-,\s]\s*\d+)+")


def meant(name: str, known: Mapping[str, object]) -> str:
    """The option of an architecture that a name means: itself, or the one option of the same meaning.

    Two options of one meaning (`alpha` and `width`) are never mixed up: then only their own names are read.
    """
    if name in known:
        return name
    for names in SYNONYMS:
        if name in names:
            found = [option for option in names if option in known]
            return found[0] if len(found) == 1 else name
    return name


def numbers(text: str) -> list[int]:
    """Numbers written as `3 4 6 3`, `3-4-6-3` or `3,4,6,3`; empty where anything else stands between."""
    text = text.strip()
    if not _LIST.fullmatch(text) and not (text.isascii() and text.isdecimal()):
        return []
    return [int(number) for number in re.findall(r"\d+", text)] if text.isascii() else []
