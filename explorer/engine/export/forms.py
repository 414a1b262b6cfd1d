"""Classes of an exported file: one form for all wholes that differ in numbers or lack optional parts.

Wholes of one name are laid over each other. Numbers in which they differ become parameters; layers that only
some have become optional, and what then takes their place is read from those that lack them.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeAlias

from explorer.blocks.block import Literal, Made
from explorer.engine.export.idioms import idiom_of, symbols_in
from explorer.engine.export.parts import Leaf, Statement, Whole
from explorer.engine.export.targets import resolve_target, written_name

MOST_FLAGS = 4
"""Optional parts of one class; with more, two classes read better."""


ACTIVATIONS = ("ReLU", "ReLU6", "Hardswish", "Hardsigmoid", "Sigmoid", "SiLU", "GELU", "Tanh", "Mish", "Identity")
"""Layers without arguments that may stand for each other: the class takes which one as an argument."""


class Kind(str):
    """A class of torch as an argument: `nn.ReLU`."""

    def __repr__(self) -> str:
        return str(self)


class Absent:
    """Stands for an argument of a layer that a whole does not have."""


ABSENT = Absent()


@dataclass
class Slot:
    """One argument of a layer of a form.

    Attributes:
        child: place of the layer. name: of the argument. values: for each member, or `ABSENT`.
        default: whether the layer's own default may be left out, and what it is.
        parameter: number of the form's parameter that it comes from, or None.

    """

    child: int
    name: str
    values: list[Any]
    positional: bool
    default: Any = ABSENT
    parameter: int | None = None


@dataclass
class Part:
    """A layer of a form. `flag` is the number of the optional part that it belongs to, or None."""

    name: str
    leaf: Leaf | None
    form: Form | None
    flag: int | None = None
    slots: list[Slot] = field(default_factory=list)


@dataclass
class Line:
    """A statement of a form. `instead` is the variable that takes its place where the flag is off."""

    statement: Statement
    flag: int | None = None
    instead: str = ""


@dataclass
class Parameter:
    """An argument of a form's constructor."""

    name: str
    kind: str
    default: Any = ABSENT


@dataclass
class Form:
    """A class of an exported file.

    Attributes:
        name: of the class. example: the whole with most layers.
        members: all wholes that it stands for.
        parts, lines: layers and statements. instead: of inputs that may be left out, what is taken.
        parameters: of the constructor, flags last. flags: by number, the layers that each switches.
        arguments: for each member, what it passes.
        inlined: whether it is written where it is used, as a `nn.Sequential`.

    """

    name: str
    example: Whole
    members: list[Whole] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    instead: dict[str, str] = field(default_factory=dict)
    parameters: list[Parameter] = field(default_factory=list)
    flags: list[tuple[str, ...]] = field(default_factory=list)
    arguments: dict[int, list[Any]] = field(default_factory=dict)
    inlined: bool = False

    @property
    def flag_parameters(self) -> range:
        """Numbers of the parameters that are flags."""
        return range(len(self.parameters) - len(self.flags), len(self.parameters))

    @property
    def is_chain(self) -> bool:
        """Whether each layer takes what the one before gives, and none is optional."""
        lines, parts = self.lines, self.parts
        if len(self.example.inputs) != 1 or len(self.example.returns) != 1 or len(lines) != len(parts):
            return False
        if self.flags or not lines or self.example.carries:
            return False
        last = self.example.inputs[0]
        for line, part in zip(lines, parts, strict=True):
            s = line.statement
            one = len(s.outs) == 1 and s.ins == (last,) and s.child == part.name and not s.phase
            if not one or (part.leaf is not None and (idiom_of(part.leaf) or symbols_in(part.leaf))):
                return False
            last = s.outs[0]
        return self.example.returns[0] == last


class Hole(int):
    """A number that the user of a file may choose: the count of classes."""


Assigned: TypeAlias = dict[int, Form]
"""The form of every whole, by identity."""


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
        for form in _merge(groups[key], assigned):
            forms.append(form)
            for whole in form.members:
                assigned[id(whole)] = form
    _name(forms, model, taken)
    return forms, assigned


