"""Outputs come in the form in which people read them."""

from __future__ import annotations

import pytest
import torch

from explorer.engine.handlers.answers import LARGEST, read
from explorer.graph.tensor import Tensor, image, sequence, vector
from explorer.meaning.outputs import Meaning

PICTURE = torch.rand(3, 64, 96)


def meant(kind: Tensor, gives: str = "logits", role: str = "", layout: str = "") -> Meaning:
    """What an output of this kind is that ends in scores of classes."""
    usual = {0: "vector", 1: "steps", 2: "maps", 3: "film"}[len(kind.shape) - 1]
    return Meaning(gives, layout or usual, kind.channels, role)


def form(kind: Tensor, meaning: Meaning) -> str:
    (found,) = read({"y": torch.rand(kind.shape)}, {"y": meaning}, PICTURE)
    assert found.shape == kind.shape
    return found.form


@pytest.mark.parametrize(
    ("kind", "gives", "layout", "wanted"),
    [
        (vector(10), "logits", "", "classes"),
        (vector(10), "probabilities", "", "classes"),
        (vector(10), "shares", "", "shares"),
        (vector(10), "values", "", "numbers"),
        (vector(1), "values", "", "numbers"),
        (image(21, 64, 96), "logits", "", "regions"),
        (image(21, 64, 96), "values", "", "maps"),
        (image(2, 64, 96), "shares", "", "maps"),
        (image(3, 64, 96), "values", "picture", "picture"),
        (Tensor((3, 8, 16, 16), ("C", "T", "H", "W")), "values", "", "film"),
        (sequence(7, 5), "values", "", "rows"),
        (sequence(7, 5), "logits", "", "words"),
        (Tensor((4,), ("T",)), "values", "other", "numbers"),
    ],
)
def test_the_form_follows_from_the_meaning(kind: Tensor, gives: str, layout: str, wanted: str) -> None:
    assert form(kind, meant(kind, gives, layout=layout)) == wanted


def test_what_is_no_score_of_a_class_is_shown_as_it_is() -> None:
    for gives in ("shares", "values", "vectors", "probabilities"):
        values = torch.tensor([0.2, 0.7, 0.9])
        (found,) = read({"y": values}, {"y": meant(vector(3), gives)}, PICTURE)
        torch.testing.assert_close(torch.from_numpy(found.values), values)
    (found,) = read({"y": values.log()}, {"y": meant(vector(3), "log_probabilities")}, PICTURE)
    torch.testing.assert_close(torch.from_numpy(found.values), values)


def test_class_scores_become_probabilities_once() -> None:
    scores = torch.randn(4)
    (found,) = read({"y": scores}, {"y": meant(vector(4))}, PICTURE, ("a", "b", "c", "d"))
    torch.testing.assert_close(torch.from_numpy(found.values), scores.softmax(0))
    assert found.names == ("a", "b", "c", "d")
    (again,) = read({"y": scores.softmax(0)}, {"y": meant(vector(4), "probabilities")}, PICTURE, ("a", "b"))
    torch.testing.assert_close(torch.from_numpy(again.values), scores.softmax(0))
    assert again.names == ()


def test_every_place_has_the_class_of_its_largest_score() -> None:
    scores = torch.zeros(4, 64, 96)
    scores[2, :32] = 1
    scores[1, 32:, :48] = 1
    (found,) = read({"y": scores}, {"y": meant(image(4, 64, 96))}, PICTURE)
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
        "boxes": meant(sequence(3, 4), "values", "boxes"),
        "scores": meant(Tensor((3,), ("T",)), "values", "scores"),
        "labels": meant(Tensor((3,), ("T",), "int"), "values", "labels"),
        "masks": meant(Tensor((3, 1, 64, 96), ("T", "C", "H", "W")), "values", "masks"),
        "other": meant(vector(4)),
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
    (found,) = read({"y": picture}, {"y": meant(image(3, 1100, 600), "values", layout="picture")}, picture)
    assert found.values.shape == (3, LARGEST, round(600 * LARGEST / 1100))
    (found,) = read({"y": torch.rand(2, 1100, 600)}, {"y": meant(image(2, 1100, 600))}, picture)
    assert max(found.values.shape) <= LARGEST
