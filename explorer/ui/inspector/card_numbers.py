"""The present numbers below the formulas of a card: pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod

from explorer import words
from explorer.graph.flow import NodeFlow

MOST = 6
"""Summands that are written out; the others are added up."""


def numbers(node: NodeFlow | None, weights: Sequence[tuple[str, tuple[int, ...]]] = ()) -> Mapping[str, str]:
    """Return a line for each section whose formula has numbers here.

    Args:
        node: what is known of the node. weights: names and shapes of its module's tensors, when known.

    """
    if node is None or node.state != "ok":
        return {}
    return {"Shapes": _shapes(node), "Parameters": _parameters(node, weights), "MACs": _macs(node)}


def _shapes(node: NodeFlow) -> str:
    given = ", ".join(tensor.text for tensor in node.inputs.values() if tensor is not None)
    made = ", ".join(tensor.text for tensor in node.outputs.values() if tensor is not None)
    return f"{given} → {made}" if given else made


def _parameters(node: NodeFlow, weights: Sequence[tuple[str, tuple[int, ...]]]) -> str:
    total = words.count(node.parameters)
    if node.inner is not None:
        return _sum([(name, part.parameters) for name, part in node.inner.nodes.items()], total)
    known = sum(prod(shape) for _, shape in weights)
    if not node.parameters or known != node.parameters:
        return total if node.parameters else ""
    terms = [f"{name.rpartition('.')[2]} {'·'.join(map(str, shape)) or '1'}" for name, shape in weights]
    return f"{' + '.join(terms)} = {total}" if len(terms) <= MOST else total


def _macs(node: NodeFlow) -> str:
    total = words.count(node.macs)
    if not node.macs:
        return ""
    if node.inner is not None:
        return _sum([(name, part.macs) for name, part in node.inner.nodes.items()], total)
    size = sum(tensor.size for tensor in node.outputs.values() if tensor is not None)
    if size and node.macs % size == 0:
        return f"{words.count(size)} values out · {words.count(node.macs // size)} = {total}"
    return total


def _sum(parts: Sequence[tuple[str, int]], total: str) -> str:
    """Write the summands that are not zero, the largest of them if they are many."""
    there = [(name, value) for name, value in parts if value]
    if len(there) < 2:
        return total if there else ""
    if len(there) > MOST:
        largest = sorted(there, key=lambda part: -part[1])[: MOST - 1]
        shown = [part for part in there if part in largest]
        rest = sum(value for part in there if part not in shown for value in part[1:])
        there = [*shown, ("others", rest)]
    return " + ".join(f"{name} {words.count(value)}" for name, value in there) + f" = {total}"