def _by_need(order: list[Hashable], groups: dict[Hashable, list[Whole]]) -> list[Hashable]:
    """Names such that what is inside comes first."""
    owner = {id(whole): key for key, members in groups.items() for whole in members}
    needs = {
        key: {
            owner[id(child)] for whole in groups[key] for _, child in whole.children if isinstance(child, Whole)
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


def stem_of(whole: Whole) -> str:
    """The name of a whole without what only counts: `Stage` of `Stage1`; blocks keep theirs."""
    return whole.name if whole.block is not None else re.sub(r"\d+", "", whole.name) or whole.name


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


def _shape_of(part: Leaf | Whole, assigned: Assigned) -> Hashable:
    """What two layers must have in common to be one layer of a class."""
    if isinstance(part, Whole):
        return id(assigned[id(part)])
    if _is_activation(part):
        return "activation"
    sizes = tuple((symbol.variable, symbol.axis, symbol.times, symbol.plus) for symbol in symbols_in(part))
    made = tuple((v.target, len(v.args), tuple(k for k, _ in v.kwargs)) for v in part.literals if isinstance(v, Made))
    return (part.target, len(part.args), sizes, made)


def _is_activation(part: Leaf) -> bool:
    module, _, name = part.target.partition(":")
    return module == "torch.nn" and name in ACTIVATIONS and not part.literals


def _outline(whole: Whole, assigned: Assigned) -> Hashable:
    children = tuple((name, _shape_of(child, assigned)) for name, child in whole.children)
    lines = tuple((s.outs, s.child, s.ins, s.phase, _ranks(s)) for s in whole.statements)
    return (whole.inputs, children, lines, whole.returns, whole.carries)


def _ranks(statement: Statement) -> tuple[int, ...]:
    return tuple(len(tensor.shape) if tensor is not None else -1 for tensor in statement.given)


def _merge(wholes: Sequence[Whole], assigned: Assigned) -> list[Form]:
    """As few forms as these wholes can share."""
    outlines: dict[Hashable, list[Whole]] = {}
    for whole in wholes:
        outlines.setdefault(_outline(whole, assigned), []).append(whole)
    kinds = sorted(outlines.values(), key=lambda members: (-len(members[0].children), -len(members[0].inputs)))
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
    """What takes the place of a base's variables in a whole that lacks some of its layers; None: it differs."""
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
            part.slots = _form_slots(place, part.form, own)
        else:
            part.slots = _leaf_slots(place, child, own)
        form.parts.append(part)
    _parameters(form, tables)
    return form


def _form_slots(place: int, inner: Form, own: Sequence[Leaf | Whole | None]) -> list[Slot]:
    slots = []
    for number, parameter in enumerate(inner.parameters):
        values = [ABSENT if one is None else inner.arguments[id(one)][number] for one in own]
        slots.append(Slot(place, parameter.name, values, parameter.default is ABSENT, parameter.default))
    return slots


def _leaf_slots(place: int, leaf: Leaf, own: Sequence[Leaf | Whole | None]) -> list[Slot]:
    leaves = [one for one in own if isinstance(one, Leaf)]
    if _is_activation(leaf):
        kinds = [Kind(written_name(one.target)) if isinstance(one, Leaf) else ABSENT for one in own]
        return [Slot(place, "activation", kinds, True)]
    defaults = {name: p.default for name, p in signature_of(leaf.target).items()}
    slots = []
    for number in range(len(leaf.args)):
        values = [one.args[number] if isinstance(one, Leaf) else ABSENT for one in own]
        slots.append(Slot(place, argument_name(leaf.target, number), values, True))
    order = list(defaults)
    known = dict.fromkeys(name for one in leaves for name, _ in one.kwargs)
    for name in sorted(known, key=lambda name: order.index(name) if name in order else len(order)):
        default = defaults.get(name, ABSENT)
        rows = [dict(one.kwargs) if isinstance(one, Leaf) else None for one in own]
        filled = [ABSENT if row is None else row.get(name, default) for row in rows]
        slots.append(Slot(place, name, filled, False, default))
    return slots


@cache
def signature_of(target: str) -> dict[str, inspect.Parameter]:
    """What the constructor of a module takes."""
    return dict(inspect.signature(resolve_target(target)).parameters)


def argument_name(target: str, number: int) -> str:
    """The name of a positional argument; those of `*sizes` are counted."""
    known = list(signature_of(target).values())
    at = known[min(number, len(known) - 1)]
    return f"{at.name}{number}" if at.kind is inspect.Parameter.VAR_POSITIONAL else at.name


def same(a: Any, b: Any) -> bool:
    """Whether two arguments are written alike: True is not 1, and 1 is not 1.0."""
    if type(a) is not type(b):
        return False
    if isinstance(a, tuple):
        return len(a) == len(b) and all(same(one, other) for one, other in zip(a, b, strict=True))
    return bool(a == b)


def _parameters(form: Form, tables: list[dict[str, Leaf | Whole]]) -> None:
    """Turn columns of differing values into parameters; columns that agree share one."""
    found: list[tuple[list[Any], list[Slot]]] = []
    for part in form.parts:
        for slot in part.slots:
            known = [value for value in slot.values if value is not ABSENT]
            if all(same(value, known[0]) and not isinstance(value, Hole) for value in known):
                continue
            for values, slots in found:
                if all(a is ABSENT or b is ABSENT or same(a, b) for a, b in zip(values, slot.values, strict=True)):
                    values[:] = [b if a is ABSENT else a for a, b in zip(values, slot.values, strict=True)]
                    slots.append(slot)
                    break
            else:
                found.append((list(slot.values), [slot]))
    required, optional = [], []
    for values, slots in found:
        default = slots[0].default
        shared = not any(slot.positional for slot in slots) and all(same(s.default, default) for s in slots)
        if not shared and all(form.parts[slot.child].flag is not None for slot in slots):
            kinds = {type(value) for value in values if value is not ABSENT}
            if kinds == {int} and not (_is_width(slots[0]) and _enters(form, slots)):
                default, shared = 0, True
        if all(isinstance(value, Kind) for value in values if value is not ABSENT):
            given = [value for value in values if value is not ABSENT]
            default, shared = max(given, key=given.count), True
        hole = next((value for value in values if isinstance(value, Hole)), None)
        if hole is not None and len(form.members) == 1:
            optional.append((values, slots, int(hole)))
        else:
            (optional if shared else required).append((values, slots, default if shared else ABSENT))
    names: set[str] = set()
    rows = [*required, *optional]
    for number, (values, slots, default) in enumerate(rows):
        name = _unique(_parameter_name(form, slots, [row[1] for row in rows]), slots, form, names)
        if any(isinstance(value, Hole) for value in values) and len(form.members) == 1:
            name = "num_classes"
        names.add(name)
        form.parameters.append(Parameter(name, _kind(values), default))
        for slot in slots:
            slot.parameter = number
    for flag in form.flags:
        name = _flag_name(form, flag)
        while name in names:
            name = f"with_{name}"
        names.add(name)
        form.parameters.append(Parameter(name, "bool", False))
    for number, member in enumerate(form.members):
        given = []
        for (values, slots, default), parameter in zip(rows, form.parameters, strict=False):
            value = values[number]
            if value is ABSENT:  # nothing reads it
                value = default if default is not ABSENT else _spare(form, slots, values, member, parameter)
            given.append(value)
        given += [flag[0] in tables[number] for flag in form.flags]
        form.arguments[id(member)] = given


def _spare(form: Form, slots: list[Slot], values: list[Any], member: Whole, parameter: Parameter) -> Any:
    """What a whole passes for layers that it does not have: what enters it, or a default."""
    tensor = member.given[0] if member.given else None
    if _is_width(slots[0]) and _enters(form, slots) and tensor is not None:
        return tensor.axis("C") if "C" in tensor.axes else tensor.shape[-1]
    return parameter.default if parameter.default is not ABSENT else next(v for v in values if v is not ABSENT)


def _kind(values: Sequence[Any]) -> str:
    """The type of a parameter as it is annotated."""
    kinds = {type(value) for value in values if value is not ABSENT}
    names = {"Hole": "int", "NoneType": "None", "Kind": "type[nn.Module]"}
    words = sorted({names.get(kind.__name__, kind.__name__) for kind in kinds}, key=lambda word: word == "None")
    if "tuple" in words:
        words[words.index("tuple")] = "tuple[int, ...]"
    if set(words) == {"int", "float"}:
        return "float"
    return " | ".join(words)


CHANNELS = ("in_channels", "out_channels", "num_features", "num_channels", "channels")
FEATURES = ("in_features", "out_features", "normalized_shape", "features", "hidden_features")


def _parameter_name(form: Form, slots: list[Slot], rows: list[list[Slot]]) -> str:
    """What people would call it: in_channels, out_channels, hidden_channels, or as the layers do."""
    if not _is_width(slots[0]):
        return slots[0].name
    word = "channels" if any("channels" in s.name or s.name == "num_features" for s in slots) else "features"
    enters, leaves = _enters(form, slots), _leaves(form, slots)
    if enters and leaves:
        return word
    if enters:
        return f"in_{word}"
    if leaves:
        return f"out_{word}"
    middle = [row for row in rows if _is_width(row[0]) and not _enters(form, row) and not _leaves(form, row)]
    return f"hidden_{word}" if len(middle) == 1 else f"{form.parts[slots[0].child].name}_{word}"


def _is_width(slot: Slot) -> bool:
    return slot.name in CHANNELS or slot.name in FEATURES


def _enters(form: Form, slots: list[Slot]) -> bool:
    """Whether a width is that of what enters the form."""
    first = {line.statement.child for line in form.lines if form.example.inputs[:1] == line.statement.ins[:1]}
    wide = ("in_", "channels", "features", "num_", "norm")
    return any(form.parts[s.child].name in first and s.name.startswith(wide) for s in slots)


def _leaves(form: Form, slots: list[Slot]) -> bool:
    """Whether a width is that of what leaves the form: the last layer with a width has it."""
    with_width = [part for part in form.parts if any(_is_width(slot) for slot in part.slots)]
    if not with_width:
        return False
    last = with_width[-1].slots
    wide = [slot for slot in last if _is_width(slot)]
    outer = [slot for slot in wide if not slot.name.startswith("in_")] or wide
    return any(slot is outer[-1] for slot in slots)


def _unique(name: str, slots: list[Slot], form: Form, taken: set[str]) -> str:
    if name not in taken:
        return name
    child = form.parts[slots[0].child].name
    candidate = f"{child}_{slots[0].name}"
    while candidate in taken:
        candidate += "_"
    return candidate


def _flag_name(form: Form, children: tuple[str, ...]) -> str:
    """The optional layer's own name; a sum of which nothing else is optional is a residual."""
    leaves = [part.leaf for part in form.parts if part.name in children]
    if len(leaves) == 1 and leaves[0] is not None and leaves[0].target.endswith(":Add"):
        return "residual"
    return children[0]


def _name(forms: list[Form], model: Whole, taken: set[str]) -> None:
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
    if form.example.block is None and len(form.members) == 1:
        return [form.example.name]
    theirs = {part.name for other in others for part in other.parts}
    own = [part for part in form.parts if part.name not in theirs]
    found = [stem + _word(part.name) for part in own[:1]]
    if not own:
        most = max(others, key=lambda other: len(other.parts))
        missing = [part.name for part in most.parts if part.name not in {p.name for p in form.parts}]
        found += [f"{stem}Without{_word(name)}" for name in missing[:1]]
    kinds = [part.leaf.target.partition(":")[2] for part in form.parts if part.leaf is not None]
    other_kinds = {part.leaf.target.partition(":")[2] for o in others for part in o.parts if part.leaf is not None}
    found += [stem + kind for kind in kinds if kind not in other_kinds][:1]
    found += [f"{stem}{_word(name)}" for name in form.example.inputs if name not in others[0].example.inputs]
    if form.example.block is None:
        found.append(form.example.name)
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


def literal_of(value: Any) -> Literal:
    """The number in a hole, other values as they are."""
    return int(value) if isinstance(value, Hole) else value
