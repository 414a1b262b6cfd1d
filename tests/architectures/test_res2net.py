"""Res2Net: the count of the released weights."""

from __future__ import annotations

from networks import network, overview, published, refused, wrong

PUBLISHED = (("res2net50_26w_4s", 25_699_120, 4.2e9),)  # timm, whose outputs were compared
test_counts = published(*PUBLISHED)
test_the_top_level_is_short_and_other_sizes_fit = overview(*PUBLISHED)


def test_other_members() -> None:
    assert network("res2net50_26w_4s", width=14, scale=8).trainable == 25_059_816  # res2net50_14w_8s of timm


test_what_cannot_be_is_refused = refused(wrong("res2net50_26w_4s", "1 to 16 parts", scale=0))
