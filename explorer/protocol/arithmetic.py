"""How one value of a layer comes about: what is taken, what it is multiplied with, what that adds up to."""

from __future__ import annotations

import msgspec
import numpy as np

from explorer.protocol.base_event import BaseEvent


class Share(msgspec.Struct, frozen=True):
    """What one part of the input gives to the value: an input map under a filter, or one input number.

    Attributes:
        name: of the part, such as `map 2`. adds: what it adds, the sum of its products.
        window: the values that are looked at, float32 (rows, columns). weights: what each is multiplied with;
            None where nothing is. chosen: the cell that is taken alone, of a maximum.

    """

    name: str
    adds: float
    window: np.ndarray
    weights: np.ndarray | None = None
    chosen: tuple[int, int] | None = None


class ArithmeticSet(BaseEvent, frozen=True):
    """One value of one layer, taken apart.

    Attributes:
        address: of the layer. place: index of the value in its output, without the batch.
        kind: `sum` of products, `choice` of one value, `mean`, `function` of what arrives at one place,
            `share` of a sum, `gates` of a cell, `copy` of one value.
        words: a sentence about it. shares: the parts that give most, in their order; `others` more add
            `others_add` together. bias: what is added at the end, None where nothing is.
        formula: with this input's numbers. value: of the live layer. worked_out: the same from the numbers
            above, in double precision. exact: whether both agree to float32's precision.
        output: the map that the value lies in, and its `cell` there.

    """

    address: str
    place: tuple[int, ...]
    kind: str
    words: str
    shares: tuple[Share, ...]
    others: int
    others_add: float
    bias: float | None
    formula: str
    value: float
    worked_out: float
    exact: bool
    shape: tuple[int, ...]
    output: np.ndarray
    cell: tuple[int, int]
    step: int = 0
