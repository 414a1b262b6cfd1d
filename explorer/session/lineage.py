"""Which states of the document run with the same weights: undo finds the weights that stood there."""

from __future__ import annotations

from itertools import count


class Lineage:
    """Names for weights, one for each network that the history has been at.

    Edits that change nothing that runs (moving, naming, framing) stay under the same name.
    """

    def __init__(self, state: int, revision: int) -> None:
        self._number = count(1)
        self._names: dict[int, str] = {state: self._new()}
        self._state, self._revision = state, revision

    def _new(self) -> str:
        return f"h{next(self._number)}"

    @property
    def name(self) -> str:
        """Name of the weights of the present state."""
        return self._names[self._state]

    def arrive(self, state: int, revision: int) -> str:
        """The history has come to `state`, the network to `revision`; returns the name that belongs there."""
        if state not in self._names:
            same = revision == self._revision
            self._names[state] = self._names[self._state] if same else self._new()
        self._state, self._revision = state, revision
        return self._names[state]
