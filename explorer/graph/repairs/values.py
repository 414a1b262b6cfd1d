"""Repairs that change a field of the faulty block."""

from __future__ import annotations

from collections.abc import Iterator
from math import gcd

from explorer.graph.edits import Batch, SetField
from explorer.graph.model import FieldValue
from explorer.graph.repairs.case import Case, Proposal, fields_of


def smaller_window(case: Case) -> Iterator[Proposal]:
    """A window larger than its input: pad, or take a smaller one."""
    got = case.problem.got
    if got is None or len(got.shape) < 2:
        return
    spatial = got.shape[1:] if got.axes[0] == "C" else got.shape[:1]
    name = "kernel" if "kernel" in fields_of(case) else "size"
    window = fields_of(case).get(name)
    if not isinstance(window, tuple):
        return
    window = window if len(window) == len(spatial) else (window[0],) * len(spatial)
    fits = tuple(min(k, n) for k, n in zip(window, spatial, strict=True))
    pad = max((k - n + 1) // 2 for k, n in zip(window, spatial, strict=True))
    if "padding" in fields_of(case) and pad > 0:
        yield f"Pad by {pad}", "", SetField(case.node.id, "padding", pad, case.scope)
    yield f"Use {'×'.join(map(str, fits))}", "", SetField(case.node.id, name, fits, case.scope)
    if "dilation" in fields_of(case):
        yield "Set dilation to 1", "", SetField(case.node.id, "dilation", 1, case.scope)


def dividing(case: Case) -> Iterator[Proposal]:
    """A number that has to divide the channels: the nearest ones that do."""
    got = case.problem.got
    if got is None:
        return
    channels = got.axis("C") if "C" in got.axes else got.shape[-1]
    for name in ("groups", "heads", "parts"):
        value = fields_of(case).get(name)
        if not isinstance(value, int):
            continue
        divisors = [n for n in range(1, min(channels, 512) + 1) if channels % n == 0]
        for choice in sorted(divisors, key=lambda n: (abs(n - value), n))[:3]:
            yield f"Set {name} to {choice}", "", SetField(case.node.id, name, choice, case.scope)
        filters = fields_of(case).get("filters")
        if isinstance(filters, int):
            rounded = -(-filters // value) * value
            yield f"Set filters to {rounded}", "", SetField(case.node.id, "filters", rounded, case.scope)


def reset_fields(case: Case) -> Iterator[Proposal]:
    """Fields out of their limits: back to the default, one at a time, then all."""
    for name in case.node.fields:
        yield f"Set {name} back to its default", "", SetField(case.node.id, name, None, case.scope)
    every = tuple(SetField(case.node.id, name, None, case.scope) for name in case.node.fields)
    yield "Set all fields back", "", Batch(every)


def undo_stride(case: Case) -> Iterator[Proposal]:
    """A step or a margin that leaves nothing: take it back."""
    fields = fields_of(case)
    if "stride" in fields:
        yield "Set stride to 1", "", SetField(case.node.id, "stride", 1, case.scope)
    if "padding" in fields:
        yield "Set padding to 0", "", SetField(case.node.id, "padding", 0, case.scope)


def nearby(case: Case) -> Iterator[Proposal]:
    """Numbers near the present one for every field: halves, divisors and sizes of what arrives.

    Whether they help is found out by trying, so that blocks need no repairs of their own.
    """
    sizes = case.problem.got.shape if case.problem.got is not None else ()
    tried = 0
    for name, value in fields_of(case).items():
        for choice in _choices(value, sizes):
            written = "×".join(map(str, choice)) if isinstance(choice, tuple) else str(choice)
            yield (
                f"Set {name.replace('_', ' ')} to {written}",
                "",
                SetField(case.node.id, name, choice, case.scope),
            )
            tried += 1
            if tried == MOST_TRIED:
                return


MOST_TRIED = 32
EACH = 8


def _choices(value: object, sizes: tuple[int, ...]) -> list[FieldValue]:
    """The nearest other numbers that often fit: divisors, halves, what is there, none at all."""
    if isinstance(value, tuple) and value and all(isinstance(part, int) for part in value):
        return list(_tuples(value, sizes))
    if isinstance(value, bool) or not isinstance(value, int):
        return []
    divisors = {n for size in sizes for n in range(1, min(size, 512) + 1) if size % n == 0}
    near = sorted(divisors - {value}, key=lambda n: (abs(n - value), n))[: EACH - 3]
    return list(dict.fromkeys([*near, value // 2, 1, 0]))


def _tuples(value: tuple[int, ...], sizes: tuple[int, ...]) -> list[tuple[int, ...]]:
    ends = sizes[-len(value) :]
    found = [tuple(max(1, part // step) for part in value) for step in (2, 4, 8)]
    found += [value[:count] for count in range(len(value) - 1, 0, -1)]
    if len(ends) == len(value):
        found.insert(0, tuple(gcd(part, size) for part, size in zip(value, ends, strict=True)))
        found.insert(0, tuple(min(part, size) for part, size in zip(value, ends, strict=True)))
    found += [tuple(min(part, size) for part in value) for size in sizes]
    other = [choice for choice in dict.fromkeys(found) if choice != value]
    return [*other[:EACH], (1,) * len(value)]
