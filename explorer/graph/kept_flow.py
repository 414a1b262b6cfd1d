"""The flow of a document that is edited: after each edit only what it changes is worked out anew."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import TypeAlias

from explorer.graph.catalogue import Catalogue, ConfiguredBlock
from explorer.graph.collecting import collection_paused
from explorer.graph.document import Document
from explorer.graph.exposing import Copies, Values, key_of
from explorer.graph.flow import Flow
from explorer.graph.kept_level import KeptLevel
from explorer.graph.model import Graph, NodeId
from explorer.graph.ports import group_ports
from explorer.graph.resolve import Resolver, stamp, summed
from explorer.graph.tensor import Tensor
from explorer.graph.visit import MemoEntry

MOST = 256
"""Uses of groups on different inputs whose flows are kept; one that was dropped is worked out anew."""

_Use: TypeAlias = tuple[str, tuple[tuple[str, Tensor | None], ...], Hashable]


class KeptFlow:
    """Keeps the flow of one document, and of the groups in it, up to date.

    What it returns is equal to `Resolver.resolve` of the same document.
    """

    def __init__(self, resolver: Resolver, document: Document) -> None:
        self._resolver, self._document = resolver, document
        self.groups: Mapping[str, Graph] = {}
        self._stamps: dict[str, Hashable] = {}
        self._is_drafted = False
        self._top = KeptLevel(self, document.root, None)
        self._copies = Copies(MOST)
        self._uses: dict[_Use, tuple[KeptLevel, Flow, MemoEntry]] = {}

    def flow(self) -> Flow:
        """The flow of the document as it is now."""
        self._look_again()
        with collection_paused():
            return self._top.flow()

    def _look_again(self) -> None:
        """Take in what groups there are, and what has changed in those that uses give values."""
        self._resolver.look_again()
        self.groups, self._stamps = self._document.groups, {}
        self._copies.follow()

    def draft(self, wanted: Callable[[], Iterable[NodeId]]) -> Flow:
        """The flow as far as it is known; true for the nodes of the top level that are `wanted`."""
        self._look_again()
        self._is_drafted = True
        with collection_paused():
            return self._top.draft(wanted)

    def go_on(self, seconds: float) -> bool:
        """Work for some time on what a draft has left; returns whether all is done."""
        if self.is_settled:
            return True
        with collection_paused():
            return self._top.go_on(seconds)

    @property
    def is_settled(self) -> bool:
        """Whether no draft has left anything to work out."""
        return not self._is_drafted or self._top.is_settled

    # what levels ask for

    @property
    def catalogue(self) -> Catalogue:
        """Where blocks are looked up."""
        return self._resolver.catalogue

    def block(self, block: ConfiguredBlock, inputs: tuple[Tensor | None, ...]) -> MemoEntry:
        """Look up or work out one block."""
        return self._resolver.block(block, inputs, self.groups)

    def group(self, name: str, inputs: Mapping[str, Tensor | None], values: Values) -> MemoEntry:
        """Bring one use of a group up to date."""
        graph = self._copies.of(self.groups[name], values)
        use = (name, tuple(inputs.items()), key_of(values))
        level, flow, entry = self._uses.pop(use, (None, None, None))
        if level is None or level.graph is not graph:
            level = KeptLevel(self, graph, dict(inputs))
        now = level.flow()
        if entry is None or now is not flow:
            entry = summed(now, group_ports(graph)[1])
        self._uses[use] = level, now, entry  # the one asked for last stands last
        if len(self._uses) > MOST:
            del self._uses[next(iter(self._uses))]
        return entry

    def stamp(self, group: str) -> Hashable:
        """Something that is another one as soon as the group runs otherwise."""
        if group not in self._stamps:
            self._stamps[group] = stamp(self.groups, (group,))
        return self._stamps[group]
