"""The vocabularies that come with the program: one file each in `resources/vocabularies`."""

from __future__ import annotations

import json
from functools import cache

from explorer import resources
from explorer.text.vocabulary import TextProblem, Vocabulary

BYTES = Vocabulary(
    "bytes",
    "bytes",
    tuple(chr(n) if 32 <= n < 127 or n == 10 else f"\\x{n:02x}" for n in range(256)),
    title="the bytes of any text",
    example="Wherefore art thou Romeo?",
)
"""Takes every text there is: the 256 values of a byte of UTF-8."""


@cache
def names() -> tuple[str, ...]:
    """What an input can name."""
    folder = resources.path("vocabularies")
    return (BYTES.name, *sorted(file.stem for file in folder.glob("*.json")))


@cache
def vocabulary(name: str) -> Vocabulary:
    """The vocabulary of this name; raises `TextProblem` where there is none."""
    if name == BYTES.name:
        return BYTES
    if name not in names():
        raise TextProblem(f"There is no vocabulary “{name[:60]}”; there are {', '.join(names())}.")
    record = json.loads(resources.path("vocabularies", f"{name}.json").read_text(encoding="utf-8"))
    return Vocabulary(name, tokens=tuple(record.pop("tokens")), **record)
