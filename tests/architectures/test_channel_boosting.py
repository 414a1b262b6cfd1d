"""The channel boosted network is a sketch, but its learners are frozen."""

from __future__ import annotations

import pytest
from nets import resolve

from explorer.architectures.architecture import OptionProblem
from explorer.architectures.gallery import find
from explorer.graph.flow import Flow
from explorer.graph.tensor import vector

PUBLISHED: list[tuple[str, int, float | None]] = [
    ("channel_boosted_cnn", 1_174_594, None),
]
REFUSED: list[tuple[str, str, bool | float | str, str]] = [
    ("channel_boosted_cnn", "stages", 0, "1 to 6 stages, not 0"),
    ("channel_boosted_cnn", "width", 0, "1 to 512 filters, not 0"),
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


def test_learners_are_frozen_and_their_channels_replace_or_join_the_input() -> None:
    joined = flow("channel_boosted_cnn")
    assert joined.at("boost").trainable == 0 < joined.at("boost").parameters
    (tensor,) = joined.at("boost").outputs.values()
    assert tensor is not None
    assert tensor.shape == (6, 224, 224)
    (tensor,) = flow("channel_boosted_cnn", learners=2, keep=False).at("boost").outputs.values()
    assert tensor is not None
    assert tensor.shape[0] == 2
