"""Wide residual networks have the sizes of the paper."""

from __future__ import annotations

import pytest
from nets import resolve

from explorer.architectures.architecture import OptionProblem
from explorer.architectures.gallery import find
from explorer.graph.flow import Flow
from explorer.graph.tensor import vector

PUBLISHED: list[tuple[str, int, float | None]] = [
    # table 4 of the paper prints 8.9 M, 11.0 M and 36.5 M
    ("wrn40_4_cifar10", 8_949_210, None),
    ("wrn16_8_cifar10", 10_961_370, None),
    ("wrn28_10_cifar10", 36_479_194, 5.2e9),
    ("wide_resnet50_2", 68_883_240, 11.4e9),  # torchvision, with equal outputs after copying weights
]
REFUSED: list[tuple[str, str, bool | float | str, str]] = [
    ("wrn28_10_cifar10", "depth", 27, "6n . 4, such as 28, not 27"),
    ("wide_resnet50_2", "k", 3, "1, 2 or 4, not 3"),
    ("wide_resnet50_2", "layers", "3-4", "4 numbers of blocks"),
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


@pytest.mark.parametrize(
    ("depth", "k", "millions"), [(40, 1, 0.6), (40, 2, 2.2), (22, 8, 17.2), (16, 10, 17.1)]
)
def test_depth_and_width_reach_the_other_members(depth: int, k: int, millions: float) -> None:
    found = flow("wrn28_10_cifar10", depth=depth, k=k)
    assert found.parameters / 1e6 == pytest.approx(millions, abs=0.06)


def test_a_plain_width_is_resnet_50() -> None:
    assert flow("wide_resnet50_2", k=1).parameters == 25_557_032
    assert flow("wide_resnet50_2", layers="3-4-23-3").parameters == 126_886_696  # wide_resnet101_2


def test_dropout_lies_in_every_block() -> None:
    plain, dropped = flow("wrn28_10_cifar10"), flow("wrn28_10_cifar10", dropout=0.3)
    assert dropped.leaves - plain.leaves == 12
