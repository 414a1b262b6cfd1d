"""Wholes of one name laid over each other: numbers in which they differ become parameters, layers that only
some have become optional, and what then takes their place is read from those that lack them.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence

from explorer.blocks.block import Made
from explorer.engine.export.forms import Assigned, Form, Line, Part
from explorer.engine.export.idioms import symbols_in
from explorer.engine.export.parameters import fill_parameters, form_slots, is_activation, leaf_slots
from explorer.engine.export.parts import Leaf, Statement, Whole

MOST_FLAGS = 4
"""Optional parts of one class; with more, two classes read better."""


def merge(wholes: Sequence[Whole], assigned: Assigned) -> list[Form]:
    """As few forms as these wholes can share."""
    outlines: dict[Hashable, list[Whole]] = {}
    for whole in wholes:
        outlines.setdefault(_outline(whole, assigned), []).append(whole)
    kinds = sorted(
        outlines.values(), key=lambda members: (-len(members[0].children), -len(members[0].inputs))
    )
    found: list[tuple[Whole, list[list[Whole]], dict[str, str]]] = []
    for members in kinds:
        for base, rows, instead in found:
            more = _lacks(base, members[0], assigned)
            if more is not None and _agree(base, rows, members[0], instead, more):
                rows.append(members)
                instead.update(more)
                break
        else:
            found.append((members[0], [members], {}))
    return [_form(base, rows, instead, assigned) for base, rows, instead in found]


def _lacks(base: Whole, small: Whole, assigned: Assigned) -> dict[str, str] | None:
    """What takes the place of variables of a base in a whole that lacks layers; None: it differs."""
    if base.carries or small.carries or base.inputs[: len(small.inputs)] != small.inputs:
        return None
    shapes = {name: _shape_of(child, assigned) for name, child in base.children}
    if any(shapes.get(name) != _shape_of(child, assigned) for name, child in small.children):
        return None
    if 2 * len(small.children) < len(base.children) and len(base.children) > 6:
        return None
    rows = {s.child: s for s in base.statements}
    if len(rows) != len(base.statements) or len({s.child for s in small.statements}) != len(small.statements):
        return None
    if [s.child for s in base.statements if s.child in {t.child for t in small.statements}] != [
        s.child for s in small.statements
    ]:
        return None
    instead: dict[str, str] = {}
    pairs = [(rows[s.child].ins, s.ins) for s in small.statements] + [(base.returns, small.returns)]
    kept = {name for s in small.statements for name in s.outs} | set(small.inputs)
    for s in small.statements:
        if rows[s.child].outs != s.outs or _ranks(rows[s.child])[: len(s.ins)] != _ranks(s):
            return None
    for ours, theirs in pairs:
        if len(ours) != len(theirs):
            return None
        for one, other in zip(ours, theirs, strict=True):
            if one != other and (one in kept or instead.setdefault(one, other) != other):
                return None
    return instead


def _agree(
    base: Whole, rows: list[list[Whole]], small: Whole, instead: dict[str, str], more: dict[str, str]
) -> bool:
    """Whether another whole may join: each optional run gives one variable, with one substitute."""
    if any(instead.get(name, other) != other for name, other in more.items()):
        return False
    every = [members[0] for members in rows] + [small]
    patterns = _patterns(base, every)
    if len(set(patterns.values())) - (() in patterns.values()) > MOST_FLAGS:
        return False
    all_instead = {**instead, **more}
    place = {name: number for number, s in enumerate(base.statements) for name in s.outs}
    for first, last, _ in _runs(base, patterns):
        outs = [name for s in base.statements[first:last] for name in s.outs]
        later = [name for s in base.statements[last:] for name in s.ins] + list(base.returns)
        leaving = [name for name in outs if name in later]
        if len(leaving) != 1 or leaving[0] not in all_instead:
            return False
        if place.get(all_instead[leaving[0]], -1) >= first:
            return False
    for name in base.inputs:
        if name in all_instead and all_instead[name] not in base.inputs:
            return False
    return all(name in place or name in base.inputs for name in all_instead)


def _patterns(base: Whole, members: Sequence[Whole]) -> dict[str, tuple[int, ...]]:
    """For each layer of the base, the members that lack it."""
    present = [{name for name, _ in member.children} for member in members]
    return {
        name: tuple(number for number, names in enumerate(present) if name not in names)
        for name, _ in base.children
    }


def _runs(base: Whole, patterns: dict[str, tuple[int, ...]]) -> Iterator[tuple[int, int, tuple[int, ...]]]:
    """Statements in a row that are optional together: first, the one behind the last, who lacks them."""
    start = 0
    rows = [patterns[s.child] for s in base.statements]
    for number in range(1, len(rows) + 1):
        if number == len(rows) or rows[number] != rows[start]:
            if rows[start]:
                yield start, number, rows[start]
            start = number


def _form(base: Whole, rows: list[list[Whole]], instead: dict[str, str], assigned: Assigned) -> Form:
    members = [member for row in rows for member in row]
    patterns = _patterns(base, [row[0] for row in rows])
    kinds = list(dict.fromkeys(lacking for lacking in patterns.values() if lacking))
    form = Form("", base, members)
    form.flags = [tuple(name for name, row in patterns.items() if row == kind) for kind in kinds]
    flag = {name: kinds.index(row) if row else None for name, row in patterns.items()}
    form.lines = [
        Line(s, flag[s.child], next((instead[out] for out in s.outs if out in instead), ""))
        for s in base.statements
    ]
    form.instead = {name: instead[name] for name in base.inputs if name in instead}
    tables = [dict(member.children) for member in members]
    for place, (name, child) in enumerate(base.children):
        own = [table.get(name) for table in tables]
        part = Part(name, child if isinstance(child, Leaf) else None, None, flag[name])
        if isinstance(child, Whole):
            part.form = assigned[id(child)]
            part.slots = form_slots(place, part.form, own)
        else:
            part.slots = leaf_slots(place, child, own)
        form.parts.append(part)
    fill_parameters(form, tables)
    return form


def _shape_of(part: Leaf | Whole, assigned: Assigned) -> Hashable:
    """What two layers must have in common to be one layer of a class."""
    if isinstance(part, Whole):
        return id(assigned[id(part)])
    if is_activation(part):
        return "activation"
    sizes = tuple((symbol.variable, symbol.axis, symbol.times, symbol.plus) for symbol in symbols_in(part))
    made = tuple(
        (v.target, len(v.args), tuple(k for k, _ in v.kwargs)) for v in part.literals if isinstance(v, Made)
    )
    return (part.target, len(part.args), sizes, made)


def _outline(whole: Whole, assigned: Assigned) -> Hashable:
    children = tuple((name, _shape_of(child, assigned)) for name, child in whole.children)
    lines = tuple((s.outs, s.child, s.ins, s.phase, _ranks(s)) for s in whole.statements)
    return (whole.inputs, children, lines, whole.returns, whole.carries)


def _ranks(statement: Statement) -> tuple[int, ...]:
    return tuple(len(tensor.shape) if tensor is not None else -1 for tensor in statement.given)
