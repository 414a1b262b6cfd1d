"""Recurrent networks: counts by the lecture's formulas, shapes, options that cannot be."""

from __future__ import annotations

import pytest
from nets import resolve

from explorer.architectures.architecture import OptionProblem
from explorer.architectures.gallery import find

# (n + h)·h for each gate with n = 300 and h = 500, and biases: the lecture's counts, torch's for its GRU.
SINGLE = (
    ("rnn_300_500", 400_000),
    ("lstm_300_500", 4 * (800 * 500 + 2 * 500)),
    ("gru_300_500", 3 * (800 * 500 + 2 * 500)),
    ("gru_lecture_300_500", 3 * 800 * 500),
)


@pytest.mark.parametrize(("id", "parameters"), SINGLE)
def test_single_layers(id: str, parameters: int) -> None:
    flow = resolve(find(id).build())
    assert flow.trainable == parameters
    assert flow.outputs["states"].shape == (20, 500)  # type: ignore[union-attr]
    both = resolve(find(id).build(bidirectional=True))
    assert both.trainable == 2 * parameters
    assert both.outputs["states"].shape == (20, 1000)  # type: ignore[union-attr]


def test_one_bias_as_in_the_lecture() -> None:
    assert resolve(find("lstm_300_500").build(biases="one")).trainable == 4 * (800 * 500 + 500)
    assert resolve(find("deep_bilstm_2x").build(biases="one")).trainable == 9_208_000


def test_stacks() -> None:
    flow = resolve(find("deep_bilstm_2x").build())
    assert flow.trainable == 2 * 4 * (800 * 500 + 1000) + 2 * 4 * (1500 * 500 + 1000)  # torch.nn.LSTM
    assert {name: tensor.shape for name, tensor in flow.outputs.items() if tensor} == {
        "states": (20, 1000), "last": (1000,),
    }  # fmt: skip


def test_dense_layers_read_all_below() -> None:
    flow = resolve(find("dense_bilstm").build())
    below = sum(2 * 4 * 13 * (300 + 26 * number + 13 + 1) for number in range(15))
    assert flow.trainable == below + 2 * 4 * 100 * (300 + 26 * 15 + 100 + 1) + 200 * 5 + 5
    assert round(flow.trainable / 1e6, 1) == 1.4  # table 4 of the paper
    assert resolve(find("dense_bilstm").build(layers=0)).trainable == 8 * 100 * 401 + 1005


def test_the_number_of_frames_costs_no_weights() -> None:
    entry = find("timedistributed_cnn_lstm")
    few, many = resolve(entry.build()), resolve(entry.build((16, 3, 32, 32)))
    assert few.trainable == many.trainable == 448 + 4640 + 4 * (2048 + 64 + 1) * 64 + 650
    frames = 27 * 16 * 32 * 32 + 144 * 32 * 16 * 16
    assert few.macs == 8 * (frames + 4 * (2048 + 64) * 64) + 640


def test_conv_lstm() -> None:
    flow = resolve(find("convlstm_64x64").build())
    assert flow.trainable == 4 * 64 * (1 + 64) * 25 + 4 * 64 + 3 * 64 * 64 * 64  # equation 3 of the paper
    assert flow.outputs["states"].shape == (10, 64, 64, 64)  # type: ignore[union-attr]


def test_what_cannot_be_is_said() -> None:
    for id, options, words in (
        ("lstm_300_500", {"biases": "three"}, "biases"),
        ("deep_bilstm_2x", {"layers": 0}, "1 to 64 layers"),
        ("dense_bilstm", {"layers": -1}, "0 to 64 dense layers"),
        ("convlstm_64x64", {"kernel": 4}, "odd size"),
        ("timedistributed_cnn_lstm", {"width": 0}, "1,024 filters"),
    ):
        with pytest.raises(OptionProblem, match=words):
            find(id).build(**options)  # type: ignore[arg-type]
