"""The settings of a run as fields, and back: pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from explorer.protocol.records import TrainSettings
from explorer.training.datasets import DATASETS
from explorer.training.losses import LOSSES
from explorer.training.metrics import METRICS
from explorer.training.optimisers import OPTIMISERS
from explorer.training.schedules import SCHEDULES
from explorer.training.table import Table
from explorer.training.tasks import TASKS
from explorer.ui.forms.editors import FieldView

_LIMITS: dict[str, tuple[float, float]] = {
    "epochs": (1, 10_000),
    "batch": (1, 65_536),
    "seed": (0, 2**31 - 1),
    "rate": (1e-9, 1e3),
}
OF_DESIGN = {"epochs": int, "batch": int, "rate": float}
"""What a design may say about the runs with which it succeeds."""
_WORDS = {"epochs": "Epochs", "batch": "The batch", "seed": "The seed", "rate": "The learning rate"}


def fields(settings: TrainSettings, reason: str = "") -> tuple[tuple[FieldView, ...], tuple[FieldView, ...]]:
    """Return the fields of both columns; `reason` says why they cannot be changed now."""

    def field(name: str, label: str, kind: str, **more: Any) -> FieldView:
        return FieldView(name, label, kind, getattr(settings, name), reason=reason, **more)

    sets = {row.id: row.title for row in DATASETS.values()}
    if settings.dataset not in sets:
        sets[settings.dataset] = settings.dataset
    left = (
        field("dataset", "Data", "choice", **_choices(sets)),
        field("epochs", "Epochs", "int", effect="times over the data"),
        field("batch", "Batch", "int", effect="examples a step"),
        field("seed", "Seed", "int", effect="same seed, same curve"),
    )
    task = TASKS[DATASETS[settings.dataset].task] if settings.dataset in DATASETS else TASKS["classification"]
    metrics = {name: METRICS[name].title for name in task.metrics}
    judged = settings.metric if settings.metric in metrics else task.metrics[0]
    right = (
        field("rate", "Learning rate", "float"),
        field("optimiser", "Optimiser", "choice", **_table(OPTIMISERS)),
        field("schedule", "Schedule", "choice", **_table(SCHEDULES)),
        field("loss", "Loss", "choice", **_choices({name: LOSSES[name].title for name in task.losses})),
        FieldView(
            "metric",
            "Metric",
            "choice",
            judged,
            METRICS[judged].about,
            choices=tuple(metrics),
            choice_words=tuple(metrics.values()),
        ),
        field("fresh", "New weights", "bool", effect="off: go on from these"),
    )
    return left, right


def _table(rows: Table[Any]) -> dict[str, tuple[str, ...]]:
    return _choices({row.id: row.title for row in rows.values()})


def _choices(table: dict[str, str]) -> dict[str, tuple[str, ...]]:
    return {"choices": tuple(table), "choice_words": tuple(table.values())}


def of_design(settings: TrainSettings, own: Mapping[str, object]) -> TrainSettings:
    """Return settings with those a design brings along, without what is no setting."""
    for name, kind in OF_DESIGN.items():
        value = own.get(name)
        if isinstance(value, bool) or not isinstance(value, int if kind is int else (int, float)):
            continue
        try:
            settings = changed(settings, name, value)
        except ValueError:
            continue
    return settings


def suited(settings: TrainSettings) -> TrainSettings:
    """Return settings with a loss that suits the data: their own, or the usual one of the task."""
    row = DATASETS.get(settings.dataset)
    losses = TASKS[row.task].losses if row is not None else (settings.loss,)
    return settings if settings.loss in losses else msgspec.structs.replace(settings, loss=losses[0])


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
