"""Which parts of a design share a class: all of one name, as far as they can be laid over each other."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence

from explorer.engine.export.class_names import name_forms, stem_of
from explorer.engine.export.forms import Assigned, Form
from explorer.engine.export.overlay import merge
from explorer.engine.export.parts import Whole


def forms_of(model: Whole, taken: set[str]) -> tuple[list[Form], Assigned]:
    """All classes of a file, inner ones first, the model last; and which whole is an instance of which."""
    wholes = list(_walk(model))
    heights: dict[int, int] = {}
    for whole in wholes:
        inner = [heights[id(child)] for _, child in whole.children if isinstance(child, Whole)]
        heights[id(whole)] = 1 + max(inner, default=0)
    groups: dict[Hashable, list[Whole]] = {}
    alone = {id(child) for _, child in model.children if isinstance(child, Whole) and is_row(child)}
    for whole in wholes:
        own = ("alone", id(whole)) if id(whole) in alone else stem_of(whole)
        groups.setdefault("" if whole is model else own, []).append(whole)
    for key in [key for key, members in groups.items() if _nested(members)]:
        for whole in groups.pop(key):
            groups.setdefault((key, heights[id(whole)]), []).append(whole)
    order = sorted(groups, key=lambda key: (key == "", max(heights[id(whole)] for whole in groups[key])))
    order = _by_need(order, groups)
    assigned: Assigned = {}
    forms: list[Form] = []
    for key in order:
        for form in merge(groups[key], assigned):
            forms.append(form)
            for whole in form.members:
                assigned[id(whole)] = form
    name_forms(forms, model, taken)
    return forms, assigned


def _by_need(order: list[Hashable], groups: dict[Hashable, list[Whole]]) -> list[Hashable]:
    """Names such that what is inside comes first."""
    owner = {id(whole): key for key, members in groups.items() for whole in members}
    needs = {
        key: {
            owner[id(child)]
            for whole in groups[key]
            for _, child in whole.children
            if isinstance(child, Whole)
        }
        for key in order
    }
    found: dict[Hashable, None] = {}

    def visit(key: Hashable) -> None:
        if key not in found:
            for need in sorted(needs[key] - {key}, key=order.index):
                visit(need)
            found[key] = None

    for key in order:
        visit(key)
    return list(found)


def is_row(whole: Whole) -> bool:
    """Whether a part is a row of blocks: it is written out where it stands, however many there are."""
    names = [child.name for _, child in whole.children if isinstance(child, Whole)]
    row = [(s.child,) for s in whole.statements] == [(name,) for name, _ in whole.children]
    least = 2 if whole.block is None else 3
    chain = all(len(s.ins) == len(s.outs) == 1 for s in whole.statements)
    return row and chain and len(names) >= least and len(names) == len(whole.children)


def _nested(members: Sequence[Whole]) -> bool:
    """Whether one of these stands inside another."""
    inside = {id(child) for whole in members for child in _walk(whole) if child is not whole}
    return any(id(whole) in inside for whole in members)


def _walk(whole: Whole) -> Iterator[Whole]:
    for _, child in whole.children:
        if isinstance(child, Whole):
            yield from _walk(child)
    yield whole
