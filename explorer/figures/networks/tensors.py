"""Which tensors of a network are worth a volume: one for each layer with all that trails it, runs folded."""

from __future__ import annotations

from dataclasses import replace

from explorer.figures.networks.naming import plain
from explorer.figures.networks.parts import Link, unfold
from explorer.figures.networks.units import Plan, Unit, folded, plan, relinked, trails
from explorer.figures.networks.ushape import side, u_of
from explorer.graph.catalogue import INPUT, OUTPUT
from explorer.graph.flow import Flow
from explorer.graph.model import NodeId
from explorer.graph.tensor import Tensor

ENLARGING = ("conv_transpose1d", "conv_transpose2d", "conv_transpose3d", "resize", "pixel_shuffle")
MANY = 28
"""Volumes from which on blocks are folded although their channels grow."""
THEN = "\n"
"""Between two steps that lead to one volume."""


def drawn_tensors(flow: Flow) -> tuple[Plan, dict[str, str]]:
    """Return a plan with a unit for each tensor to draw, and what makes each of them, in words.

    Groups that are a plain sequence are opened; those with ways of their own inside stay one step.
    """
    net = unfold(flow, lambda part, _: part.known.block is None and _is_sequence(part.known.inner))
    made = plan(net, fold=False)
    made = folded(
        Plan({k: replace(unit, tensor=_answer(unit)) for k, unit in made.units.items()}, made.links)
    )
    words = {key: plain(unit) for key, unit in made.units.items() if unit.main.node.block != INPUT}
    made = _alike_folded(_essential(made, words))
    if len(made.units) > MANY:
        made = _alike_folded(made, growing=True)
    return (_slimmed(made, words) if u_of(made) else made), words


def _essential(made: Plan, words: dict[str, str]) -> Plan:
    """Leave out outputs, steps that only arrange values, and maps that go straight into a concatenation."""
    into, out_of = made.into(), made.out_of()
    for key, unit in made.units.items():
        if len(into[key]) != 1:
            continue
        block, targets = unit.main.node.block, [made.units[link.dst] for link in out_of[key]]
        if block == OUTPUT or trails(unit.main.known):
            made = _without(made, key)
        elif block in ENLARGING and len(targets) == 1 and targets[0].main.node.block == "concat":
            words[targets[0].key] = words[key]
            made = _without(made, key)
    return made


def _slimmed(made: Plan, words: dict[str, str]) -> Plan:
    """In a U, pools and single blocks that keep the tensor are only named: their volumes widen the arms."""
    into, out_of = made.into(), made.out_of()
    for key, unit in list(made.units.items()):
        if len(out_of[key]) != 1 or len(into[key]) != 1:
            continue
        keeps = (
            unit.tensor == made.units[into[key][0].src].tensor if into[key][0].src in made.units else False
        )
        if unit.main.family == "pool" or (keeps and unit.count == 1 and unit.main.known.inner is not None):
            target = out_of[key][0].dst
            words[target] = words[key] + THEN + words[target]
            made = _without(made, key)
    return made


def _answer(unit: Unit) -> Tensor | None:
    """The tensor that the main part makes: what only arranges it afterwards does not show."""
    return next(iter(unit.main.known.outputs.values()), unit.tensor)


def _is_sequence(flow: Flow | None) -> bool:
    """Whether a level is one way along, where other inputs at most join it on the way."""
    if flow is None:
        return False
    graph = flow.graph
    if any(len(graph.out_of(name)) > 1 for name in flow.nodes):
        return False
    return all(
        sum(_does_work(flow, source) for source in graph.predecessors(name)) <= 1
        for name in flow.nodes
        if len(graph.predecessors(name)) > 1
    )


def _does_work(flow: Flow, name: NodeId) -> bool:
    """Whether anything on the way from an input of the level to this node is more than arranging."""
    waiting = [name]
    while waiting:
        at = waiting.pop()
        if flow.graph[at].block == INPUT:
            continue
        if not trails(flow.nodes[at]):
            return True
        waiting.extend(flow.graph.predecessors(at))
    return False


def _without(made: Plan, key: str) -> Plan:
    """The plan without a unit; what it got goes on to its targets."""
    sources = [link.src for link in made.links if link.dst == key]
    links: dict[tuple[str, str], Link] = {}
    for link in made.links:
        if link.dst == key:
            continue
        for src in sources if link.src == key else [link.src]:
            links.setdefault((src, link.dst), Link(src, link.dst, link.tensor))
    units = {name: unit for name, unit in made.units.items() if name != key}
    return Plan(units, tuple(links.values()))


def _alike_folded(made: Plan, *, growing: bool = False) -> Plan:
    """Neighbours of one kind that leave the same tensor become one volume: blocks of a stage, mostly.

    With `growing`, the channels may differ; then the volume shows the last of them.
    """
    into, out_of = made.into(), made.out_of()
    head: dict[str, str] = {}
    units: dict[str, Unit] = {}
    for key, unit in made.units.items():
        src = into[key][0].src if len(into[key]) == 1 else ""
        if src and len(out_of[src]) == 1 and _same_kind(made.units[src], unit, growing):
            first = head[key] = head[src]
            units[first] = replace(units[first], count=units[first].count + unit.count, tensor=unit.tensor)
        else:
            head[key] = key
            units[key] = unit
    return Plan(units, relinked(made.links, head))


def _same_kind(one: Unit, other: Unit, growing: bool) -> bool:
    a, b = one.main, other.main
    if a.node.block != b.node.block or a.known.block is None or a.known.inner is None:
        return False
    return one.tensor == other.tensor or (growing and side(one.tensor) == side(other.tensor) > 0)
