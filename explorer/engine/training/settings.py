"""Settings of a run, held against what they are for before anything is computed."""

from __future__ import annotations

from explorer.engine.data.dataset import Dataset
from explorer.engine.training.losses import SettingProblem, loss_called
from explorer.protocol.records import TrainSettings
from explorer.training.losses import LOSSES
from explorer.training.schedules import SCHEDULES
from explorer.training.table import UnknownName
from explorer.training.tasks import TASKS


def check_settings(settings: TrainSettings, data: Dataset) -> None:
    """Raise `SettingProblem` for settings that make no sense."""
    task = TASKS[data.row.task]
    loss_called(settings.loss)
    if settings.loss not in task.losses:
        suits = " or ".join(task.losses)
        raise SettingProblem(
            f"{LOSSES[settings.loss].title.capitalize()} does not suit {data.title}: {task.title.lower()} "
            f"takes {suits}."
        )
    try:
        SCHEDULES.find(settings.schedule)
    except UnknownName as problem:
        raise SettingProblem(str(problem)) from None
    for name, value, low, high in (
        ("epochs", settings.epochs, 1, 100_000),
        ("batch", settings.batch, 1, len(data.inputs)),
        ("learning rate", settings.rate, 1e-12, 1e6),
        ("momentum", settings.momentum, 0, 1),
        ("weight decay", settings.decay, 0, 1e6),
        ("seed", settings.seed, 0, 2**32 - 1),
    ):
        if not low <= value <= high:
            raise SettingProblem(f"{name} must be between {low:g} and {high:,.10g}, not {str(value)[:40]}.")
    if settings.validation is not None and not 0 < settings.validation < 1:
        raise SettingProblem(f"The validation share must be between 0 and 1, not {settings.validation:g}.")
