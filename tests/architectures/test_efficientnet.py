"""EfficientNets have the sizes of the table."""

from __future__ import annotations

from networks import network, overview, published, refused, settings, wrong

PUBLISHED = (
    # torchvision, with equal outputs after copying weights; products as in the table
    ("efficientnet_b0", 5_288_548, 0.39e9),
    ("efficientnet_b1", 7_794_184, 0.70e9),
    ("efficientnet_b2", 9_109_994, 1.0e9),
    ("efficientnet_b3", 12_233_232, 1.8e9),
    ("efficientnet_b4", 19_341_616),  # 4.4e9 here; the table prints 4.2 B
    ("efficientnet_b5", 30_389_784),  # 10.3e9 here; the table prints 9.9 B
    ("efficientnet_b6", 43_040_704, 19e9),
    ("efficientnet_b7", 66_347_960, 37e9),
)
test_counts_are_the_published_ones = published(*PUBLISHED)
test_the_top_level_is_short_and_other_sizes_fit = overview(*PUBLISHED)
test_what_cannot_be_is_refused = refused(
    wrong("efficientnet_b0", "factor width of 0.1 to 8, not 0", width=0.0),
    wrong("efficientnet_b0", "factor depth of 0.1 to 8, not 20", depth=20.0),
)


def test_factors_lead_from_one_member_to_the_other() -> None:
    assert network("efficientnet_b0", width=1.2, depth=1.4).parameters == 12_233_232


def test_the_first_block_is_never_skipped_and_later_ones_more_often() -> None:
    drops = settings(network("efficientnet_b0"), "stochastic_depth", "p")
    assert drops == sorted(drops)
    assert 0 < min(drops) < max(drops) < 0.2
