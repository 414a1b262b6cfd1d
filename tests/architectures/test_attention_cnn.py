"""Networks with attention have the sizes of their papers."""

from __future__ import annotations

import pytest
from networks import network, overview, published, refused, wrong

from explorer.architectures.gallery import find

PUBLISHED = (
    # ResNet-50 and ResNeXt-101 with the gates; the papers print 28.09 M, 48.96 M and 25.92 M
    ("cbam_resnet50", 28_089_624),
    ("cbam_resnext101_32x4d", 48_958_716),
    ("bam_resnet50", 25_918_126),
    # units as in the authors' definition; the paper prints 31.9 M, 6.2 G and 51.3 M, 10.4 G
    ("residual_attention56", 31_810_728, 6.2e9),
    ("residual_attention92", 52_466_344, 10.4e9),
    ("residual_attention452_cifar", 9_906_186),  # a reconstruction; 8.6 M in the paper
)
test_counts_are_the_published_ones = published(*PUBLISHED)
test_the_top_level_is_short_and_other_sizes_fit = overview(*PUBLISHED)
test_what_cannot_be_is_refused = refused(
    wrong("cbam_resnet50", "4 numbers of blocks", layers="3-4-6-x"),
    wrong("residual_attention56", "3 numbers of attention modules", modules="1-1"),
    wrong("residual_attention452_cifar", "36m . 20, such as 56 or 452, not 100", depth=100),
)


def test_gates_are_added_to_a_plain_network() -> None:
    plain, blocks = network("resnext101_32x4d").parameters, 33
    gated = network("cbam_resnext101_32x4d").parameters
    se = network("se_resnext50_32x4d", layers="3-4-23-3").parameters
    assert se - plain < gated - plain == se - plain + 100 * blocks
    assert network("bam_resnet50", reduction=8).parameters > network("bam_resnet50").parameters > 25_557_032
    assert network("cbam_resnet50", cardinality=32, width=4).parameters < network("cbam_resnet50").parameters


@pytest.mark.parametrize(("depth", "millions"), [(92, 1.9), (236, 5.1)])
def test_reconstruction_reproduces_the_smaller_members(depth: int, millions: float) -> None:
    found = network("residual_attention452_cifar", depth=depth)
    assert found.parameters / 1e6 == pytest.approx(millions, abs=0.05)


def test_attention_452_has_452_layers_on_its_longest_path() -> None:
    root = find("residual_attention452_cifar").build()
    modules = sum(
        node.block == "residual_attention" for group in root.groups.values() for node in group.nodes
    )
    assert modules == 36
    assert 1 + 3 * (3 + 3) + 1 + modules * 3 * 4 == 452
