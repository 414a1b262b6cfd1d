"""What is drawn, as frozen values: two equal views look the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from explorer.graph.model import Edge, NodeId, Position

Form = Literal["card", "glyph", "merge", "input", "output", "composite"]
State = Literal["ok", "problem", "open", "waits"]
Kind = Literal["picture", "sequence", "vector", "integer", "unknown", "problem"]
Picture = Literal["", "maps", "bars"]


@dataclass(frozen=True, slots=True)
class PortView:
    """A port: `top` where a skip arrives from above, `spare` for inputs that may stay empty."""

    name: str
    connected: bool = False
    top: bool = False
    spare: bool = False


@dataclass(frozen=True, slots=True)
class NodeView:
    """One node as it is drawn.

    Attributes:
        title: name on the card. form: how it is drawn (when `collapsed`: as tile and name).
        summary: line under the name. usual: what stands there when all is well; it sets the width.
        footer: parameters. remark: what is shown, at the right.
        share: of all parameters, None without a footer.
        state: `problem` is at fault, `open` only lacks a wire, `waits` waits for another node.
        stale: words such as “from step 300” when the picture is old. running: share done, or None.
        picture: what stands in the thumbnail row.
        slots: number of maps, 0 for one picture as wide as the row.
        badge: N of “×N”, 0 for none.

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
    remark: str = ""
    share: float | None = None
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


@dataclass(frozen=True, slots=True)
class WireView:
    """One wire as it is drawn; `over` are the nodes that a skip passes by."""

    edge: Edge
    kind: Kind
    width: float
    label: str = ""
    shape: str = ""
    size: str = ""
    skip: bool = False
    over: tuple[NodeId, ...] = ()


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


@dataclass(frozen=True)
class LevelView:
    """Everything on one level."""

    nodes: dict[NodeId, NodeView]
    wires: dict[Edge, WireView]
    frames: dict[str, FrameView]
    notes: dict[str, NoteView]


EMPTY = LevelView({}, {}, {}, {})
