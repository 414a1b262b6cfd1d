"""The tables of what can be trained: every row works with torch, and figures mean what they say."""

from __future__ import annotations

import math

import pytest
import torch

from explorer.engine.data.catalogue import load, options_of
from explorer.engine.training.losses import loss_called, make_optimiser
from explorer.protocol.records import TrainSettings
from explorer.training.datasets import DATASETS
from explorer.training.losses import LOSSES
from explorer.training.metrics import METRICS
from explorer.training.optimisers import OPTIMISERS
from explorer.training.schedules import SCHEDULES
from explorer.training.table import Table, UnknownName
from explorer.training.tasks import TASKS

SCORES = torch.tensor([[0.1, 0.7, 0.2, 0.0], [0.4, 0.3, 0.2, 0.1], [0.3, 0.1, 0.2, 0.4]])
CLASSES = torch.tensor([1, 3, 0])


@pytest.mark.parametrize("id_", DATASETS)
def test_a_data_set_is_what_its_row_says(id_: str) -> None:
    row, data = DATASETS[id_], load(id_)
    assert (data.shape, data.classes, len(data)) == (row.shape, row.classes, row.examples)
    assert data.row.task == row.task
    assert row.task in TASKS
    assert all(isinstance(value, int | float) for value in options_of(row).values())


@pytest.mark.parametrize("id_", LOSSES)
def test_a_loss_falls_when_the_answer_gets_better(id_: str) -> None:
    loss = loss_called(id_)
    good = torch.nn.functional.one_hot(CLASSES, 4).float() * 5
    assert float(loss(good, CLASSES)) != float(loss(-good, CLASSES))
    assert loss(good, CLASSES).dim() == 0


@pytest.mark.parametrize("id_", OPTIMISERS)
def test_an_optimiser_takes_its_settings(id_: str) -> None:
    weight = torch.nn.Parameter(torch.ones(3))
    made = make_optimiser(TrainSettings(optimiser=id_, rate=0.25, decay=0.125, momentum=0.5), [weight])
    group = made.param_groups[0]
    assert group["lr"] == 0.25
    assert group["weight_decay"] == 0.125
    assert group.get("momentum", 0.5) == 0.5


@pytest.mark.parametrize("id_", SCHEDULES)
def test_a_schedule_begins_and_ends_within_bounds(id_: str) -> None:
    factors = [SCHEDULES[id_].factor(n / 100) for n in range(101)]
    assert all(0 <= factor <= 1 + 1e-9 and math.isfinite(factor) for factor in factors)
    assert max(factors) > 0.99


@pytest.mark.parametrize("id_", [name for name in METRICS if name in TASKS["classification"].metrics])
def test_a_metric_of_classes_gives_one_value_a_sample(id_: str) -> None:
    values = METRICS[id_].values(SCORES, CLASSES)
    assert values.shape == (3,)
    sure = 100 * torch.nn.functional.one_hot(CLASSES, 4).float()
    right, wrong = (METRICS[id_].values(scores, CLASSES).float().mean() for scores in (sure, -sure))
    assert right > wrong if METRICS[id_].better == "higher" else right < wrong


def test_accuracy_and_top_three() -> None:
    assert METRICS["accuracy"].values(SCORES, CLASSES).tolist() == [1, 0, 0]
    assert METRICS["top3"].values(SCORES, CLASSES).tolist() == [1, 0, 1]


def test_mean_distance_is_torchs() -> None:
    answers, targets = torch.randn(5, 3), torch.randn(5, 3)
    expected = (answers - targets).abs().mean(1)
    assert torch.allclose(METRICS["distance"].values(answers, targets), expected)


@pytest.mark.parametrize("id_", TASKS)
def test_a_task_names_losses_and_metrics_that_there_are(id_: str) -> None:
    task = TASKS[id_]
    assert task.losses
    assert set(task.losses) <= set(LOSSES)
    assert set(task.metrics) <= set(METRICS)


def test_names_are_found_or_explained() -> None:
    with pytest.raises(UnknownName, match="Did you mean adam or adamw"):
        OPTIMISERS.find("adm")
    with pytest.raises(ValueError, match="same id"):
        Table("loss", LOSSES["mse"], LOSSES["mse"])
