"""A table of declarations: rows by id, in the order in which they are offered."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any, Protocol, TypeVar


class Row(Protocol):
    """What every declaration has."""

    @property
    def id(self) -> str:
        """Stable word for files and the command line."""

    @property
    def title(self) -> str:
        """Its name in menus."""


R = TypeVar("R", bound=Row)


class UnknownName(KeyError):
    """No row of a table has this name; the message names those that are meant, perhaps."""

    def __str__(self) -> str:
        # a KeyError would show the sentence in quotes
        return str(self.args[0])


class Table(Mapping[str, R]):
    """Rows by id; `kind` is what one of them is called in a sentence."""

    def __init__(self, kind: str, *rows: R) -> None:
        self.kind = kind
        self._rows = {row.id: row for row in rows}
        if len(self._rows) != len(rows):
            raise ValueError(f"two rows of the table of {kind}s have the same id")

    def __getitem__(self, id_: str) -> R:
        return self._rows[id_]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def find(self, id_: str) -> R:
        """Return the row of that name.

        Raises:
            UnknownName: there is none; the sentence names close ones.

        """
        if id_ in self._rows:
            return self._rows[id_]
        close = difflib.get_close_matches(id_, self._rows, n=3, cutoff=0.5)
        hint = f"Did you mean {' or '.join(close)}?" if close else f"There is {', '.join(self._rows)}."
        raise UnknownName(f"There is no {self.kind} called “{id_}”. {hint}")


def loaded(target: str) -> Any:
    """The object that a row names as `package.module:name`; loads the module."""
    module, _, name = target.partition(":")
    found: Any = import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    return found
