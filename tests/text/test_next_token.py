"""What temperature, top-k and top-p leave, against the rules written plainly."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from explorer.text import drawing as draws
from explorer.text.vocabulary import TextProblem

SCORES = st.lists(st.floats(-20, 20, allow_nan=False), min_size=2, max_size=30).map(np.array)


@given(SCORES, st.floats(0.05, 5.0))
def test_temperature_is_torchs_softmax_of_scores_divided(scores: np.ndarray, temperature: float) -> None:
    wanted = torch.softmax(torch.tensor(scores) / temperature, -1).numpy()
    assert draws.distribution(scores, temperature) == pytest.approx(wanted, abs=1e-9)


@given(SCORES, st.integers(1, 10))
def test_top_k_keeps_the_k_likeliest(scores: np.ndarray, top_k: int) -> None:
    left = draws.distribution(scores, top_k=top_k)
    assert left.sum() == pytest.approx(1)
    assert (left > 0).sum() <= top_k
    kept = left > 0
    assert (
        kept.all() or scores[kept].min() >= scores[~kept].max() - 1e-6 or (draws.softmax(scores) == 0).any()
    )


@given(SCORES, st.floats(0.05, 0.99))
def test_top_p_keeps_the_fewest_that_reach_the_share(scores: np.ndarray, top_p: float) -> None:
    found, left = draws.softmax(scores), draws.distribution(scores, top_p=top_p)
    kept = np.sort(found[left > 0])[::-1]
    assert kept.sum() >= top_p - 1e-9
    assert kept[:-1].sum() < top_p + 1e-9
    assert left.sum() == pytest.approx(1)


def test_temperature_nought_is_the_likeliest() -> None:
    assert draws.distribution(np.array([1.0, 3.0, 2.0]), temperature=0).tolist() == [0, 1, 0]


def test_draws_are_as_likely_as_they_say_and_a_seed_repeats_them() -> None:
    shares = np.array([0.5, 0.0, 0.3, 0.2])
    random = np.random.default_rng(0)
    counts = np.bincount([draws.draw(shares, random) for _ in range(20_000)], minlength=4) / 20_000
    assert counts == pytest.approx(shares, abs=0.015)
    assert counts[1] == 0
    again = [draws.draw(shares, np.random.default_rng(7)) for _ in range(3)]
    assert len(set(again)) == 1


@pytest.mark.parametrize("scores", [[np.nan, 1.0], [np.inf, 0.0], [np.nan, np.nan], [-np.inf, 0.0]])
def test_scores_that_are_no_numbers_do_not_fail(scores: list[float]) -> None:
    found = draws.softmax(np.array(scores))
    assert np.isfinite(found).all()
    assert found.sum() == pytest.approx(1)


def test_unsure_counts_equally_likely_tokens() -> None:
    assert draws.unsure(np.full(8, 1 / 8)) == pytest.approx(8)
    assert draws.unsure(np.array([1.0, 0.0])) == pytest.approx(1)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ((-1, 0, 1), "temperature is 0"),
        ((1, -1, 1), "top-k keeps"),
        ((1, 0, 0), "top-p is a share"),
        ((float("nan"), 0, 1), "temperature is 0"),
        ((1, 0, 1.5), "top-p is a share"),
    ],
)
def test_settings_that_are_none_are_refused(settings: tuple[float, int, float], words: str) -> None:
    with pytest.raises(TextProblem, match=words):
        draws.distribution(np.zeros(3), *settings)
