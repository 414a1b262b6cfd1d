"""Undo and redo: stacks of inverse edits, cut into steps by gestures."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import NamedTuple

from explorer.graph.document import Document
from explorer.graph.edits import Batch, Edit

LIMIT = 1_000
"""Steps kept; deltas are small, but a day of work should not grow without end."""


class Cancelled(Exception):
    """Raised inside a gesture (Esc) to roll it back without an error."""


@dataclass(frozen=True)
class Step:
    """One line of the undo list.

    Attributes:
        title: what it was called.
        edit: what takes it back (in the undo stack) or does it again (in the redo stack).
        before, after: numbers of the states it leads from and to.

    """

    title: str
    edit: Edit
    before: int
    after: int
    merge_key: str | None = None


class Steps(NamedTuple):
    """Titles from the oldest to the newest; the first `present` are done, the others were taken back."""

    titles: tuple[str, ...]
    present: int


class History:
    """Applies edits to a document and remembers how to take them back.

    Edits made inside `with history.gesture("Move 3 nodes"):` become one step. An exception or
    `Cancelled` inside rolls the document back to the mark at which the gesture began.
    """

    def __init__(self, document: Document) -> None:
        self.document = document
        self._done: list[Step] = []
        self._undone: list[Step] = []
        self._open: list[Edit] | None = None
        self._state = self._clean = self._newest = 0

    @property
    def undo_title(self) -> str | None:
        """What `undo` would take back, or None."""
        return self._done[-1].title if self._done else None

    @property
    def redo_title(self) -> str | None:
        """What `redo` would do again, or None."""
        return self._undone[-1].title if self._undone else None

    @property
    def steps(self) -> Steps:
        """All steps that are remembered."""
        titles = (*(step.title for step in self._done), *(step.title for step in reversed(self._undone)))
        return Steps(titles, len(self._done))

    @property
    def state(self) -> int:
        """Number of the present state: undo and redo come back to numbers that were there before."""
        return self._state

    @property
    def is_clean(self) -> bool:
        """Whether the document is as it was at the last `mark_clean` (or the start)."""
        return not self._open and self.is_saved

    @property
    def is_saved(self) -> bool:
        """Whether the last finished step is saved, whatever an open gesture has changed since."""
        return self._state == self._clean

    def settled(self) -> Document:
        """Return the document as the last finished step left it: a copy while a gesture has changed it."""
        if not self._open:
            return self.document
        before = self.document.copy()
        for inverse in reversed(self._open):
            before.apply(inverse)
        return before

    def mark_unsaved(self) -> None:
        """Say that no state of this history is saved anywhere (a design restored after a crash)."""
        self._clean = -1

    def mark_clean(self) -> None:
        """Remember the present state as the saved one."""
        self._clean = self._state

    def apply(self, edit: Edit, title: str = "Edit", merge_key: str | None = None) -> None:
        """Apply one edit: a step of its own, or a part of the open gesture.

        Args:
            edit: what to do.
            title: the words behind “Undo”.
            merge_key: consecutive steps of the same key become one (typing into a field).

        """
        inverse = self.document.apply(edit)
        if self._open is not None:
            self._open.append(inverse)
        else:
            self._push(title, [inverse], merge_key)

    def begin(self) -> None:
        """Open a gesture that lasts over several events; end it with `commit` or `cancel`."""
        if self._open is not None:
            raise RuntimeError("a gesture is already open")
        self._open = []

    def commit(self, title: str, merge_key: str | None = None) -> None:
        """Close the open gesture as one step (none if nothing changed)."""
        edits, self._open = self._open or [], None
        if edits:
            self._push(title, edits, merge_key)

    def cancel(self) -> None:
        """Close the open gesture and roll back to where it began."""
        edits, self._open = self._open or [], None
        for inverse in reversed(edits):
            self.document.apply(inverse)

    @property
    def is_open(self) -> bool:
        """Whether a gesture is going on."""
        return self._open is not None

    @contextmanager
    def gesture(self, title: str, merge_key: str | None = None) -> Iterator[None]:
        """Make all edits inside one step; nested gestures join the outer one."""
        if self._open is not None:
            yield
            return
        self.begin()
        try:
            yield
        except Cancelled:
            self.cancel()
        except BaseException:
            self.cancel()
            raise
        else:
            self.commit(title, merge_key)

    def undo(self) -> str | None:
        """Take back the last step; returns its title, or None when there is nothing to undo."""
        return self._turn(self._done, self._undone)

    def redo(self) -> str | None:
        """Do the last undone step again; returns its title, or None."""
        return self._turn(self._undone, self._done)

    def _turn(self, source: list[Step], target: list[Step]) -> str | None:
        if self._open is not None:
            self.cancel()
        if not source:
            return None
        step = source[-1]
        target.append(replace(step, edit=self.document.apply(step.edit), merge_key=None))
        source.pop()
        self._state = step.before if source is self._done else step.after
        return step.title

    def _push(self, title: str, inverses: list[Edit], merge_key: str | None) -> None:
        before = self._state
        last = self._done[-1] if self._done else None
        if last and merge_key is not None and last.merge_key == merge_key and self._state != self._clean:
            self._done.pop()
            before = last.before
            # kept flat: a thousand merged steps must not nest a thousand deep
            inverses = [*_parts(last.edit)[::-1], *inverses]
        self._newest += 1
        self._state = self._newest
        inverse = inverses[0] if len(inverses) == 1 else Batch(tuple(reversed(inverses)))
        self._done.append(Step(title, inverse, before, self._state, merge_key))
        del self._done[:-LIMIT]
        self._undone.clear()


def go_to(history: History, present: int) -> None:
    """Undo or do again until so many of the remembered steps are done."""
    while history.steps.present > present and history.undo() is not None:
        pass
    while history.steps.present < present and history.redo() is not None:
        pass


def _parts(edit: Edit) -> tuple[Edit, ...]:
    """The edits of a batch that only holds them together; what moves addresses as a whole stays whole."""
    return edit.edits if isinstance(edit, Batch) and not edit.moves else (edit,)
