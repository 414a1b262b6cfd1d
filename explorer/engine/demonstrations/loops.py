"""A small loop to show its parts in: the running mean of a melody."""

from __future__ import annotations

from explorer.blocks.block import Block
from explorer.graph.catalogue import COLLECT, EACH_STEP, INPUT, NEXT_STATE, OUTPUT, STATE
from explorer.graph.document import Document
from explorer.graph.edits import AddNode, Connect
from explorer.graph.model import Edge, FieldValue, Node
from explorer.graph.tensor import Tensor

STEPS, WIDTH = 8, 12


def loop_with(block: Block, name: str) -> tuple[Document, tuple[Tensor, ...]]:
    """Return a design in which the block has this name, and the tensors that its inputs take."""
    parts: dict[str, tuple[str, dict[str, FieldValue]]] = {
        "each": (EACH_STEP, {}),
        "mean": (STATE, {"shape": (WIDTH,)}),
        "sum": ("add", {}),
        "halved": ("scale", {"factor": 0.5}),
        "next": (NEXT_STATE, {"of": "mean"}),
        "all": (COLLECT, {"steps": STEPS}),
    }
    names = {key: name if kind == block.id else key for key, (kind, _) in parts.items()}
    sequence = Tensor((STEPS, WIDTH), ("T", "D"))
    document = Document(block.title)
    document.apply(AddNode(Node("in_x", INPUT, {"shape": sequence.shape})))
    for key, (kind, fields) in parts.items():
        shown: dict[str, FieldValue] = {"of": names["mean"]} if kind == NEXT_STATE else fields
        document.apply(AddNode(Node(names[key], kind, shown)))
    document.apply(AddNode(Node("out_y", OUTPUT)))
    wires = (
        ("in_x", "each", "x"),
        ("in_x", "mean", "x"),
        ("each", "sum", "x1"),
        ("mean", "sum", "x2"),
        ("sum", "halved", "x"),
        ("halved", "next", "x"),
        ("next", "all", "x"),
        ("all", "out_y", "x"),
    )
    for source, target, port in wires:
        document.apply(Connect(Edge(names.get(source, source), "y", names.get(target, target), port)))
    return document, (sequence,)
