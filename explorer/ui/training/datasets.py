"""The data sets that come with the program, as the window needs to know them.

The engine's own table says the same (a test compares them); it cannot be read here, because the
window never imports the engine.
"""

from __future__ import annotations

from typing import NamedTuple


class DatasetRow(NamedTuple):
    """A data set: id, title, input shape, number of classes and of examples."""

    id: str
    title: str
    shape: tuple[int, ...]
    classes: int
    examples: int


DATASETS: tuple[DatasetRow, ...] = (
    DatasetRow("mnist5k", "MNIST, 5,000 digits", (1, 28, 28), 10, 5000),
    DatasetRow("digits8", "Digits of 8×8 pixels", (1, 8, 8), 10, 1797),
    DatasetRow("shapes32", "Shapes, colours, textures", (3, 32, 32), 10, 3000),
    DatasetRow("textures", "Brick, grass, gravel", (1, 32, 32), 3, 2250),
    DatasetRow("digits_rows", "MNIST, row by row", (28, 28), 10, 5000),
    DatasetRow("spirals", "Spirals", (2,), 2, 600),
    DatasetRow("circles", "Ring in a ring", (2,), 2, 600),
    DatasetRow("moons", "Two moons", (2,), 2, 600),
    DatasetRow("blobs", "Groups of points", (2,), 3, 900),
    DatasetRow("iris", "Iris flowers", (4,), 3, 150),
    DatasetRow("wine", "Wines", (13,), 3, 178),
)


def find(id_: str) -> DatasetRow | None:
    """Return the row of a data set, None for one that does not come with the program."""
    return next((row for row in DATASETS if row.id == id_), None)
