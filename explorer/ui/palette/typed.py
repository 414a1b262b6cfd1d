"""What is typed behind a block's name: `conv 64 3 s2` sets fields, `add relu1` says what feeds it, `×3`."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from explorer.blocks.block import Block, show
from explorer.graph.catalogue import BadField
from explorer.graph.model import FieldValue, NodeId
from explorer.ui.widgets.search_list import Entry, Found, alike

NUMBERS = ("int", "float", "size", "sizes", "shape", "padding")
"""Kinds of fields that a number can fill."""
USUAL = ("filters", "features", "kernel", "stride", "padding")
"""What a row of numbers means first, as in the signatures of PyTorch; then as declared."""
MOST_COPIES = 24
_NUMBER = re.compile(r"[-−]?\d{1,9}(?:\.\d{1,9})?(?:e-?\d{1,2})?")
_SIZES = re.compile(r"[-−]?\d{1,9}(?:[x×*][-−]?\d{1,9})+")
_COPIES = re.compile(r"[x×](\d{1,3})|(\d{1,3})[x×]")
_JOINED = re.compile(r"(\w+)=(.+)|([a-z_]+)(\d.*)")
"""A field with its value: `kernel=5` or `k5`."""


class NotMeant(ValueError):
    """The words behind a name mean nothing for that block; the sentence says which."""


@dataclass(frozen=True)
class Typed:
    """What was typed behind a block's name.

    Attributes:
        fields: values that differ from the usual ones. sources: nodes that feed it.
        instead: whether those stand in the place of the selected node. copies: how many in a row.

    """

    fields: Mapping[str, FieldValue] = field(default_factory=dict)
    sources: tuple[NodeId, ...] = ()
    instead: bool = False
    copies: int = 1

    def words(self, block: type[Block]) -> str:
        """As it is understood, for the line of the list: `filters 64, kernel 3×3, from relu1`."""
        parts = [_said(block, name, value) for name, value in self.fields.items()]
        if self.sources:
            parts.append(f"{'from' if self.instead else 'also from'} {', '.join(self.sources)}")
        if self.copies > 1:
            parts.append(f"{self.copies} in a row")
        return ", ".join(parts)


def _said(block: type[Block], name: str, value: FieldValue) -> str:
    label = block.fields[name].label.lower()
    if isinstance(value, bool):
        return label if value else f"no {label}"
    return f"{label} {show(value)}"


def read(words: Sequence[str], block: type[Block], nodes: Collection[NodeId]) -> Typed:
    """Read what stands behind the name of a block.

    Args:
        words: one after another. block: whose fields are meant. nodes: those that may be named.

    Raises:
        NotMeant: a word is neither a value, a field, nor a node; or a value is out of its limits.

    """
    reader = _Reader(block, nodes)
    left = list(words)
    while left:
        left = reader.take(left)
    try:
        made = block(**reader.fields)
    except BadField as problem:
        raise NotMeant(str(problem)) from None
    return Typed(
        {name: made.values[name] for name in reader.fields},
        tuple(reader.sources),
        reader.instead,
        reader.copies,
    )


class _Reader:
    """Takes one word, or a field with its value, after another."""

    def __init__(self, block: type[Block], nodes: Collection[NodeId]) -> None:
        self._block, self._nodes = block, nodes
        self.fields: dict[str, FieldValue] = {}
        self.sources: list[NodeId] = []
        self.instead, self.copies = False, 1

    def take(self, left: list[str]) -> list[str]:
        """Take what stands first; returns the rest."""
        word, rest = left[0], left[1:]
        if (match := _COPIES.fullmatch(word)) is not None:
            self.copies = min(MOST_COPIES, max(1, int(match[1] or match[2])))
        elif (value := _value(word)) is not None:
            self._next(word, value)
        elif word in ("from", "with", "and", "+") and rest:
            self.instead = self.instead or word == "from"
        elif word in self._nodes:
            self.sources.append(word)
        elif word == "no" and rest:
            self._switch(rest[0], on=False)
            return rest[1:]
        elif (match := _JOINED.fullmatch(word)) is not None:  # s2, kernel=5
            self._set(self._named(match[1] or match[3], word), match[2] or match[4])
        elif (name := self._choice(word)) is not None:
            self.fields[name] = word
        else:
            name = self._named(word)
            if self._block.fields[name].kind == "bool":
                self._switch(word, on=True)
            elif not rest:
                raise NotMeant(f"{word} needs a value")
            else:
                self._set(name, rest[0])
                return rest[1:]
        return rest

    def _next(self, word: str, value: FieldValue) -> None:
        """A number without a name fills the next field that takes numbers."""
        known = [name for name, one in self._block.fields.items() if one.kind in NUMBERS]
        order = sorted(known, key=lambda n: (USUAL.index(n) if n in USUAL else len(USUAL), known.index(n)))
        free = next((name for name in order if name not in self.fields), None)
        if free is None:
            raise NotMeant(f"{self._block.title} takes no number {word}")
        self.fields[free] = value

    def _named(self, word: str, whole: str = "") -> str:
        """A field by its name or how it begins; the usual ones first. `whole` is what was typed."""
        fields = self._block.fields
        fit = [name for name in (*USUAL, *fields) if name in fields and name.startswith(word.rstrip("="))]
        if not fit:
            raise NotMeant(f"no field and no block “{(whole or word)[:20]}”")
        return word if word in fields else fit[0]

    def _set(self, name: str, text: str) -> None:
        kind = self._block.fields[name].kind
        value = _value(text)
        if kind in NUMBERS and value is None and not (kind == "padding" and text in ("same", "valid")):
            raise NotMeant(f"{name} takes a number, not {text[:20]}")
        self.fields[name] = text if value is None else value

    def _choice(self, word: str) -> str | None:
        for name, one in self._block.fields.items():
            allowed = getattr(one, "choices", ()) or (("same",) if one.kind == "padding" else ())
            if word in allowed:
                return name
        return None

    def _switch(self, word: str, *, on: bool) -> None:
        name = self._named(word)
        if self._block.fields[name].kind != "bool":
            raise NotMeant(f"{word} is no switch")
        self.fields[name] = on


def _value(text: str) -> FieldValue:
    """A number, or several with crosses between; None when it is neither."""
    if _SIZES.fullmatch(text):
        return tuple(int(part) for part in re.split("[x×*]", text.replace("−", "-")))
    if not _NUMBER.fullmatch(text):
        return None
    plain = text.replace("−", "-")
    return int(plain) if re.fullmatch(r"-?\d+", plain) else float(plain)


class Wishes:
    """Finds blocks by name and by what stands behind it; remembers what was understood for each.

    Attributes:
        meant: for the ids of the lines that were found last, what was typed behind the name.

    """

    def __init__(
        self, entries: Sequence[Entry], blocks: Mapping[str, type[Block]], nodes: Collection[str]
    ) -> None:
        self._entries, self._blocks, self._nodes = entries, blocks, nodes
        self.meant: dict[str, Typed] = {}

    def find(self, query: str) -> list[Found]:
        """Lines for a text: names as they are, then the longest beginning that names a block."""
        self.meant = {}
        words = query.split()
        named = alike(self._entries, query, guess=False)
        if len(words) < 2 or (named and not self._says_more(words[1:])):
            return named or alike(self._entries, query)
        for guess in (False, True):
            for end in range(len(words) - 1, 0, -1):
                if _value(words[end - 1]) is not None:
                    continue  # a number alone is a value: the name ends before it
                if hits := alike(self._entries, " ".join(words[:end]), guess=guess):
                    lines = self._understood(hits, words[end:])
                    # `conv 2` is on its way to a name, `conv 2 2` is not
                    before = named if len(words) == 2 else []
                    return [*before, *(line for line in lines if line[0] not in [at for at, _ in before])]
        return alike(self._entries, query)

    def _says_more(self, rest: Sequence[str]) -> bool:
        """Whether words behind a name can hardly belong to it: numbers, or nodes of the design."""
        return any(_value(word) is not None or word in self._nodes for word in rest)

    def _understood(self, hits: Sequence[Found], words: Sequence[str]) -> list[Found]:
        """Hits for which the rest means something, or else for each why not."""
        lines: list[Found] = []
        refused: list[Found] = []
        rest = [word if word in self._nodes else word.lower() for word in words]
        for entry, places in hits:
            block = self._blocks.get(entry.id)
            if block is None:
                continue
            try:
                typed = read(rest, block, self._nodes)
            except NotMeant as problem:
                refused.append((replace(entry, reason=str(problem).rstrip(".")), places))
                continue
            self.meant[entry.id] = typed
            lines.append((replace(entry, remark=typed.words(block)), places))
        return lines or refused
