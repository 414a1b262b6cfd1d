"""HRNets: counts of timm and of the paper."""

from __future__ import annotations

from networks import network, overview, published, refused, wrong

# timm, whose outputs were compared; the authors' table prints 21.3 M and 41.2 M
PUBLISHED = (("hrnet_w18", 21_299_004), ("hrnet_w32", 41_232_680))
test_counts = published(*PUBLISHED)
test_the_top_level_is_short_and_other_sizes_fit = overview(*PUBLISHED)


def test_a_quarter_of_the_picture_stays_to_the_end() -> None:
    maps = network("hrnet_w18").at("stage4").outputs.values()
    assert [tensor.shape for tensor in maps if tensor] == [
        (18 << scale, 56 >> scale, 56 >> scale) for scale in range(4)
    ]


test_what_cannot_be_is_refused = refused(
    wrong("hrnet_w18", "32 has to divide", (3, 100, 100)), wrong("hrnet_w18", "1 to 256 wide", width=0)
)
