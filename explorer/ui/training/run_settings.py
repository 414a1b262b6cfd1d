"""The settings of a run as fields, and back: pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from explorer.protocol.records import TrainSettings
from explorer.ui.forms.editors import FieldView
from explorer.ui.training.datasets import DATASETS

LOSSES = {"cross_entropy": "cross-entropy", "mse": "squared error"}
_OPTIMISERS = {"sgd": "SGD", "adam": "Adam", "adamw": "AdamW"}
_LIMITS: dict[str, tuple[float, float]] = {
    "epochs": (1, 10_000),
    "batch": (1, 65_536),
    "seed": (0, 2**31 - 1),
    "rate": (1e-9, 1e3),
}
_WORDS = {"epochs": "Epochs", "batch": "The batch", "seed": "The seed", "rate": "The learning rate"}


def fields(settings: TrainSettings, reason: str = "") -> tuple[tuple[FieldView, ...], tuple[FieldView, ...]]:
    """Return the fields of both columns; `reason` says why they cannot be changed now."""

    def field(name: str, label: str, kind: str, **more: Any) -> FieldView:
        return FieldView(name, label, kind, getattr(settings, name), reason=reason, **more)

    sets = {row.id: row.title for row in DATASETS}
    if settings.dataset not in sets:
        sets[settings.dataset] = settings.dataset
    left = (
        field("dataset", "Data", "choice", **_choices(sets)),
        field("epochs", "Epochs", "int", effect="times over the data"),
        field("batch", "Batch", "int", effect="examples a step"),
        field("seed", "Seed", "int", effect="same seed, same curve"),
    )
    right = (
        field("rate", "Learning rate", "float"),
        field(
            "optimiser",
            "Optimiser",
            "choice",
            choices=tuple(_OPTIMISERS),
            choice_words=tuple(_OPTIMISERS.values()),
        ),
        field("loss", "Loss", "choice", choices=tuple(LOSSES), choice_words=tuple(LOSSES.values())),
        field("fresh", "New weights", "bool", effect="off: go on from these"),
    )
    return left, right


def _choices(table: dict[str, str]) -> dict[str, tuple[str, ...]]:
    return {"choices": tuple(table), "choice_words": tuple(table.values())}


def changed(settings: TrainSettings, name: str, value: object) -> TrainSettings:
    """Return settings with another value.

    Raises:
        ValueError: the value is outside its limits; the text is a sentence.

    """
    if name in _LIMITS:
        low, high = _LIMITS[name]
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise ValueError(f"{_WORDS[name]} can be {low:g} to {high:g}.")
    replace: Callable[..., TrainSettings] = msgspec.structs.replace
    return replace(settings, **{name: value})
