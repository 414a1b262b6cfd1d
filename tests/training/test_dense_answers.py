"""Answers for every place, pictures as answers, and boxes: tasks, metrics, and what fits together."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from explorer.architectures.gallery import find
from explorer.blocks.registry import registry
from explorer.engine.training.settings import check_settings
from explorer.graph.resolve import Resolver
from explorer.protocol.records import TrainSettings
from explorer.training.average_precision import Found, average_precision, mean_average_precision, overlaps
from explorer.training.datasets import DATASETS
from explorer.training.metrics import METRICS
from explorer.training.tasks import TASKS, misfit
from explorer.ui.training.run_settings import suited


def flow_of(name: str, **options):
    return Resolver(registry()).resolve(find(name).build(**options))


@pytest.mark.parametrize(
    ("name", "dataset"),
    [
        ("unet_shapes", "scenes"),
        ("photos_x2", "photo_crops"),
        ("convlstm_digits", "digits_moving"),
        ("digits_autoencoder", "digits_rebuilt"),
        ("digits_vae", "digits_rebuilt"),
        ("lstm_delay", "delay"),
        ("stn_mnist", "digits_turned"),
    ],
)
def test_networks_fit_their_data(name: str, dataset: str) -> None:
    assert find(name).dataset == dataset
    assert misfit(flow_of(name), DATASETS[dataset]) == ""


def test_a_wrong_number_of_maps_is_explained() -> None:
    words = misfit(flow_of("unet_shapes", classes=3), DATASETS["scenes"])
    assert "4 classes at 64×64 places" in words
    assert "not 4×64×64" in words


@pytest.mark.parametrize("dataset", DATASETS)
def test_settings_take_a_loss_that_suits(dataset: str) -> None:
    settings = suited(TrainSettings(dataset=dataset))
    assert settings.loss in TASKS[DATASETS[dataset].task].losses
    assert suited(settings) is settings


def test_an_unsuited_loss_is_still_refused_by_the_engine() -> None:
    from explorer.engine.data.catalogue import load
    from explorer.engine.training.losses import SettingProblem

    with pytest.raises(SettingProblem, match="does not suit"):
        check_settings(TrainSettings(dataset="photo_crops"), load("photo_crops", examples=10))


def test_overlap_of_regions_by_hand() -> None:
    truth = torch.tensor([[[0, 0], [1, 1]], [[0, 0], [0, 0]]])
    said = torch.nn.functional.one_hot(torch.tensor([[[0, 1], [1, 1]], [[0, 0], [0, 0]]]), 3)
    scores = said.permute(0, 3, 1, 2).float()
    # of the first: ground 1 of 2, shape 2 of 3; class 2 is nowhere and does not count
    assert METRICS["iou"].values(scores, truth).tolist() == pytest.approx([(1 / 2 + 2 / 3) / 2, 1.0])
    assert METRICS["places"].values(scores, truth).tolist() == [0.75, 1.0]


def test_psnr_by_its_definition() -> None:
    truth = torch.rand(3, 1, 4, 4)
    said = truth + torch.tensor([0.1, 0.01, 0.0])[:, None, None, None]
    assert METRICS["psnr"].values(said, truth).tolist() == pytest.approx([20, 40, 100], abs=0.01)


def test_boxes_overlap_as_areas_do() -> None:
    one = np.array([[0, 0, 2, 2], [5, 5, 5, 9]], float)
    many = np.array([[1, 0, 3, 2], [0, 0, 2, 2], [9, 9, 10, 10]], float)
    assert np.allclose(overlaps(one, many), [[1 / 3, 1, 0], [0, 0, 0]])


def found(boxes, labels, scores=None) -> Found:
    count = len(labels)
    scores = np.ones(count) if scores is None else np.array(scores, float)
    return Found(np.array(boxes, float).reshape(count, 4), np.array(labels, int), scores)


def test_average_precision_by_hand() -> None:
    """Two things; a sure right answer, a less sure wrong one, a right one, and the first found again."""
    truth = [found([[0, 0, 4, 4], [10, 10, 14, 14]], [1, 1])]
    said = [
        found(
            [[0, 0, 4, 4], [20, 20, 24, 24], [10, 10, 14, 14], [0, 0, 4, 4]],
            [1, 1, 1, 1],
            [0.9, 0.8, 0.7, 0.6],
        )
    ]
    assert average_precision(truth, said, 1, 0.5) == pytest.approx(0.5 * 1 + 0.5 * 2 / 3)
    assert np.isnan(average_precision(truth, said, 2, 0.5))
    assert mean_average_precision(truth, said) == pytest.approx(0.5 + 1 / 3)


def test_nothing_found_is_nothing_and_all_found_is_one() -> None:
    truth = [found([[0, 0, 4, 4]], [1]), found([[1, 1, 3, 3]], [2])]
    assert mean_average_precision(truth, truth) == 1.0
    assert mean_average_precision(truth, [found([], []), found([], [])]) == 0.0
    wrong = [found([[0, 0, 4, 4]], [2]), found([[1, 1, 3, 3]], [1])]
    assert mean_average_precision(truth, wrong) == 0.0
