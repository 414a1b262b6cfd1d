"""A block's docstring taken apart: what it computes, shapes, parameters, source."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass

_SECTION = re.compile(r"\b(Shapes|Parameters|Source):\s")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z“`⟨])")


@dataclass(frozen=True)
class Card:
    """What is known of a block.

    Attributes:
        what: paragraphs. formula: LaTeX, may be empty.
        shapes, parameters, source: a line each, empty where the docstring says nothing.

    """

    what: tuple[str, ...] = ()
    formula: str = ""
    shapes: str = ""
    parameters: str = ""
    source: str = ""


def read(docstring: str | None, formula: str = "") -> Card:
    """Return the card of a block from its docstring."""
    text = inspect.cleandoc(docstring or "")
    parts = _SECTION.split(text)
    sections = {name: _flat(body) for name, body in zip(parts[1::2], parts[2::2], strict=True)}
    what = tuple(_flat(paragraph) for paragraph in re.split(r"\n\s*\n", parts[0]) if paragraph.strip())
    return Card(
        what,
        formula,
        sections.get("Shapes", ""),
        sections.get("Parameters", ""),
        sections.get("Source", ""),
    )


def opening(card: Card, sentences: int = 2) -> str:
    """Return the first sentences of a card."""
    found: list[str] = []
    for paragraph in card.what:
        found += _SENTENCE.split(paragraph)
    return " ".join(found[:sentences])


def _flat(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().replace("`", "")
