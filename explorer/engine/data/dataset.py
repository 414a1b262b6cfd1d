"""A data set in memory, and how it is cut into a training and a validation part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from explorer.training.datasets import DataSet

Array = npt.NDArray[Any]
Indices = npt.NDArray[np.int64]

#: Share of the examples that validates when a data set has no held-out part of its own.
DEFAULT_VALIDATION = 0.2


PICTURE = 3
"""Axes of a target that is a picture: channels, rows, columns."""


class DatasetProblem(ValueError):
    """A data set cannot be made or cut as asked; the message is a sentence for the user."""


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """Examples with their targets.

    Attributes:
        id: The name in the catalogue.
        title: The name in menus.
        inputs: float32 (N, *shape).
        targets: int64 (N,) class numbers, or (N, H, W) one for each place of a picture; or float32 (N,) or
            (N, …) values for a regression.
        classes: The names of the classes; empty for a regression.
        axes: One letter for each axis of an input, e.g. ("C", "H", "W").
        held_out: How many examples at the end are for validation only.
        licence: The licence of the data.
        source: Who made the data, and where they come from.

    """

    id: str
    title: str
    inputs: Array
    targets: Array
    classes: tuple[str, ...]
    axes: tuple[str, ...]
    held_out: int
    licence: str
    source: str

    def __post_init__(self) -> None:
        if self.inputs.dtype != np.float32 or self.inputs.ndim != 1 + len(self.axes):
            raise DatasetProblem(
                f"{self.id}: the inputs must be float32 with axes (N, {', '.join(self.axes)})."
            )
        if len(self.inputs) != len(self.targets):
            raise DatasetProblem(f"{self.id}: {len(self.inputs)} inputs, but {len(self.targets)} targets.")
        if self.targets.dtype != (np.int64 if self.classes else np.float32):
            raise DatasetProblem(f"{self.id}: targets are int64 class numbers or float32 values.")
        if self.classes and not np.isin(self.targets, np.arange(len(self.classes))).all():
            raise DatasetProblem(f"{self.id}: every target must be the number of one of the classes.")
        if not 0 <= self.held_out < len(self.inputs):
            raise DatasetProblem(f"{self.id}: the held-out part must leave examples to train on.")

    def __len__(self) -> int:
        return len(self.inputs)

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one input, without the batch axis."""
        return tuple(self.inputs.shape[1:])

    @property
    def row(self) -> DataSet:
        """What the tables need to know of it; of data that stand in no table, too."""
        target = tuple(self.targets.shape[1:])
        if self.classes:
            task = "segmentation" if target else "classification"
        else:
            task = "pictures" if len(target) == PICTURE else "regression"
        return DataSet(self.id, self.title, "", task, self.shape, self.classes, len(self.inputs), "", target)

    def split(self, validation: float | None = None, seed: int = 0) -> tuple[Indices, Indices]:
        """Return the indices to train on and those to validate on.

        Args:
            validation: The share of all examples that validates, drawn at random and from every class
                alike. None takes the held-out end instead, or a fifth where there is none.
            seed: Of the draw; the held-out end does not depend on it.

        Returns:
            Two int64 arrays in ascending order that share no example and together hold all.

        Raises:
            DatasetProblem: If one of the parts would be empty.

        """
        everything = np.arange(len(self), dtype=np.int64)
        if validation is None and self.held_out:
            return everything[: -self.held_out], everything[-self.held_out :]
        share = DEFAULT_VALIDATION if validation is None else validation
        if not 0.0 < share < 1.0:
            raise DatasetProblem(
                f"The validation share is {share:g}; choose one between 0 and 1, such as 0.2."
            )
        is_validation = np.zeros(len(self), dtype=np.bool_)
        is_validation[self._draw(share, np.random.default_rng(seed))] = True
        if not is_validation.any() or is_validation.all():
            raise DatasetProblem(
                f"A validation share of {share:g} leaves one part of the {len(self)} examples empty. "
                "Choose one nearer to 0.2."
            )
        return everything[~is_validation], everything[is_validation]

    def _draw(self, share: float, random: np.random.Generator) -> Indices:
        """Draw the same share of every class (of all examples where an example has not one class)."""
        if self.row.task != "classification":
            return random.permutation(len(self))[: round(share * len(self))]
        members = [np.flatnonzero(self.targets == c) for c in range(len(self.classes))]
        return np.concatenate([random.permutation(m)[: round(share * len(m))] for m in members])


def balanced_order(labels: Array, held_out_per_class: int, random: np.random.Generator) -> Indices:
    """Return a shuffled order whose end holds every class equally often.

    Args:
        labels: (N,) class numbers.
        held_out_per_class: How many examples of each class come last.
        random: Decides the order.

    Returns:
        int64 (N,): first the training part, then the held-out part, both shuffled.

    """
    order = random.permutation(len(labels))
    by_class = [order[labels[order] == c] for c in np.unique(labels)]
    head = np.concatenate([members[: len(members) - held_out_per_class] for members in by_class])
    tail = np.concatenate([members[len(members) - held_out_per_class :] for members in by_class])
    return np.concatenate([random.permutation(head), random.permutation(tail)])
