"""The style `boxes`: a network as a line of labelled boxes, skips outside it, shapes at the wires."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.figures.networks import naming
from explorer.figures.networks.item import Content, Item
from explorer.figures.networks.layout import laid_out
from explorer.figures.networks.measure import length
from explorer.figures.networks.opening import opened
from explorer.figures.networks.orientation import Direction, Turn, Words
from explorer.figures.networks.problem import refuse_too_many
from explorer.figures.networks.shapes import Box, Card, Disc, Figure, Icon, Ink, Shape, Text
from explorer.figures.networks.spine import spine
from explorer.figures.networks.units import JOINS, Plan, Unit
from explorer.figures.networks.ushape import u_laid_out, u_of
from explorer.figures.networks.wires import wire_shapes, word_shapes
from explorer.graph.flow import Flow
from explorer.words import shape as shape_words

TITLE, DETAIL, SHAPE = 19.0, 14.0, 14.0
"""Sizes of text; on a slide of 1920 pixels a unit is 1.5 pixels."""
PAD, TILE, SIGN, LINE = 12.0, 34.0, 15.0, 18.0
WIDEST = 190.0
"""Of the lines under a name; longer ones are broken, then cut."""
WIDEST_TITLE, LETTERS = 260.0, 80
"""Of a name; people may give any."""
MOST_LINES = 3
SHEET = 5.0
"""How far the sheets of a repeated box stand out behind it."""


@dataclass(frozen=True)
class Face:
    """What a box says and how large it is."""

    title: str
    lines: tuple[str, ...]
    width: float
    height: float
    badge: str = ""


def figure(flow: Flow, name: str, *, direction: Direction = "right", depth: int | None = None) -> Figure:
    """Return a design as a figure of boxes.

    Args:
        flow: the design, resolved; unknown shapes are left out.
        name: of the design. direction: in which way it runs.
        depth: how many levels of groups are drawn; by default about 8 to 25 boxes result.

    """
    plan = opened(flow, depth)
    refuse_too_many(len(plan.units))
    faces = {key: _face(unit) for key, unit in plan.units.items() if not plan.is_join(key)}
    shape = u_of(plan)
    turn = Turn("right" if shape else direction)
    heads, tails = _words(plan)
    content = Content(
        {key: _item(faces.get(key), turn.direction) for key in plan.units},
        {key: turn.room(words) for key, words in heads.items()},
        {pair: turn.room(words) for pair, words in tails.items()},
    )
    layout = u_laid_out(shape, content) if shape else laid_out(plan, content, turn.page)
    bodies = {key: turn.box(layout.at[key], item.main, item.cross) for key, item in content.items.items()}
    shapes: list[Shape] = list(wire_shapes(layout, turn))
    for key, unit in plan.units.items():
        shapes += sign_shapes(unit, bodies[key]) if key not in faces else _box(unit, faces[key], bodies[key])
    shapes += word_shapes(layout, turn, [*heads.items(), *tails.items()])
    return turn.figure(name, layout, shapes, bodies)


def _words(plan: Plan) -> tuple[dict[str, Words], dict[tuple[str, str], Words]]:
    """Shapes that are written: behind a unit that changes it, before a target that gets another one."""
    heads: dict[str, Words] = {}
    tails: dict[tuple[str, str], Words] = {}
    into = plan.into()
    line = set(spine(plan))
    for link in sorted(plan.links, key=lambda link: link.dst not in line):
        if link.tensor is None:
            continue
        before = {arriving.tensor for arriving in into[link.src]}
        words = Words((shape_words(link.tensor.shape) or "1",), SHAPE)
        if link.src not in heads and (
            before != {link.tensor} or (len(before) > 1 and plan.is_join(link.src))
        ):
            heads[link.src] = words
        elif heads.get(link.src, words) != words and len(into[link.dst]) == 1:
            tails[link.src, link.dst] = words
    return heads, tails


def _face(unit: Unit) -> Face:
    name = _fitted(naming.title(unit))
    lines = tuple(_broken(naming.details(unit)))
    badge = f"×{unit.count}" if unit.count > 1 else ""
    head = TILE + 10 + length(name, TITLE, 600) + (length(badge, TITLE, 600) + 12 if badge else 0)
    text = max((length(line, DETAIL) for line in lines), default=0.0)
    height = 2 * PAD + max(TILE, 0) + (len(lines) * LINE + 4 if lines else 0)
    return Face(name, lines, 2 * PAD + max(head, text), height, badge)


def _fitted(name: str) -> str:
    """A name on one line, cut where it is too long."""
    words = " ".join(name.split())[:LETTERS]
    while length(words, TITLE, 600) > WIDEST_TITLE:
        words = words[:-2].rstrip() + "…"
    return words


def _broken(lines: list[str]) -> list[str]:
    """Lines no longer than WIDEST, broken at spaces; what does not fit into a few ends with an ellipsis."""
    made: list[str] = []
    for line in lines:
        row = ""
        for word in line.split(" "):
            longer = f"{row} {word}".strip()
            if row and length(longer, DETAIL) > WIDEST:
                made.append(row)
                row = word
            else:
                row = longer
        made.append(row)
    if len(made) > MOST_LINES:
        made = [*made[: MOST_LINES - 1], made[MOST_LINES - 1].rstrip(",· ") + " …"]
    return made


def _item(face: Face | None, direction: Direction) -> Item:
    if face is None:
        return sign_item()
    sheet = 2 * SHEET if face.badge else 0.0
    width, height = face.width + sheet, face.height + sheet
    if direction == "right":
        return Item(width, height, sheet + face.height / 2)
    return Item(height, width, face.width / 2)


def sign_item() -> Item:
    """Room of a round sign."""
    return Item(2 * SIGN, 2 * SIGN, SIGN, sign=True)


def sign_shapes(unit: Unit, body: Box) -> list[Shape]:
    """Draw a join as a round sign."""
    x, y = body.x + body.width / 2, body.y + body.height / 2
    made: list[Shape] = [Disc((x, y), SIGN, Ink("node"), Ink("family:shape"), 2.0)]
    word = JOINS[unit.main.node.block]
    if len(word) == 1:
        size = 24.0
        made.append(Text((x, y + 0.36 * size), word, size, length(word, size, 500), 500, anchor="middle"))
    else:
        made.append(Icon("concat", Box(x - 9, y - 9, 18, 18), Ink("family:shape")))
    return made


def _box(unit: Unit, face: Face, body: Box) -> list[Shape]:
    part = unit.main
    sheet = 2 * SHEET if face.badge else 0.0
    front = Box(body.x, body.y + sheet, face.width, face.height)
    edge = Ink(f"family:{part.family}", 0.85)
    made: list[Shape] = [
        Card(front.moved(SHEET * n, -SHEET * n), Ink("node"), edge, 8, 1.5) for n in (2, 1) if face.badge
    ]
    made.append(Card(front, Ink("node"), edge, 8, 1.5))
    tile = Box(front.x + PAD, front.y + PAD, TILE, TILE)
    made.append(Card(tile, Ink(f"family:{part.family}"), None, 8))
    icon = str(getattr(part.known.block, "icon", "group")) if part.known.block else "group"
    made.append(Icon(icon, Box(tile.x + 5, tile.y + 5, TILE - 10, TILE - 10), Ink("on_family")))
    base = tile.y + TILE / 2 + 0.36 * TITLE
    made.append(Text((tile.right + 10, base), face.title, TITLE, length(face.title, TITLE, 600), 600))
    if face.badge:
        at = (front.right - PAD, base)
        made.append(
            Text(at, face.badge, TITLE, length(face.badge, TITLE, 600), 600, Ink("text2"), anchor="end")
        )
    for number, line in enumerate(face.lines):
        at = (front.x + PAD, tile.bottom + 4 + LINE * (number + 0.78))
        made.append(Text(at, line, DETAIL, length(line, DETAIL), 400, Ink("text2")))
    return made
