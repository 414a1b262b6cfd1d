"""What classes are called: as the part is, and where several differ, by what only one of them has."""

from __future__ import annotations

import re

from explorer.engine.export.forms import Form
from explorer.engine.export.parts import Whole


def stem_of(whole: Whole) -> str:
    """The name of a whole without what only counts: `Stage` of `Stage1`; blocks keep theirs."""
    return whole.name if whole.block is not None else re.sub(r"\d+", "", whole.name) or whole.name


def name_forms(forms: list[Form], model: Whole, taken: set[str]) -> None:
    """Give each class a name; forms of one stem are told apart by what only they have."""
    used = set(taken)
    by_stem: dict[str, list[Form]] = {}
    for form in forms:
        if form.example is model:
            form.name = "Model"
        else:
            by_stem.setdefault(stem_of(form.example), []).append(form)
    for stem, rows in by_stem.items():
        for number, form in enumerate(rows):
            words = [stem] if number == 0 else _distinct(stem, form, rows[:number])
            form.name = next((word for word in words if word not in used), "") or _lettered(stem, used)
            used.add(form.name)


def _distinct(stem: str, form: Form, others: list[Form]) -> list[str]:
    """Names that say what this form has and the others lack, or how many of what it has."""
    own_name = form.example.name
    counted = own_name.rstrip("0123456789") == stem
    if form.example.block is None and len(form.members) == 1 and not counted:
        return [own_name]
    theirs = {part.name for other in others for part in other.parts}
    own = [part for part in form.parts if part.name not in theirs]
    found = [stem + _word(part.name) for part in own[:1]]
    if not own:
        most = max(others, key=lambda other: len(other.parts))
        missing = [part.name for part in most.parts if part.name not in {p.name for p in form.parts}]
        found += [f"{stem}Without{_word(name)}" for name in missing[:1]]
    kinds = [part.leaf.target.partition(":")[2] for part in form.parts if part.leaf is not None]
    other_kinds = {
        part.leaf.target.partition(":")[2] for o in others for part in o.parts if part.leaf is not None
    }
    found += [stem + kind for kind in kinds if kind not in other_kinds][:1]
    found += [f"{stem}{_word(name)}" for name in form.example.inputs if name not in others[0].example.inputs]
    if form.example.block is None:
        found.append(own_name)
    return found


def _word(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in re.sub(r"\d+$", "", name).split("_")) or name


def _lettered(stem: str, taken: set[str]) -> str:
    for letter in "BCDEFGHIJKLMNOPQRSTUVWXYZ":
        if f"{stem}{letter}" not in taken:
            return f"{stem}{letter}"
    number = 27
    while f"{stem}{number}" in taken:
        number += 1
    return f"{stem}{number}"
