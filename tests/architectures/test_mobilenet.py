"""MobileNets have the sizes of their papers and of the common implementations."""

from __future__ import annotations

import pytest
from nets import resolve

from explorer.architectures.architecture import OptionProblem
from explorer.architectures.gallery import find
from explorer.graph.flow import Flow
from explorer.graph.tensor import vector

PUBLISHED: list[tuple[str, int, float | None]] = [
    # timm's mobilenetv1_100 and torchvision's V2 and V3, with equal outputs after copying weights
    ("mobilenet_v1", 4_231_976, 569e6),
    ("mobilenet_v2", 3_504_872, 300e6),
    ("mobilenet_v3_large", 5_483_032, 219e6),
    ("mobilenet_v3_small", 2_542_856, 56e6),
]
REFUSED: list[tuple[str, str, bool | float | str, str]] = [
    ("mobilenet_v1", "alpha", 0.0, "width alpha of 0.1 to 4, not 0"),
    ("mobilenet_v2", "alpha", 9.0, "width alpha of 0.1 to 4, not 9"),
    ("mobilenet_v3_small", "alpha", -1.0, "width alpha of 0.1 to 4, not -1"),
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


@pytest.mark.parametrize(("alpha", "millions"), [(0.75, 2.6), (0.5, 1.3), (0.25, 0.5)])
def test_thinner_mobilenets_of_table_6(alpha: float, millions: float) -> None:
    found = flow("mobilenet_v1", alpha=alpha)
    assert found.parameters / 1e6 == pytest.approx(millions, abs=0.05)


@pytest.mark.parametrize(("alpha", "parameters"), [(0.5, 1_968_680), (0.75, 2_636_424), (1.4, 6_108_776)])
def test_other_widths_of_v2(alpha: float, parameters: int) -> None:
    assert flow("mobilenet_v2", alpha=alpha).parameters == parameters


def test_gates_of_v3_squeeze_to_a_quarter_of_the_inner_channels() -> None:
    found = flow("mobilenet_v3_large")
    (tensor,) = found.at("stage3.block1.se.reduce").outputs.values()
    assert tensor is not None
    assert tensor.shape == (24, 1, 1)
    assert flow("mobilenet_v3_large", small=True).parameters > flow("mobilenet_v3_small").parameters - 1
    assert flow("mobilenet_v3_large", dropout=0.0).leaves == found.leaves - 1
