"""Data sets: what comes with the program, without loading any of it.

A data set is one row here and the loader it names.
"""

from __future__ import annotations

from dataclasses import dataclass

from explorer import extensions
from explorer.training.table import Table

_DIGITS = tuple("0123456789")
_SHAPES = (
    "warm plain disc",
    "warm striped disc",
    "cold plain disc",
    "cold striped disc",
    "warm plain square",
    "warm striped square",
    "cold plain square",
    "cold striped square",
    "warm triangle",
    "cold triangle",
)


@dataclass(frozen=True)
class DataSet:
    """A data set.

    Attributes:
        id: the name in designs and on the command line. title: the name in menus.
        category: pictures, sequences, points or tables. task: id of the task its targets are for.
        shape: of one input, without the batch. classes: their names, empty where numbers are predicted.
        examples: how many there are, those held out included, with default options.
        loader: makes it, as `package.module:function`; its keyword arguments are the options.
        target: shape of one target where it is not one class.

    """

    id: str
    title: str
    category: str
    task: str
    shape: tuple[int, ...]
    classes: tuple[str, ...]
    examples: int
    loader: str
    target: tuple[int, ...] = ()


def _row(id_: str, title: str, category: str, shape: tuple[int, ...], *rest: object) -> DataSet:
    classes, examples, loader = rest
    where = f"explorer.engine.data.{loader}"
    return DataSet(id_, title, category, "classification", shape, classes, examples, where)  # type: ignore[arg-type]


def _drawn(
    id_: str,
    title: str,
    category: str,
    shape: tuple[int, ...],
    examples: int,
    loader: str,
    target: tuple[int, ...],
) -> DataSet:
    """A data set whose answers are pictures."""
    where = f"explorer.engine.data.{loader}"
    return DataSet(id_, title, category, "pictures", shape, (), examples, where, target)


_OWN: Table[DataSet] = Table(
    "data set",
    _row("mnist5k", "MNIST, 5,000 digits", "pictures", (1, 28, 28), _DIGITS, 5000, "mnist:mnist5k"),
    _row("digits8", "Digits of 8×8 pixels", "pictures", (1, 8, 8), _DIGITS, 1797, "digits:digits8"),
    _row("shapes32", "Shapes, colours, textures", "pictures", (3, 32, 32), _SHAPES, 3000, "shapes:shapes32"),
    _row(
        "textures",
        "Brick, grass, gravel",
        "pictures",
        (1, 32, 32),
        ("brick", "grass", "gravel"),
        2250,
        "textures:textures",
    ),
    _row(
        "digits_turned",
        "MNIST, turned",
        "pictures",
        (1, 28, 28),
        _DIGITS,
        5000,
        "turned_digits:digits_turned",
    ),
    _drawn(
        "digits_rebuilt",
        "MNIST, to be rebuilt",
        "pictures",
        (1, 28, 28),
        5000,
        "mnist:digits_rebuilt",
        (1, 28, 28),
    ),
    _drawn(
        "photo_crops",
        "Photographs, halved",
        "pictures",
        (3, 32, 32),
        1000,
        "photo_crops:photo_crops",
        (3, 64, 64),
    ),
    DataSet(
        "scenes",
        "Shapes in scenes",
        "pictures",
        "segmentation",
        (3, 64, 64),
        ("ground", "disc", "square", "triangle"),
        1000,
        "explorer.engine.data.scenes:scenes",
        (64, 64),
    ),
    _row("digits_rows", "MNIST, row by row", "sequences", (28, 28), _DIGITS, 5000, "digits:digits_rows"),
    _row(
        "delay", "A marked signal, long ago", "sequences", (40, 5), ("A", "B", "C", "D"), 3000, "delay:delay"
    ),
    _drawn(
        "digits_moving",
        "Moving digits, next frame",
        "sequences",
        (8, 1, 28, 28),
        1250,
        "moving_digits:digits_moving",
        (1, 28, 28),
    ),
    _row("spirals", "Spirals", "points", (2,), ("arm 1", "arm 2"), 600, "points:spirals"),
    _row("circles", "Ring in a ring", "points", (2,), ("inner", "outer"), 600, "points:circles"),
    _row("moons", "Two moons", "points", (2,), ("upper", "lower"), 600, "points:moons"),
    _row("blobs", "Groups of points", "points", (2,), ("group 1", "group 2", "group 3"), 900, "points:blobs"),
    _row("iris", "Iris flowers", "tables", (4,), ("setosa", "versicolor", "virginica"), 150, "tabular:iris"),
    _row("wine", "Wines", "tables", (13,), ("cultivar 1", "cultivar 2", "cultivar 3"), 178, "tabular:wine"),
)

DATASETS: Table[DataSet] = Table("data set", *_OWN.values(), *extensions.rows("datasets", DataSet, _OWN))
"""Those that come with the program, and those of extensions."""
