"""What stands on the wall of heads, in which order, and what is said of one head."""

from __future__ import annotations

from typing import Any

import numpy as np

from explorer.ui.attention import math
from explorer.ui.attention.query import Query, named
from explorer.ui.attention.record import AttentionMaps
from explorer.ui.attention.wall import Row, Tile

Array = np.ndarray[Any, np.dtype[Any]]


def by_layer(maps: AttentionMaps, query: Query, of_matrices: bool) -> list[Row]:
    """Return a row for each layer; the number is the entropy of the query's row, or the mean over all."""
    return [
        Row(tuple(_tiles(maps, query, index, of_matrices, "head ")), f"Layer {index}", name)
        for index, name in enumerate(maps.titles)
    ]


def by_entropy(maps: AttentionMaps, query: Query, of_matrices: bool) -> list[Row]:
    """Return all heads from the one that looks at least to the one that looks at everything."""
    tiles = [
        tile
        for index in range(len(maps.layers))
        for tile in _tiles(maps, query, index, of_matrices, f"L{index} head ")
    ]
    return _wrapped(sorted(tiles, key=lambda tile: float(tile.remark)), maps.heads())


def of_rollouts(maps: AttentionMaps, query: Query, across: int) -> list[Row]:
    """Return the layers multiplied one after the other."""
    tiles = []
    for index, total in enumerate(maps.rollouts):
        share = float(math.entropy(total[query.index(maps, index)]))
        caption = "layer 0" if index == 0 else f"layers 0 to {index}"
        tiles.append(Tile(index, 0, caption, f"{share:.2f}"))
    return _wrapped(tiles, across)


def _tiles(maps: AttentionMaps, query: Query, index: int, of_matrices: bool, caption: str) -> list[Tile]:
    weights = maps.layers[index].weights
    rows = weights if of_matrices else weights[:, query.index(maps, index), None]
    figures = math.entropy(rows).mean(axis=1)
    return [Tile(index, head, f"{caption}{head}", f"{float(e):.2f}") for head, e in enumerate(figures)]


def _wrapped(tiles: list[Tile], across: int) -> list[Row]:
    return [Row(tuple(tiles[i : i + across])) for i in range(0, len(tiles), across)]


def facts(maps: AttentionMaps, query: Query, row: Array, index: int, layer: int = 0) -> list[tuple[str, str]]:
    """Return what is said beside the large head."""
    strongest, grid = int(np.nan_to_num(row).argmax()), maps.grid
    figures = [
        ("Its weight", f"{float(row[strongest]):.3f}"),
        ("Entropy", f"{float(math.entropy(row)):.2f}"),
    ]
    if grid is None:
        asks, looks = named(maps.asking(layer), index), named(maps.asked(layer), strongest)
        return [("Query", asks), ("Strongest key", looks), *figures]
    key = math.cell_of(strongest, len(row), grid)
    asks = "class token" if query.from_class else f"row {query.patch[0]}, column {query.patch[1]}"
    looks = "class token" if key is None else f"row {key[0]}, column {key[1]}"
    found = [("Query patch" if not query.from_class else "Query", asks), ("Strongest key", looks), *figures]
    if maps.has_class_token():
        found.append(("On class token", f"{float(row[0]):.3f}"))
    return found
