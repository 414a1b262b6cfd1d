"""DenseNets have the sizes of the paper and of the common implementations."""

from __future__ import annotations

import pytest
from networks import network, overview, published, refused, wrong

PUBLISHED = (
    # torchvision's densenet121 to densenet201, whose outputs are equal after copying weights
    ("densenet121", 7_978_856, 2.83e9),
    ("densenet161", 28_681_000, 7.73e9),
    ("densenet169", 14_149_480, 3.36e9),
    ("densenet201", 20_013_928, 4.29e9),
    ("densenet264", 33_337_704),  # 34 M in the paper; counted by the formula below
    # table 2 of the paper prints 1.0 M, 0.8 M, 25.6 M and 15.3 M
    ("densenet40_k12_cifar10", 1_019_722),
    ("densenet100_k12_bc_cifar10", 769_162),
    ("densenet190_k40_bc_cifar10", 25_624_430),
    ("densenet250_k24_bc_cifar10", 15_324_406),
)
test_counts_are_the_published_ones = published(*PUBLISHED)
test_the_top_level_is_short_and_other_sizes_fit = overview(*PUBLISHED)
test_what_cannot_be_is_refused = refused(
    wrong("densenet121", "4 numbers of layers", layers="6-12-24"),
    wrong("densenet121", "4 numbers of layers", layers="6-12-24-x"),
    wrong("densenet40_k12_cifar10", "3n . 4 up to 1,000, such as 40, not 41", depth=41),
    wrong("densenet100_k12_bc_cifar10", "6n . 4 up to 1,000, such as 100, not 7", depth=7),
)


def by_formula(layers: tuple[int, ...], k: int, initial: int, classes: int) -> int:
    """Weights of a DenseNet-BC for ImageNet, counted layer by layer."""
    total, wide = 3 * 49 * initial + 2 * initial, initial
    for number, count in enumerate(layers, 1):
        for _ in range(count):
            total += 2 * wide + 4 * k * wide + 8 * k + 36 * k * k
            wide += k
        if number < len(layers):
            total += 2 * wide + wide * (wide // 2)
            wide //= 2
    return total + 2 * wide + wide * classes + classes


def test_layers_and_growth_reach_the_whole_family() -> None:
    assert network("densenet264").parameters == by_formula((6, 12, 64, 48), 32, 64, 1000)
    grown = network("densenet121", layers="6-12-36-24", growth=48, initial=96)
    assert grown.parameters == network("densenet161").parameters
    assert network("densenet121", compression=1.0).parameters > network("densenet121").parameters


def test_the_other_networks_of_table_2() -> None:
    for options, millions in (
        ({"depth": 100, "growth": 12}, 7.0),
        ({"depth": 100, "growth": 24}, 27.2),
        ({"depth": 100, "growth": 12, "bottleneck": True, "compression": 0.5}, 0.8),
    ):
        found = network("densenet40_k12_cifar10", **options)  # type: ignore[arg-type]
        assert found.parameters / 1e6 == pytest.approx(millions, abs=0.15)


def test_dropout_stands_behind_every_convolution_of_a_layer() -> None:
    plain, dropped = network("densenet40_k12_cifar10"), network("densenet40_k12_cifar10", dropout=0.2)
    assert dropped.parameters == plain.parameters
    assert dropped.leaves - plain.leaves == 36
