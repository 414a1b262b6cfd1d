"""Figures of attention weights against cases that can be worked out by hand."""

import numpy as np
import pytest

from explorer.ui.attention import math
from explorer.ui.attention.record import short_names


def test_entropy_is_zero_for_one_key_and_one_for_all_alike():
    rows = np.array([[1.0, 0, 0, 0], [0.25] * 4, [0.5, 0.5, 0, 0]])
    assert math.entropy(rows) == pytest.approx([0.0, 1.0, 0.5])


def test_entropy_of_a_single_key_and_of_nan_says_nothing():
    assert math.entropy(np.ones((3, 1))).tolist() == [0.0, 0.0, 0.0]
    assert np.isfinite(math.entropy(np.array([[np.nan, 1.0]]))).all()


def test_tokens_and_cells_are_each_others_inverse():
    grid, tokens = (3, 4), 13
    assert math.extra_tokens(tokens, grid) == 1
    assert math.cell_of(0, tokens, grid) is None
    for token in range(1, tokens):
        cell = math.cell_of(token, tokens, grid)
        assert cell is not None
        assert math.token_of(cell, tokens, grid) == token


def test_patches_are_the_last_tokens():
    row = np.arange(7.0)
    assert math.over_picture(row, (2, 3)).tolist() == [[1, 2, 3], [4, 5, 6]]


def test_rollout_of_attention_to_oneself_stays_there():
    looks_at_itself = np.eye(3)[None]
    for total in math.rollout([looks_at_itself] * 4):
        assert total == pytest.approx(np.eye(3))


def test_rollout_multiplies_later_layers_from_the_left():
    one = np.array([[[0.0, 1.0], [0.0, 1.0]]])
    two = np.array([[[1.0, 0.0], [1.0, 0.0]]])
    half_one, half_two = (one[0] + np.eye(2)) / 2, (two[0] + np.eye(2)) / 2
    first, both = math.rollout([one, two])
    assert first == pytest.approx(half_one)
    assert both == pytest.approx(half_two @ half_one)


def test_rollout_rows_add_up_to_one_and_take_the_mean_over_heads():
    random = np.random.default_rng(1).random((3, 5, 5))
    weights = random / random.sum(-1, keepdims=True)
    assert math.rollout([weights] * 3)[-1].sum(-1) == pytest.approx(np.ones(5))
    mean = weights.mean(0, keepdims=True)
    assert math.rollout([mean])[0] == pytest.approx(math.rollout([weights])[0])


def test_layers_of_other_tokens_cannot_be_multiplied():
    square, across = np.ones((1, 4, 4)), np.ones((1, 4, 6))
    assert math.can_roll_out([square, square])
    assert not math.can_roll_out([square, across])
    assert not math.can_roll_out([square, np.ones((1, 5, 5))])
    assert not math.can_roll_out([])


def test_mean_distance_counts_patches_and_leaves_the_class_token_out():
    grid = (1, 3)
    weights = np.zeros((2, 4, 4))
    weights[0] = np.eye(4)
    weights[1, :, 3] = 0.5  # half on the right end, half on the class token
    weights[1, :, 0] = 0.5
    assert math.mean_distance(weights, grid) == pytest.approx([0.0, (2 + 1 + 0) / 3])


def test_layers_are_named_by_what_differs():
    assert short_names(["a1.x.attend", "a2.x.attend"]) == ["a1", "a2"]
    assert short_names(["attend"]) == ["attend"]
    assert short_names(["one", "two.one"]) == ["one", "two"]
