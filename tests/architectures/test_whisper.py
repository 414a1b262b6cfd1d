"""Whisper: counts of the released weights, trained and fixed."""

from __future__ import annotations

from networks import network, output, published, refused, wrong

# transformers: WhisperForConditionalGeneration counts 37,760,640 with the fixed places. Compared.
test_counts = published(("whisper_tiny", 37_184_640))


def test_fixed_places_are_counted_but_not_trained() -> None:
    flow = network("whisper_tiny")
    assert flow.parameters == 37_760_640
    assert flow.parameters - flow.trainable == 1500 * 384
    assert output(flow) == (448, 51_865)


def test_the_small_one() -> None:
    assert network("whisper_tiny", layers=12, width=768, heads=12).parameters == 241_734_912


test_what_cannot_be_is_refused = refused(
    wrong("whisper_tiny", "heads divide", heads=7),
    wrong("whisper_tiny", "1 to 4,096 tokens", length=0),
)
