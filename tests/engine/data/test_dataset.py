"""What a data set checks about itself, and how it is cut in two."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.engine.data.dataset import Dataset, DatasetProblem, balanced_order


def made(labels, held_out=0, classes=("a", "b"), **changes) -> Dataset:
    fields = {
        "id": "toy",
        "title": "Toy",
        "inputs": np.zeros((len(labels), 3), np.float32),
        "targets": np.asarray(labels, np.int64 if classes else np.float32),
        "classes": classes,
        "axes": ("D",),
        "held_out": held_out,
        "licence": "none needed",
        "source": "this test",
    }
    return Dataset(**(fields | changes))


def test_the_held_out_end_validates_whatever_the_seed():
    data = made([0, 1] * 10, held_out=6)
    for seed in (0, 7):
        training, validation = data.split(seed=seed)
        assert training.tolist() == list(range(14))
        assert validation.tolist() == list(range(14, 20))


def test_a_share_is_taken_from_every_class_alike():
    data = made([0] * 100 + [1] * 20)
    training, validation = data.split(0.25, seed=3)
    assert np.bincount(data.targets[validation]).tolist() == [25, 5]
    assert sorted([*training, *validation]) == list(range(120))


def test_the_draw_depends_on_the_seed_only():
    data = made([0, 1] * 50)
    first, again, other = (data.split(0.2, seed)[1] for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_without_a_held_out_part_a_fifth_validates():
    assert len(made([0, 1] * 50).split()[1]) == 20


def test_a_regression_is_cut_without_classes():
    data = made([0.5] * 10, classes=())
    training, validation = data.split(0.3)
    assert len(training) == 7
    assert len(validation) == 3


@pytest.mark.parametrize("share", [-0.1, 0.0, 1.0, 1.5, float("nan")])
def test_a_share_that_is_none_gets_a_sentence(share):
    with pytest.raises(DatasetProblem, match=r"validation share is .* such as 0\.2"):
        made([0, 1] * 5).split(share)


@pytest.mark.parametrize("share", [0.001, 0.999])
def test_no_part_may_be_empty(share):
    with pytest.raises(DatasetProblem, match="leaves one part of the 10 examples empty"):
        made([0, 1] * 5).split(share)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"inputs": np.zeros((4, 3))}, "float32"),
        ({"axes": ("C", "H")}, "axes"),
        ({"inputs": np.zeros((3, 3), np.float32)}, "3 inputs, but 4 targets"),
        ({"targets": np.zeros(4, np.int32)}, "int64"),
        ({"targets": np.array([0, 1, 2, 0])}, "one of the classes"),
        ({"targets": np.array([0, 1, -1, 0])}, "one of the classes"),
        ({"held_out": 4}, "held-out"),
    ],
)
def test_arrays_that_do_not_agree_are_refused(changes, words):
    with pytest.raises(DatasetProblem, match=words):
        made([0, 1, 0, 1], **changes)


def test_balanced_order_is_a_permutation_with_a_balanced_end():
    labels = np.array([0] * 30 + [1] * 12 + [2] * 7)
    order = balanced_order(labels, 5, np.random.default_rng(0))
    assert sorted(order) == list(range(49))
    assert np.bincount(labels[order[-15:]]).tolist() == [5, 5, 5]
