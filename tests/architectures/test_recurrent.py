"""Recurrent networks: counts by the lecture's formulas, shapes, options that cannot be."""

from __future__ import annotations

import pytest
from networks import network, outputs, refused, wrong

# (n + h)·h for each gate with n = 300 and h = 500, and biases: the lecture's counts, torch's for its GRU.
SINGLE = (
    ("rnn_300_500", 400_000),
    ("lstm_300_500", 4 * (800 * 500 + 2 * 500)),
    ("gru_300_500", 3 * (800 * 500 + 2 * 500)),
    ("gru_lecture_300_500", 3 * 800 * 500),
)


@pytest.mark.parametrize(("id", "parameters"), SINGLE)
def test_single_layers(id: str, parameters: int) -> None:
    flow = network(id)
    assert flow.trainable == parameters
    assert outputs(flow)["states"] == (20, 500)
    both = network(id, bidirectional=True)
    assert both.trainable == 2 * parameters
    assert outputs(both)["states"] == (20, 1000)


def test_one_bias_as_in_the_lecture() -> None:
    assert network("lstm_300_500", biases="one").trainable == 4 * (800 * 500 + 500)
    assert network("deep_bilstm_2x", biases="one").trainable == 9_208_000


def test_stacks() -> None:
    flow = network("deep_bilstm_2x")
    assert flow.trainable == 2 * 4 * (800 * 500 + 1000) + 2 * 4 * (1500 * 500 + 1000)  # torch.nn.LSTM
    assert outputs(flow) == {"states": (20, 1000), "last": (1000,)}


def test_dense_layers_read_all_below() -> None:
    flow = network("dense_bilstm")
    below = sum(2 * 4 * 13 * (300 + 26 * number + 13 + 1) for number in range(15))
    assert flow.trainable == below + 2 * 4 * 100 * (300 + 26 * 15 + 100 + 1) + 200 * 5 + 5
    assert round(flow.trainable / 1e6, 1) == 1.4  # table 4 of the paper
    assert network("dense_bilstm", layers=0).trainable == 8 * 100 * 401 + 1005


def test_the_number_of_frames_costs_no_weights() -> None:
    few, many = network("timedistributed_cnn_lstm"), network("timedistributed_cnn_lstm", (16, 3, 32, 32))
    assert few.trainable == many.trainable == 448 + 4640 + 4 * (2048 + 64 + 1) * 64 + 650
    frames = 27 * 16 * 32 * 32 + 144 * 32 * 16 * 16
    assert few.macs == 8 * (frames + 4 * (2048 + 64) * 64) + 640


def test_conv_lstm() -> None:
    flow = network("convlstm_64x64")
    assert flow.trainable == 4 * 64 * (1 + 64) * 25 + 4 * 64 + 3 * 64 * 64 * 64  # equation 3 of the paper
    assert outputs(flow)["states"] == (10, 64, 64, 64)


test_what_cannot_be_is_refused = refused(
    wrong("lstm_300_500", "biases", biases="three"),
    wrong("deep_bilstm_2x", "1 to 64 layers", layers=0),
    wrong("dense_bilstm", "0 to 64 dense layers", layers=-1),
    wrong("convlstm_64x64", "odd size", kernel=4),
    wrong("timedistributed_cnn_lstm", "1,024 filters", width=0),
)
