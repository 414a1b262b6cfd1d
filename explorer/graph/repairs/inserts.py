"""Repairs that put a block into the wire at fault."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.graph.edits import SetField
from explorer.graph.model import FieldValue
from explorer.graph.repairs.case import Case, Proposal, arriving, fields_of, inserted


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
                "Reshape to one token each place",
                ("reshape", {"shape": (got.shape[0], got.size // got.shape[0]), "axes": "CT"}),
                ("permute", {"order": (1, 0), "axes": "TD"}),
            )
    if wants == "C × T" and got.axes == ("T", "D"):
        yield from inserted(
            case, "Insert Permute (features become channels)", ("permute", {"order": (1, 0), "axes": "CT"})
        )
    if wants == "T × D" and got.axes == ("C", "T"):
        yield from inserted(
            case, "Insert Permute (channels become features)", ("permute", {"order": (1, 0), "axes": "TD"})
        )
    if wants == "C × H × W" and got.axes == ("D",):
        yield from inserted(
            case, "Insert Reshape to maps 1×1", ("reshape", {"shape": (got.shape[0], 1, 1), "axes": "CHW"})
        )
    if got.dtype == "int":
        yield from inserted(case, "Insert Embedding", ("embedding", {}))


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
    if odd.axes == ("C", "H", "W"):
        step = (max(1, round(odd.shape[1] / like.shape[1])), max(1, round(odd.shape[2] / like.shape[2])))
        fields: dict[str, FieldValue] = {"filters": like.shape[0]}
        if step != (1, 1):
            fields["stride"] = step
        yield from inserted(case, "Insert 1×1 projection", ("pointwise_conv2d", fields))
        size = like.shape[1:]
        if odd.shape[0] == like.shape[0]:
            yield from inserted(
                case, f"Insert adaptive pool to {size[0]}×{size[1]}", ("adaptive_pool", {"size": size})
            )
            yield from inserted(case, f"Resize to {size[0]}×{size[1]}", ("resize", {"size": size}))
        else:
            yield from inserted(
                case,
                "Insert adaptive pool and 1×1 projection",
                ("adaptive_pool", {"size": size}),
                ("pointwise_conv2d", {"filters": like.shape[0]}),
            )
    elif odd.axes[-1:] == ("D",) and odd.shape[:-1] == like.shape[:-1]:
        yield from inserted(
            case, f"Insert Linear to {like.shape[-1]}", ("linear", {"features": like.shape[-1]})
        )
    if "broadcast" in fields_of(case):
        yield "Let axes of size 1 stretch", "", SetField(case.node.id, "broadcast", True, case.scope)


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
