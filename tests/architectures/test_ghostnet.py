"""GhostNet has the size of the paper."""

from __future__ import annotations

import pytest
from nets import resolve

from explorer.architectures.architecture import OptionProblem
from explorer.architectures.gallery import find
from explorer.graph.flow import Flow
from explorer.graph.tensor import vector

PUBLISHED: list[tuple[str, int, float | None]] = [
    ("ghostnet", 5_182_508, 141e6),  # the authors' code; timm's has equal outputs after copying weights
]
REFUSED: list[tuple[str, str, bool | float | str, str]] = [
    ("ghostnet", "alpha", 0.0, "width alpha of 0.1 to 4, not 0"),
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


@pytest.mark.parametrize(("alpha", "millions", "macs"), [(0.5, 2.6, 42e6), (1.3, 7.3, 226e6)])
def test_other_widths_of_table_7(alpha: float, millions: float, macs: float) -> None:
    found = flow("ghostnet", alpha=alpha)
    assert found.parameters / 1e6 == pytest.approx(millions, abs=0.1)
    assert found.macs == pytest.approx(macs, rel=0.03)
