"""A copy of a design on which edits are tried; it follows the design, so a trial costs what it changes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from explorer.graph.document import Document
from explorer.graph.edits import Edit, EditProblem
from explorer.graph.flow import Flow
from explorer.graph.kept_flow import KeptFlow
from explorer.graph.resolve import Resolver


class Trial:
    """Tries edits on a document without touching it.

    Attributes:
        document: the copy; it is changed by nothing but trials and what happens to the document itself.

    """

    def __init__(self, document: Document, resolver: Resolver) -> None:
        self.document = document.copy()
        self._kept = KeptFlow(resolver, self.document)
        self._unlisten = document.listen(self._follow)

    def _follow(self, edit: Edit) -> None:
        self.document.apply(edit)

    def close(self) -> None:
        """Follow the document no longer."""
        self._unlisten()

    def flow_after(self, edit: Edit) -> Flow | None:
        """Return the flow the design would have after an edit; None when the edit does not fit.

        Only its nodes and what is wrong with them are of use: its graph is the design's own again.
        """
        with self.after(edit) as flow:
            return flow

    @contextmanager
    def after(self, edit: Edit) -> Iterator[Flow | None]:
        """Hold the design as it would be after an edit inside the block; None when the edit does not fit."""
        try:
            inverse = self.document.apply(edit)
        except EditProblem:
            yield None
            return
        try:
            yield self._kept.flow()
        finally:
            self.document.apply(inverse)
