"""From an open level to what is drawn: pure, no Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from explorer import words
from explorer.blocks.block import Block
from explorer.figures.canvas.level_view import (
    Form,
    FrameView,
    LevelView,
    NodeView,
    NoteView,
    Picture,
    PortView,
    State,
)
from explorer.figures.canvas.read_wires import WireMaker, WireMemo
from explorer.graph.catalogue import BadField, UnknownBlock
from explorer.graph.flow import Flow, NodeFlow, Problem
from explorer.graph.model import Edge, Node, NodeId, Position
from explorer.graph.ports import natural
from explorer.graph.rules import ports_of
from explorer.graph.tensor import Tensor
from explorer.graph.workspace import Level, Workspace

MERGES = frozenset(["add", "multiply", "concat"])
GLYPHS = frozenset(["dropout", "identity"])
GLYPH_FAMILIES = frozenset(["act", "shape"])
SLOTS = 4
SHAPE_ERRORS = {
    "cycle": "runs in a circle",
    "field": "a field does not fit",
    "two_wires": "two wires meet",
    "muted": "cannot pass through",
}
V = TypeVar("V")


@dataclass(frozen=True)
class Live:
    """What running the design has shown; it changes views, but is no part of the design.

    Attributes:
        totals: by address, how many maps a layer has whose pictures are shown.
        stale: words for pictures that are older than the weights, such as “from step 300”.
        running: share done, by address. input_caption: what the sample is, e.g. “drawn digit”.

    """

    totals: Mapping[str, int] = field(default_factory=dict)
    stale: str = ""
    running: Mapping[str, float] = field(default_factory=dict)
    input_caption: str = ""


def form_of(block: str, family: str, is_composite: bool) -> Form:
    """Return how a block is drawn; never a matter of shapes, so that nothing moves when they change."""
    if block in ("input", "output"):
        return "input" if block == "input" else "output"
    if is_composite:
        return "composite"
    if block in MERGES:
        return "merge"
    return "glyph" if family in GLYPH_FAMILIES or block in GLYPHS else "card"


def build(
    workspace: Workspace,
    level: Level,
    live: Live | None = None,
    places: Mapping[str, Position] | None = None,
    before: LevelView | None = None,
    memo: Memo | None = None,
) -> LevelView:
    """Return everything that is drawn on a level.

    Args:
        workspace: the open design. level: the level shown.
        live: what is known from running it.
        places: positions that take the place of those in the document.
        before: an earlier result; views that are equal are taken from it.
        memo: what was worked out for it, used where nothing has changed.

    """
    make = _Maker(workspace, level, live or Live(), places or {}, memo or Memo())
    nodes = {node.id: make.known(node) for node in level.graph.nodes}
    wires = {edge: make.wires.wire(edge) for edge in make.wires.edges}
    frames = {key: make.frame(key) for key in level.graph.frames}
    notes = {
        key: NoteView(key, note.text, make.places.get(key, note.pos))
        for key, note in level.graph.notes.items()
    }
    if before is not None:
        nodes = {key: _kept(before.nodes.get(key), view) for key, view in nodes.items()}
        wires = {key: _kept(before.wires.get(key), wire) for key, wire in wires.items()}
    return LevelView(nodes, wires, frames, notes)


def _kept(old: V | None, new: V) -> V:
    return old if old is not None and old == new else new


@dataclass(frozen=True)
class _Kind:
    """What a view needs to know of a node's block."""

    title: str
    family: str
    icon: str
    form: Form
    configured: Block | None


class Memo:
    """What was worked out for the last views of a level; another level wants another one."""

    def __init__(self) -> None:
        self.flow: Flow | None = None
        self.live = Live()
        self.nodes: dict[NodeId, tuple[tuple[object, ...], NodeView]] = {}
        self.kinds: dict[NodeId, tuple[Node, _Kind]] = {}
        self.wires = WireMemo()


