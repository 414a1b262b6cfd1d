"""Which level a canvas looks at: by its path, with composites closed or open in place."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from explorer.graph.edits import EditProblem
from explorer.graph.flow import Flow
from explorer.graph.level import Level, Path
from explorer.graph.model import Graph
from explorer.graph.unfolding import TooMuch, unfolded
from explorer.graph.workspace import Sight, Workspace


class _Known(NamedTuple):
    """An unfolded level and what it was made of."""

    graph: Graph
    version: int
    flow: Flow | None
    depth: int
    level: Level

    def is_of(self, level: Level, depth: int) -> bool:
        """Whether the level is still as it was."""
        same = level.graph is self.graph and level.flow is self.flow
        return same and depth == self.depth and level.graph.version == self.version


class ShownLevel:
    """Finds the level anew after each change.

    Attributes:
        depth: how many composites within one another stand open, for reading.
        in_sight: says which nodes of the top level are looked at, None: all; what an edit changes elsewhere
            is worked out a little later.

    """

    def __init__(self, workspace: Workspace, say: Callable[[str], None]) -> None:
        self._workspace, self._say = workspace, say
        self._known: _Known | None = None
        self.depth = 0
        self.in_sight: Sight | None = None

    def at(self, path: Path) -> Level:
        """Return the level of a path, or the nearest one above that still exists."""
        while True:
            try:
                level = self._workspace.level(path, None if self.depth else self.in_sight)
            except EditProblem:
                path = path[:-1]
            else:
                return self._open(level) if self.depth else level

    def _open(self, level: Level) -> Level:
        """The level with its composites open; the same object while nothing has changed on it."""
        if self._known is not None and self._known.is_of(level, self.depth):
            return self._known.level
        try:
            made = unfolded(level, self.depth)
        except TooMuch as problem:
            self._say(str(problem))
            self.depth -= 1
            return self._open(level) if self.depth else level
        self._known = _Known(level.graph, level.graph.version, level.flow, self.depth, made)
        return made
