"""SegFormer: counts of the released weights."""

from __future__ import annotations

from networks import network, output, published, refused, wrong

# transformers: SegformerForSemanticSegmentation with 150 classes, compared; 8.4 G in the paper
test_counts = published(("segformer_b0", 3_752_694, 8.4e9))


def test_scores_are_a_quarter_of_the_picture() -> None:
    assert output(network("segformer_b0")) == (150, 128, 128)


def test_b2() -> None:
    sizes = {"depths": "3 4 6 3", "widths": "64 128 320 512", "decoder": 768}
    assert network("segformer_b0", **sizes).trainable == 27_461_974  # transformers, B2


test_what_cannot_be_is_refused = refused(
    wrong("segformer_b0", "heads that divide", heads="3 2 5 8"),
    wrong("segformer_b0", "four depths", depths="2 2"),
)
