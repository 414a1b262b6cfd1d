"""What of an output an attribution explains: a unit, a place, a region, a step, or the sum.

Written `7` (unit), `7@3,4` (at a place), `7@0:8,4:12` (in a region, last left out), `@3` (a step, all units),
`sum`; in front of it may stand an output or a layer: `scores/12`, `conv3/7`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from explorer.graph.flow import Flow
from explorer.graph.tensor import Tensor
from explorer.meaning.outputs import Context, Meaning, main_output, meaning_of
from explorer.protocol.records import Target

_SPAN = re.compile(r"(-?\d+)(?::(-?\d+))?$")
HOW = (
    "A target is written as a unit (7), a unit at a place (7@3,4), in a region (7@0:8,4:12), a step (@3), or "
    "sum; in front of it may stand an output or layer (conv3/7)."
)


class TargetProblem(ValueError):
    """A target that the output does not have, or that cannot be read; the text is a sentence."""


def parse(text: str) -> Target:
    """Read a target as it is written; raises `TargetProblem`."""
    at, named, rest = text.strip().rpartition("/")
    unit, sign, place = rest.strip().partition("@")
    unit = unit.strip()
    spans = []
    for part in place.split(",") if sign else ():
        if not (found := _SPAN.match(part.strip())):
            raise TargetProblem(f"“{text[:60]}” is no target. {HOW}")
        low = int(found[1])
        spans.append((low, low + 1 if found[2] is None else int(found[2])))
    if unit not in ("", "sum") and not (unit.isdecimal() and len(unit) < 10):
        raise TargetProblem(f"“{text[:60]}” is no target. {HOW}")
    if not unit and not spans and not named:
        raise TargetProblem(f"“{text[:60]}” is no target. {HOW}")
    return Target(
        at=at.strip(), unit=int(unit) if unit.isdecimal() else None, spans=tuple(spans), total=unit == "sum"
    )


def written(target: Target) -> str:
    """Write a target as `parse` reads it."""
    spans = ",".join(str(a) if b == a + 1 else f"{a}:{b}" for a, b in target.spans)
    unit = "sum" if target.total else "" if target.unit is None else str(target.unit)
    return f"{target.at}/" * bool(target.at) + unit + f"@{spans}" * bool(spans)


def check(target: Target, tensor: Tensor, meaning: Meaning) -> None:
    """Raise `TargetProblem` where the target lies outside a tensor, with its sizes."""
    units = tensor.shape[meaning.axis] if tensor.shape else 1
    if target.unit is not None and target.unit >= units:
        word = "class" if meaning.is_classes or meaning.layout == "vector" else "channel"
        plural = "classes" if word == "class" else "channels"
        raise TargetProblem(f"The design has {plural} 0 to {units - 1}, there is no {word} {target.unit}.")
    sizes = places(tensor, meaning)
    if len(target.spans) > len(sizes):
        has = f"it has {len(sizes)} axes of places" if sizes else "it has no places"
        raise TargetProblem(f"The target names {len(target.spans)} places, but of {tensor.spelled} {has}.")
    for (low, high), size in zip(target.spans, sizes, strict=False):
        if not 0 <= low < high <= size:
            where = str(low) if high == low + 1 else f"{low}:{high}"
            raise TargetProblem(
                f"There is no place {where}: of {tensor.spelled}, it goes from 0 to {size - 1}."
            )


def places(tensor: Tensor, meaning: Meaning) -> tuple[int, ...]:
    """Sizes of the axes behind which a unit has places."""
    return tuple(size for n, size in enumerate(tensor.shape) if n != meaning.axis)


def words(target: Target, meaning: Meaning, names: Sequence[str] = ()) -> str:
    """Say what a target is: `dog`, `channel 7 at row 3, column 4`, `the sum of all values`."""
    parts = []
    if target.unit is not None:
        named = target.unit < len(names)
        parts.append(names[target.unit] if named else f"{unit_word(meaning)} {target.unit}")
    elif target.total or not target.spans:
        parts.append("the sum of all values")
    else:
        parts.append("all values")
    labels = {1: ("step",), 2: ("row", "column"), 3: ("frame", "row", "column")}.get(len(target.spans), ())
    if meaning.role:
        labels = ("box",)
    spans = [
        f"{label} {low}" if high == low + 1 else f"{label}s {low} to {high - 1}"
        for label, (low, high) in zip(labels, target.spans, strict=False)
    ]
    if spans:
        parts.append("at " + ", ".join(spans))
    if target.at:
        parts.append(f"of {target.at}")
    return " ".join(parts)


def unit_word(meaning: Meaning) -> str:
    """What a unit of the output is called."""
    if meaning.role and meaning.layout != "steps":
        return "box"
    if meaning.is_classes:
        return "class"
    return {"vector": "output", "steps": "feature"}.get(meaning.layout, "channel")


def find(flow: Flow, target: Target, context: Context) -> tuple[Tensor, Meaning, bool]:
    """The tensor a target lies in, what it means, and whether it is an output (else that of a layer).

    Raises:
        TargetProblem: there is no output or layer of that name.

    """
    name = target.at or main_output(flow)
    if flow.outputs.get(name) is not None:
        tensor = flow.outputs[name]
        assert tensor is not None
        return tensor, meaning_of(flow, name, context), True
    try:
        tensor = next(iter(flow.at(name).outputs.values()), None)
    except KeyError:
        tensor = None
    if tensor is None:
        known = ", ".join(name for name, kind in flow.outputs.items() if kind is not None)
        raise TargetProblem(f"There is no output or layer “{name[:60]}”; outputs are {known or 'none'}.")
    layout = {0: "vector", 1: "steps", 2: "maps", 3: "film"}.get(len(tensor.shape) - 1, "other")
    return tensor, Meaning("values", layout, max(tensor.channels, 0)), False


def usual(flow: Flow) -> Target:
    """What is explained when nobody says: of a detector its scores, otherwise the main output."""
    for name, tensor in flow.outputs.items():
        if tensor is not None and meaning_of(flow, name).role == "scores":
            return Target(at=name)
    return Target()
