"""Axes of curves carry numbers: at least two in any range, in order, inside, and no two alike."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from explorer.protocol.records import TrainSettings
from explorer.session.run_log import RunLog
from explorer.ui.training.curve_lines import loss_lines, loss_range
from explorer.ui.training.ticks import log_ticks, number_ticks, share_ticks


def check(ticks: list[tuple[float, str]], low: float, high: float) -> None:
    places, texts = [place for place, _ in ticks], [text for _, text in ticks]
    assert len(places) >= 2
    assert places == sorted(places)
    assert len(set(texts)) == len(texts), texts
    room = 1e-6 * max(1.0, abs(low), abs(high))
    assert low - room <= places[0]
    assert places[-1] <= high + room
    assert len(places) <= 30


@example(6.0, 0.5)  # 1.5 and 2 million are written alike
@given(st.floats(-8, 6), st.floats(0.002, 12))
def test_a_log_axis_has_numbers(low, span):
    check(log_ticks(low, low + span), low, low + span)


@given(st.floats(0, 0.98), st.floats(0.0005, 1))
def test_an_axis_of_shares_has_numbers(low, span):
    high = min(1.0, low + span)
    check(share_ticks(low, high), low, high)


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))
def test_an_axis_of_numbers_has_numbers(low, span):
    check(number_ticks(low, low + span), low, low + span)


@pytest.mark.parametrize(
    "losses",
    [
        [2.35, 2.31, 2.28],
        list(np.linspace(2.3, 2.1, 20)),
        list(np.linspace(1.9, 1.55, 50)),
        list(np.linspace(0.029, 0.022, 50)),
        list(np.geomspace(2.3, 0.3, 50)),
        [0.5],
        [3e5, 2e-7],
    ],
)
def test_a_run_can_be_read_off_its_axis(losses):
    log = RunLog("r", 0, TrainSettings(), epochs=1, steps_per_epoch=len(losses))
    log.add_steps(0, np.array(losses, np.float32), {})
    low, high = loss_range(loss_lines([log]))
    check(log_ticks(low, high), low, high)
    assert all(math.isfinite(place) for place, _ in log_ticks(low, high))
