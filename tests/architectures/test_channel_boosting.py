"""The channel boosted network is a sketch, but its learners are frozen."""

from __future__ import annotations

from networks import network, overview, published, refused, shape, wrong

PUBLISHED = (("channel_boosted_cnn", 1_174_594),)
test_counts_are_the_published_ones = published(*PUBLISHED)
test_the_top_level_is_short_and_other_sizes_fit = overview(*PUBLISHED)
test_what_cannot_be_is_refused = refused(
    wrong("channel_boosted_cnn", "1 to 6 stages, not 0", stages=0),
    wrong("channel_boosted_cnn", "1 to 512 filters, not 0", width=0),
)


def test_learners_are_frozen_and_their_channels_replace_or_join_the_input() -> None:
    joined = network("channel_boosted_cnn")
    assert joined.at("boost").trainable == 0 < joined.at("boost").parameters
    assert shape(joined, "boost") == (6, 224, 224)
    assert shape(network("channel_boosted_cnn", learners=2, keep=False), "boost")[0] == 2
