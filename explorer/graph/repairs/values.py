"""Repairs that change a field of the faulty block."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import gcd

from explorer.graph.edits import Batch, SetField
from explorer.graph.model import FieldValue
from explorer.graph.repairs.case import Case, Proposal, arriving_at, fields_of, spatial_of


def smaller_window(case: Case) -> Iterator[Proposal]:
    """A window larger than its input: pad, or take a smaller one."""
    got = case.problem.got
    fields = fields_of(case)
    name = "kernel" if "kernel" in fields else "size"
    spatial = spatial_of(got)
    window = _spread(fields.get(name), len(spatial))
    if got is None or window is None:
        return
    dilation = _spread(fields.get("dilation", 1), len(spatial)) or (1,) * len(spatial)
    padding = _spread(fields.get("padding", 0), len(spatial)) or (0,) * len(spatial)
    sizes = list(zip(window, spatial, dilation, padding, strict=True))
    if "padding" in fields:
        pads = tuple(max(p, (d * (k - 1) + 2 - n) // 2) for k, n, d, p in sizes)
        yield _set(case, f"Pad by {written(_short(pads))}", padding=pads)
    fits = tuple(max(1, min(k, (n + 2 * p - 1) // d + 1)) for k, n, d, p in sizes)
    value: FieldValue = fits if isinstance(fields.get(name), tuple) else min(fits)
    yield _set(case, f"Use {written(fits)}", **{name: value})
    if any(d > 1 for d in dilation):
        yield _set(case, "Set dilation to 1", dilation=(1,) * len(dilation))


def padding_for_stride(case: Case) -> Iterator[Proposal]:
    """“same” together with a stride: the padding that gives every stride-th place, ⌈n / s⌉ of them."""
    fields = dict(case.node.fields)
    kernel = fields.get("kernel", (3,))
    if fields.get("padding") != "same" or not fields.get("stride"):
        return
    spatial = spatial_of(arriving_at(case))
    count = len(spatial) or (len(kernel) if isinstance(kernel, tuple) else 1)
    windows = (
        _spread(kernel, count),
        _spread(fields["stride"], count),
        _spread(fields.get("dilation", 1), count),
    )
    if None in windows:
        return
    pads = []
    for number, (k, s, d) in enumerate(zip(*windows, strict=True)):  # type: ignore[arg-type]
        reach = d * (k - 1) + 1
        n = spatial[number] if spatial else reach * s
        total = max(0, (-(-n // s) - 1) * s + reach - n)
        pads.append(-(-total // 2))
    yield _set(case, f"Pad by {written(_short(tuple(pads)))} instead of “same”", padding=tuple(pads))
    yield _set(case, "Set stride to 1", stride=(1,) * count)


def other_choices(case: Case) -> Iterator[Proposal]:
    """Words of which another one may suit what arrives; numbers that may be left empty."""
    declared = getattr(case.block, "fields", {})
    for name, value in fields_of(case).items():
        field = declared.get(name)
        for choice in getattr(field, "choices", ()):
            if choice != value:
                yield _set(case, f"Set {said(name)} to {choice}", **{name: choice})
        if value is not None and field is not None and field.default is None:
            yield _set(case, f"Leave {said(name)} empty", **{name: None})


def written(value: object) -> str:
    """A value for people: `5×5`, `7`."""
    return "×".join(map(str, value)) if isinstance(value, tuple) else str(value)


def said(name: str) -> str:
    """A field's name for people."""
    return name.replace("_", " ")


def _short(sizes: tuple[int, ...]) -> tuple[int, ...]:
    return sizes[:1] if len(set(sizes)) == 1 else sizes


def _set(case: Case, title: str, **fields: FieldValue) -> Proposal:
    edits = tuple(SetField(case.node.id, name, value, case.scope) for name, value in fields.items())
    return title, "", edits[0] if len(edits) == 1 else Batch(edits)


def _spread(value: object, count: int) -> tuple[int, ...] | None:
    """One number for each axis; None where that is not what the value says."""
    sizes = value if isinstance(value, tuple) else (value,)
    if not all(isinstance(size, int) for size in sizes):
        return None
    return sizes if len(sizes) == count else sizes * count if len(sizes) == 1 else None


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
        yield f"Reset {name} to its default", "", SetField(case.node.id, name, None, case.scope)
    every = tuple(SetField(case.node.id, name, None, case.scope) for name in case.node.fields)
    yield "Reset all fields", "", Batch(every)


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
    got = case.problem.got
    sizes = got.shape if got is not None else ()
    tried = 0
    for name, value in fields_of(case).items():
        for choice in _choices(value, sizes, spatial_of(got)):
            yield _set(case, f"Set {said(name)} to {written(choice)}", **{name: choice})
            tried += 1
            if tried == MOST_TRIED:
                return


MOST_TRIED = 32
EACH = 8


def _choices(value: object, sizes: tuple[int, ...], places: tuple[int, ...]) -> list[FieldValue]:
    """The nearest other numbers that often fit: divisors, what is there, halves, none at all."""
    if isinstance(value, tuple) and value and all(isinstance(part, int) for part in value):
        return list(_tuples(value, sizes, places))
    if isinstance(value, bool) or not isinstance(value, int):
        return []
    near = sorted({n for size in sizes for n in _divisors(size)} - {value}, key=lambda n: (abs(n - value), n))
    larger = sorted(size for size in sizes if size > value)[:1]
    return list(dict.fromkeys([*near[: EACH - 4], *larger, value // 2, 1, 0]))


def _divisors(size: int) -> list[int]:
    return [n for n in range(1, min(size, 512) + 1) if size % n == 0]


def _nearest(numbers: Iterable[int], to: int) -> int:
    return min(numbers, key=lambda n: (abs(n - to), n))


def _tuples(value: tuple[int, ...], sizes: tuple[int, ...], places: tuple[int, ...]) -> list[tuple[int, ...]]:
    found = []
    for ends in dict.fromkeys((places, sizes[-len(value) :])):
        if len(ends) == len(value):
            pairs = list(zip(value, ends, strict=True))
            found.append(tuple(min(part, size) for part, size in pairs))
            found.append(tuple(max(n for n in _divisors(size) if n <= max(1, part)) for part, size in pairs))
            found.append(tuple(_nearest(_divisors(size), part) for part, size in pairs))
            found.append(tuple(gcd(part, size) for part, size in pairs))
            common = [n for n in _divisors(gcd(*ends)) if n > 1]
            found += [(n,) * len(value) for n in sorted(common, key=lambda n: (abs(n - value[0]), n))[:2]]
    found += [tuple(max(1, part // step) for part in value) for step in (2, 4, 8)]
    found += [value[:count] for count in range(len(value) - 1, 0, -1)]
    found += [tuple(min(part, size) for part in value) for size in sizes]
    other = [choice for choice in dict.fromkeys(found) if choice != value]
    return [*other[: EACH + 2], (1,) * len(value)]
