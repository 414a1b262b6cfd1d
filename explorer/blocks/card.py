"""A block's docstring taken apart: what it does, then sections with names."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass

SECTIONS = (
    "Shapes",
    "Parameters",
    "MACs",
    "Used in",
    "Strengths",
    "Gaps",
    "Correction",
    "Compile",
    "Source",
)
"""In the order in which they are written; Correction and Compile are for those blocks that need them."""
OPTIONAL = frozenset(["Correction", "Compile"])
_SECTION = re.compile(rf"^\s*({'|'.join(SECTIONS)}):\s", re.M)
_NAME = re.compile(r"[b-z](?![a-zA-Z])")
"""What begins with a letter that stands for a number, or with a version."""
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z“`⟨0-9])")


@dataclass(frozen=True)
class Card:
    """What is known of a block.

    Attributes:
        what: paragraphs. formula: LaTeX, may be empty.
        sections: pairs of a heading and its text, in the order in which they are written.

    """

    what: tuple[str, ...] = ()
    formula: str = ""
    sections: tuple[tuple[str, str], ...] = ()

    def section(self, name: str) -> str:
        """Text of a section, empty where there is none."""
        return dict(self.sections).get(name, "")


def read(docstring: str | None, formula: str = "", uncompiled: str = "") -> Card:
    """Return the card of a block.

    Args:
        docstring: of its class. formula: LaTeX.
        uncompiled: why `torch.compile` cannot take it, half a sentence; becomes a section.

    """
    parts = _SECTION.split(inspect.cleandoc(docstring or ""))
    what = tuple(_flat(paragraph) for paragraph in re.split(r"\n\s*\n", parts[0]) if paragraph.strip())
    found = [(name, _shown(name, body)) for name, body in zip(parts[1::2], parts[2::2], strict=True)]
    if uncompiled:
        found.insert(len(found) - 1, ("Compile", f"torch.compile cannot take it whole: {uncompiled}."))
    return Card(what, formula, tuple(found))


def opening(card: Card, sentences: int = 2) -> str:
    """Return the first sentences of a card."""
    found: list[str] = []
    for paragraph in card.what:
        found += _SENTENCE.split(paragraph)
    return " ".join(found[:sentences])


def _shown(name: str, body: str) -> str:
    """Sections in words begin with a capital; formulas and names such as `t` or `v1` stay as they are."""
    text = _flat(body)
    is_formula = name in ("Shapes", "Parameters", "MACs") or _NAME.match(text)
    return text if is_formula else text[:1].upper() + text[1:]


def _flat(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().replace("`", "")
