"""DeiTs with the token of the teacher: counts of timm and of the paper."""

from __future__ import annotations

from networks import network, published, refused, wrong

# timm deit_*_distilled_patch16_224, whose outputs were compared
test_counts = published(
    ("deit_tiny_distilled", 5_910_800),
    ("deit_small_distilled", 22_436_432),
    ("deit_base_distilled", 87_338_192),
)


def test_the_second_token_costs_a_vector_a_place_and_a_head() -> None:
    plain, taught = network("vit_small_p16").trainable, network("deit_small_distilled").trainable
    assert taught - plain == 384 + 384 + 385 * 1000


test_what_cannot_be_is_refused = refused(wrong("deit_base_distilled", "heads divide", heads=5))
