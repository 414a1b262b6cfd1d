"""Designs that are small as files and endless to whoever unfolds them; the fuzz tool writes them."""

from __future__ import annotations

import itertools
import json
from typing import Any

Row = dict[str, Any]


def design(nodes: list[Row], wires: list[list[str]], groups: Row | None = None, **settings: Any) -> bytes:
    """The text of a design file."""
    return json.dumps(
        {
            "format": "architecture-explorer",
            "version": 1,
            "name": "hostile",
            "graph": {"nodes": nodes, "wires": wires},
            "groups": groups or {},
            "settings": settings,
        }
    ).encode()


def row(id: str, block: str, **fields: Any) -> Row:
    """A node of a file."""
    return {"id": id, "block": block, "fields": fields}


def chain(*rows: Row) -> tuple[list[Row], list[list[str]]]:
    """Nodes with a wire from each to the next; groups go by the names of their own ends."""

    def port(node: Row, end: str, usual: str) -> str:
        return end if node["block"].startswith("group:") else usual

    pairs = itertools.pairwise(rows)
    return list(rows), [[a["id"], port(a, "output", "y"), b["id"], port(b, "input", "x")] for a, b in pairs]


def laughs(depth: int, width: int = 2) -> bytes:
    """Groups of groups, each with the one below `width` times in a row: `width ** depth` layers."""
    groups = {}
    for level in range(depth):
        block = f"group:g{level - 1}" if level else "relu"
        parts = [row(f"a{n}", block) for n in range(width)]
        nodes, wires = chain(row("input", "input"), *parts, row("output", "output"))
        groups[f"g{level}"] = {"nodes": nodes, "wires": wires}
    top = chain(row("input", "input", shape=[4]), row("a0", f"group:g{depth - 1}"), row("output", "output"))
    return design(*top, groups)


def side_by_side(depth: int) -> bytes:
    """Groups of groups, each with the one below twice beside each other, and a fault in the innermost."""
    groups = {}
    for level in range(depth):
        block, port = (f"group:g{level - 1}", "input") if level else ("conv2d", "x")
        rows = [row("input", "input"), row("a", block), row("b", block), row("output", "output")]
        out = "output" if level else "y"
        wires = [["input", "y", "a", port], ["input", "y", "b", port], ["a", out, "output", "x"]]
        groups[f"g{level}"] = {"nodes": rows, "wires": wires}
    top = chain(row("input", "input", shape=[4]), row("a0", f"group:g{depth - 1}"), row("output", "output"))
    return design(*top, groups)


def fan(count: int) -> bytes:
    """One node that feeds very many."""
    rows = [row("input", "input", shape=[4]), *[row(f"a{n}", "relu") for n in range(count)]]
    rows += [row("join", "add"), row("output", "output")]
    wires = [["input", "y", f"a{n}", "x"] for n in range(count)]
    wires += [[f"a{n}", "y", "join", f"x{n + 1}"] for n in range(count)] + [["join", "y", "output", "x"]]
    return design(rows, wires)


def loose(count: int) -> bytes:
    """Very many nodes without a wire."""
    return design([row(f"a{n}", "relu") for n in range(count)], [])


def dense(count: int) -> bytes:
    """Nodes of which each joins all before it."""
    rows, wires, known = [row("input", "input", shape=[2, 4, 4])], [], ["input"]
    for n in range(count):
        source = known[0]
        if n:
            source = f"c{n}"
            rows.append(row(source, "concat", axis="C"))
            wires += [[name, "y", source, f"x{k + 1}"] for k, name in enumerate(known)]
        rows.append(row(f"v{n}", "conv2d", filters=2, padding=1))
        wires.append([source, "y", f"v{n}", "x"])
        known.append(f"v{n}")
    rows.append(row("output", "output"))
    return design(rows, [*wires, [known[-1], "y", "output", "x"]])
