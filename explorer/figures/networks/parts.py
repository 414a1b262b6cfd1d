"""A resolved design with some of its groups opened: parts and what links them, on one level."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from explorer.graph.catalogue import INPUT, OUTPUT
from explorer.graph.flow import Flow, NodeFlow
from explorer.graph.model import Edge, Node
from explorer.graph.tensor import Tensor

FOLDS = (INPUT, OUTPUT, "fold_time", "unfold_time")
"""What stands round the block that is applied to every step."""


@dataclass(frozen=True)
class Part:
    """A node that is drawn as it is, or whose inside is left closed."""

    address: str
    node: Node
    known: NodeFlow

    @property
    def is_end(self) -> bool:
        """Whether it marks where the design begins or ends."""
        return self.node.block in (INPUT, OUTPUT)

    @property
    def family(self) -> str:
        """Family of its block; of a group, the one that costs most in it."""
        return family_of(self.known)


def unwrapped(known: NodeFlow) -> NodeFlow:
    """What a block applies to every step of a sequence; any other part is what it is."""
    if known.block is None or known.block.id != "time_distributed" or known.inner is None:
        return known
    inside = (part for part in known.inner.nodes.values() if part.block is None or part.block.id not in FOLDS)
    return next(inside, known)


def family_of(known: NodeFlow) -> str:
    """Family of a block; of a group, the one whose parts multiply most."""
    known = unwrapped(known)
    if known.block is not None:
        return str(getattr(known.block, "family", "composite"))
    costs: dict[str, int] = {}
    for part in known.inner.nodes.values() if known.inner else ():
        if (family := family_of(part)) not in ("io", "act"):
            costs[family] = costs.get(family, 0) + part.macs
    return max(costs, key=lambda family: costs[family], default="composite")


@dataclass(frozen=True)
class Link:
    """What goes from one part to another; the tensor is None where it is not known."""

    src: str
    dst: str
    tensor: Tensor | None


class Net(NamedTuple):
    """Parts by address, in running order, and the links among them (one for each pair)."""

    parts: dict[str, Part]
    links: tuple[Link, ...]


class _Source(NamedTuple):
    address: str
    tensor: Tensor | None


_Ports = dict[str, _Source | None]

Opens = Callable[[Part, int], bool]
"""Whether the inside of a part is drawn, given at which depth it stands (1 is the top level)."""


def unfold(flow: Flow, opens: Opens) -> Net:
    """Return the parts of a design and their links, with everything inside that `opens` says.

    A group that is opened disappears: its inner parts are linked to what stands outside. So does a
    muted part with one input, which only passes on what it gets.
    """
    unfolding = _Unfolding(opens)
    unfolding.level(flow, "", 1, {})
    parts, links = unfolding.parts, unfolding.links.values()
    return Net(parts, tuple(link for link in links if link.src in parts and link.dst in parts))


class _Unfolding:
    """Walks down the levels; what is opened hands on where its outputs come from."""

    def __init__(self, opens: Opens) -> None:
        self.opens = opens
        self.parts: dict[str, Part] = {}
        self.links: dict[tuple[str, str], Link] = {}

    def level(self, flow: Flow, prefix: str, depth: int, given: Mapping[str, _Source | None]) -> _Ports:
        """Enter a level whose inputs are given by name; returns where its outputs come from."""
        handed: dict[str, _Ports] = {}
        answers: _Ports = {}

        def source(edge: Edge) -> _Source | None:
            if edge.src in handed:
                return handed[edge.src].get(edge.out)
            known = flow.nodes.get(edge.src)
            return _Source(prefix + edge.src, known.outputs.get(edge.out)) if known else None

        for name, known in flow.nodes.items():
            node = flow.graph[name]
            arriving = {edge.into: source(edge) for edge in flow.graph.into(name)}
            part = Part(prefix + name, node, known)
            if prefix and node.block == INPUT:
                handed[name] = dict.fromkeys(known.outputs, given.get(name))
            elif prefix and node.block == OUTPUT:
                answers[name] = next(iter(arriving.values()), None)
            elif node.muted and len(arriving) == 1:
                handed[name] = dict.fromkeys(known.outputs, *arriving.values())
            elif known.inner is not None and self.opens(part, depth):
                handed[name] = self.level(known.inner, part.address + ".", depth + 1, arriving)
            else:
                self._draw(part, arriving)
        return answers

    def _draw(self, part: Part, arriving: _Ports) -> None:
        self.parts[part.address] = part
        for found in arriving.values():
            if found is not None and found.address != part.address:
                key = (found.address, part.address)
                self.links.setdefault(key, Link(*key, found.tensor))
