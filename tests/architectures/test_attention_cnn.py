"""Networks with attention have the sizes of their papers."""

from __future__ import annotations

import pytest
from nets import resolve

from explorer.architectures.architecture import OptionProblem
from explorer.architectures.gallery import find
from explorer.graph.flow import Flow
from explorer.graph.tensor import vector

PUBLISHED: list[tuple[str, int, float | None]] = [
    # ResNet-50 and ResNeXt-101 with the gates; the papers print 28.09 M, 48.96 M and 25.92 M
    ("cbam_resnet50", 28_089_624, None),
    ("cbam_resnext101_32x4d", 48_958_716, None),
    ("bam_resnet50", 25_918_126, None),
    # units as in the authors' definition; the paper prints 31.9 M, 6.2 G and 51.3 M, 10.4 G
    ("residual_attention56", 31_810_728, 6.2e9),
    ("residual_attention92", 52_466_344, 10.4e9),
    ("residual_attention452_cifar", 9_906_186, None),  # a reconstruction; 8.6 M in the paper
]
REFUSED: list[tuple[str, str, bool | float | str, str]] = [
    ("cbam_resnet50", "layers", "3-4-6-x", "4 numbers of blocks"),
    ("residual_attention56", "modules", "1-1", "3 numbers of attention modules"),
    ("residual_attention452_cifar", "depth", 100, "36m . 20, such as 56 or 452, not 100"),
]


def flow(id: str, **options: bool | int | float | str) -> Flow:
    found = resolve(find(id).build(**options))
    assert not found.problems
    return found


@pytest.mark.parametrize(("id", "parameters", "macs"), PUBLISHED)
def test_counts_are_the_published_ones(id: str, parameters: int, macs: float | None) -> None:
    found = flow(id)
    assert found.trainable == parameters
    assert list(found.outputs.values()) == [vector(find(id).classes)]
    if macs is not None:
        assert found.macs == pytest.approx(macs, rel=0.03)


@pytest.mark.parametrize(("id", "option", "value", "words"), REFUSED)
def test_bad_options_are_refused_in_words(
    id: str, option: str, value: bool | float | str, words: str
) -> None:
    with pytest.raises(OptionProblem, match=words):
        find(id).build(**{option: value})


@pytest.mark.parametrize("id", [row[0] for row in PUBLISHED])
def test_the_top_level_is_short_and_other_sizes_fit(id: str) -> None:
    entry = find(id)
    assert len(entry.build().root) <= 14
    assert entry.section("Form")
    assert entry.section("Gaps")
    channels, *_ = entry.input.shape
    found = resolve(entry.build((channels, 64, 96), classes=5))
    assert list(found.outputs.values()) == [vector(5)]


def test_gates_are_added_to_a_plain_network() -> None:
    plain, blocks = flow("resnext101_32x4d").parameters, 33
    gated = flow("cbam_resnext101_32x4d").parameters
    se = flow("se_resnext50_32x4d", layers="3-4-23-3").parameters
    assert se - plain < gated - plain == se - plain + 100 * blocks
    assert flow("bam_resnet50", reduction=8).parameters > flow("bam_resnet50").parameters > 25_557_032
    assert flow("cbam_resnet50", cardinality=32, width=4).parameters < flow("cbam_resnet50").parameters


@pytest.mark.parametrize(("depth", "millions"), [(92, 1.9), (236, 5.1)])
def test_reconstruction_reproduces_the_smaller_members(depth: int, millions: float) -> None:
    found = flow("residual_attention452_cifar", depth=depth)
    assert found.parameters / 1e6 == pytest.approx(millions, abs=0.05)


def test_attention_452_has_452_layers_on_its_longest_path() -> None:
    root = find("residual_attention452_cifar").build()
    modules = sum(
        node.block == "residual_attention" for group in root.groups.values() for node in group.nodes
    )
    assert modules == 36
    assert 1 + 3 * (3 + 3) + 1 + modules * 3 * 4 == 452
