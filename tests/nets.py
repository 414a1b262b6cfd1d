"""Small designs for tests, written in one line each."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from explorer.blocks.registry import registry
from explorer.graph.document import Document
from explorer.graph.edits import AddNode, Connect, DefineGroup
from explorer.graph.flow import Flow
from explorer.graph.model import Edge, Node
from explorer.graph.resolve import Resolver


def wire(text: str) -> Edge:
    """`a -> b`, `a.y2 -> b.x1`; ports are `y` and `x` unless they are named."""
    left, _, right = text.partition(" -> ")
    src, _, out = left.partition(".")
    dst, _, into = right.partition(".")
    return Edge(src, out or "y", dst, into or "x")


def node(id: str, block: str, **fields: Any) -> Node:
    return Node(id, block, fields)


def design(
    nodes: list[Node], *wires: str, groups: dict[str, tuple[list[Node], list[str]]] | None = None
) -> Document:
    """A document from nodes and wires."""
    document = Document()
    for name, (inner, inner_wires) in (groups or {}).items():
        document.apply(DefineGroup(name, tuple(inner), tuple(map(wire, inner_wires))))
    for each in nodes:
        document.apply(AddNode(each))
    for text in wires:
        document.apply(Connect(wire(text)))
    return document


def chain(shape: tuple[int, ...], *nodes: Node) -> Document:
    """Input, the nodes one after another, output."""
    ids = ["input", *(each.id for each in nodes), "output"]
    wires = [f"{a} -> {b}" for a, b in pairwise(ids)]
    return design([node("input", "input", shape=shape), *nodes, node("output", "output")], *wires)


def resolve(document: Document) -> Flow:
    """A cold resolve."""
    return Resolver(registry()).resolve(document)


def codes(flow: Flow) -> dict[str, str]:
    """Code of the problem at each address (the last, where there are several)."""
    return {problem.address: problem.code for problem in flow.problems}


SMALL = chain(
    (1, 8, 8),
    node("conv1", "conv2d", filters=4, kernel=3),
    node("relu1", "relu"),
    node("pool1", "max_pool", kernel=2),
    node("flatten", "flatten"),
    node("fc1", "linear", features=3),
)
"""A little convolutional network; copy it before you change it."""
