"""ConvNeXts: counts of torchvision and timm, MACs of the paper."""

from __future__ import annotations

from networks import network, overview, published, refused, wrong

# torchvision and timm; outputs were compared with timm's. 10⁹ MACs of the paper's table.
PUBLISHED = (
    ("convnext_t", 28_589_128, 4.5),
    ("convnext_s", 50_223_688, 8.7),
    ("convnext_b", 88_591_464, 15.4),
    ("convnext_l", 197_767_336, 34.4),
)
test_counts = published(*PUBLISHED, unit=1e9)
test_the_top_level_is_short_and_other_sizes_fit = overview(*PUBLISHED)


def test_the_largest_of_the_paper() -> None:
    xlarge = network("convnext_l", widths="256-512-1024-2048")
    assert xlarge.trainable == 350_196_968  # convnext_xlarge of timm


test_what_cannot_be_is_refused = refused(
    wrong("convnext_t", "odd kernel", kernel=4),
    wrong("convnext_t", "4 numbers of blocks", depths="3-3-9"),
    wrong("convnext_t", "4 numbers of channels", widths="0-1-2-3"),
)
