"""Outputs come in the form in which people read them."""

from __future__ import annotations

import pytest
import torch

from explorer.engine.handlers.answers import LARGEST, read
from explorer.graph.tensor import Tensor, image, sequence, vector

PICTURE = torch.rand(3, 64, 96)


def form(kind: Tensor, values: torch.Tensor | None = None, picture: torch.Tensor = PICTURE) -> str:
    (found,) = read({"y": torch.rand(kind.shape) if values is None else values}, {"y": kind}, picture)
    assert found.shape == kind.shape
    return found.form


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        (vector(10), "classes"),
        (vector(1), "numbers"),
        (image(21, 64, 96), "regions"),
        (image(21, 8, 12), "regions"),
        (image(255, 2, 3), "maps"),
        (image(1, 64, 96), "maps"),
        (image(3, 64, 96), "picture"),
        (image(3, 128, 192), "picture"),
        (Tensor((3, 8, 16, 16), ("C", "T", "H", "W")), "film"),
        (sequence(7, 5), "rows"),
        (Tensor((4,), ("T",)), "numbers"),
    ],
)
def test_the_form_follows_from_the_axes(kind: Tensor, wanted: str) -> None:
    assert form(kind) == wanted


def test_class_scores_become_probabilities_once() -> None:
    scores = torch.randn(4)
    (found,) = read({"y": scores}, {"y": vector(4)}, PICTURE, ("a", "b", "c", "d"))
    torch.testing.assert_close(torch.from_numpy(found.values), scores.softmax(0))
    assert found.names == ("a", "b", "c", "d")
    (again,) = read({"y": scores.softmax(0)}, {"y": vector(4)}, PICTURE, ("a", "b"))
    torch.testing.assert_close(torch.from_numpy(again.values), scores.softmax(0))
    assert again.names == ()


def test_every_place_has_the_class_of_its_largest_score() -> None:
    scores = torch.zeros(4, 64, 96)
    scores[2, :32] = 1
    scores[1, 32:, :48] = 1
    (found,) = read({"y": scores}, {"y": image(4, 64, 96)}, PICTURE)
    assert found.values.shape == (64, 96)
    assert (found.values[:32] == 2).all()
    assert (found.values[32:, :48] == 1).all()
    assert found.scores == (0.25, 0.25, 0.5, 0.0)


def test_boxes_take_their_scores_labels_and_masks_along() -> None:
    values = {
        "boxes": torch.tensor([[1.0, 2, 30, 40], [0, 0, 0, 0], [5, 5, 9, 9]]),
        "scores": torch.tensor([0.9, 0.0, 0.4]),
        "labels": torch.tensor([7, -1, 2]),
        "masks": torch.zeros(3, 1, 64, 96),
        "other": torch.rand(4),
    }
    values["masks"][0, 0, 2:40, 1:30] = 0.8
    kinds = {
        "boxes": sequence(3, 4),
        "scores": Tensor((3,), ("T",)),
        "labels": Tensor((3,), ("T",), "int"),
        "masks": Tensor((3, 1, 64, 96), ("T", "C", "H", "W")),
        "other": vector(4),
    }
    boxes, other = read(values, kinds, PICTURE)
    assert (boxes.form, other.form) == ("boxes", "classes")
    assert boxes.values.tolist() == [[1, 2, 30, 40], [5, 5, 9, 9]]
    assert boxes.labels == (7, 2)
    assert boxes.scores == pytest.approx((0.9, 0.4))
    assert boxes.masks is not None
    assert boxes.masks.sum(axis=(1, 2)).tolist() == [38 * 29, 0]


def test_large_maps_are_made_small() -> None:
    picture = torch.rand(3, 1100, 600)
    (found,) = read({"y": picture}, {"y": image(3, 1100, 600)}, picture)
    assert found.values.shape == (3, LARGEST, round(600 * LARGEST / 1100))
    (found,) = read({"y": torch.rand(2, 1100, 600)}, {"y": image(2, 1100, 600)}, picture)
    assert max(found.values.shape) <= LARGEST
