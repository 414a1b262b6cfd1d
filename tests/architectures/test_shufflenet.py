"""ShuffleNets have the sizes of their papers."""

from __future__ import annotations

import pytest
from nets import resolve

from explorer.architectures.architecture import OptionProblem
from explorer.architectures.gallery import find
from explorer.graph.flow import Flow
from explorer.graph.tensor import vector

PUBLISHED: list[tuple[str, int, float | None]] = [
    # counted by hand after figure 2 and table 1; the paper prints 140 M products for each
    ("shufflenet_v1_g1", 1_531_936, 143e6),
    ("shufflenet_v1_g2", 1_733_848, 140e6),
    ("shufflenet_v1_g3", 1_865_728, 137e6),
    ("shufflenet_v1_g4", 1_968_344, 133e6),
    ("shufflenet_v1_g8", 2_434_768, 137e6),
    ("shufflenet_v2_x1_0", 2_278_604, 146e6),  # torchvision, with equal outputs after copying weights
]
REFUSED: list[tuple[str, str, bool | float | str, str]] = [
    ("shufflenet_v1_g3", "groups", 5, "1, 2, 3, 4 or 8 groups, not 5"),
    ("shufflenet_v1_g3", "scale", 0.0, "scale of 0.25 to 4, not 0"),
    ("shufflenet_v2_x1_0", "width", 117, "even width .* not 117"),
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


@pytest.mark.parametrize(("scale", "millions"), [(0.5, 38), (0.25, 13)])
def test_scales_cost_what_table_2_says(scale: float, millions: float) -> None:
    assert flow("shufflenet_v1_g3", scale=scale).macs / 1e6 == pytest.approx(millions, abs=2)


@pytest.mark.parametrize(("width", "parameters"), [(48, 1_366_792), (176, 3_503_624), (244, 7_393_996)])
def test_other_widths_of_v2(width: int, parameters: int) -> None:
    assert flow("shufflenet_v2_x1_0", width=width).parameters == parameters
