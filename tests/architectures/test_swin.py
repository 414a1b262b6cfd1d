"""Swin transformers: counts of the papers' networks, sizes of the stages, options that cannot be."""

from __future__ import annotations

from networks import network, published, refused, wrong

# Trainable parameters as torchvision counts them; 10⁹ multiply-accumulates of the paper's table 1.
PUBLISHED = (("swin_t", 28_288_354, 4.5), ("swin_s", 49_606_258, 8.7), ("swin_b", 87_768_224, 15.4))
test_counts = published(*PUBLISHED, near=0.02, unit=1e9)


def test_swin_l() -> None:
    flow = network("swin_b", width=192, heads="6 12 24 48")
    assert flow.trainable == 196_532_476  # 197 M in the paper; timm: swin_large_patch4_window7_224


def test_a_film_strip_of_other_shape() -> None:
    assert not network("swin_t", (3, 224, 448)).problems


def test_sizes_that_windows_do_not_divide_get_a_margin() -> None:
    flow = network("swin_t", (3, 256, 288))
    assert not flow.problems
    attention = flow.at("stage1.block1.attention").inner
    assert attention is not None
    assert attention.nodes["pad"].outputs["y"].shape == (70, 77, 96)
    assert flow.parameters == 28_288_354


test_what_cannot_be_is_refused = refused(
    wrong("swin_t", "as many depths as heads", heads="3 6"),
    wrong("swin_t", "number of blocks", depths="two"),
    wrong("swin_t", "patches of 4×4", (3, 225, 224)),
)
