"""Translators: counts part by part, shapes, options that cannot be."""

from __future__ import annotations

import pytest
from nets import resolve

from explorer.architectures.architecture import OptionProblem
from explorer.architectures.gallery import find


def test_the_lectures_translator() -> None:
    flow = resolve(find("seq2seq_dot_rnn").build())
    tables = 9_000 * 300 + 10_000 * 300
    layers = 400_000 + 400_000 + 2 * 500  # the encoder as the lecture counts it, the decoder as torch does
    feed = 1000 * 500 + 500 * 10_000 + 10_000
    assert flow.trainable == tables + layers + feed
    assert [tensor.shape for tensor in flow.inputs.values()] == [(100,), (100,)]
    assert [tensor.shape for tensor in flow.outputs.values()] == [(100, 10_000)]


def test_bahdanaus() -> None:
    flow = resolve(find("seq2seq_bahdanau").build())
    encoder = 30_000 * 620 + 2 * (3 * 1620 * 1000 + 6000)
    decoder = 30_000 * 620 + 3 * 1620 * 1000 + 6000 + 2000 * 1000 + 1000  # and the bridge to its first state
    scores = 1000 * 1000 + 2000 * 1000 + 1000  # W, U and v of section 3.1 and the appendix
    assert flow.trainable == encoder + decoder + scores + 3000 * 1000 + 1000 * 30_000 + 30_000
    assert [tensor.shape for tensor in flow.outputs.values()] == [(50, 30_000)]


def test_other_sizes() -> None:
    flow = resolve(find("seq2seq_dot_rnn").build((7,), classes=50, source_words=40, hidden=16))
    assert [tensor.shape for tensor in flow.outputs.values()] == [(7, 50)]


def test_what_cannot_be_is_said() -> None:
    for id in ("seq2seq_dot_rnn", "seq2seq_bahdanau"):
        with pytest.raises(OptionProblem, match="as its hidden"):
            find(id).build(hidden=0)
