"""Translators: counts part by part, shapes, options that cannot be."""

from __future__ import annotations

from networks import network, output, refused, wrong


def test_the_lectures_translator() -> None:
    flow = network("seq2seq_dot_rnn")
    tables = 9_000 * 300 + 10_000 * 300
    layers = 400_000 + 400_000 + 2 * 500  # the encoder as the lecture counts it, the decoder as torch does
    feed = 1000 * 500 + 500 * 10_000 + 10_000
    assert flow.trainable == tables + layers + feed
    assert [tensor.shape for tensor in flow.inputs.values()] == [(100,), (100,)]
    assert output(flow) == (100, 10_000)


def test_bahdanaus() -> None:
    flow = network("seq2seq_bahdanau")
    encoder = 30_000 * 620 + 2 * (3 * 1620 * 1000 + 6000)
    decoder = 30_000 * 620 + 3 * 1620 * 1000 + 6000 + 2000 * 1000 + 1000  # and the bridge to its first state
    scores = 1000 * 1000 + 2000 * 1000 + 1000  # W, U and v of section 3.1 and the appendix
    assert flow.trainable == encoder + decoder + scores + 3000 * 1000 + 1000 * 30_000 + 30_000
    assert output(flow) == (50, 30_000)


def test_other_sizes() -> None:
    flow = network("seq2seq_dot_rnn", (7,), classes=50, source_words=40, hidden=16)
    assert output(flow) == (7, 50)


test_what_cannot_be_is_refused = refused(
    wrong("seq2seq_dot_rnn", "as its hidden", hidden=0),
    wrong("seq2seq_bahdanau", "as its hidden", hidden=0),
)
