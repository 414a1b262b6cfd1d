"""PyramidNets have the sizes of the paper."""

from __future__ import annotations

import pytest
from nets import resolve

from explorer.architectures.architecture import OptionProblem
from explorer.architectures.gallery import find
from explorer.graph.flow import Flow
from explorer.graph.tensor import vector

PUBLISHED: list[tuple[str, int, float | None]] = [
    # counted from the authors' code; the paper prints 27.0 M, 28.5 M and 116.4 M
    ("pyramidnet164_a270_cifar10", 27_216_021, None),
    ("pyramidnet110_a270_cifar10", 28_485_477, None),
    ("pyramidnet200_a450", 116_775_213, None),  # 116,388,977 without batch norms
]
REFUSED: list[tuple[str, str, bool | float | str, str]] = [
    ("pyramidnet164_a270_cifar10", "depth", 165, "9n . 2, such as 164, not 165"),
    ("pyramidnet110_a270_cifar10", "depth", 111, "6n . 2, such as 110, not 111"),
    ("pyramidnet110_a270_cifar10", "alpha", 0, "at least 1, not 0"),
    ("pyramidnet200_a450", "alpha", -3, "at least 1, not -3"),
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
    ("depth", "alpha", "bottleneck", "millions"),
    [
        (110, 48, False, 1.7), (110, 84, False, 3.8), (200, 240, True, 26.6), (236, 220, True, 26.8),
        (272, 200, True, 26.0),
    ],
)  # fmt: skip
def test_depth_and_alpha_reach_the_other_members(
    depth: int, alpha: int, bottleneck: bool, millions: float
) -> None:
    found = flow("pyramidnet164_a270_cifar10", depth=depth, alpha=alpha, bottleneck=bottleneck)
    assert found.parameters / 1e6 == pytest.approx(millions, rel=0.05)


def test_every_unit_is_wider_than_the_one_before() -> None:
    found, widths = flow("pyramidnet110_a270_cifar10"), []
    for stage in (1, 2, 3):
        for number in range(1, 19):
            (tensor,) = found.at(f"stage{stage}.block{number}").outputs.values()
            assert tensor is not None
            widths.append(tensor.shape[0])
    assert widths == [16 + 5 * n for n in range(1, 55)]
