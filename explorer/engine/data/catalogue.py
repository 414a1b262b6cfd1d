"""The list of data sets: what there is, without loading it, and how to load one by its name."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from explorer.engine.data import digits, mnist, points, shapes, tabular, textures
from explorer.engine.data.dataset import Dataset, DatasetProblem


class UnknownDataset(KeyError):
    """No data set has this name; the message names those that are meant, perhaps."""

    def __str__(self) -> str:
        # a KeyError would show the sentence in quotes
        return str(self.args[0])


@dataclass(frozen=True, slots=True)
class DatasetEntry:
    """One row of the catalogue.

    Attributes:
        id: The name used in designs and on the command line.
        title: The name in menus.
        category: "pictures", "sequences", "points" or "tables".
        task: "classification" or "regression".
        shape: The shape of one input, without the batch axis.
        classes: The names of the classes; with an option that changes their number, those of its default.
        examples: How many there are, the held-out ones included, with default options.
        loader: Makes the data set; its keyword arguments are the options.

    """

    id: str
    title: str
    category: str
    task: str
    shape: tuple[int, ...]
    classes: tuple[str, ...]
    examples: int
    loader: Callable[..., Dataset]

    @property
    def options(self) -> dict[str, int | float]:
        """The options `load` takes, with their defaults."""
        return {p.name: p.default for p in inspect.signature(self.loader).parameters.values()}


_CLASSIFY = "classification"
_TEN = mnist.DIGITS
_SHAPES = tuple(kind.name for kind in shapes.KINDS)
_WINES = ("cultivar 1", "cultivar 2", "cultivar 3")

_ROWS = (
    DatasetEntry(
        "mnist5k", "MNIST, 5,000 digits", "pictures", _CLASSIFY, (1, 28, 28), _TEN, 5000, mnist.mnist5k
    ),
    DatasetEntry(
        "digits8", "Digits of 8×8 pixels", "pictures", _CLASSIFY, (1, 8, 8), _TEN, 1797, digits.digits8
    ),
    DatasetEntry(
        "shapes32",
        "Shapes, colours, textures",
        "pictures",
        _CLASSIFY,
        (3, 32, 32),
        _SHAPES,
        3000,
        shapes.shapes32,
    ),
    DatasetEntry(
        "textures",
        "Brick, grass, gravel",
        "pictures",
        _CLASSIFY,
        (1, 32, 32),
        textures.PHOTOS,
        2250,
        textures.textures,
    ),
    DatasetEntry(
        "digits_rows", "MNIST, row by row", "sequences", _CLASSIFY, (28, 28), _TEN, 5000, digits.digits_rows
    ),
    DatasetEntry("spirals", "Spirals", "points", _CLASSIFY, (2,), ("arm 1", "arm 2"), 600, points.spirals),
    DatasetEntry(
        "circles", "Ring in a ring", "points", _CLASSIFY, (2,), ("inner", "outer"), 600, points.circles
    ),
    DatasetEntry("moons", "Two moons", "points", _CLASSIFY, (2,), ("upper", "lower"), 600, points.moons),
    DatasetEntry(
        "blobs",
        "Groups of points",
        "points",
        _CLASSIFY,
        (2,),
        ("group 1", "group 2", "group 3"),
        900,
        points.blobs,
    ),
    DatasetEntry(
        "iris",
        "Iris flowers",
        "tables",
        _CLASSIFY,
        (4,),
        ("setosa", "versicolor", "virginica"),
        150,
        tabular.iris,
    ),
    DatasetEntry("wine", "Wines", "tables", _CLASSIFY, (13,), _WINES, 178, tabular.wine),
)

DATASETS: dict[str, DatasetEntry] = {row.id: row for row in _ROWS}


def load(id_: str, **options: Any) -> Dataset:
    """Load or generate a data set.

    Args:
        id_: A name in `DATASETS`.
        **options: Those of the entry, e.g. `per_class` and `seed` of a generator.

    Returns:
        The data set; every call makes new arrays.

    Raises:
        UnknownDataset: If there is no such name.
        DatasetProblem: If an option is unknown, of the wrong type, or out of range.

    """
    entry = find(id_)
    known = entry.options
    for name, value in options.items():
        if name not in known:
            raise DatasetProblem(f"{id_} has no option {name!r}. {_options_sentence(known)}")
        whole = isinstance(known[name], int)
        if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
            raise DatasetProblem(
                f"{name} of {id_} must be a {'whole ' if whole else ''}number, not {value!r}."
            )
    return entry.loader(**options)


def find(id_: str) -> DatasetEntry:
    """Return the entry of a data set.

    Raises:
        UnknownDataset: If there is no such name.

    """
    if id_ in DATASETS:
        return DATASETS[id_]
    close = difflib.get_close_matches(id_, DATASETS, n=3, cutoff=0.5)
    hint = f"Did you mean {' or '.join(close)}?" if close else f"There are {', '.join(DATASETS)}."
    raise UnknownDataset(f"No data set is called {id_!r}. {hint}")


def _options_sentence(known: dict[str, int | float]) -> str:
    if not known:
        return "It takes none."
    return "It takes " + ", ".join(f"{name} (default {value})" for name, value in known.items()) + "."
