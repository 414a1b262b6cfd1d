"""What the nodes of a level cost, on one scale for the whole design: pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from explorer import words
from explorer.graph.flow import Flow, NodeFlow
from explorer.graph.level import Level
from explorer.graph.model import NodeId

Measure: TypeAlias = Literal["parameters", "macs", "memory", "time"]
MEASURES: tuple[tuple[Measure, str], ...] = (
    ("parameters", "Parameters"),
    ("macs", "MACs"),
    ("memory", "Memory"),
    ("time", "Time"),
)
TITLES: dict[Measure, str] = {
    "parameters": "Parameters",
    "macs": "MACs for one sample",
    "memory": "Memory of outputs, one sample",
    "time": "Time for one sample, forward",
}


def _whole(value: float) -> str:
    return words.count(round(value)) if value < 10**7 else words.short(value)


WRITE: dict[Measure, Callable[[float], str]] = {
    "parameters": _whole,
    "macs": _whole,
    "memory": lambda value: words.short_memory(round(value)),
    "time": words.seconds,
}


@dataclass(frozen=True, eq=False)
class Heat:
    """Costs of the nodes of a level.

    Attributes:
        measure: what is counted. values: by node; nodes of which it is not known are missing.
        total: of the whole design. low, high: ends of the scale: the cheapest layer of the design that costs
            anything, and its dearest node of the top level.

    """

    measure: Measure
    values: Mapping[NodeId, float] = field(default_factory=dict)
    total: float = 0.0
    low: float = 1.0
    high: float = 1.0
    sentence: str = ""

    def place(self, value: float) -> float:
        """Return where a value lies on the scale, 0 to 1; the scale is logarithmic."""
        if self.high <= self.low:
            return 1.0
        place = math.log(max(value, self.low) / self.low) / math.log(self.high / self.low)
        return min(max(place, 0.0), 1.0)

    def share(self, value: float) -> float:
        """Return the share of the whole design."""
        return value / self.total if self.total else 0.0

    def percent(self, value: float) -> str:
        """Return the share in words; what costs anything is never written as nothing."""
        share = self.share(value)
        return f"<{words.NBSP}0.1{words.NBSP}%" if 0 < share < 0.0005 else words.percent(share)

    def text(self, value: float) -> str:
        """Return a value with its unit."""
        return WRITE[self.measure](value)

    @property
    def has_free(self) -> bool:
        """Whether a node costs nothing."""
        return any(value <= 0 for value in self.values.values())

    def said_of(self, node_id: NodeId) -> str:
        """Return name, value and share of a node."""
        value = self.values[node_id]
        return f"{node_id}: {self.text(value)}, {self.percent(value)}"

    def ticks(self) -> list[float]:
        """Return the powers of ten (of 32 for bytes) on the scale, or its ends if there are fewer."""
        if not self.values or self.high <= 0:
            return []
        base = 32.0 if self.measure == "memory" else 10.0
        first = math.ceil(math.log(self.low, base) - 1e-9)
        last = math.floor(math.log(self.high, base) + 1e-9)
        powers = [base**power for power in range(first, last + 1)]
        return powers if len(powers) > 1 else list(dict.fromkeys((self.low, self.high)))


def heat_of(level: Level, flow: Flow, measure: Measure, times: Mapping[str, float]) -> Heat:
    """Return what the nodes of a level cost.

    Args:
        level: that is shown. flow: of the whole design. measure: what is counted.
        times: measured seconds by address of every layer, for `time`.

    """
    of = _reader(measure, times)
    if level.flow is None or (measure == "time" and not times):
        return Heat(measure)
    values = dict(_known(level.flow, level.prefix, of))
    tops = [value for _, value in _known(flow, "", of)]
    leaves = [value for address, node in flow.walk() if (value := of(address, node)) is not None]
    positive = [value for value in (*leaves, *tops) if value > 0]
    total = sum(tops)
    low, high = (min(positive), max(positive)) if positive else (1.0, 1.0)
    heat = Heat(measure, values, total, low, high)
    return Heat(measure, values, total, low, high, _sentence(heat, level, flow))


Read: TypeAlias = Callable[[str, NodeFlow], "float | None"]


def _reader(measure: Measure, times: Mapping[str, float]) -> Read:
    if measure == "time":
        sums = sums_of(times)
        return lambda address, _node: sums.get(address, 0.0)
    read: dict[Measure, Callable[[NodeFlow], int]] = {
        "parameters": lambda node: node.parameters,
        "macs": lambda node: node.macs,
        "memory": lambda node: node.activation_bytes,
    }
    count = read[measure]
    return lambda _address, node: float(count(node)) if node.state == "ok" else None


def sums_of(times: Mapping[str, float]) -> dict[str, float]:
    """Return the sum below every address, of layers and of what holds them."""
    sums: dict[str, float] = {}
    for address, value in times.items():
        parts = address.split(".")
        for end in range(1, len(parts) + 1):
            above = ".".join(parts[:end])
            sums[above] = sums.get(above, 0.0) + value
    return sums


def _known(flow: Flow, prefix: str, of: Read) -> Iterator[tuple[NodeId, float]]:
    for node_id, node in flow.nodes.items():
        muted = flow.graph[node_id].muted
        ends = node.block is not None and node.block.id in ("input", "output")
        value = 0.0 if muted or ends else of(prefix + node_id, node)
        if value is not None:
            yield node_id, value


def _sentence(heat: Heat, level: Level, flow: Flow) -> str:
    """The most telling number: the dearest node of the level, and what it has of something else."""
    if not any(heat.values.values()) or level.flow is None:
        return ""
    name = max(heat.values, key=lambda node_id: heat.values[node_id])
    node = level.flow.nodes[name]
    part = words.percent(heat.share(heat.values[name]))
    alike = sum(value > 0.99 * heat.values[name] for value in heat.values.values()) - 1
    who = f"{name} alone" if not alike else f"{name}, like {words.plural(alike, 'other')},"
    work = words.percent(node.macs / flow.macs) if flow.macs else ""
    weights = words.percent(node.parameters / flow.parameters) if flow.parameters else ""
    if heat.measure == "macs":
        return f"{who} does {part} of the work" + (f" with {weights} of the parameters." if weights else ".")
    if heat.measure == "parameters":
        return f"{who} holds {part} of the parameters" + (f" and does {work} of the work." if work else ".")
    if heat.measure == "memory":
        return f"What {name} gives takes {part} of the memory" + (
            f"; it holds {weights} of the parameters." if weights else "."
        )
    return f"{who} takes {part} of the time" + (f" for {work} of the MACs." if work else ".")
