"""Searched networks have the sizes of their papers."""

from __future__ import annotations

import pytest
from networks import network, overview, published, refused, wrong

from explorer.architectures.gallery import find

PUBLISHED = (
    # timm's nasnetalarge and pnasnet5large, with equal outputs after copying weights
    ("nasnet_a_large", 88_753_150, 23.8e9),
    ("pnasnet5_large", 86_057_668, 25.0e9),
    ("amoebanet_a", 86_725_316, 23.1e9),  # a reconstruction; the paper prints 86.7 M and 23.1 B
    ("amoebanet_c", 155_284_752, 41.1e9),  # a reconstruction; the paper prints 155.3 M and 41.1 B
)
test_counts_are_the_published_ones = published(*PUBLISHED)
test_the_top_level_is_short_and_other_sizes_fit = overview(*PUBLISHED)
test_what_cannot_be_is_refused = refused(
    wrong("nasnet_a_large", "1 to 24 cells in each stage, not 0", cells=0),
    wrong("nasnet_a_large", "4 divides, such as 168, not 42", filters=42),
    wrong("pnasnet5_large", "4 divides, such as 216, not 2", filters=2),
    wrong("amoebanet_a", "4 to 1,024 filters, such as 190, not 3", filters=3),
)


def test_the_network_of_gpipe() -> None:
    found = network("amoebanet_b_gpipe")
    assert found.parameters == pytest.approx(557e6, rel=0.002)  # the paper's text; this is a reconstruction
    assert found.parameters == 557_596_232


def test_a_state_that_nobody_reads_leaves_at_the_size_of_the_cell() -> None:
    reduction = find("amoebanet_c").build().groups["reduction1"]
    assert [name for name in reduction if name.startswith("end_")] == ["end_3"]


def test_the_mobile_nasnet() -> None:
    mobile = network("nasnet_a_large", (3, 224, 224), filters=44, cells=4, stem=32, skip=False, dropout=0.0)
    assert mobile.parameters == 5_289_978  # NASNet-A (4 @ 1056)
    assert mobile.macs == pytest.approx(564e6, rel=0.02)
    assert network("pnasnet5_large", cells=3).parameters < network("pnasnet5_large").parameters


def test_uneven_margins_stand_only_where_maps_have_an_even_size() -> None:
    pads = [address for address, node in network("nasnet_a_large").walk() if address.endswith("_pad")]
    assert len(pads) == 5  # 42 becomes 21 in the first reduction: four separables and one mean
    assert all(address.startswith("stage2.reduction1.") for address in pads)


def test_later_cells_are_uses_of_one_group() -> None:
    groups = find("nasnet_a_large").build(cells=9).groups
    assert "stage1_cell3" in groups
    assert "stage1_cell4" not in groups
