"""Searched networks have the sizes of their papers."""

from __future__ import annotations

import pytest
from nets import resolve

from explorer.architectures.architecture import OptionProblem
from explorer.architectures.gallery import find
from explorer.graph.flow import Flow
from explorer.graph.tensor import vector

PUBLISHED: list[tuple[str, int, float | None]] = [
    # timm's nasnetalarge and pnasnet5large, with equal outputs after copying weights
    ("nasnet_a_large", 88_753_150, 23.8e9),
    ("pnasnet5_large", 86_057_668, 25.0e9),
    ("amoebanet_a", 86_725_316, 23.1e9),  # a reconstruction; the paper prints 86.7 M and 23.1 B
]
REFUSED: list[tuple[str, str, bool | float | str, str]] = [
    ("nasnet_a_large", "cells", 0, "1 to 24 cells in each stage, not 0"),
    ("nasnet_a_large", "filters", 42, "4 divides, such as 168, not 42"),
    ("pnasnet5_large", "filters", 2, "4 divides, such as 216, not 2"),
    ("amoebanet_a", "filters", 3, "4 to 1,024 filters, such as 190, not 3"),
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


def test_the_mobile_nasnet() -> None:
    mobile = resolve(
        find("nasnet_a_large").build((3, 224, 224), filters=44, cells=4, stem=32, skip=False, dropout=0.0)
    )
    assert mobile.parameters == 5_289_978  # NASNet-A (4 @ 1056)
    assert mobile.macs == pytest.approx(564e6, rel=0.02)
    assert flow("pnasnet5_large", cells=3).parameters < flow("pnasnet5_large").parameters


def test_uneven_margins_stand_only_where_maps_have_an_even_size() -> None:
    pads = [address for address, node in flow("nasnet_a_large").walk() if address.endswith("_pad")]
    assert len(pads) == 5  # 42 becomes 21 in the first reduction: four separables and one mean
    assert all(address.startswith("stage2.reduction1.") for address in pads)


def test_later_cells_are_uses_of_one_group() -> None:
    groups = find("nasnet_a_large").build(cells=9).groups
    assert "stage1_cell3" in groups
    assert "stage1_cell4" not in groups
