"""Random edits of designs that mostly fit: right ports, groups, sharing, loops, and wrong ones."""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
from nets import design, node

from explorer.graph import edits as e
from explorer.graph import operations
from explorer.graph.document import Document
from explorer.graph.edits import EditProblem
from explorer.graph.marks import Exposed
from explorer.graph.model import GROUP_PREFIX, Edge, Frame, Node, Note

BLOCKS: dict[str, tuple[dict[str, Any], ...]] = {
    "conv2d": ({"filters": 4, "padding": 1}, {"filters": 3}, {"filters": 4, "kernel": 99}),
    "relu": ({},),
    "batch_norm": ({},),
    "add": ({},),
    "concat": ({},),
    "residual": ({"width": 4},),
    "linear": ({"features": 3}, {"features": 0}),
    "flatten": ({},),
    "lstm": ({},),
    "input": ({"shape": (4, 6, 6)}, {"shape": (5, 3)}),
    "output": ({},),
    "each_step": ({},),
    "state": ({},),
    "next_state": ({"of": "state1"},),
    "collect": ({"steps": 5},),
    "nonsense": ({},),
    GROUP_PREFIX + "outer": ({},),
    GROUP_PREFIX + "inner": ({},),
    "time_distributed": ({"inner": GROUP_PREFIX + "dense"},),
}
FLAGS = ("muted", "frozen", "collapsed")
FIELDS: dict[str, tuple[Any, ...]] = {
    "filters": (2, 4, 0, None),
    "kernel": (1, 3, 50, None),
    "padding": (0, 1, None),
    "bias": (False, None),
    "features": (2, 3, None),
    "shape": ((4, 6, 6), (4, 8, 8), (5, 3)),
    "of": ("state1", "add1", None),
    "steps": (5, 4),
    "width": (2, 4, 0, GROUP_PREFIX + "dense", None),
    "inner": (GROUP_PREFIX + "dense", GROUP_PREFIX + "inner"),
    "odd": (1,),
}


def start() -> Document:
    """Convolutions with a skip, nested groups used twice with a field of their own, and a wrapped group."""
    outer = (
        [node("x", "input"), node("deep", "group:inner"), node("y", "output")],
        ["x -> deep", "deep -> y"],
    )
    inner = (
        [
            node("x", "input"),
            node("c", "conv2d", filters=4, padding=1),
            node("r", "relu"),
            node("y", "output"),
        ],
        ["x -> c", "c -> r", "r -> y"],
    )
    dense = (
        [node("x", "input"), node("fc", "linear", features=3), node("y", "output")],
        ["x -> fc", "fc -> y"],
    )
    document = design(
        [
            node("input", "input", shape=(4, 6, 6)),
            node("conv1", "conv2d", filters=4, padding=1),
            node("one", "group:outer", width=4),
            node("relu1", "relu"),
            node("two", "group:outer"),
            node("add1", "add"),
            node("conv2", "conv2d", filters=4, padding=1),
            node("flatten", "flatten"),
            node("fc", "linear", features=3),
            node("output", "output"),
            node("words", "input", shape=(5, 3)),
            node("each", "time_distributed", inner="group:dense"),
        ],
        *("input -> conv1", "conv1 -> one", "one -> relu1", "relu1 -> two", "two -> add1.x1"),
        *("conv1 -> add1.x2", "add1 -> conv2", "conv2 -> flatten", "flatten -> fc", "fc -> output"),
        "words -> each",
        groups={"inner": inner, "outer": outer, "dense": dense},
    )
    document.apply(e.SetExposed("filters", Exposed("filters", (("c", "filters"),)), "inner"))
    document.apply(e.SetExposed("width", Exposed("width", (("deep", "filters"),)), "outer"))
    return document


def loop() -> Document:
    """A recurrent level: a state, its next value, and what every step gives."""
    return design(
        [
            node("input", "input", shape=(5, 3)),
            node("first", "input", shape=(3,)),
            node("each1", "each_step"),
            node("state1", "state"),
            node("add1", "add"),
            node("fc", "linear", features=3),
            node("next1", "next_state", of="state1"),
            node("collect1", "collect", steps=5),
            node("after", "relu"),
            node("output", "output"),
        ],
        *("input -> each1", "first -> state1", "each1 -> add1.x1", "state1 -> add1.x2", "add1 -> fc"),
        *("fc -> next1", "fc -> collect1", "collect1 -> after", "after -> output"),
    )


