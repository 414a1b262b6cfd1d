"""Tokens and their ids: characters, words or the bytes of a text. No torch."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

from explorer import words

Kind: TypeAlias = Literal["characters", "words", "bytes"]
KINDS: tuple[Kind, ...] = ("characters", "words", "bytes")
START, END = "<start>", "<end>"
"""Marks that stand before the first and behind the last token of a sentence, where a vocabulary has them."""
MOST_NAMED = 6
REACH = 8
"""Tokens before one on which it depends how it is written: blanks between words, bytes of a character."""
BROKEN = "\ufffd"
_WORD = re.compile(r"\w+'(?=\w)|\w+|[^\w\s]")
_VISIBLE = {" ": "␣", "\n": "↵", "\t": "⇥"}


class TextProblem(ValueError):
    """A text that a vocabulary cannot write as ids, or ids it does not have; the text is a sentence."""


@dataclass(frozen=True)
class Vocabulary:
    """Tokens in the order of their ids.

    Attributes:
        name: as an input names it. kind: into what a text is cut.
        tokens: every one of them, each once; ids are places. title: for people.
        example: a text that suits it. lower: capitals are read as small letters.

    """

    name: str
    kind: Kind
    tokens: tuple[str, ...]
    title: str = ""
    example: str = ""
    lower: bool = False

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise TextProblem(f"A vocabulary is one of {', '.join(KINDS)}, not “{self.kind}”.")
        if not self.tokens or len(set(self.tokens)) != len(self.tokens):
            raise TextProblem(f"The vocabulary “{self.name}” must have tokens, each of them once.")

    def __len__(self) -> int:
        return len(self.tokens)

    @cached_property
    def ids(self) -> Mapping[str, int]:
        """Place of every token."""
        return {token: number for number, token in enumerate(self.tokens)}

    @property
    def start(self) -> int | None:
        """Id of the mark in front of a sentence, if there is one."""
        return self.ids.get(START)

    @property
    def end(self) -> int | None:
        """Id of the mark behind a sentence, if there is one."""
        return self.ids.get(END)

    def cut(self, text: str) -> list[str]:
        """The tokens of a text, known or not."""
        if self.kind == "bytes":
            return [self.tokens[value] for value in text.encode("utf-8", "surrogatepass")]
        text = text.lower() if self.lower else text
        return list(text) if self.kind == "characters" else _WORD.findall(text)

    def encode(self, text: str) -> list[int]:
        """Write a text as ids, without marks.

        Raises:
            TextProblem: it has tokens that are not in the vocabulary; all of them are named.

        """
        cut = self.cut(text)
        if unknown := list(dict.fromkeys(token for token in cut if token not in self.ids)):
            raise TextProblem(self._outside(unknown))
        return [self.ids[token] for token in cut]

    def decode(self, ids: Sequence[int]) -> str:
        """Write ids as a text; marks are left out, and bytes that make no character become �."""
        tokens = [self.token(number) for number in ids if number not in (self.start, self.end)]
        if self.kind == "bytes":
            return bytes(number for number in ids if 0 <= number < len(self)).decode("utf-8", "replace")
        return "".join(tokens) if self.kind == "characters" else _joined(tokens)

    def after(self, ids: Sequence[int]) -> str:
        """What the last of these ids adds to the text of those before it.

        Nothing while bytes make no whole character yet; then the character.
        """
        near = ids[-REACH:]
        whole, before = self.decode(near), self.decode(near[:-1])
        if self.kind == "bytes":
            before = before.rstrip(BROKEN)
            return "" if whole.endswith(BROKEN) else whole.removeprefix(before).lstrip(BROKEN)
        return whole.removeprefix(before)

    def token(self, number: int) -> str:
        """The token of an id; one it does not have is written as its number."""
        return self.tokens[number] if 0 <= number < len(self.tokens) else f"#{number}"

    def shown(self, number: int) -> str:
        """The token of an id so that it can be seen: a blank is ␣, a line break ↵."""
        token = self.token(number)
        return _VISIBLE.get(token, token)

    def _outside(self, unknown: Sequence[str]) -> str:
        named = ", ".join(f"“{_VISIBLE.get(token, token)[:20]}”" for token in unknown[:MOST_NAMED])
        more = f" and {len(unknown) - MOST_NAMED:,} more" if len(unknown) > MOST_NAMED else ""
        one, many = {"characters": ("character", "characters"), "words": ("word", "words")}[self.kind]
        verb = "is" if len(unknown) == 1 else "are"
        word = one if len(unknown) == 1 else many
        return (
            f"The {word} {named}{more} {verb} not in the vocabulary “{self.name}” of "
            f"{words.plural(len(self), one, many)}{self._near(unknown)}."
        )

    def _near(self, unknown: Sequence[str]) -> str:
        """A hint: the same in another case, or a few that there are."""
        if turned := [token.swapcase() for token in unknown[:MOST_NAMED] if token.swapcase() in self.ids]:
            return f"; it has {', '.join(f'“{token}”' for token in turned)}"
        if lower := [token.lower() for token in unknown[:MOST_NAMED] if token.lower() in self.ids]:
            return f"; it has {', '.join(f'“{token}”' for token in lower)}"
        plain = [_VISIBLE.get(token, token) for token in self.tokens if token not in (START, END)]
        return f"; it has {' '.join(plain[:12])} …" if len(plain) > 12 else f"; it has {' '.join(plain)}"


def _joined(tokens: Sequence[str]) -> str:
    """Words with blanks between them, and none in front of a full stop or behind an apostrophe."""
    text = ""
    for token in tokens:
        glued = not text or token in ".,;:?!" or text.endswith("'")
        text += token if glued else f" {token}"
    return text
