"""One level of a design, with the questions that remarks ask."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from explorer.graph import operations
from explorer.graph.catalogue import INPUT
from explorer.graph.document import Document
from explorer.graph.edits import AddNode, Batch, Connect, Disconnect, Edit, SetField
from explorer.graph.flow import Flow, NodeFlow
from explorer.graph.model import Edge, FieldValue, Node, NodeId
from explorer.graph.names import fresh
from explorer.graph.tensor import Tensor
from explorer.remarks.remark import Cure, Remark
from explorer.training.datasets import DataSet

ACTIVATIONS = (
    "relu",
    "relu6",
    "leaky_relu",
    "prelu",
    "elu",
    "selu",
    "softplus",
    "gelu",
    "sigmoid",
    "hard_sigmoid",
    "tanh",
    "swish",
    "mish",
    "hard_swish",
    "sign",
    "step",
)
"""Blocks that bend every value on its own; softmax looks at several."""
VIEWS = frozenset(("identity", "flatten", "reshape"))
"""Blocks that change no value."""
CONVOLUTIONS = (
    "conv1d",
    "conv2d",
    "conv3d",
    "dilated_conv2d",
    "depthwise_conv2d",
    "grouped_conv2d",
    "pointwise_conv2d",
)
POOLS = ("max_pool", "min_pool", "avg_pool")
NORMS = ("batch_norm", "layer_norm", "group_norm", "instance_norm")


@dataclass(frozen=True)
class Aim:
    """What the design is for, where that is known.

    Attributes:
        data: the data set it learns from. loss: id of the loss; empty where no data set is chosen.
        batch: samples of a batch, where that is known.
        has_weights: whether trained weights are live; then a frozen layer is no accident.

    """

    data: DataSet | None = None
    loss: str = ""
    batch: int = 0
    has_weights: bool = False


class Look:
    """A level as remarks see it: nodes that work, what stands before and after them, and ways to change it.

    Attributes:
        document: of the level. scope: where its edits go. prefix: what stands before its nodes' ids in
            addresses. flow: what is known of the level. aim: what the design is for.
        outer: the level around it and the node there that it is the inside of; None at the top.

    """

    def __init__(self, document: Document, flow: Flow, aim: Aim, scope: str = "") -> None:
        self.document, self.flow, self.aim, self.scope = document, flow, aim, scope
        self.prefix = ""
        self.outer: tuple[Look, NodeId] | None = None
        self.graph = document.graph(scope)

    def inside(self, node_id: NodeId) -> Look | None:
        """The level inside a use of a group; None for other nodes."""
        known = self.flow.nodes.get(node_id)
        group = self.graph[node_id].group if node_id in self.graph else None
        if known is None or known.inner is None or group is None or group not in self.document.groups:
            return None
        look = Look(self.document, known.inner, self.aim, group)
        look.prefix, look.outer = f"{self.prefix}{node_id}.", (self, node_id)
        return look

    # what is there

    @property
    def is_top(self) -> bool:
        """Whether inputs and outputs of the level are those of the design."""
        return not self.prefix

    def works(self, node_id: NodeId) -> bool:
        """Whether a node runs: it is not muted, and all about it is known."""
        known = self.flow.nodes.get(node_id)
        return known is not None and known.state == "ok" and not self.graph[node_id].muted

    def node(self, node_id: NodeId) -> NodeFlow:
        """What is known of a node."""
        return self.flow.nodes[node_id]

    def values(self, node_id: NodeId) -> Mapping[str, Any]:
        """Values of all fields of a node; empty for groups."""
        found: Mapping[str, Any] = getattr(self.node(node_id).block, "values", {})
        return found

    def arrives(self, node_id: NodeId) -> Tensor | None:
        """The first tensor that arrives."""
        return next(iter(self.node(node_id).inputs.values()), None)

    def leaves(self, node_id: NodeId) -> Tensor | None:
        """The first tensor that leaves."""
        return next(iter(self.node(node_id).outputs.values()), None)

    # what stands before and after

    def source(self, node_id: NodeId) -> NodeId | None:
        """The node that feeds it; None where several wires arrive, or none. Muted nodes are stepped over."""
        while True:
            edges = self.graph.into(node_id)
            if len(edges) != 1:
                return None
            node_id = edges[0].src
            if not self.graph[node_id].muted:
                return node_id

    def source_behind(self, node_id: NodeId, through: Collection[str]) -> NodeId | None:
        """The nearest node before it that is none of some blocks and alone feeds it."""
        found = self.source(node_id)
        while found is not None and self.graph[found].block in through:
            found = self.source(found)
        return found

    def design_input(self, node_id: NodeId) -> tuple[Look, NodeId] | None:
        """The input of the design that a node reads as it is, with the level it stands on; None: no such."""
        look: Look = self
        found = look.source_behind(node_id, ("identity", "standardize"))
        while found is not None and look.graph[found].block == INPUT:
            if look.outer is None:
                return look, found
            port, (look, use) = found, look.outer
            feeding = [edge.src for edge in look.graph.into(use) if edge.into == port]
            found = feeding[0] if feeding else None
            while found is not None and look.graph[found].block in ("identity", "standardize"):
                found = look.source(found)
        return None

    def is_only_reader(self, source: NodeId, reader: NodeId) -> bool:
        """Whether nothing but `reader` reads what `source` sends."""
        return self.graph.successors(source) == [reader] and len(self.graph.out_of(source)) == 1

    # what can be done

    def remark(self, node_id: NodeId, code: str, words: str, *cures: Cure) -> Remark:
        """Make a remark; `words` completes a sentence that begins with the node's name."""
        return Remark(f"{self.prefix}{node_id}", code, f"{node_id} {words}", cures)

    def without(self, *node_ids: NodeId, title: str = "") -> Cure:
        """Remove nodes and join what they stood between."""
        return Cure(
            title or f"Remove {', '.join(node_ids)}",
            operations.dissolve(self.document, node_ids, self.scope),
        )

    def without_all(self, node_ids: Collection[NodeId], title: str) -> Cure:
        """Remove nodes with all their wires."""
        return Cure(title, operations.remove(self.document, node_ids, self.scope))

    def setting(self, node_id: NodeId, title: str = "", **fields: FieldValue) -> Cure:
        """Set fields; without a title it is made from them."""
        edits = tuple(SetField(node_id, name, value, self.scope) for name, value in fields.items())
        said = ", ".join(f"{name.replace('_', ' ')} to {_written(value)}" for name, value in fields.items())
        return Cure(title or f"Set {said}", edits[0] if len(edits) == 1 else Batch(edits))

    def inserting(self, wire: Edge, block: str, title: str, **fields: FieldValue) -> Cure:
        """Put a block that has one input x and one output y into a wire."""
        name = fresh(block.partition("_")[0], set(self.graph))
        (x0, y0), (x1, y1) = self.graph[wire.src].pos, self.graph[wire.dst].pos
        node = Node(name, block, dict(fields), (round((x0 + x1) / 2), round((y0 + y1) / 2)))
        edits: tuple[Edit, ...] = (
            Disconnect(wire, self.scope),
            AddNode(node, self.scope),
            Connect(Edge(wire.src, wire.out, name, "x"), self.scope),
            Connect(Edge(name, "y", wire.dst, wire.into), self.scope),
        )
        return Cure(title, Batch(edits), block)

    def turning(self, node_id: NodeId, block: str, title: str, **fields: FieldValue) -> Cure:
        """Make another block of a node with one input x and one output y; wires stay."""
        node = self.graph[node_id]
        name = fresh(block.partition("_")[0], set(self.graph))
        wires: list[Edit] = []
        for edge in self.graph.into(node_id):
            wires += [Disconnect(edge, self.scope), Connect(Edge(edge.src, edge.out, name, "x"), self.scope)]
        for edge in self.graph.out_of(node_id):
            wires += [Disconnect(edge, self.scope), Connect(Edge(name, "y", edge.dst, edge.into), self.scope)]
        made = AddNode(Node(name, block, dict(fields), node.pos), self.scope)
        gone = operations.remove(self.document, [node_id], self.scope).edits[-1]
        return Cure(title, Batch((made, *wires, gone)), block)


def _written(value: FieldValue) -> str:
    return "×".join(map(str, value)) if isinstance(value, tuple) else str(value).lower()
