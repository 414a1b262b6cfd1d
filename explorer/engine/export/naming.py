"""Better names for the variables of groups: what the caller calls them, and what they are inside.

Ports of groups are called x1, x2 and y1, y2. In a file, what enters is called as where it comes from, what
leaves as what it is; a value that only waits to be joined with a later one is a `skip`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from explorer.engine.export.class_names import stem_of
from explorer.engine.export.parts import Leaf, Statement, Whole
from explorer.engine.export.symbols import Symbol

_PORT = re.compile(r"[xy]\d*\Z")


def spoken(model: Whole) -> Whole:
    """The model with other names for what enters and leaves its groups."""
    model = _leaving(model)
    calls: dict[str, list[tuple[Whole, tuple[str, ...]]]] = {}
    _collect(model, calls)
    return _entering(model, {stem: _inputs(rows) for stem, rows in calls.items()})


def _leaving(whole: Whole) -> Whole:
    """Call the outputs of groups as they are called inside."""
    children = tuple(
        (name, _leaving(child) if isinstance(child, Whole) else child) for name, child in whole.children
    )
    table = dict(children)
    taken = {name for s in whole.statements for name in s.outs} | set(whole.inputs)
    names: dict[str, str] = {}
    for s in whole.statements:
        child = table[s.child]
        if not isinstance(child, Whole) or child.block is not None or len(s.outs) < 2:
            continue
        for out, inner in zip(s.outs, child.returns, strict=True):
            if not _PORT.match(inner) and inner not in taken:
                taken.add(inner)
                names[out] = inner
    return renamed(replace(whole, children=children), names)


def _collect(whole: Whole, calls: dict[str, list[tuple[Whole, tuple[str, ...]]]]) -> None:
    table = dict(whole.children)
    for s in whole.statements:
        child = table[s.child]
        if isinstance(child, Whole):
            calls.setdefault(stem_of(child), []).append((child, s.ins))
    for _, child in whole.children:
        if isinstance(child, Whole):
            _collect(child, calls)


def _inputs(rows: Sequence[tuple[Whole, tuple[str, ...]]]) -> dict[str, str]:
    """Names of the ports of all groups of one stem."""
    first = rows[0][0]
    if any(child.block is not None or len(child.inputs) < 2 for child, _ in rows):
        return {}
    found: dict[str, str] = {}
    ports = max((child.inputs for child, _ in rows), key=len)
    taken = {name for child, _ in rows for s in child.statements for name in s.outs} | {"x"}
    for number, port in enumerate(ports):
        given = [ins[number] for _, ins in rows if number < len(ins)]
        name = given[0] if len(rows) == 1 else _stripped(given)
        if _waits(first, port):
            name = name if len(rows) == 1 and not _PORT.match(name) else "skip"
        if not _PORT.match(port) or not name or _PORT.match(name) or name in taken:
            name = "x" if number == 0 and "x" not in found.values() else port
        if name in found.values():
            name = port
        found[port] = name
    return {port: name for port, name in found.items() if port != name}


def _stripped(names: Sequence[str]) -> str:
    """What names have in common but for their numbers; empty where that is nothing."""
    stems = {re.sub(r"\d+\Z", "", name) for name in names}
    return stems.pop() if len(stems) == 1 else ""


def _waits(whole: Whole, port: str) -> bool:
    """Whether an input is read once, by a join, beside something that was computed here."""
    table = dict(whole.children)
    uses = [s for s in whole.statements if port in s.ins]
    if len(uses) != 1:
        return False
    child = table[uses[0].child]
    joins = isinstance(child, Leaf) and child.target.endswith((":Concat", ":Add"))
    return joins and any(name not in whole.inputs for name in uses[0].ins)


def _entering(whole: Whole, names: Mapping[str, dict[str, str]]) -> Whole:
    children = []
    for name, child in whole.children:
        if isinstance(child, Whole):
            child = renamed(_entering(child, names), names.get(stem_of(child), {}))
        children.append((name, child))
    return replace(whole, children=tuple(children))


def renamed(whole: Whole, names: Mapping[str, str]) -> Whole:
    """A level with other names for some of its variables."""
    if not names:
        return whole

    def word(name: str) -> str:
        return names.get(name, name)

    def words(row: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(word(name) for name in row)

    def statement(s: Statement) -> Statement:
        return replace(s, outs=words(s.outs), ins=words(s.ins))

    def literal(value: object) -> object:
        if isinstance(value, Symbol):
            return replace(value, variable=word(value.variable))
        return tuple(literal(part) for part in value) if isinstance(value, tuple) else value

    def leaf(part: Leaf) -> Leaf:
        args, kwargs = (literal(part.args), literal(part.kwargs))
        return Leaf(part.target, args, kwargs)  # type: ignore[arg-type]

    return replace(
        whole,
        inputs=words(whole.inputs),
        returns=words(whole.returns),
        statements=tuple(statement(s) for s in whole.statements),
        children=tuple((n, leaf(c) if isinstance(c, Leaf) else c) for n, c in whole.children),
        carries=tuple((word(one), word(other)) for one, other in whole.carries),
    )
