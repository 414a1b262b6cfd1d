"""Swin transformers: counts of the papers' networks, sizes of the stages, options that cannot be."""

from __future__ import annotations

import pytest
from nets import resolve

from explorer.architectures.architecture import OptionProblem
from explorer.architectures.gallery import find

# Trainable parameters as torchvision counts them; 10⁹ multiply-accumulates of the paper's table 1.
PUBLISHED = (("swin_t", 28_288_354, 4.5), ("swin_s", 49_606_258, 8.7), ("swin_b", 87_768_224, 15.4))


@pytest.mark.parametrize(("id", "parameters", "billions"), PUBLISHED)
def test_counts(id: str, parameters: int, billions: float) -> None:
    flow = resolve(find(id).build())
    assert flow.trainable == parameters
    assert flow.macs / 1e9 == pytest.approx(billions, rel=0.02)


def test_swin_l() -> None:
    flow = resolve(find("swin_b").build(width=192, heads="6 12 24 48"))
    assert flow.trainable == 196_532_476  # 197 M in the paper; timm: swin_large_patch4_window7_224


def test_a_film_strip_of_other_shape() -> None:
    assert not resolve(find("swin_t").build((3, 224, 448))).problems


def test_what_cannot_be_is_said() -> None:
    entry = find("swin_t")
    with pytest.raises(OptionProblem, match="as many depths as heads"):
        entry.build(heads="3 6")
    with pytest.raises(OptionProblem, match="number of blocks"):
        entry.build(depths="two")
    with pytest.raises(OptionProblem, match=r"stage|block1"):
        entry.build((3, 200, 200))