def skipping() -> Document:
    """Two rows of placed nodes with skips that hold each other, and a frame round some."""
    names = ["input", "c1", "r1", "add1", "c2", "add2", "c3", "r3", "add3", "output", "c4", "r2"]
    blocks = {"c": "conv2d", "r": "relu", "a": "add", "i": "input", "o": "output"}
    nodes = []
    for number, name in enumerate(names):
        fields = {"c": {"filters": 4, "padding": 1}, "i": {"shape": (4, 6, 6)}}.get(name[0], {})
        pos = (number % 6 * 200.0 + 10.0, number // 6 * 200.0 + 10.0)
        nodes.append(Node(name, blocks[name[0]], fields, pos))
    document = design(
        nodes,
        *(
            "input -> c1",
            "c1 -> r1",
            "r1 -> r2",
            "r2 -> add1.x1",
            "input -> add1.x2",
            "add1 -> c2",
            "c2 -> add2.x1",
        ),
        *(
            "add1 -> add2.x2",
            "input -> add2.x3",
            "add2 -> c3",
            "c3 -> r3",
            "r3 -> add3.x1",
            "add2 -> add3.x2",
        ),
        *("c3 -> add3.x3", "input -> c4", "c4 -> add1.x3", "c1 -> add2.x4", "add3 -> output"),
    )
    document.apply(e.SetFrame("frame1", Frame("frame1", "t", ("c1", "r1", "add1"))))
    document.apply(e.SetNote("note1", Note("note1", "a word", (700.0, 300.0))))
    return document


@st.composite
def edit_of(draw: Any, document: Document, deep: bool = True) -> e.Edit:
    """An edit that often fits the document as it is."""
    scope = draw(st.sampled_from(["", "", "", *document.groups]))
    graph = document.graph(scope)
    ids = st.sampled_from([*graph, "new1"])
    one, other = draw(ids), draw(ids)
    kind = draw(st.sampled_from(KINDS if deep else KINDS[:-4]))
    if kind == "add":
        block = draw(st.sampled_from(sorted(BLOCKS)))
        name = draw(st.sampled_from(["new1", "new2", "new3", "state1"]))
        pos = (draw(st.integers(0, 9)) * 100.0, draw(st.integers(0, 3)) * 150.0)
        return e.AddNode(Node(name, block, draw(st.sampled_from(BLOCKS[block])), pos), scope)
    if kind == "remove":
        return e.RemoveNode(one, scope)
    if kind == "connect":
        into = draw(st.sampled_from(["x", "x", "x1", "x2", "x3", "odd"]))
        return e.Connect(Edge(one, draw(st.sampled_from(["y", "y", "y", "h"])), other, into), scope)
    if kind == "disconnect":
        return e.Disconnect(draw(st.sampled_from(graph.edges or [Edge(one, "y", other, "x")])), scope)
    if kind == "field":
        name = draw(st.sampled_from(sorted(FIELDS)))
        return e.SetField(one, name, draw(st.sampled_from(FIELDS[name])), scope)
    if kind == "block":
        block = draw(st.sampled_from(sorted(BLOCKS)))
        return e.SetBlock(one, block, draw(st.sampled_from(BLOCKS[block])), scope)
    if kind == "flag":
        return e.SetFlag(one, draw(st.sampled_from(FLAGS)), draw(st.booleans()), scope)
    if kind == "shares":
        return e.SetShares(one, draw(st.sampled_from([other, ""])), scope)
    if kind == "rename":
        return e.Rename(one, draw(st.sampled_from(["other1", "other2", "conv1"])), scope)
    if kind == "move":
        return e.Move({one: (draw(st.integers(0, 9)) * 100.0, draw(st.integers(0, 3)) * 150.0)}, scope)
    if kind == "title":
        return e.SetTitle(one, draw(st.sampled_from(["", "a long title that needs room"])), scope)
    if kind == "frame":
        nodes = draw(st.lists(ids, max_size=4, unique=True))
        key = draw(st.sampled_from(["frame1", "frame2"]))
        frame = Frame(key, "t", tuple(n for n in nodes if n in graph))
        return e.SetFrame(key, draw(st.sampled_from([frame, frame, None])), scope)
    if kind == "note":
        return e.SetNote("note1", draw(st.sampled_from([Note("note1", "hello", (5.0, 5.0)), None])), scope)
    if kind == "dots":
        edge = draw(st.sampled_from(graph.edges or [Edge(one, "y", other, "x")]))
        places = st.tuples(st.integers(0, 9), st.integers(0, 3))
        dots = draw(st.lists(places.map(lambda at: (at[0] * 100.0, at[1] * 90.0)), max_size=3))
        return e.SetDots(edge, tuple(dots), scope)
    if kind == "expose":
        name = draw(st.sampled_from(["filters", "width", "padding"]))
        sets = tuple(dict.fromkeys((n, draw(st.sampled_from(["filters", "padding"]))) for n in (one, other)))
        return e.SetExposed(name, draw(st.sampled_from([Exposed(name, sets), None])), scope)
    return _larger(draw, document, kind, [one, other], scope)


KINDS = (
    *("add", "remove", "connect", "connect", "disconnect", "field", "field", "field", "block", "flag"),
    *("shares", "rename", "move", "move", "title", "frame", "note", "dots", "dots", "expose"),
    *("dissolve", "take away", "group", "share", "batch"),
)


def _larger(draw: Any, document: Document, kind: str, ids: list[str], scope: str) -> e.Edit:
    """What the canvas does in one go."""
    there = [n for n in dict.fromkeys(ids) if n in document.graph(scope)]
    try:
        if kind == "dissolve":
            return operations.dissolve(document, there, scope)
        if kind == "take away":
            return operations.remove(document, there, scope)
        if kind == "group":
            return operations.group(document, there, scope, "group1")[0]
        if kind == "share":
            return operations.share(document, there, scope)
    except EditProblem:
        return e.Batch(())
    return e.Batch(tuple(draw(st.lists(edit_of(document, deep=False), max_size=3))))
