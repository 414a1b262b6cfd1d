"""RegNets: counts of timm, figures of the paper's tables."""

from __future__ import annotations

from networks import layers, network, overview, published, refused, wrong

# timm, whose outputs were compared; the names say the 10⁹ MACs
PUBLISHED = (
    ("regnet_x_400mf", 5_157_512, 0.4),
    ("regnet_x_1_6gf", 9_190_136, 1.6),
    ("regnet_x_3_2gf", 15_296_552, 3.2),
    ("regnet_y_400mf", 4_344_144, 0.4),
    ("regnet_y_800mf", 6_263_168, 0.8),
    ("regnet_y_1_6gf", 11_202_430, 1.6),
    ("regnet_y_3_2gf", 19_436_338, 3.2),
)
test_counts = published(*PUBLISHED, unit=1e9)
test_the_top_level_is_short_and_other_sizes_fit = overview(*PUBLISHED)


def test_only_y_has_gates() -> None:
    assert not layers(network("regnet_x_400mf"), "sigmoid")
    assert len(layers(network("regnet_y_400mf"), "sigmoid")) == 1 + 3 + 6 + 6


def test_a_larger_one() -> None:
    larger = network("regnet_y_400mf", depths="2-4-10-1", widths="168-448-896-2016", group=56)
    assert larger.trainable == 39_180_068  # regnety_080 of timm: 8.0 GF


test_what_cannot_be_is_refused = refused(
    wrong("regnet_x_400mf", "divides all channels", group=7),
    wrong("regnet_y_400mf", "share of 0", squeeze=2.0),
)
