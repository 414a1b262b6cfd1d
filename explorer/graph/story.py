"""The flows that a level has had while it was edited: which nodes changed from one to the next."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Set

    from explorer.graph.model import NodeId

MOST = 64
"""Chapters remembered; a few edits may go by before somebody looks."""


class Story:
    """What changed in the last chapters of a level."""

    def __init__(self) -> None:
        self._changed: deque[Set[NodeId]] = deque(maxlen=MOST)
        self._last = 0

    def go_on(self, changed: Set[NodeId]) -> Chapter:
        """Begin another chapter, in which these nodes are other ones than before."""
        self._changed.append(changed)
        self._last += 1
        return Chapter(self, self._last)

    def between(self, earlier: int, later: int) -> set[NodeId] | None:
        """All that changed after one chapter up to another."""
        first = self._last - len(self._changed)
        if not first <= earlier <= later:
            return None
        changed = list(self._changed)[earlier - first : later - first]
        return set().union(*changed)


@dataclass(frozen=True)
class Chapter:
    """One flow among those of its level."""

    story: Story
    number: int

    def changed_since(self, earlier: Chapter) -> set[NodeId] | None:
        """Nodes that are other ones than in an earlier chapter; None when nobody knows."""
        if earlier.story is not self.story:
            return None
        return self.story.between(earlier.number, self.number)
