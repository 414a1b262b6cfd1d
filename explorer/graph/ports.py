"""Names of ports: of blocks with any number of inputs, and of groups."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from explorer.graph.catalogue import INPUT, OUTPUT, ConfiguredBlock, Port
from explorer.graph.model import Edge, Graph

_TAIL = re.compile(r"(.*?)(\d*)\Z", re.S)


@lru_cache(maxsize=4096)
def natural(name: str) -> tuple[str, int]:
    """Sort key that puts `x2` before `x10`."""
    match = _TAIL.match(name)
    stem, number = match.groups() if match else (name, "")
    return stem, int(number[:9]) if number else 0


def port_names(block: ConfiguredBlock, count: int) -> tuple[str, ...]:
    """Input names of a block that has `count` wires (the count matters to variadic blocks only)."""
    if block.variadic:
        return _numbered(count)
    return _names(block.inputs)


@lru_cache(maxsize=64)
def _numbered(count: int) -> tuple[str, ...]:
    return tuple([f"x{number}" for number in range(1, count + 1)])


@lru_cache(maxsize=1024)
def _names(ports: tuple[Port, ...]) -> tuple[str, ...]:
    return tuple(port.name for port in ports)


def free_port(edges: Sequence[Edge]) -> str:
    """The first of `x1`, `x2`, … at which none of the wires ends."""
    taken = {edge.into for edge in edges}
    number = 1
    while f"x{number}" in taken:
        number += 1
    return f"x{number}"


def group_ports(graph: Graph) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Inputs and outputs of a group: the ids of the input and output nodes inside it."""
    return (
        tuple(node.id for node in graph.of_block(INPUT)),
        tuple(node.id for node in graph.of_block(OUTPUT)),
    )
