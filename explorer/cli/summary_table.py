"""The summary as text: a tree of layers with their outputs, parameters and cost, and the sums below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from explorer.graph.flow import Flow

ROWS = 60
"""Rows that still read well; a deeper network is shown to the last level that has no more …"""
FEW, MANY = 6, 160
"""… unless that has only a few and the next is no book."""
HEADS = ("layer", "block", "output", "parameters", "MACs")


def readable_depth(flow: Flow) -> int:
    """Return the last level at which the table reads well, the first at least."""
    deepest, before = levels(flow), 0
    for depth in range(1, deepest + 1):
        rows = sum(1 for _ in flow.walk(depth=depth))
        if depth > 1 and rows > (MANY if before < FEW else ROWS):
            return depth - 1
        before = rows
    return deepest


def levels(flow: Flow) -> int:
    """How many levels the design has: 1 where nothing has an inside."""
    return max((address.count(".") + 1 for address, _ in flow.walk()), default=1)


def written(value: dict[str, Any], depth: int | None = None, deepest: int | None = None) -> str:
    """Write a summary for people.

    Args:
        value: from `summarise`.
        depth: level to which its nodes go, as a tree; None where they are leaves with whole addresses.
        deepest: level to which they could go.

    """
    body = [_row(node, tree=depth is not None) for node in value["nodes"]]
    total = ("total", "", "", f"{value['parameters']:,}", f"{value['macs']:,}")
    widths = [max(map(len, column)) for column in zip(HEADS, *body, total, strict=True)]
    rule = "─" * (sum(widths) + 2 * (len(widths) - 1))
    lines = [_heading(value), "", _line(HEADS, widths), rule]
    lines += [_line(row, widths) for row in body]
    lines += [rule, _line(total, widths), "", *_notes(value)]
    if depth is not None and deepest is not None and depth < deepest:
        lines.append(f"Level {depth} of {deepest}: --depth {deepest} shows every layer.")
    return "\n".join([*lines, *_measured(value), *(f"problem: {p['message']}" for p in value["problems"])])


def _heading(value: dict[str, Any]) -> str:
    return f"{value['name']}: {_tensors(value['inputs'])} → {_tensors(value['outputs'])}"


def _tensors(named: dict[str, list[int] | None]) -> str:
    """`3×224×224`, or with names where there are several."""
    if len(named) == 1:
        return _shape(*named.values())
    return ", ".join(f"{name} {_shape(sizes)}" for name, sizes in named.items()) or "nothing"


def _shape(sizes: list[int] | None) -> str:
    return "?" if sizes is None else "×".join(map(str, sizes)) or "scalar"


def _row(node: dict[str, Any], *, tree: bool) -> tuple[str, ...]:
    """Cells of a node; in a tree its own name, two spaces further in for every level above it."""
    above, _, name = node["address"].rpartition(".")
    layer = "  " * (above.count(".") + 1 if above else 0) + name if tree else node["address"]
    outputs = ", ".join(map(_shape, node["outputs"].values()))
    return layer, node["block"], outputs, _count(node["parameters"]), _count(node["macs"])


def _count(value: int) -> str:
    return f"{value:,}" if value else "·"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    """Words to the left, numbers to the right."""
    left = [cell.ljust(width) for cell, width in zip(cells[:3], widths[:3], strict=True)]
    right = [cell.rjust(width) for cell, width in zip(cells[3:], widths[3:], strict=True)]
    return "  ".join(left + right)


def _notes(value: dict[str, Any]) -> list[str]:
    """What the columns leave out: what stays frozen, attention's share, memory."""
    lines = []
    if frozen := value["parameters"] - value["trainable_parameters"]:
        lines.append(f"{frozen:,} parameters are frozen, {value['trainable_parameters']:,} are trained.")
    attention = value["macs_attention"]
    share = f" ({attention:,} of them products of attention)" if attention else ""
    forward, training = _memory(value["memory"]["forward"]), _memory(value["memory"]["training"])
    return [
        *lines,
        f"One sample takes {value['macs']:,} MACs{share}, and in float32 {forward} for its activations; "
        f"{training} to train on it, weights not counted.",
    ]


def _memory(size: float) -> str:
    """`195.3 KiB`."""
    for unit in ("KiB", "MiB"):
        size /= 1024
        if size < 1024:
            return f"{size:,.1f} {unit}"
    return f"{size / 1024:,.1f} GiB"


def _measured(value: dict[str, Any]) -> list[str]:
    """One line beside the prediction, where the live module was asked."""
    if "measured" not in value:
        return []
    live, info = value["measured"]["parameters"], value["measured"]["torchinfo"]
    return [
        f"Measured: {live:,} parameters; torchinfo {info['parameters']:,} and "
        f"{info['mult_adds']:,} multiply-adds."
    ]
