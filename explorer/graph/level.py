"""What can be looked at: the top of a design, or the inside of something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from explorer.graph.flow import Flow
from explorer.graph.model import Graph, NodeId

Path: TypeAlias = tuple[NodeId, ...]
"""Ids from the top down to the node whose inside is meant; `()` is the top level."""


@dataclass(frozen=True)
class Level:
    """What the canvas shows: the top, the inside of a group, or of a composite (read-only).

    Attributes:
        path: of the level. graph, flow: its contents (`flow` is None while a group is not reached).
        scope: where edits go, None when nothing can be edited here.
        unfolded: how many composites within one another stand open, see `graph/unfolding.py`.

    """

    path: Path
    graph: Graph
    flow: Flow | None
    scope: str | None
    unfolded: int = 0

    @property
    def prefix(self) -> str:
        """What stands before a node's id in its address, e.g. `stage2.block1.`."""
        return "".join(f"{name}." for name in self.path)

    @property
    def is_editable(self) -> bool:
        """Whether edits are possible here; composites are opened with `unpack` first."""
        return self.scope is not None
