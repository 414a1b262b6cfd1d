"""SqueezeNets: counts of the paper and of torchvision."""

from __future__ import annotations

from networks import network, overview, published, refused, wrong

# torchvision, whose outputs were compared; the paper's table 1 ends with 1,248,424
PUBLISHED = (("squeezenet1_0", 1_248_424), ("squeezenet1_1", 1_235_496))
test_counts = published(*PUBLISHED)
test_the_top_level_is_short_and_other_sizes_fit = overview(*PUBLISHED)


def test_products_of_the_second_version() -> None:
    assert (
        2.3 < network("squeezenet1_0").macs / network("squeezenet1_1").macs < 2.5
    )  # “2.4× less computation”


test_what_cannot_be_is_refused = refused(wrong("squeezenet1_0", "version 1_0 or 1_1", version="2"))
