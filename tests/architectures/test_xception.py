"""Xception has the size of the paper."""

from __future__ import annotations

from networks import layers, network, overview, published, refused, wrong

PUBLISHED = (
    ("xception", 22_855_952, 8.4e9),  # Keras and timm; equal outputs after copying weights
)
test_counts_are_the_published_ones = published(*PUBLISHED)
test_the_top_level_is_short_and_other_sizes_fit = overview(*PUBLISHED)
test_what_cannot_be_is_refused = refused(
    wrong("xception", "1 to 64 blocks in the middle, not 0", middle=0),
)


def test_it_has_36_convolutions() -> None:
    convolutions = layers(network("xception"), "pointwise_conv2d", "conv2d")
    assert len(convolutions) - 4 == 36  # without those of four shortcuts
    more = network("xception", middle=16, dropout=0.5)
    assert more.parameters == 22_855_952 + 8 * 3 * (9 * 728 + 728 * 728 + 2 * 728)
