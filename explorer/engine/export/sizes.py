"""For which sizes of input a design stays the same program; found by working it out at other sizes.

The design as drawn has one size of input. Where the same layers with the same arguments come out at another
size (sizes that follow the input left aside), the program written for the one is right for the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from explorer.blocks.block import Block
from explorer.engine.export.parts import BoundSize, Whole, bound_words, is_written, made_of, take_apart
from explorer.engine.export.targets import is_sized
from explorer.graph import edits
from explorer.graph.catalogue import INPUT
from explorer.graph.document import Document
from explorer.graph.flow import Flow
from explorer.graph.model import NodeId
from explorer.graph.resolve import Resolver
from explorer.graph.tensor import SPATIAL

STEPS = (1, 2, 4, 8, 16, 32, 64, 128)
FAR = 4
"""A size this many times the drawn one that fits means that any larger one does."""
AWAY = ((96, 160, 224, 288), (224, 64, 160, 416))
"""How much larger the axes are at the two sizes at which numbers are compared."""


@dataclass(frozen=True)
class Side:
    """An axis of an input along which sizes may differ.

    Attributes:
        input: name of it. axis: counted without the batch axis. letter: of the axis.
        drawn: its size in the design. least, most: sizes it may have; None: no end.
        step: sizes are `drawn` and whole steps from it.
        tied: another side that has to differ from this one by as much as it does now.
        why: what binds it, when it can have one size only.

    """

    input: NodeId
    axis: int
    letter: str
    drawn: int
    least: int
    most: int | None
    step: int = 1
    tied: tuple[NodeId, int] | None = None
    why: str = ""

    @property
    def fixed(self) -> bool:
        """Whether only the drawn size will do."""
        return self.least == self.most

    @property
    def key(self) -> tuple[NodeId, int]:
        """Input and axis."""
        return self.input, self.axis


@dataclass(frozen=True)
class SizeLaw:
    """What sizes of input a design takes.

    Attributes:
        sides: of its inputs. at: flows at others of these sizes. parts: the design taken apart, with symbols.

    """

    sides: tuple[Side, ...] = ()
    at: tuple[Flow, ...] = ()
    parts: Whole | None = None

    def of(self, name: NodeId) -> dict[int, Side]:
        """The sides of an input, by axis."""
        return {side.axis: side for side in self.sides if side.input == name}


def law_of(document: Document, flow: Flow, resolver: Resolver) -> SizeLaw:
    """Find out for which sizes the program of a design without problems is the same."""
    study = _Study(document, flow, resolver)
    sides: list[Side] = []
    at: tuple[Flow, ...] | None = None
    for careful in (False, True):  # most axes may differ from each other, which the flows at last show
        sides = [side for unit in _units(study.drawn) for side in study.law(unit, careful)]
        at = study.apart(sides)
        if at is not None:
            break
    if at is None:
        return SizeLaw(tuple(_bound(side, study.why) for side in sides))
    try:
        return SizeLaw(tuple(sides), at, take_apart(flow, at=at, written=True))
    except BoundSize as problem:
        return SizeLaw(tuple(_bound(side, str(problem)) for side in sides))


def _bound(side: Side, why: str) -> Side:
    return replace(side, least=side.drawn, most=side.drawn, step=1, tied=None, why=why)


def _far(step: int, size: int) -> Iterator[int]:
    """Numbers to add after which no end is to be expected, of all kinds as to what divides them."""
    far = (FAR - 1) * max(size, 64) // step * step
    return (far + more * step for more in (1, 12, 22, 37))


_Drawn = dict[tuple[NodeId, int], tuple[str, int]]


def _units(drawn: _Drawn) -> list[list[tuple[NodeId, int]]]:
    """Axes that are first changed together: height and width, and those of one letter of several inputs."""
    found: dict[str, list[tuple[NodeId, int]]] = {}
    for key, (letter, _) in drawn.items():
        found.setdefault("HW" if letter in "HW" else letter, []).append(key)
    return list(found.values())


class _Study:
    """The design at other sizes."""

    def __init__(self, document: Document, flow: Flow, resolver: Resolver) -> None:
        self.flow, self.resolver = flow, resolver
        self.copy = document.copy()
        self.shapes: dict[NodeId, tuple[int, ...]] = {}
        self.drawn: _Drawn = {}
        self.why = ""
        self._tried: dict[tuple[int, ...], tuple[Flow | None, str]] = {}
        self._same: dict[tuple[int, int], tuple[Flow, Flow, str]] = {}
        for name in document.root.of_block(INPUT):
            tensor = flow.inputs.get(name.id)
            if tensor is None:
                continue
            self.shapes[name.id] = tensor.shape
            for axis, (letter, size) in enumerate(zip(tensor.axes, tensor.shape, strict=True)):
                if letter in SPATIAL:
                    self.drawn[name.id, axis] = letter, size

    def at(self, sizes: Mapping[tuple[NodeId, int], int]) -> Flow | None:
        """The flow for other sizes of some axes, if it is the same program; else `why` says what differs."""
        if min(sizes.values(), default=1) < 1:
            return None
        key = tuple(sizes.get(side, 0) for side in self.drawn)
        if key in self._tried:
            found, self.why = self._tried[key]
            return found
        flow = self._resolved(sizes)
        self._tried[key] = flow, self.why
        return flow

    def _resolved(self, sizes: Mapping[tuple[NodeId, int], int]) -> Flow | None:
        for name, shape in self.shapes.items():
            wanted = tuple(sizes.get((name, axis), size) for axis, size in enumerate(shape))
            self.copy.apply(edits.SetField(name, "shape", wanted))
        flow = self.resolver.resolve(self.copy)
        if flow.problems:
            self.why = (flow.faults or flow.problems)[0].message.rstrip(".")
            return None
        different = self._different(self.flow, flow)
        self.why = different or self.why
        return None if different else flow

    def law(self, unit: Sequence[tuple[NodeId, int]], careful: bool) -> list[Side]:
        """How some axes may change together; when `careful`, whether each may by itself as well."""
        first = self.drawn[unit[0]][1]

        def fits(more: int, axes: Sequence[tuple[NodeId, int]] = unit) -> bool:
            return self.at({key: self.drawn[key][1] + more for key in axes}) is not None

        def good(step: int) -> bool:
            return fits(step) and fits(3 * step)

        endless = next((step for step in STEPS if all(map(fits, _far(step, first))) and good(step)), None)
        step = endless or next((step for step in STEPS if good(step)), None)
        if step is None:
            if len(unit) > 1:
                alone = [side for key in unit for side in self.law([key], careful)]
                if not all(side.fixed for side in alone):
                    return alone
            fits(STEPS[-1])
            return [self._side(key, self.drawn[key][1], self.drawn[key][1], why=self.why) for key in unit]
        most = None if endless else self._most(fits, step)
        down = self._least(fits, step, min(self.drawn[key][1] for key in unit))
        apart = len(unit) == 1 or not careful or all(fits(3 * step, [key]) for key in unit)
        return [
            self._side(
                key,
                self.drawn[key][1] - down,
                None if most is None else self.drawn[key][1] + most,
                step,
                None if apart or key == unit[0] else unit[0],
            )
            for key in unit
        ]

    def _side(
        self,
        key: tuple[NodeId, int],
        least: int,
        most: int | None,
        step: int = 1,
        tied: tuple[NodeId, int] | None = None,
        why: str = "",
    ) -> Side:
        letter, size = self.drawn[key]
        return Side(*key, letter, size, least, most, step, tied, why)

    def _most(self, fits: Callable[[int], bool], step: int) -> int:
        """The largest number to add."""
        good, bad = 3, 0
        while not bad:
            good, bad = (2 * good, 0) if fits(2 * good * step) else (good, 2 * good)
        while bad - good > 1:
            middle = (good + bad) // 2
            good, bad = (middle, bad) if fits(middle * step) else (good, middle)
        return good * step

    def _least(self, fits: Callable[[int], bool], step: int, size: int) -> int:
        """The largest number to take away."""
        good, bad = 0, (size - 1) // step + 1
        if fits(-(bad - 1) * step):  # most take the smallest
            return (bad - 1) * step
        bad -= 1
        while bad - good > 1:
            middle = (good + bad) // 2
            good, bad = (middle, bad) if fits(-middle * step) else (good, middle)
        return good * step

    def apart(self, sides: Sequence[Side]) -> tuple[Flow, ...] | None:
        """The design at two more legal sizes, axes apart where they may be; None: another program."""
        free = [side for side in sides if not side.fixed]
        if not free:
            return ()
        found = []
        for row in AWAY:
            sizes: dict[tuple[NodeId, int], int] = {}
            for number, side in enumerate(free):
                more = row[number % len(row)] // side.step * side.step
                if side.most is not None:
                    more = min(more, side.most - side.drawn) - number % 2 * side.step
                    more = max(more, side.least - side.drawn)
                sizes[side.key] = side.drawn + more
            for side in free:
                if side.tied is not None:
                    sizes[side.key] = sizes[side.tied] + side.drawn - self.drawn[side.tied][1]
            flow = self.at(sizes)
            if flow is None:
                return None
            found.append(flow)
        return tuple(found)

    def _different(self, one: Flow, other: Flow) -> str:
        """What differs in the programs of two flows: the beginning of a sentence, or nothing."""
        if one is other:
            return ""
        key = id(one), id(other)
        if key not in self._same:
            self._same[key] = one, other, self._compare(one, other)
        return self._same[key][2]

    def _compare(self, one: Flow, other: Flow) -> str:
        if list(one.nodes) != list(other.nodes):
            return "other layers are needed for other sizes"
        for name, known in one.nodes.items():
            node, changed = one.graph[name], other.nodes[name]
            if known.inner is not None and not is_written(known):
                found = self._different(known.inner, changed.inner) if changed.inner else "other layers"
                if found:
                    return found
            elif (
                isinstance(known.block, Block) and known.block.id not in (INPUT, "output") and not node.muted
            ):
                before, after = made_of(node, known), made_of(node, changed)
                if before != after and not (is_sized(before.target) and before.skeleton == after.skeleton):
                    return bound_words(node, known)
        return ""
