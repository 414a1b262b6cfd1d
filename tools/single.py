"""A design of one block between an input and its outputs, for pictures of the block."""

from __future__ import annotations

from typing import Any

from explorer.blocks.registry import registry
from explorer.engine.demonstrations.examples import suiting
from explorer.graph.catalogue import INPUT, OUTPUT
from explorer.graph.document import Document
from explorer.graph.edits import AddNode, Connect
from explorer.graph.model import Edge, Node
from explorer.graph.ports import port_names
from explorer.graph.tensor import Tensor


def design_of(block: str, *inputs: Tensor, **fields: Any) -> Document:
    """Return the design; without inputs, on the examples that suit the block."""
    made = registry().configure(block, fields)
    tensors = inputs or suiting(made)
    document = Document(made.title)
    document.apply(AddNode(Node(made.stem, block, fields, (260, 0))))
    for number, (port, tensor) in enumerate(zip(port_names(made, len(tensors)), tensors, strict=True)):
        if tensor is None:
            continue
        name = "input" if len(tensors) == 1 else f"in_{port}"
        shape = {"shape": tensor.shape, "axes": "".join(tensor.axes), "dtype": tensor.dtype}
        document.apply(AddNode(Node(name, INPUT, shape, (0, 120 * number))))
        document.apply(Connect(Edge(name, "y", made.stem, port)))
    for number, port in enumerate(made.outputs):
        name = "output" if len(made.outputs) == 1 else f"out_{port}"
        document.apply(AddNode(Node(name, OUTPUT, {}, (560, 120 * number))))
        document.apply(Connect(Edge(made.stem, port, name, "x")))
    return document
