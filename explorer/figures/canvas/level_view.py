"""What is drawn, as frozen values: two equal views look the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from explorer.graph.model import Edge, NodeId, Position

Form = Literal["card", "glyph", "merge", "bar", "input", "output", "composite"]
State = Literal["ok", "problem", "open", "waits"]
Kind = Literal["picture", "sequence", "vector", "integer", "unknown", "problem"]
Picture = Literal["", "maps", "bars"]


class PortView(NamedTuple):
    """A port: `top` where a skip arrives from above, `spare` for inputs that may stay empty."""

    name: str
    connected: bool = False
    top: bool = False
    spare: bool = False


class NodeView(NamedTuple):
    """One node as it is drawn.

    Attributes:
        title: name on the card. form: how it is drawn (when `collapsed`: as tile and name).
        summary: line under the name. usual: what stands there when all is well; it sets the width.
        footer: parameters, and `weight` the same as a number, None when they are unknown or have no place.
        remark: what is shown, at the right; on cards without one their share of all parameters.
        state: `problem` is at fault, `open` only lacks a wire, `waits` waits for another node.
        stale: words such as “from step 300” when the picture is old. running: share done, or None.
        picture: what stands in the thumbnail row.
        slots: number of maps, 0 for one picture as wide as the row.
        badge: N of “×N”, 0 for none.
        parts: of a bar, how many channels each wire brings, in their order; 0 where that is not known.

    """

    id: NodeId
    title: str
    form: Form
    block: str
    icon: str
    family: str
    pos: Position
    summary: str = ""
    usual: str = ""
    footer: str = ""
    weight: int | None = None
    remark: str = ""
    state: State = "ok"
    muted: bool = False
    frozen: bool = False
    linked: bool = False
    collapsed: bool = False
    stale: str = ""
    running: float | None = None
    picture: Picture = ""
    slots: int = 0
    inputs: tuple[PortView, ...] = ()
    outputs: tuple[PortView, ...] = ()
    badge: int = 0
    parts: tuple[int, ...] = ()


class WireView(NamedTuple):
    """One wire as it is drawn.

    Attributes:
        skip: whether it passes by nodes, `over` which. beside: whether a skip leaves from the same port.
        dots: points that it is led through.

    """

    edge: Edge
    kind: Kind
    width: float
    label: str = ""
    shape: str = ""
    size: str = ""
    skip: bool = False
    over: tuple[NodeId, ...] = ()
    beside: bool = False
    dots: tuple[Position, ...] = ()


@dataclass(frozen=True, slots=True)
class FrameView:
    """A titled outline round nodes, with the sum of their parameters."""

    id: str
    title: str
    nodes: tuple[NodeId, ...]
    remark: str = ""


@dataclass(frozen=True, slots=True)
class NoteView:
    """Free text."""

    id: str
    text: str
    pos: Position


class Room(NamedTuple):
    """What is kept free for a node, known without its view.

    Attributes:
        x, y: its corner. wide, tall: about its size. label: height of the name beneath it.
        family: of its block.

    """

    x: float
    y: float
    wide: float
    tall: float
    label: float
    family: str


@dataclass(frozen=True)
class LevelView:
    """Everything on one level. Views are made when they are asked for, and follow the design.

    Attributes:
        rooms: where each node stands, without its view. faulty: nodes that are drawn as wrong.
        over: the nodes that a wire passes by, without its view.
        dots: the points that wires are led through, of those that are.
        order: by node, a number that grows as they were added; later ones lie on top.
        total: parameters of the whole design.

    """

    nodes: Mapping[NodeId, NodeView]
    wires: Mapping[Edge, WireView]
    frames: Mapping[str, FrameView]
    notes: Mapping[str, NoteView]
    rooms: Mapping[NodeId, Room]
    faulty: frozenset[NodeId] = frozenset()
    over: Callable[[Edge], tuple[NodeId, ...]] = field(default=lambda _: (), compare=False, repr=False)
    dots: Mapping[Edge, tuple[Position, ...]] = field(default_factory=dict)
    order: Mapping[NodeId, int] = field(default_factory=dict)
    total: int = 0


EMPTY = LevelView({}, {}, {}, {}, {})


@dataclass(frozen=True)
class Difference:
    """What may look otherwise than before; what has come or gone is among it.

    Attributes:
        nodes, wires, frames, notes: keys. A wire at one of the nodes may look otherwise too.
        moved: nodes that have come or gone or stand elsewhere, or are blocks of another size.
        everything: another level is shown, and nothing of before is of use.

    """

    nodes: set[NodeId] = field(default_factory=set)
    wires: set[Edge] = field(default_factory=set)
    frames: set[str] = field(default_factory=set)
    notes: set[str] = field(default_factory=set)
    moved: set[NodeId] = field(default_factory=set)
    everything: bool = False

    def __or__(self, later: Difference) -> Difference:
        return Difference(
            self.nodes | later.nodes,
            self.wires | later.wires,
            self.frames | later.frames,
            self.notes | later.notes,
            self.moved | later.moved,
            self.everything or later.everything,
        )


EVERYTHING = Difference(everything=True)
