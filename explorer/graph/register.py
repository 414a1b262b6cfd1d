"""Looks the nodes of a level up by something else than their id, without a walk over all of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from explorer.graph.model import Node, NodeId

_NONE: frozenset[str] = frozenset()


class Register:
    """Numbers nodes in the order in which they were added, and lists them by block, group and weights.

    Attributes:
        place: the number of each node. epoch: grows when many numbers are given anew.
        is_sorted: whether all were taken in by growing numbers.

    """

    def __init__(self) -> None:
        self.place: dict[NodeId, int] = {}
        self.is_sorted = True
        self.epoch = self._next = 0
        self._by_block: dict[str, set[NodeId]] = {}
        self._by_group: dict[str, set[NodeId]] = {}
        self._by_owner: dict[NodeId, set[NodeId]] = {}

    def copy(self) -> Register:
        """Return an independent copy."""
        twin = Register()
        twin.place, twin._next, twin.is_sorted = dict(self.place), self._next, self.is_sorted
        twin._by_block, twin._by_group, twin._by_owner = (
            {key: set(ids) for key, ids in table.items()}
            for table in (self._by_block, self._by_group, self._by_owner)
        )
        return twin

    def add(self, node: Node, place: int | None = None) -> None:
        """Take a new node in, as the last one or at a number that has become free."""
        if place is None or place >= self._next:
            place = self._next
            self._next += 1
        else:
            self._make_room(place)
            self.is_sorted = False
        self.place[node.id] = place
        self._list(node)

    def _make_room(self, place: int) -> None:
        """Numbers can be taken again when a level was stored and opened in between."""
        if place in self.place.values():
            self.place.update({node_id: n + 1 for node_id, n in self.place.items() if n >= place})
            self._next += 1
            self.epoch += 1

    def _list(self, node: Node) -> None:
        of_block = self._by_block.get(node.block)
        if of_block is None:
            self._by_block[node.block] = {node.id}
        else:
            of_block.add(node.id)
        for group in node.groups:
            self._by_group.setdefault(group, set()).add(node.id)
        if node.shares:
            self._by_owner.setdefault(node.shares, set()).add(node.id)

    def replace(self, old: Node, new: Node) -> None:
        """Take another record of the same id in."""
        self._strike(old)
        self._list(new)

    def drop(self, node: Node) -> None:
        """Strike a node out."""
        self._strike(node)
        del self.place[node.id]

    def rename(self, node: Node, new: NodeId) -> None:
        """Give a node another id in its place; who shares its weights is taken in anew afterwards."""
        self._strike(node)
        self.place[new] = self.place.pop(node.id)
        self._list(msgspec.structs.replace(node, id=new))

    def _strike(self, node: Node) -> None:
        _discard(self._by_block, node.block, node.id)
        for group in set(node.groups):
            _discard(self._by_group, group, node.id)
        if node.shares:
            _discard(self._by_owner, node.shares, node.id)

    def sorted(self, ids: Iterable[NodeId]) -> list[NodeId]:
        """Return ids in the order in which their nodes were added."""
        return sorted(ids, key=self.place.__getitem__)

    def of_block(self, block: str) -> Collection[NodeId]:
        """Return the nodes of a block, in no order."""
        return self._by_block.get(block, _NONE)

    @property
    def groups(self) -> Collection[str]:
        """Names of all groups that are used."""
        return self._by_group.keys()

    def using(self, group: str) -> Collection[NodeId]:
        """Return the nodes that use a group, in no order."""
        return self._by_group.get(group, _NONE)

    @property
    def owners(self) -> Collection[NodeId]:
        """Nodes whose weights others share."""
        return self._by_owner.keys()

    def sharing(self, owner: NodeId) -> Collection[NodeId]:
        """Return the nodes that share the weights of one, in no order."""
        return self._by_owner.get(owner, _NONE)


def _discard(table: dict[str, set[str]], key: str, node_id: str) -> None:
    kept = table[key]
    kept.discard(node_id)
    if not kept:
        del table[key]
