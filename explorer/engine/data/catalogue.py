"""Loads the data sets of the table by their names."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from explorer.engine.data.dataset import Dataset, DatasetProblem
from explorer.training.datasets import DATASETS, DataSet
from explorer.training.table import loaded


def loader_of(row: DataSet) -> Callable[..., Dataset]:
    """The function that makes a data set."""
    found: Callable[..., Dataset] = loaded(row.loader)
    return found


def options_of(row: DataSet) -> dict[str, int | float]:
    """The options `load` takes, with their defaults."""
    return {p.name: p.default for p in inspect.signature(loader_of(row)).parameters.values()}


def load(id_: str, **options: Any) -> Dataset:
    """Load or generate a data set.

    Args:
        id_: A name in the table.
        **options: Those of its loader, e.g. `per_class` and `seed` of a generator.

    Returns:
        The data set; every call makes new arrays.

    Raises:
        UnknownName: If there is no such name.
        DatasetProblem: If an option is unknown, of the wrong type, or out of range.

    """
    row = DATASETS.find(id_)
    known = options_of(row)
    for name, value in options.items():
        if name not in known:
            raise DatasetProblem(f"{id_} has no option {name!r}. {_options_sentence(known)}")
        whole = isinstance(known[name], int)
        if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
            raise DatasetProblem(
                f"{name} of {id_} must be a {'whole ' if whole else ''}number, not {value!r}."
            )
    return loader_of(row)(**options)


def _options_sentence(known: dict[str, int | float]) -> str:
    if not known:
        return "It takes none."
    return "It takes " + ", ".join(f"{name} (default {value})" for name, value in known.items()) + "."
