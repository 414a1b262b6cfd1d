"""Repairs that put a block into the wire at fault."""

from __future__ import annotations

from collections.abc import Iterator
from math import isqrt

from explorer.graph.edits import SetField
from explorer.graph.model import Edge, FieldValue
from explorer.graph.repairs.case import Case, Proposal, arriving, fields_of, inserted
from explorer.graph.tensor import Tensor


def flatten(case: Case) -> Iterator[Proposal]:
    """Where one axis is wanted: all values one after the other."""
    if case.problem.wants == "D":
        yield from inserted(case, "Insert Flatten", ("flatten", {}))


def global_pool(case: Case) -> Iterator[Proposal]:
    """Where one axis is wanted and maps come: fewer values instead of all."""
    got = case.problem.got
    if case.problem.wants == "D" and got is not None and "C" in got.axes:
        yield from inserted(case, "Insert global average pool", ("global_pool", {}))
        yield from inserted(case, "Insert pool 2×2 and Flatten", ("max_pool", {"kernel": 2}), ("flatten", {}))


def tokens(case: Case) -> Iterator[Proposal]:
    """Between maps, sequences and vectors."""
    got, wants = case.problem.got, case.problem.wants
    if got is None:
        return
    if wants == "T × D" and got.axes == ("C", "H", "W"):
        yield from inserted(case, "Insert Patch embedding", ("patch_embedding", {"patch": _patch(got.shape)}))
        if got.shape[0] == 1:
            yield from inserted(
                case, "Read the rows as a sequence", ("reshape", {"shape": got.shape[1:], "axes": "TD"})
            )
        else:
            yield from inserted(
                case,
                "Reshape to one token per place",
                ("reshape", {"shape": (got.shape[0], got.size // got.shape[0]), "axes": "CT"}),
                ("permute", {"order": (1, 0), "axes": "TD"}),
            )
    yield from permuted(case, got, tuple(wants.split(" × ")))
    if wants == "C × H × W" and got.axes == ("T", "D"):  # where channels with any places are taken
        yield from permuted(case, got, ("C", "T"))
    if wants == "C × H × W" and got.axes == ("D",):
        for channels in (1, 3):
            side = isqrt(got.size // channels)
            if side > 1 and channels * side * side == got.size:
                size = (channels, side, side)
                title = f"Insert Reshape to maps {channels}×{side}×{side}"
                yield from inserted(case, title, ("reshape", {"shape": size, "axes": "CHW"}))
        yield from inserted(
            case, "Insert Reshape to maps 1×1", ("reshape", {"shape": (got.shape[0], 1, 1), "axes": "CHW"})
        )
    if got.dtype == "int":
        yield from inserted(case, "Insert Embedding", ("embedding", {}))


def permuted(case: Case, got: Tensor, wants: tuple[str, ...]) -> Iterator[Proposal]:
    """The same axes in another order; features and channels are the same thing, first or last."""
    names = ["C" if axis == "D" else axis for axis in got.axes]
    order = [
        names.index(letter) for letter in ("C" if axis == "D" else axis for axis in wants) if letter in names
    ]
    if len(order) != len(names) or len(set(order)) != len(order) or len(wants) != len(names):
        return
    if order == sorted(order):
        return
    what = ""
    if "D" in got.axes and "C" in wants:
        what = " (features become channels)"
    elif "C" in got.axes and "D" in wants:
        what = " (channels become features)"
    title = f"Insert Permute to {'×'.join(wants)}{what}" if len(wants) > 2 else f"Insert Permute{what}"
    yield from inserted(case, title, ("permute", {"order": tuple(order), "axes": "".join(wants)}))


def _patch(shape: tuple[int, ...]) -> int:
    sizes = [n for n in (4, 7, 8, 14, 16, 2) if shape[1] % n == 0 and shape[2] % n == 0]
    return sizes[0] if sizes else 1


def equal_shapes(case: Case) -> Iterator[Proposal]:
    """Joins of unequal shapes: project the odd one out to the other's channels and size."""
    given = [(e, t) for e, t in arriving(case) if t is not None]
    if len(given) < 2 or case.wire is None:
        return
    odd = next((t for e, t in given if e == case.wire), None)
    like = next((t for e, t in given if e != case.wire), None)
    if odd is None or like is None or odd.axes != like.axes:
        return
    other = next(e for e, _ in given if e != case.wire)
    if odd.axes == ("C", "H", "W"):
        shrinks = odd.shape[1] * odd.shape[2] >= like.shape[1] * like.shape[2]
        yield from _fitted(case, case.wire, odd, like, grows=not shrinks)
        # the other way round: what is enlarged keeps what the other branch has found
        yield from _fitted(case, other, like, odd, grows=shrinks)
    elif odd.axes[-1:] == ("D",) and odd.shape[:-1] == like.shape[:-1]:
        yield from inserted(
            case, f"Insert Linear to {like.shape[-1]}", ("linear", {"features": like.shape[-1]})
        )
    if "broadcast" in fields_of(case):
        yield "Broadcast axes of size 1", "", SetField(case.node.id, "broadcast", True, case.scope)


def _fitted(case: Case, wire: Edge, has: Tensor, like: Tensor, *, grows: bool) -> Iterator[Proposal]:
    """Bring the maps of one wire to the channels and size of others."""
    size, filters = like.shape[1:], like.shape[0]
    at = "" if wire == case.wire else f" after {wire.src}"
    project: tuple[str, dict[str, FieldValue]] = ("pointwise_conv2d", {"filters": filters})
    if grows and size != has.shape[1:]:
        resize: tuple[str, dict[str, FieldValue]] = ("resize", {"size": size})
        steps = (resize,) if has.shape[0] == filters else (resize, project)
        also = "" if has.shape[0] == filters else " and 1×1 projection"
        yield from inserted(case, f"Resize to {size[0]}×{size[1]}{also}{at}", *steps, at=wire)
        return
    step = tuple(max(1, round(a / b)) for a, b in zip(has.shape[1:], size, strict=True))
    fields: dict[str, FieldValue] = {"filters": filters}
    if step != (1, 1):
        fields["stride"] = step
    yield from inserted(case, f"Insert 1×1 projection{at}", ("pointwise_conv2d", fields), at=wire)
    if size != has.shape[1:]:
        pool: tuple[str, dict[str, FieldValue]] = ("adaptive_pool", {"size": size})
        if has.shape[0] == filters:
            yield from inserted(case, f"Insert adaptive pool to {size[0]}×{size[1]}{at}", pool, at=wire)
        else:
            yield from inserted(case, f"Insert adaptive pool and 1×1 projection{at}", pool, project, at=wire)


def larger(case: Case) -> Iterator[Proposal]:
    """Maps too small for what is done with them: resize them first, by as little as helps."""
    got = case.problem.got
    if got is None or got.axes != ("C", "H", "W"):
        return
    for factor in (2, 4, 8, 16, 32, 64):
        size = tuple(n * factor for n in got.shape[1:])
        if max(size) <= MOST_SIDE:
            yield from inserted(case, f"Resize to {size[0]}×{size[1]}", ("resize", {"size": size}))


def rounded(case: Case) -> Iterator[Proposal]:
    """Channels or sides that a number does not divide: project or pad to the next that it does."""
    got = case.problem.got
    if got is None or got.axes != ("C", "H", "W"):
        return
    channels, height, width = got.shape
    for step in (2, 4, 8, 16, 32):
        if channels % step:
            filters = -(-channels // step) * step
            yield from inserted(
                case, f"Insert 1×1 projection to {filters}", ("pointwise_conv2d", {"filters": filters})
            )
    for step in (2, 4, 7, 8, 14, 16, 32):
        size = (-(-height // step) * step, -(-width // step) * step)
        if size != (height, width) and max(size) <= MOST_SIDE:
            yield from inserted(case, f"Resize to {size[0]}×{size[1]}", ("resize", {"size": size}))


MOST_SIDE = 1024