class _Maker:
    """Makes the views of one level."""

    def __init__(
        self, workspace: Workspace, level: Level, live: Live, places: Mapping[str, Position], memo: Memo
    ) -> None:
        self.workspace, self.level, self.live, self.places = workspace, level, live, places
        self.memo = memo
        # only places, names or frames have changed since the last time
        self.unchanged = level.flow is not None and memo.flow is level.flow and memo.live == live
        memo.flow, memo.live = level.flow, live
        self.kinds = {node.id: self._kind(node) for node in level.graph.nodes}
        self.faults: dict[NodeId, Problem] = {}
        self.waits: dict[NodeId, str] = {}
        for problem in level.flow.problems if level.flow else ():
            head = problem.address.partition(".")[0]
            if problem.waits_for is None:
                self.faults.setdefault(head, problem)
            else:
                self.waits.setdefault(head, problem.waits_for)
        forms = {key: kind.form for key, kind in self.kinds.items()}
        self.wires = WireMaker(level.graph, level.flow, self.faults, forms, memo.wires)
        self.total = workspace.flow.parameters

    def known(self, node: Node) -> NodeView:
        """Return the view of a node, from the memo where all it depends on is as it was."""
        before = self.memo.nodes.get(node.id)
        if self.unchanged and before is not None:
            old = before[0]
            if (
                old[0] is node
                and old[1] == self.places.get(node.id)
                and before[1].linked == self._linked(node)
            ):
                return before[1]
        flow = self.level.flow.nodes.get(node.id) if self.level.flow else None
        address = self.level.prefix + node.id
        into, out = self.wires.into.get(node.id, ()), self.wires.out_of.get(node.id, ())
        key = (
            node,
            self.places.get(node.id),
            self.kinds[node.id],
            self.faults.get(node.id),
            self.waits.get(node.id),
            into,
            out,
            tuple(edge in self.wires.skips for edge in into),
            (flow.inputs, flow.outputs, flow.parameters, flow.state) if flow else None,
            self.total,
            self.level.scope,
            self.live.totals.get(address),
            self.live.stale,
            self.live.running.get(address),
            self.live.input_caption,
            id(flow.inner) if flow else None,
            self._linked(node),
        )
        if before is not None and before[0] == key:
            return before[1]
        view = self.node(node)
        self.memo.nodes[node.id] = (key, view)
        return view

    def _linked(self, node: Node) -> bool:
        return bool(node.shares or self.level.graph.sharing(node.id))

    def _kind(self, node: Node) -> _Kind:
        before = self.memo.kinds.get(node.id)
        if before is not None and before[0] is node:
            return before[1]
        kind = self._find_kind(node)
        self.memo.kinds[node.id] = (node, kind)
        return kind

    def _find_kind(self, node: Node) -> _Kind:
        if node.group is not None:
            return _Kind(node.group, "composite", "group", "composite", None)
        try:
            configured = self.workspace.catalogue.configure(node.block, node.fields)
        except BadField:
            configured = self.workspace.catalogue.configure(node.block, {})
        except UnknownBlock:
            return _Kind(node.block, "io", "block", "card", None)
        assert isinstance(configured, Block)
        form = form_of(configured.id, configured.family, configured.is_composite)
        return _Kind(configured.title, configured.family, configured.icon, form, configured)

    def node(self, node: Node) -> NodeView:
        """Return the view of one node."""
        kind = self.kinds[node.id]
        flow = self.level.flow.nodes.get(node.id) if self.level.flow else None
        state = self._state(node, flow)
        address = self.level.prefix + node.id
        picture = self._picture(kind, flow)
        footer, share = self._footer(kind, flow, state)
        return NodeView(
            id=node.id,
            title=node.title or node.id,
            form=kind.form,
            block=node.block,
            icon=kind.icon,
            family=kind.family,
            pos=self.places.get(node.id, node.pos),
            summary=self._summary(node, kind, flow, state),
            usual=self._words(kind, flow),
            footer=footer,
            remark=self._remark(kind, flow, address, picture, share),
            share=share,
            state=state,
            muted=node.muted,
            frozen=node.frozen,
            linked=self._linked(node),
            collapsed=node.collapsed and kind.form in ("card", "composite", "input", "output"),
            stale=self.live.stale if picture else "",
            running=self.live.running.get(address),
            picture=picture if state == "ok" and not node.muted else "",
            slots=self._slots(flow),
            inputs=self._inputs(node),
            outputs=self._outputs(node),
        )

    def _state(self, node: Node, flow: NodeFlow | None) -> State:
        fault = self.faults.get(node.id)
        if fault is not None:
            return "open" if fault.code == "unconnected" and fault.address == node.id else "problem"
        return "waits" if flow is not None and flow.state == "waits" and node.id in self.waits else "ok"

    def _summary(self, node: Node, kind: _Kind, flow: NodeFlow | None, state: State) -> str:
        if state == "problem":
            return self._shape_error(node, kind)
        if node.muted:
            return "passes through"
        if state == "waits":
            return f"waits for {self.waits[node.id]}"
        if self.live.stale and kind.form == "card":
            return self.live.stale
        if node.frozen:
            return "weights fixed"
        if node.shares:
            return f"weights of {node.shares}"
        if kind.form == "input" and self.live.input_caption:
            return self.live.input_caption
        return self._words(kind, flow)

    def _words(self, kind: _Kind, flow: NodeFlow | None) -> str:
        """The fields in a few words; linear layers say what they turn into what."""
        block = kind.configured
        if block is None:
            inner = len(flow.inner.graph) if flow and flow.inner else 0
            return words.plural(inner, "node") if inner else kind.title
        if block.id == "linear" and flow is not None:
            arrives, leaves = flow.inputs.get("x"), block.values["features"]
            return f"{arrives.shape[-1] if arrives else '?'} → {leaves}"
        if block.id == "output":
            arrives = next(iter(flow.inputs.values()), None) if flow else None
            if arrives is None:
                return "the answer"
            return words.plural(arrives.size, "value") if len(arrives.shape) == 1 else arrives.text
        return block.summary() or block.title

    def _shape_error(self, node: Node, kind: _Kind) -> str:
        fault = self.faults[node.id]
        if fault.address != node.id:
            return f"see {fault.address.partition('.')[2]}"
        if node.block == "linear" and kind.configured is not None and fault.got is not None:
            return f"? → {kind.configured.values['features']}"
        if fault.got is not None:
            return f"{fault.got.text} does not fit"
        return SHAPE_ERRORS.get(fault.code, "does not work")

    def _footer(self, kind: _Kind, flow: NodeFlow | None, state: State) -> tuple[str, float | None]:
        if kind.form not in ("card", "composite"):
            return "", None
        count = flow.parameters if flow else 0
        if state != "ok":
            return ("parameters unknown", 0.0) if self._may_have_parameters(kind) else ("", None)
        if not count and kind.form != "composite":
            return "", None
        return words.count(count), count / self.total if self.total else 0.0

    @staticmethod
    def _may_have_parameters(kind: _Kind) -> bool:
        block = kind.configured
        return block is None or block.is_composite or type(block).parameters is not Block.parameters

    def _remark(
        self, kind: _Kind, flow: NodeFlow | None, address: str, picture: Picture, share: float | None
    ) -> str:
        if share is None or flow is None or flow.state != "ok":
            return ""
        if kind.form == "composite":
            return words.plural(len(flow.inner.graph), "node") if flow.inner else ""
        total = self.live.totals.get(address, 0)
        if picture == "maps" and total:
            return f"{min(SLOTS, total)} of {total} maps"
        return words.percent(share)

    @staticmethod
    def _picture(kind: _Kind, flow: NodeFlow | None) -> Picture:
        if kind.form not in ("card", "input") or flow is None:
            return ""
        tensor: Tensor | None = next(iter(flow.outputs.values()), None)
        if tensor is None or tensor.dtype != "float":
            return ""
        return "maps" if len(tensor.shape) > 1 else "bars"

    @staticmethod
    def _slots(flow: NodeFlow | None) -> int:
        tensor = next(iter(flow.outputs.values()), None) if flow else None
        if tensor is None or len(tensor.shape) < 3 or "C" not in tensor.axes:
            return 0
        return min(SLOTS, tensor.axis("C"))

    def _inputs(self, node: Node) -> tuple[PortView, ...]:
        """Ports where wires end; a join keeps one to spare."""
        taken = {edge.into: edge for edge in self.wires.into.get(node.id, ())}
        ports = self._ports(node)
        names = sorted(ports.inputs, key=natural) if ports.variadic else ports.inputs
        block = self.kinds[node.id].configured
        optional = {port.name for port in block.inputs if port.optional} if block else set()
        return tuple(
            PortView(
                name,
                name in taken,
                top=name in taken and taken[name] in self.wires.skips,
                spare=(ports.variadic or name in optional) and name not in taken,
            )
            for name in names
        )

    def _outputs(self, node: Node) -> tuple[PortView, ...]:
        taken = {edge.out for edge in self.wires.out_of.get(node.id, ())}
        return tuple(PortView(name, name in taken) for name in self._ports(node).outputs)

    def _ports(self, node: Node) -> _Ports:
        scope = self.level.scope
        if scope is not None:
            found = ports_of(self.workspace.document, self.workspace.catalogue, node, scope)
            return _Ports(found.inputs, found.outputs, found.variadic)
        block = self.kinds[node.id].configured
        edges = self.level.graph.into(node.id)
        if block is None:
            return _Ports(tuple(edge.into for edge in edges), _outs(self.level.graph.out_of(node.id)))
        if block.variadic:
            return _Ports(tuple(edge.into for edge in edges), block.outputs, True)
        return _Ports(tuple(port.name for port in block.inputs), block.outputs)

    def frame(self, key: str) -> FrameView:
        """Return the view of a frame, with the sum of what stands in it."""
        frame = self.level.graph.frames[key]
        nodes = self.level.flow.nodes if self.level.flow else {}
        count = sum(nodes[n].parameters for n in frame.nodes if n in nodes)
        return FrameView(key, frame.title, frame.nodes, f"{words.count(count)} parameters" if count else "")


@dataclass(frozen=True)
class _Ports:
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    variadic: bool = False


def _outs(edges: list[Edge]) -> tuple[str, ...]:
    return tuple({edge.out: None for edge in edges})
