"""How nodes look: words, states and ports from what is known of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from explorer import words
from explorer.figures.canvas.kinds import BlockKind, Kinds, is_bar
from explorer.figures.canvas.level_view import NodeView, Picture, PortView, State
from explorer.figures.canvas.read_wires import WireReader, channels
from explorer.graph import repeats
from explorer.graph.catalogue import INPUT, OUTPUT
from explorer.graph.flow import Flow, NodeFlow
from explorer.graph.level import Level
from explorer.graph.model import Edge, Node, NodeId
from explorer.graph.ports import free_port, natural, port_names
from explorer.graph.report import Problem
from explorer.graph.rules import NodePorts, ports_of
from explorer.graph.tensor import Tensor
from explorer.graph.workspace import Workspace

SLOTS = 4
SHAPE_ERRORS = {
    "cycle": "runs in a circle",
    "field": "a field does not fit",
    "two_wires": "two wires meet",
    "muted": "cannot pass through",
}


@dataclass(frozen=True)
class Live:
    """What running the design has shown; it changes views, but is no part of the design.

    Attributes:
        totals: by address, how many maps a layer has whose pictures are shown.
        stale: words for pictures that are older than the weights, such as “from step 300”.
        running: share done, by address. captions: what the samples are, by input: “38 tokens”.

    """

    totals: Mapping[str, int] = field(default_factory=dict)
    stale: str = ""
    running: Mapping[str, float] = field(default_factory=dict)
    captions: Mapping[str, str] = field(default_factory=dict)


class NodeReader:
    """Makes the views of the nodes of a level, one at a time."""

    def __init__(
        self, workspace: Workspace, level: Level, kinds: Kinds, live: Live, wires: WireReader
    ) -> None:
        self._workspace, self._kinds = workspace, kinds
        self.level, self.live, self.wires = level, live, wires

    def alone(self, node: Node, pos: tuple[float, float]) -> NodeView:
        """Return about how a node without wires would look at a place."""
        kind = self._kinds.of(node)
        footer = "parameters unknown" if kind.has_weights and kind.form in ("card", "composite") else ""
        title, usual = node.title or node.id, self._words(kind, None)
        return NodeView(
            node.id, title, kind.form, node.block, kind.icon, kind.family, pos, usual=usual, footer=footer
        )

    def view(self, node: Node, pos: tuple[float, float]) -> NodeView:
        """Return the view of a node that stands at a place."""
        kind, level = self._kinds.of(node), self.level
        flow = level.flow.nodes.get(node.id) if level.flow else None
        fault = level.flow.report.fault_at(node.id) if level.flow else None
        state, address = self._state(node, flow, fault), level.prefix + node.id
        picture, usual = _picture(kind, flow), self._words(kind, flow)
        footer, weight = _footer(kind, flow, state)
        ports = self._ports(node, kind)
        inputs = self._inputs(node, kind, ports)
        rows = sum(port.connected for port in inputs)
        as_bar = is_bar(node.block, rows)
        return NodeView(
            id=node.id,
            title=node.title or node.id,
            form="bar" if as_bar else kind.form,
            block=node.block,
            icon=kind.icon,
            family=kind.family,
            pos=pos,
            summary=self._summary(node, kind, state, fault, usual),
            usual=usual,
            footer=footer,
            weight=weight,
            remark=self._remark(kind, flow, address, picture, footer),
            state=state,
            muted=node.muted,
            frozen=node.frozen,
            linked=bool(node.shares or level.graph.register.sharing(node.id)),
            collapsed=node.collapsed and kind.form in ("card", "composite", "input", "output"),
            stale=self.live.stale if picture else "",
            running=self.live.running.get(address),
            picture=picture if state == "ok" and not node.muted else "",
            slots=_slots(flow),
            inputs=inputs,
            outputs=self._outputs(node, ports),
            badge=self._repeats(flow),
            parts=_parts(inputs, flow) if as_bar else (),
        )

    def _words(self, kind: BlockKind, flow: NodeFlow | None) -> str:
        """What the node says of itself: its fields, what it turns into what, what it is made of."""
        block = kind.configured
        if block is None:
            return self._made_of(flow.inner) if flow and flow.inner else kind.title
        if kind.form == "input" and flow is not None and (arrives := flow.outputs.get("y")) is not None:
            return arrives.text  # inside a group: what arrives there
        known = flow is not None and flow.block is not None
        return block.caption_for(flow.arriving if known and flow else (None,) * len(block.inputs))

    def _made_of(self, inner: Flow) -> str:
        """What a group consists of: how many of the kind that has the most parameters."""
        shares: dict[str, list[int]] = {}
        for node in inner.graph.nodes:
            kind, flow = self._kinds.roughly(node.block), inner.nodes.get(node.id)
            if kind.form in ("input", "output") or flow is None:
                continue
            title = "group" if node.group is not None else kind.title
            shares.setdefault(title, []).append(flow.parameters)
        if not shares:
            return words.plural(0, "node")
        most = max(shares, key=lambda title: (sum(shares[title]), len(shares[title])))
        count = len(shares[most])
        return most if count == 1 else words.plural(count, most) if most == "group" else f"{count} × {most}"

    def _state(self, node: Node, flow: NodeFlow | None, fault: Problem | None) -> State:
        if fault is not None:
            return "open" if is_open(node.id, fault) else "problem"
        waits = self.level.flow is not None and node.id in self.level.flow.report.waiting
        return "waits" if waits and flow is not None and flow.state == "waits" else "ok"

    def _summary(self, node: Node, kind: BlockKind, state: State, fault: Problem | None, usual: str) -> str:
        if state == "problem" and fault is not None:
            return _shape_error(node, kind, fault)
        if node.muted:
            return "passes through"
        if state == "waits" and self.level.flow is not None:
            return f"waits for {self.level.flow.report.waiting[node.id]}"
        if self.live.stale and kind.form == "card":
            return self.live.stale
        if node.frozen:
            return "weights frozen"
        if node.shares:
            return f"weights of {node.shares}"
        if kind.form == "input" and node.id in self.live.captions:
            return self.live.captions[node.id]
        return usual

    def _remark(
        self, kind: BlockKind, flow: NodeFlow | None, address: str, picture: Picture, footer: str
    ) -> str:
        if not footer or flow is None or flow.state != "ok":
            return ""
        if kind.form == "composite":
            if flow.inner and self._repeats(flow):
                parts = {
                    flow.inner.nodes[node.id].parameters
                    for node in flow.inner.graph.nodes
                    if node.block not in (INPUT, OUTPUT) and node.id in flow.inner.nodes
                }
                return f"one {words.count(parts.pop())}" if len(parts) == 1 else "not all alike"
            return words.plural(len(flow.inner.graph), "node") if flow.inner else ""
        total = self.live.totals.get(address, 0)
        return f"{min(SLOTS, total)} of {total} maps" if picture == "maps" and total else ""

    def _repeats(self, flow: NodeFlow | None) -> int:
        """How many times one block follows itself inside the node, if it holds nothing else."""
        if flow is None or flow.inner is None:
            return 0
        return repeats.count(flow.inner.graph, self._workspace.document.groups)

    def _inputs(self, node: Node, kind: BlockKind, ports: NodePorts) -> tuple[PortView, ...]:
        """Ports where wires end; a join keeps one to spare."""
        taken = {edge.into: edge for edge in self.level.graph.into(node.id)}
        names = sorted(ports.inputs, key=natural) if ports.variadic else ports.inputs
        optional = kind.optional
        return tuple(
            [
                port_view(
                    name,
                    name in taken,
                    name in taken and self.wires.is_skip(taken[name]),
                    (ports.variadic or name in optional) and name not in taken,
                )
                for name in names
            ]
        )

    def _outputs(self, node: Node, ports: NodePorts) -> tuple[PortView, ...]:
        taken = {edge.out for edge in self.level.graph.out_of(node.id)}
        return tuple([port_view(name, name in taken) for name in ports.outputs])

    def _ports(self, node: Node, kind: BlockKind) -> NodePorts:
        scope, block = self.level.scope, kind.configured
        if block is not None and not block.variadic:
            return NodePorts(port_names(block, 0), block.outputs)
        edges = self.level.graph.into(node.id)
        if block is not None:
            spare = () if scope is None else (free_port(edges),)
            return NodePorts((*[edge.into for edge in edges], *spare), block.outputs, True)
        if scope is not None:
            return ports_of(self._workspace.document, self._workspace.catalogue, node, scope)
        return NodePorts(tuple(edge.into for edge in edges), _outs(self.level.graph.out_of(node.id)))


port_view = lru_cache(maxsize=4096)(PortView)
"""There are few different ports, and very many of each."""


def is_open(node_id: NodeId, fault: Problem) -> bool:
    """Return whether a node only lacks a wire."""
    return fault.code == "unconnected" and fault.address == node_id


def _shape_error(node: Node, kind: BlockKind, fault: Problem) -> str:
    if fault.address != node.id:
        return f"see {fault.address.partition('.')[2]}"
    if fault.got is not None:
        return f"{fault.got.text} does not fit"
    return SHAPE_ERRORS.get(fault.code, "does not work")


def _footer(kind: BlockKind, flow: NodeFlow | None, state: State) -> tuple[str, int | None]:
    if kind.form not in ("card", "composite"):
        return "", None
    if state != "ok":
        return ("parameters unknown" if kind.has_weights else ""), None
    count = flow.parameters if flow else 0
    if not count and kind.form != "composite":
        return "", None
    return words.count(count), count


def _picture(kind: BlockKind, flow: NodeFlow | None) -> Picture:
    if kind.form not in ("card", "input") or flow is None:
        return ""
    tensor: Tensor | None = next(iter(flow.outputs.values()), None)
    if tensor is None or tensor.dtype != "float":
        return ""
    return "maps" if len(tensor.shape) > 1 else "bars"


def _parts(inputs: Sequence[PortView], flow: NodeFlow | None) -> tuple[int, ...]:
    """How many channels each wire brings to a bar."""
    tensors = flow.inputs if flow is not None else {}
    arriving = [tensors.get(port.name) for port in inputs if port.connected]
    return tuple(channels(tensor) if tensor is not None else 0 for tensor in arriving)


def _slots(flow: NodeFlow | None) -> int:
    tensor = next(iter(flow.outputs.values()), None) if flow else None
    if tensor is None or len(tensor.shape) < 3 or "C" not in tensor.axes:
        return 0
    return min(SLOTS, tensor.axis("C"))


def _outs(edges: Sequence[Edge]) -> tuple[str, ...]:
    return tuple({edge.out: None for edge in edges})
