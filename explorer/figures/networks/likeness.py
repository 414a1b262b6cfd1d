"""When two parts are the same thing drawn twice: equal blocks, fields and insides; names do not count."""

from __future__ import annotations

from collections.abc import Hashable

from explorer.graph.flow import Flow, NodeFlow


class Likeness:
    """Gives equal marks to parts that differ only by name; remembers the insides it has seen."""

    def __init__(self) -> None:
        self._insides: dict[int, int] = {}
        self._numbers: dict[Hashable, int] = {}

    def mark(self, known: NodeFlow) -> int:
        """A number that all parts like this one share."""
        inside = -1 if known.inner is None else self._inside(known.inner)
        return self._number(("part", known.block, inside))

    def _inside(self, flow: Flow) -> int:
        if id(flow) not in self._insides:
            place = {name: number for number, name in enumerate(flow.nodes)}
            wires = sorted(
                (place.get(edge.src, -1), edge.out, place.get(edge.dst, -1), edge.into)
                for edge in flow.graph.edges
            )
            parts = tuple(self.mark(known) for known in flow.nodes.values())
            self._insides[id(flow)] = self._number((parts, tuple(wires)))
        return self._insides[id(flow)]

    def _number(self, key: Hashable) -> int:
        return self._numbers.setdefault(key, len(self._numbers))
