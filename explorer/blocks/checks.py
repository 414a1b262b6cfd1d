"""What blocks demand of their inputs; every refusal is a sentence with the numbers in it."""

from __future__ import annotations

from explorer.graph.catalogue import ShapeError
from explorer.graph.tensor import Tensor

DIMS = {("C", "T"): 1, ("C", "H", "W"): 2, ("C", "T", "H", "W"): 3}
"""Number of sliding axes of the layouts that have channels."""
LAYOUT = {1: ("C", "T"), 2: ("C", "H", "W"), 3: ("C", "T", "H", "W")}
WORDS = {1: "a signal C × T", 2: "maps C × H × W", 3: "a video C × T × H × W"}
_KINDS = {"int": "ids", "bool": "a mask"}


def wants(tensor: Tensor, *axes: str, words: str, port: str = "x") -> None:
    """Raise `ShapeError` unless the tensor has exactly these axes; `words` says what is needed.

    `words` completes “fc1 needs …”, e.g. `one axis D`.
    """
    if tensor.axes != axes:
        raise ShapeError(
            f"needs {words}, but {{source}} sends {tensor.spelled}.",
            code="axes",
            port=port,
            wants=" × ".join(axes),
        )


def wants_float(tensor: Tensor, port: str = "x") -> None:
    """Raise `ShapeError` for ids and masks where numbers are computed with."""
    if tensor.dtype != "float":
        raise ShapeError(
            f"needs numbers to compute with, but {{source}} sends {_KINDS[tensor.dtype]} ({tensor.spelled}).",
            code="dtype",
            port=port,
            wants="float",
        )


def sliding_axes(x: Tensor, *, vectors: bool = False) -> int:
    """Number of axes after the channels; raises `ShapeError` where there are no channels.

    With `vectors`, a plain D counts as channels without any place.
    """
    wants_float(x)
    if vectors and x.axes == ("D",):
        return 0
    if x.axes not in DIMS:
        also = "one axis D, or " if vectors else ""
        raise ShapeError(
            f"needs {also}channels with places (C × T, C × H × W, C × T × H × W), "
            f"but {{source}} sends {x.spelled}.",
            code="axes",
            wants="C × H × W",
        )
    return DIMS[x.axes]


def check_map(x: Tensor, dims: int) -> None:
    """Raise `ShapeError` unless `x` is a map with `dims` sliding axes."""
    wants_float(x)
    wants(x, *LAYOUT[dims], words=WORDS[dims])


def check_groups(channels: int, filters: int, groups: int) -> None:
    """Raise `ShapeError` unless the groups divide both channel counts."""
    for count, words in ((channels, "the {} channels that arrive"), (filters, "its {} filters")):
        if count % groups:
            raise ShapeError(
                f"has {groups} groups, and {groups} does not divide {words.format(count)}.", code="groups"
            )


def check_sequence(x: Tensor, port: str = "x") -> None:
    """Raise `ShapeError` unless `x` is a sequence of vectors."""
    wants_float(x, port)
    wants(x, "T", "D", words="a sequence T × D", port=port)


def check_heads(width: int, heads: int, port: str = "x") -> None:
    """Raise `ShapeError` unless the heads divide the width."""
    if width % heads:
        raise ShapeError(
            f"has {heads} heads, and {heads} does not divide the width {width} that {{source}} sends.",
            code="heads",
            port=port,
        )
