"""What one box of a figure stands for: a part with what trails behind it, as often as it is repeated."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

from explorer.figures.networks.likeness import Likeness
from explorer.figures.networks.parts import Link, Net, Part
from explorer.graph.flow import NodeFlow
from explorer.graph.tensor import Tensor

JOINS = {"add": "+", "multiply": "×", "concat": "concat"}
"""Blocks that are drawn as a small round sign when several links meet there."""
TRAILING = ("act", "norm")
PASSING = ("flatten", "reshape", "permute", "identity", "scale", "slice", "pad")
"""Blocks that only arrange values: they are named in the box before them."""


@dataclass(frozen=True)
class Unit:
    """Parts drawn as one.

    Attributes:
        parts: in running order; of a run, those of its first member.
        count: how many equal members the run has. ends: address of the last part of the last member.
        tensor: what leaves it, if that is known.

    """

    parts: tuple[Part, ...]
    count: int = 1
    tensor: Tensor | None = None

    @property
    def key(self) -> str:
        """Address of the first part."""
        return self.parts[0].address

    @property
    def main(self) -> Part:
        """The part that the others trail."""
        return next((part for part in self.parts if not trails(part.known)), self.parts[0])

    @property
    def others(self) -> tuple[Part, ...]:
        """What trails the main part, or leads to it."""
        return tuple(part for part in self.parts if part is not self.main)

    @property
    def is_end(self) -> bool:
        """Whether it is an input or output of the design."""
        return self.main.is_end


@dataclass(frozen=True)
class Plan:
    """Units by key, in running order, and the links among them."""

    units: dict[str, Unit]
    links: tuple[Link, ...]

    def into(self) -> dict[str, list[Link]]:
        """Links by where they end."""
        found: dict[str, list[Link]] = {key: [] for key in self.units}
        for link in self.links:
            found[link.dst].append(link)
        return found

    def out_of(self) -> dict[str, list[Link]]:
        """Links by where they start."""
        found: dict[str, list[Link]] = {key: [] for key in self.units}
        for link in self.links:
            found[link.src].append(link)
        return found

    def is_join(self, key: str) -> bool:
        """Whether a unit is drawn as a round sign."""
        unit = self.units[key]
        return (
            len(unit.parts) == 1
            and unit.main.node.block in JOINS
            and sum(link.dst == key for link in self.links) > 1
        )


def trails(known: NodeFlow) -> bool:
    """Whether a part says little by itself: activations, norms, dropout, what only arranges values."""
    if known.inner is not None:
        inside = [
            node for node in known.inner.nodes.values() if getattr(node.block, "family", "composite") != "io"
        ]
        return bool(inside) and known.block is None and all(map(trails, inside))
    block = known.block
    return block is not None and (getattr(block, "family", "") in TRAILING or block.id in PASSING)


def plan(net: Net, *, fold: bool = True) -> Plan:
    """Return the units of a net: small parts trail larger ones, equal neighbours are folded."""
    home = _trail(net)
    groups: dict[str, list[Part]] = defaultdict(list)
    for address, part in net.parts.items():
        groups[home[address]].append(part)
    leaving = {link.src: link.tensor for link in net.links}
    units = {
        parts[0].address: Unit(tuple(parts), 1, leaving.get(parts[-1].address, _first(parts[-1])))
        for parts in groups.values()
    }
    names = {part.address: unit.key for unit in units.values() for part in unit.parts}
    made = Plan(units, relinked(net.links, names))
    return folded(made) if fold else made


def _first(part: Part) -> Tensor | None:
    return next(iter(part.known.outputs.values()), None)


def relinked(links: tuple[Link, ...], names: dict[str, str]) -> tuple[Link, ...]:
    """Links among what the ends are called now; those inside one unit are gone."""
    kept: dict[tuple[str, str], Link] = {}
    for link in links:
        key = (names[link.src], names[link.dst])
        if key[0] != key[1]:
            kept.setdefault(key, Link(*key, link.tensor))
    return tuple(kept.values())


def _trail(net: Net) -> dict[str, str]:
    """In which part's box each part stands."""
    before: dict[str, list[str]] = defaultdict(list)
    after: dict[str, list[str]] = defaultdict(list)
    for link in net.links:
        before[link.dst].append(link.src)
        after[link.src].append(link.dst)
    small = {address: trails(part.known) for address, part in net.parts.items()}
    home: dict[str, str] = {}

    def alone(src: str, dst: str) -> bool:
        return after[src] == [dst] and before[dst] == [src]

    def takes(address: str) -> bool:
        part = net.parts[address]
        closed = part.known.inner is not None and not small[address]
        return not part.is_end and not closed and not (part.node.block in JOINS and len(before[address]) > 1)

    for address in net.parts:
        home[address] = address
        if small[address] and len(before[address]) == 1:
            (src,) = before[address]
            if alone(src, address) and takes(src):
                home[address] = home[src]
    leading = {h for h in home.values() if small[h]}  # nothing large stood before them
    for address in reversed(list(net.parts)):
        if home[address] in leading and len(after[address]) == 1:
            (dst,) = after[address]
            if alone(address, dst) and takes(dst) and home[dst] == dst and not small[dst]:
                old = home[address]
                home.update({name: old for name, where in home.items() if where == dst})
    return home


def _neighbour(key: str, into: dict[str, list[Link]], out_of: dict[str, list[Link]]) -> str:
    """The unit that sends only to this one and gets all else that this one gets; empty without one."""
    sources = {link.src for link in into[key]}
    for src in sources:
        others = sources - {src}
        if len(out_of[src]) == 1 and others <= {link.src for link in into[src]}:
            return src if len(into[src]) == len(sources) or not others else ""
    return ""


def folded(made: Plan) -> Plan:
    """Return the plan with runs of equal neighbours as one unit that counts them."""
    likeness = Likeness()
    marks = {key: tuple(likeness.mark(part.known) for part in unit.parts) for key, unit in made.units.items()}
    into, out_of = made.into(), made.out_of()
    runs: dict[str, str] = {}
    units: dict[str, Unit] = {}
    for key, unit in made.units.items():
        src = _neighbour(key, into, out_of)
        if src and marks[src] == marks[key] and not unit.is_end:
            head = runs[key] = runs[src]
            units[head] = replace(units[head], count=units[head].count + 1, tensor=unit.tensor)
        else:
            runs[key] = key
            units[key] = unit
    return Plan(units, relinked(made.links, runs))
