"""MobileNets have the sizes of their papers and of the common implementations."""

from __future__ import annotations

import pytest
from networks import network, overview, published, refused, shape, wrong

PUBLISHED = (
    # timm's mobilenetv1_100 and torchvision's V2 and V3, with equal outputs after copying weights
    ("mobilenet_v1", 4_231_976, 569e6),
    ("mobilenet_v2", 3_504_872, 300e6),
    ("mobilenet_v3_large", 5_483_032, 219e6),
    ("mobilenet_v3_small", 2_542_856, 56e6),
)
test_counts_are_the_published_ones = published(*PUBLISHED)
test_the_top_level_is_short_and_other_sizes_fit = overview(*PUBLISHED)
test_what_cannot_be_is_refused = refused(
    wrong("mobilenet_v1", "width alpha of 0.1 to 4, not 0", alpha=0.0),
    wrong("mobilenet_v2", "width alpha of 0.1 to 4, not 9", alpha=9.0),
    wrong("mobilenet_v3_small", "width alpha of 0.1 to 4, not -1", alpha=-1.0),
)


@pytest.mark.parametrize(("alpha", "millions"), [(0.75, 2.6), (0.5, 1.3), (0.25, 0.5)])
def test_thinner_mobilenets_of_table_6(alpha: float, millions: float) -> None:
    found = network("mobilenet_v1", alpha=alpha)
    assert found.parameters / 1e6 == pytest.approx(millions, abs=0.05)


@pytest.mark.parametrize(("alpha", "parameters"), [(0.5, 1_968_680), (0.75, 2_636_424), (1.4, 6_108_776)])
def test_other_widths_of_v2(alpha: float, parameters: int) -> None:
    assert network("mobilenet_v2", alpha=alpha).parameters == parameters


def test_gates_of_v3_squeeze_to_a_quarter_of_the_inner_channels() -> None:
    found = network("mobilenet_v3_large")
    assert shape(found, "stage3.block1.se.reduce") == (24, 1, 1)
    assert network("mobilenet_v3_large", small=True).parameters > network("mobilenet_v3_small").parameters - 1
    assert network("mobilenet_v3_large", dropout=0.0).leaves == found.leaves - 1
