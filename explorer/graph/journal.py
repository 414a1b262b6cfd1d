"""What has changed on a level since somebody last looked, so that an edit costs what it changes."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from explorer.graph.model import Edge, NodeId

MOST = 20_000
"""Writes remembered; who looks more rarely takes in the whole level again."""


@dataclass(frozen=True)
class Changes:
    """What may be other than it was: new, gone, or with another record.

    Attributes:
        nodes: with another block, other fields or switches. wires: new or gone.
        shown: nodes of which only place, title or `collapsed` is another.

    """

    nodes: set[NodeId] = field(default_factory=set)
    wires: set[Edge] = field(default_factory=set)
    shown: set[NodeId] = field(default_factory=set)

    @property
    def wired(self) -> set[NodeId]:
        """Nodes at which a wire has come or gone."""
        return {node_id for edge in self.wires for node_id in (edge.src, edge.dst)}

    def __bool__(self) -> bool:
        return bool(self.nodes or self.wires or self.shown)


class _Entry(NamedTuple):
    version: int
    key: NodeId | Edge


class Journal:
    """The last writes to a level, oldest first."""

    def __init__(self, version: int) -> None:
        self._runs: deque[_Entry] = deque(maxlen=MOST)
        self._shows: deque[_Entry] = deque(maxlen=MOST)
        self._runs_since = self._shows_since = version

    def ran(self, version: int, key: NodeId | Edge) -> None:
        """Note a write that may change what runs."""
        if len(self._runs) == MOST:
            self._runs_since = self._runs[0].version
        self._runs.append(_Entry(version, key))

    def showed(self, version: int, key: NodeId) -> None:
        """Note a write that changes how a node is shown, and nothing else."""
        if len(self._shows) == MOST:
            self._shows_since = self._shows[0].version
        self._shows.append(_Entry(version, key))

    def since(self, version: int) -> Changes | None:
        """Everything after a version; None when that is longer ago than is remembered."""
        if version < self._shows_since:
            return None
        changes = self.runs_since(version)
        if changes is not None:
            changes.shown.update(key for key in _after(self._shows, version) if isinstance(key, str))
        return changes

    def runs_since(self, version: int) -> Changes | None:
        """Like `since`, without what is only shown in another way."""
        if version < self._runs_since:
            return None
        changes = Changes()
        for key in _after(self._runs, version):
            if isinstance(key, str):
                changes.nodes.add(key)
            else:
                changes.wires.add(key)
        return changes


def _after(entries: deque[_Entry], version: int) -> Iterator[NodeId | Edge]:
    for entry in reversed(entries):
        if entry.version <= version:
            break
        yield entry.key
