"""How much memory the values between layers take: running forward, and training.

A layer that learns needs some of its values again when gradients come back: a convolution what arrived, a
ReLU what left, a maximum which place won. Values that nobody needs again are freed at once, and one that two
layers keep is there only once. The sum of all outputs, which other tools print, therefore says little.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from explorer.graph.catalogue import INPUT, OUTPUT
from explorer.graph.flow import Flow, NodeFlow
from explorer.graph.model import NodeId
from explorer.graph.tensor import Tensor

BYTES: Mapping[str, int] = {"float": 4, "int": 8}
"""Bytes of one value in memory: float32, and the integers of torch."""


@dataclass(frozen=True)
class Memory:
    """Bytes for one sample, weights not counted.

    Attributes:
        outputs: of all layers, as if nothing were ever freed.
        forward: the most that is alive at once when no gradients are wanted.
        kept: what training keeps for the way back. training: the most that is alive at once on the way there
            and back, gradients of activations included.

    """

    outputs: int = 0
    forward: int = 0
    kept: int = 0
    training: int = 0


@dataclass(eq=False)
class _Value:
    """A tensor in memory; views of it are the same value."""

    bytes: int
    born: int
    last: int = 0
    kept_at: int = -1

    def keep(self, time: int) -> None:
        """A layer needs it again on the way back; the first one counts."""
        if self.kept_at < 0:
            self.kept_at = time


def memory_of(flow: Flow) -> Memory:
    """Work through a design in running order, once for each flow: about 10 µs a layer.

    Layers whose shapes are not known count nothing.
    """
    known = flow.__dict__.get("_memory")
    if known is None:
        run = _Run()
        run.level(flow, {})
        known = flow.__dict__["_memory"] = run.total(flow.activation_bytes)
    return cast("Memory", known)


class _Run:
    """Layers one after the other; time counts them."""

    def __init__(self) -> None:
        self.time = 0
        self.values: list[_Value] = []
        self.inside: list[int] = [0]  # bytes that the layer of this time keeps besides inputs and outputs
        self.working: list[int] = [0]  # the part of it that is alive at once in a forward pass
        self.passing: list[int] = [0]  # bytes of its gradients: those of what leaves and of what arrives

    def level(self, flow: Flow, entering: Mapping[NodeId, _Value]) -> dict[NodeId, _Value]:
        """Run a level; returns what arrives at its outputs."""
        at: dict[tuple[NodeId, str], _Value] = {}
        leaving: dict[NodeId, _Value] = {}
        for name in flow.order or tuple(flow.nodes):
            node = flow.nodes[name]
            given = {
                edge.into: at[key] for edge in flow.graph.into(name) if (key := (edge.src, edge.out)) in at
            }
            kind = node.block.id if node.block is not None else ""
            if kind == INPUT:
                value = entering.get(name) or self._new(_bytes(node.outputs.get("y")))
                at[name, "y"] = value
            elif kind == OUTPUT:
                for value in given.values():
                    leaving[name] = value
            elif flow.graph[name].muted:
                at.update(
                    {(name, port): value for port in node.outputs for value in list(given.values())[:1]}
                )
            elif node.inner is not None:
                made = self.level(node.inner, given)
                for value in given.values():  # whoever called holds it until the call is over
                    value.last = max(value.last, self.time)
                at.update({(name, port): made[port] for port in node.outputs if port in made})
            else:
                at.update({(name, port): value for port, value in self._layer(node, given)})
        if not entering:  # at the top: who called holds what went in, and gets what comes out
            ends = [at[name, "y"] for name in flow.inputs if (name, "y") in at]
            for value in (*leaving.values(), *ends):
                value.last = self.time + 1
        return leaving

    def _new(self, size: int) -> _Value:
        self.values.append(_Value(size, self.time, self.time))
        return self.values[-1]

    def _layer(self, node: NodeFlow, given: Mapping[str, _Value]) -> Iterator[tuple[str, _Value]]:
        """Run one layer, as often as it runs for a sample."""
        self.time += 1
        block, arriving = node.block, list(given.values())
        outputs = {port: _bytes(tensor) for port, tensor in node.outputs.items()}
        times = _times(node)
        for value in arriving:
            value.last = self.time
        if block is None or node.state != "ok":
            self._note(0, 0, 0)
            return
        keeps, is_view = block.keeps, block.is_view and len(arriving) == 1
        inside = block.kept_inside(*node.arriving)
        if keeps in ("inputs", "both"):
            for value in arriving:
                value.keep(self.time)
        made = {port: arriving[0] if is_view else self._new(size * times) for port, size in outputs.items()}
        for value in made.values():
            value.born = min(value.born, self.time)
            value.last = max(value.last, self.time)
            if keeps in ("outputs", "both") and not is_view:
                value.keep(self.time)
        passing = 0 if is_view else sum(v.bytes for v in arriving) + sum(v.bytes for v in made.values())
        self._note(inside * times, round(inside * block.works_inside), passing)
        yield from made.items()

    def _note(self, inside: int, working: int, passing: int) -> None:
        self.inside.append(inside)
        self.working.append(working)
        self.passing.append(passing)

    def total(self, outputs: int) -> Memory:
        """Add up over time."""
        end = self.time + 2
        forward, there, kept = [0] * (end + 1), [0] * (end + 1), [0] * (end + 1)
        for value in self.values:
            _over(forward, value.born, value.last, value.bytes)
            stays = value.kept_at >= 0
            _over(there, value.born, end - 1 if stays else value.last, value.bytes)
            if stays:
                _over(kept, min(value.kept_at, end - 1), end - 1, value.bytes)
        alive, on_the_way, before = (_running(line) for line in (forward, there, kept))
        most = training = inside = 0
        for time in range(1, self.time + 1):
            inside += self.inside[time]
            most = max(most, alive[time] + self.working[time])
            # on the way back what later layers kept is free again, and gradients pass
            training = max(training, on_the_way[time] + inside, before[time] + inside + self.passing[time])
        held = sum(value.bytes for value in self.values if value.kept_at >= 0) + inside
        return Memory(outputs, most, held, training)


def _over(line: list[int], first: int, last: int, size: int) -> None:
    """Add a value to every time from first to last, as differences."""
    line[first] += size
    line[min(last + 1, len(line) - 1)] -= size


def _running(differences: list[int]) -> list[int]:
    total, sums = 0, []
    for difference in differences:
        total += difference
        sums.append(total)
    return sums


def _bytes(tensor: Tensor | None) -> int:
    return 0 if tensor is None else tensor.size * BYTES.get(tensor.dtype, 4)


def _times(node: NodeFlow) -> int:
    """How often a layer runs for one sample: the flow counts its outputs as often."""
    single = sum(tensor.size for tensor in node.outputs.values() if tensor is not None) * 4
    return max(1, node.activation_bytes // single) if single else 1
