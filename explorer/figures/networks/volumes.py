"""The style `volumes`: feature maps as blocks to scale, the way lectures draw AlexNet, VGG and U-Net."""

from __future__ import annotations

from explorer.figures.networks.bodies import Body, body
from explorer.figures.networks.boxes import sign_item, sign_shapes
from explorer.figures.networks.item import Content
from explorer.figures.networks.layout import laid_out
from explorer.figures.networks.measure import length
from explorer.figures.networks.orientation import Direction, Turn, Words
from explorer.figures.networks.problem import refuse_too_many
from explorer.figures.networks.shapes import Figure, Ink, Shape, Text
from explorer.figures.networks.solids import scale_of
from explorer.figures.networks.spine import spine
from explorer.figures.networks.tensors import THEN, drawn_tensors
from explorer.figures.networks.units import Plan, Unit
from explorer.figures.networks.ushape import u_laid_out, u_of
from explorer.figures.networks.wires import wire_shapes, word_shapes
from explorer.graph.flow import Flow
from explorer.graph.tensor import Tensor

WORDS, NOTE = 13.0, 12.0
LONG, LONGER = 64.0, 110.0
"""Words at a wire that are longer are set in two lines; where several steps stand there, they get more."""
RULE = "Edges grow with the square root of the size."


def figure(flow: Flow, name: str, *, direction: Direction = "right") -> Figure:
    """Return a design as volumes; a U-shaped network is laid as a U, whatever the direction.

    Args:
        flow: the design, resolved; every tensor on the way must be known.
        name: of the design. direction: in which way it runs.

    """
    plan, made_by = drawn_tensors(flow)
    refuse_too_many(len(plan.units))
    shape = u_of(plan)
    turn = Turn("right" if shape else direction)
    bodies = _bodies(plan, turn.direction)
    tails = _words(plan, made_by)
    content = Content(
        {key: bodies[key].item if key in bodies else sign_item() for key in plan.units},
        {},
        {pair: turn.room(words) for pair, words in tails.items()},
    )
    layout = u_laid_out(shape, content) if shape else laid_out(plan, content, turn.page)
    places = {key: turn.box(layout.at[key], item.main, item.cross) for key, item in content.items.items()}
    shapes: list[Shape] = list(wire_shapes(layout, turn))
    for key, unit in plan.units.items():
        if key in bodies:
            x, y = places[key].x - bodies[key].corner[0], places[key].y - bodies[key].corner[1]
            shapes += [one.moved(x, y) for one in bodies[key].shapes]
        else:
            shapes += sign_shapes(unit, places[key])
    shapes += word_shapes(layout, turn, tails.items())
    low = max(place.bottom for place in places.values()) + 30
    left = min(place.x for place in places.values())
    shapes.append(Text((left, low), RULE, NOTE, length(RULE, NOTE), 400, Ink("text3")))
    return turn.figure(name, layout, shapes, places)


def is_sign(plan: Plan, key: str) -> bool:
    """Whether a unit is a round sign: sums are; what is put together is a volume of its own."""
    return plan.is_join(key) and plan.units[key].main.node.block != "concat"


def _tensor(unit: Unit) -> Tensor:
    return unit.tensor if unit.tensor is not None else Tensor((1,), ("D",))


def _bodies(plan: Plan, direction: Direction) -> dict[str, Body]:
    units = {key: unit for key, unit in plan.units.items() if not is_sign(plan, key)}
    scale = scale_of(_tensor(unit) for unit in units.values())
    return {
        key: body(scale.solid(_tensor(unit)), unit.main.family, unit.count, direction)
        for key, unit in units.items()
    }


def _words(plan: Plan, made_by: dict[str, str]) -> dict[tuple[str, str], Words]:
    """What makes a volume, before it, on the last link of its line."""
    found = {}
    line, order = set(spine(plan)), {key: number for number, key in enumerate(plan.units)}
    for key, links in plan.into().items():
        said = made_by.get(key, "")
        if links and said and not is_sign(plan, key) and not (plan.is_join(key) and said == "concat"):
            nearest = max(links, key=lambda link: (link.src in line, order[link.src]))
            found[nearest.src, key] = Words(_lines(said), WORDS)
    return found


def _lines(said: str) -> tuple[str, ...]:
    """The steps one below the other; a long one in two lines of like length."""
    steps = said.split(THEN)
    room = LONG if len(steps) == 1 else LONGER
    return tuple(line for step in steps for line in _halved(step, room))


def _halved(said: str, room: float) -> tuple[str, ...]:
    if length(said, WORDS, 500) <= room or " " not in said:
        return (said,)
    words = said.split(" ")
    if "×" in words[-1]:
        return " ".join(words[:-1]), words[-1]
    halves = [(" ".join(words[:n]), " ".join(words[n:])) for n in range(1, len(words))]
    return min(halves, key=lambda pair: max(length(half, WORDS, 500) for half in pair))
