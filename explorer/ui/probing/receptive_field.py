"""Where in the input a value looks: the box of a receptive field for one cell."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF

from explorer.graph.catalogue import ReceptiveField


def box_of(
    receptive_field: ReceptiveField, cell: tuple[int, int], size: Sequence[int], picture: Sequence[int]
) -> QRectF | None:
    """Return the pixels that a cell of a map sees, (x, y, width, height), cut at the picture's edge.

    Paddings are not known here, but they are even: the boxes of the first and of the last cell stand
    symmetrically about the picture.

    Args:
        reach: of the map's layer. cell: row and column. size: rows and columns of the map.
        picture: rows and columns of the input.

    """
    if receptive_field.whole:
        return QRectF(0, 0, picture[1], picture[0])
    windows, steps = receptive_field.windows or (1, 1), receptive_field.steps or (1.0, 1.0)
    if len(windows) != 2:
        return None
    ends = []
    for place, cells, pixels, window, step in zip(cell, size, picture, windows, steps, strict=True):
        first = (pixels - ((cells - 1) * step + window)) / 2
        low, high = first + place * step, first + place * step + window
        ends.append((max(0.0, low), min(float(pixels), high)))
    (top, bottom), (left, right) = ends
    return QRectF(left, top, right - left, bottom - top) if right > left and bottom > top else None


def cell_of_token(
    receptive_field: ReceptiveField, token: int, tokens: int, picture: Sequence[int]
) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """Return the cell of a token that stands for a patch, and rows and columns of the patches.

    Tokens before the patches (a class token) have no place in the picture.
    """
    if receptive_field.whole or len(receptive_field.steps) != 2:
        return None
    rows, columns = (int(pixels // step) for pixels, step in zip(picture, receptive_field.steps, strict=True))
    patch = token - (tokens - rows * columns)
    if not 0 <= patch < rows * columns or tokens - rows * columns > 8:
        return None
    return divmod(patch, columns), (rows, columns)


def words_for(receptive_field: ReceptiveField) -> str:
    """Return what the box means."""
    if receptive_field.whole:
        return "This value sees the whole input"
    windows = receptive_field.windows or (1, 1)
    return f"Box: the {windows[0]}×{windows[-1]} pixels this value sees"
