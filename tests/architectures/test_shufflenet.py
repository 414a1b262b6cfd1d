"""ShuffleNets have the sizes of their papers."""

from __future__ import annotations

import pytest
from networks import network, overview, published, refused, wrong

PUBLISHED = (
    # counted by hand after figure 2 and table 1; the paper prints 140 M products for each
    ("shufflenet_v1_g1", 1_531_936, 143e6),
    ("shufflenet_v1_g2", 1_733_848, 140e6),
    ("shufflenet_v1_g3", 1_865_728, 137e6),
    ("shufflenet_v1_g4", 1_968_344, 133e6),
    ("shufflenet_v1_g8", 2_434_768, 137e6),
    ("shufflenet_v2_x1_0", 2_278_604, 146e6),  # torchvision, with equal outputs after copying weights
)
test_counts_are_the_published_ones = published(*PUBLISHED)
test_the_top_level_is_short_and_other_sizes_fit = overview(*PUBLISHED)
test_what_cannot_be_is_refused = refused(
    wrong("shufflenet_v1_g3", "1, 2, 3, 4 or 8 groups, not 5", groups=5),
    wrong("shufflenet_v1_g3", "scale of 0.25 to 4, not 0", scale=0.0),
    wrong("shufflenet_v2_x1_0", "even width .* not 117", width=117),
)


@pytest.mark.parametrize(("scale", "millions"), [(0.5, 38), (0.25, 13)])
def test_scales_cost_what_table_2_says(scale: float, millions: float) -> None:
    assert network("shufflenet_v1_g3", scale=scale).macs / 1e6 == pytest.approx(millions, abs=2)


@pytest.mark.parametrize(("width", "parameters"), [(48, 1_366_792), (176, 3_503_624), (244, 7_393_996)])
def test_other_widths_of_v2(width: int, parameters: int) -> None:
    assert network("shufflenet_v2_x1_0", width=width).parameters == parameters
