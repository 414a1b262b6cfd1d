"""EfficientNets have the sizes of the table."""

from __future__ import annotations

import pytest
from nets import resolve

from explorer.architectures.architecture import OptionProblem
from explorer.architectures.gallery import find
from explorer.graph.flow import Flow
from explorer.graph.tensor import vector

PUBLISHED: list[tuple[str, int, float | None]] = [
    # torchvision, with equal outputs after copying weights; products as in the table
    ("efficientnet_b0", 5_288_548, 0.39e9),
    ("efficientnet_b1", 7_794_184, 0.70e9),
    ("efficientnet_b2", 9_109_994, 1.0e9),
    ("efficientnet_b3", 12_233_232, 1.8e9),
    ("efficientnet_b4", 19_341_616, None),  # 4.4e9 here; the table prints 4.2 B
    ("efficientnet_b5", 30_389_784, None),  # 10.3e9 here; the table prints 9.9 B
    ("efficientnet_b6", 43_040_704, 19e9),
    ("efficientnet_b7", 66_347_960, 37e9),
]
REFUSED: list[tuple[str, str, bool | float | str, str]] = [
    ("efficientnet_b0", "width", 0.0, "factor width of 0.1 to 8, not 0"),
    ("efficientnet_b0", "depth", 20.0, "factor depth of 0.1 to 8, not 20"),
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


def test_factors_lead_from_one_member_to_the_other() -> None:
    assert flow("efficientnet_b0", width=1.2, depth=1.4).parameters == 12_233_232


def test_the_first_block_is_never_skipped_and_later_ones_more_often() -> None:
    found = flow("efficientnet_b0")
    drops = [
        node.block.values["p"]
        for address, node in found.walk()
        if node.block is not None and node.block.id == "stochastic_depth"
    ]
    assert drops == sorted(drops)
    assert 0 < min(drops) < max(drops) < 0.2
