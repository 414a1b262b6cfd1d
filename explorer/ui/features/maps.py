"""What one layer gives for one input, and the figures and orders a view needs of it. Pure numpy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from explorer import words
from explorer.meaning import scales

Array = np.ndarray[Any, np.dtype[Any]]
Form = Literal["maps", "sequence", "vector"]
Order = Literal["strongest", "variance", "likeness", "number"]


@dataclass(frozen=True, eq=False)
class FeatureMaps:
    """Values of a layer in the form in which they are drawn.

    Attributes:
        address: of the layer. form: which drawing suits it.
        values: float32 C×H×W maps, T×D sequence, or N numbers.
        total: how many channels (or numbers) the layer has, when not all were sent.
        remark: what is shown of a film, otherwise empty.

    """

    address: str
    form: Form
    values: Array
    total: int
    remark: str = ""

    @property
    def channels(self) -> int:
        """How many channels, rows or units can be chosen."""
        return len(self.values)

    def channel(self, index: int) -> Array:
        """Return one map, one row of a sequence, or all numbers of a vector."""
        row: Array = self.values if self.form == "vector" else self.values[index]
        return row


def read(address: str, values: Array, channels: int, axes: Sequence[str]) -> FeatureMaps:
    """Return the values of a layer in the form in which they are drawn."""
    array, letters = np.asarray(values, dtype=np.float32), tuple(axes)
    if array.ndim == 4:
        middle = array.shape[1] // 2
        remark = f"frame {middle} of {array.shape[1]}"
        return FeatureMaps(address, "maps", array[:, middle], channels, remark)
    if array.ndim == 3:
        return FeatureMaps(address, "maps", array, channels)
    if array.ndim == 2:
        # C×T is drawn like T×D: time runs across, so that rows are what can be chosen
        remark = "time runs across" if letters[:1] == ("C",) else ""
        return FeatureMaps(address, "sequence", array, channels, remark)
    return FeatureMaps(address, "vector", array.reshape(-1), max(channels, array.size))


def finite(values: Array) -> Array:
    """Return the finite values as one row, a single 0 when there is none."""
    found: Array = values[np.isfinite(values)]
    return found if found.size else np.zeros(1, dtype=np.float32)


def is_dead(values: Array) -> bool:
    """Return whether a channel is zero everywhere."""
    return not values.any() and not np.isnan(values).any()


def zero_share(values: Array) -> float:
    """Return the share of values that are exactly zero."""
    return float((values == 0).mean()) if values.size else 0.0


def without_zeros(values: Array) -> tuple[Array, bool]:
    """Return what a histogram counts: zeros would dwarf all else behind a ReLU, so they are left out."""
    share = zero_share(values)
    return (values[values != 0], True) if 0.2 < share < 1 else (values.reshape(-1), False)


def remark_on(channel: Array) -> str:
    """Return what stands under a map: its largest value, or what is wrong with it."""
    if np.isnan(channel).any():
        return "NaN"
    return "dead" if is_dead(channel) else words.number(float(finite(channel).max()), 2)


def ranges(maps: FeatureMaps, own: bool) -> list[tuple[float, float]]:
    """Return the limits of each map's colours: its own, or one scale for all. Zero is always inside."""
    if own:
        signed = map_of(maps) == scales.colour_map("signed")
        return [_about_zero(channel) if signed else _range(channel) for channel in maps.values]
    return [_range(maps.values)] * maps.channels


def _about_zero(values: Array) -> tuple[float, float]:
    """Limits of a map among signed ones: white is zero in it too, when it has no negative values itself."""
    bound = float(np.abs(finite(values)).max()) or 1.0
    return -bound, bound


def _range(values: Array) -> tuple[float, float]:
    known = finite(values)
    return scales.ends(float(known.min()), float(known.max()))


def map_of(maps: FeatureMaps) -> str:
    """Return the colour map of a layer: red–blue round zero as soon as one value is negative."""
    known = finite(maps.values)
    return scales.colour_map(scales.use_of(float(known.min()), float(known.max())))


def holds(maps: FeatureMaps, channel: int, cell: tuple[int, int]) -> bool:
    """Return whether a channel and a cell (row and column, or row and feature, or unit) are there."""
    if not 0 <= channel < maps.channels or min(cell) < 0:
        return False
    if maps.form == "vector":
        return cell[0] < maps.channels
    rows, columns = maps.values.shape[-2:]
    return bool(cell[0] < rows and cell[1] < columns)


def order(maps: FeatureMaps, by: Order) -> list[int]:
    """Return the channels in the order in which they stand."""
    rows = np.nan_to_num(maps.values.reshape(maps.channels, -1).astype(np.float64))
    if by == "strongest":
        return _falling(rows.max(axis=1))
    if by == "variance":
        return _falling(rows.var(axis=1) if rows.shape[1] > 1 else np.abs(rows[:, 0]))
    if by == "likeness":
        return _chain(rows)
    return list(range(maps.channels))


def _falling(keys: Array) -> list[int]:
    return [int(i) for i in np.argsort(-keys, kind="stable")]


def _chain(rows: Array) -> list[int]:
    """Begin with the strongest; the next is always the one most like the last, flat ones come at the end."""
    centred = rows - rows.mean(axis=1, keepdims=True)
    lengths = np.linalg.norm(centred, axis=1)
    unit = centred / np.where(lengths > 0, lengths, 1.0)[:, None]
    alike = unit @ unit.T
    left = {int(i) for i in np.flatnonzero(lengths > 0)}
    flat = [int(i) for i in np.flatnonzero(lengths <= 0)]
    if not left:
        return flat
    chain = [max(left, key=lambda i: (rows[i].max(), -i))]
    left.discard(chain[0])
    while left:
        chain.append(max(left, key=lambda i: (alike[chain[-1], i], -i)))
        left.discard(chain[-1])
    return chain + flat


def headline(maps: FeatureMaps, own: bool) -> str:
    """Return the line of facts: how many maps of what size, on which scale, how many dead or NaN."""
    sizes = words.shape(maps.values.shape[1:])
    if maps.form == "vector":
        parts = [words.plural(maps.total, "number")]
    elif maps.form == "sequence":
        parts = [f"{words.shape(maps.values.shape)}, a row each"]
    else:
        shown = words.plural(maps.total, "map")
        if maps.total > maps.channels:
            shown = f"the first {maps.channels} of {shown}"
        parts = [f"{shown} of {sizes}"]
    if maps.remark:
        parts.append(maps.remark)
    if own and maps.form == "maps":
        parts.append("own scale each")
    else:
        low, high = _range(maps.values)
        parts.append(f"one scale {words.number(low, 2)} … {words.number(high, 2)}")
    return " · ".join([*parts, *_troubles(maps)])


def _troubles(maps: FeatureMaps) -> list[str]:
    if maps.form == "vector":
        dead = int((maps.values == 0).sum())
        broken = int(np.isnan(maps.values).sum())
        found = [f"{words.count(dead)} at zero"] if dead else []
        return found + ([f"{words.count(broken)} NaN"] if broken else [])
    rows = maps.values.reshape(maps.channels, -1)
    broken = int(np.isnan(rows).any(axis=1).sum())
    dead = int((~rows.any(axis=1)).sum())
    found = [f"{dead} dead"] if dead else []
    return found + ([f"{broken} with NaN"] if broken else [])


def strongest_cell(channel: Array) -> tuple[int, int]:
    """Return row and column of the largest value of a map."""
    known = np.where(np.isfinite(channel), channel, -np.inf)
    row, column = divmod(int(known.argmax()), channel.shape[-1])
    return row, column
