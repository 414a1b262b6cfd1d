"""The records of this package, and the mark that makes a function a kind of remark."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from explorer.graph.edits import Edit
from explorer.graph.model import NodeId

if TYPE_CHECKING:
    from explorer.remarks.look import Look


@dataclass(frozen=True, slots=True)
class Cure:
    """A proposal, not tried yet: what it does in words, what carries it out, the block it inserts."""

    title: str
    edit: Edit
    block: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something legal that is almost surely not meant. It keeps nothing from running.

    Attributes:
        address: where, as in problems. code: id of its kind.
        message: a sentence for people, with the numbers; it begins with the node's name.
        cures: what may help, the best first; they are tried before they are offered.
        others: addresses of further nodes that the same is said of.

    """

    address: str
    code: str
    message: str
    cures: tuple[Cure, ...] = field(default=(), compare=False, repr=False)
    others: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """What stands in a design's settings when the remark was dismissed there."""
        return tuple(f"{self.code} {address}" for address in (self.address, *self.others))


Found: TypeAlias = Iterator[Remark | None]
"""Remarks; None stands for a pause at which the work can be given up or put off."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of remark.

    Attributes:
        id: stable word for programs. title: a few words for people.
        blocks: ids of the blocks that it is asked about, one node after the other; none: about a whole level.
        find: looks at one node, or at the level where `blocks` is empty.

    """

    id: str
    title: str
    blocks: tuple[str, ...]
    find: Callable[..., Found]


DECLARED: list[Kind] = []
"""Every marked function, in order of declaration."""

AtNode: TypeAlias = "Callable[[Look, NodeId], Found]"
OnLevel: TypeAlias = "Callable[[Look], Found]"


def about(id_: str, title: str, *blocks: str) -> Callable[[AtNode], AtNode]:
    """Mark a function that looks at every node of some blocks."""

    def declare(find: AtNode) -> AtNode:
        DECLARED.append(Kind(id_, title, blocks, find))
        return find

    return declare


def of_level(id_: str, title: str) -> Callable[[OnLevel], OnLevel]:
    """Mark a function that looks at a whole level; it is asked only when nothing there is at fault."""

    def declare(find: OnLevel) -> OnLevel:
        DECLARED.append(Kind(id_, title, (), find))
        return find

    return declare
