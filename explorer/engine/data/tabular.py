"""Small tables of measurements, standardised: what a network without pictures is tried on."""

from __future__ import annotations

import csv

import numpy as np

from explorer import resources
from explorer.engine.data.dataset import Dataset, balanced_order

_ORDER_SEED = 20260


def iris() -> Dataset:
    """Return Fisher's irises: 4 lengths in cm, standardised, of 3 species.

    Returns:
        Inputs (150, 4): mean 0 and standard deviation 1 over the training part; 30 held out.

    """
    source = "R. A. Fisher 1936, UCI repository, as in the scikit-learn package"
    return _read("iris", "Iris flowers", held_out_per_class=10, source=source)


def wine() -> Dataset:
    """Return 13 chemical measures of wines from 3 cultivars, standardised.

    Returns:
        Inputs (178, 13): mean 0 and standard deviation 1 over the training part; 36 held out.

    """
    source = "M. Forina and others 1988, UCI repository, as in the scikit-learn package"
    return _read("wine", "Wines", held_out_per_class=12, source=source)


def columns(id_: str) -> tuple[str, ...]:
    """Return the names of the measures of a table, in the order of its inputs."""
    with resources.path("data", f"{id_}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(next(csv.reader(file))[:-1])


def _read(id_: str, title: str, held_out_per_class: int, source: str) -> Dataset:
    """Read a CSV file whose last column is the class, and shuffle it with a fixed seed."""
    with resources.path("data", f"{id_}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[1:]
    classes = tuple(sorted({row[-1] for row in rows}))
    labels = np.array([classes.index(row[-1]) for row in rows], dtype=np.int64)
    values = np.array([row[:-1] for row in rows], dtype=np.float64)
    order = balanced_order(labels, held_out_per_class, np.random.default_rng(_ORDER_SEED))
    values, labels = values[order], labels[order]
    held_out = held_out_per_class * len(classes)
    # the held-out part must not tell the training its mean
    training = values[:-held_out]
    standard = (values - training.mean(axis=0)) / training.std(axis=0)
    return Dataset(
        id=id_,
        title=title,
        inputs=standard.astype(np.float32),
        targets=labels,
        classes=classes,
        axes=("D",),
        held_out=held_out,
        licence="CC BY 4.0",
        source=source,
    )
