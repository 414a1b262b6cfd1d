"""What the constructor of a class takes: numbers that differ from whole to whole, and their names."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from functools import cache
from typing import Any

from explorer.blocks.block import Made
from explorer.engine.export.forms import ABSENT, Form, Hole, Kind, Parameter, Slot, same
from explorer.engine.export.parts import Leaf, Whole
from explorer.engine.export.targets import resolve_target, written_name

ACTIVATIONS = (
    "ReLU",
    "ReLU6",
    "Hardswish",
    "Hardsigmoid",
    "Sigmoid",
    "SiLU",
    "GELU",
    "Tanh",
    "Mish",
    "Identity",
)
"""Layers without arguments that may stand for each other: the class takes which one as an argument."""
CHANNELS = ("in_channels", "out_channels", "num_features", "num_channels", "channels")
FEATURES = ("in_features", "out_features", "normalized_shape", "features", "hidden_features")


def is_activation(part: Leaf) -> bool:
    """Whether a layer is an activation that another may stand for."""
    module, _, name = part.target.partition(":")
    return module == "torch.nn" and name in ACTIVATIONS and not part.literals


def form_slots(place: int, inner: Form, own: Sequence[Leaf | Whole | None]) -> list[Slot]:
    """The arguments of a part that has a class, over all members; None stands for a member without it."""
    slots = []
    for number, parameter in enumerate(inner.parameters):
        values = [ABSENT if one is None else inner.arguments[id(one)][number] for one in own]
        slots.append(Slot(place, parameter.name, values, parameter.default is ABSENT, parameter.default))
    return slots


def leaf_slots(place: int, leaf: Leaf, own: Sequence[Leaf | Whole | None]) -> list[Slot]:
    """The arguments of a layer, over all members; what some leave at its default is filled in."""
    leaves = [one for one in own if isinstance(one, Leaf)]
    if is_activation(leaf):
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


def fill_parameters(form: Form, tables: list[dict[str, Leaf | Whole]]) -> None:
    """Turn columns of differing values into parameters; columns that agree share one."""
    found: list[tuple[list[Any], list[Slot]]] = []
    for part in form.parts:
        for slot in part.slots:
            known = [value for value in slot.values if value is not ABSENT]
            if all(same(value, known[0]) and not isinstance(value, Hole) for value in known):
                continue
            # a module that is handed over belongs to one place: two that are built alike are two
            for values, slots in () if isinstance(known[0], Made) else found:
                if all(
                    a is ABSENT or b is ABSENT or same(a, b) for a, b in zip(values, slot.values, strict=True)
                ):
                    values[:] = [b if a is ABSENT else a for a, b in zip(values, slot.values, strict=True)]
                    slots.append(slot)
                    break
            else:
                found.append((list(slot.values), [slot]))
    required: list[tuple[list[Any], list[Slot], Any]] = []
    optional: list[tuple[list[Any], list[Slot], Any]] = []
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
    return (
        parameter.default if parameter.default is not ABSENT else next(v for v in values if v is not ABSENT)
    )


def _kind(values: Sequence[Any]) -> str:
    """The type of a parameter as it is annotated."""
    kinds = {type(value) for value in values if value is not ABSENT}
    names = {"Hole": "int", "NoneType": "None", "Kind": "type[nn.Module]", "Made": "nn.Module"}
    words = sorted(
        {names.get(kind.__name__, kind.__name__) for kind in kinds}, key=lambda word: word == "None"
    )
    if "tuple" in words:
        words[words.index("tuple")] = "tuple[int, ...]"
    if set(words) == {"int", "float"}:
        return "float"
    return " | ".join(words)


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
