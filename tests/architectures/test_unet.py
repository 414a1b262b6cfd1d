"""U-Nets: counts, sizes of masks, sizes that do not fit."""

from __future__ import annotations

import pytest
from nets import resolve

from explorer.architectures.architecture import OptionProblem
from explorer.architectures.gallery import find
from explorer.graph.flow import Flow
from explorer.graph.tensor import Tensor


def only(flow: Flow) -> Tensor:
    (tensor,) = flow.outputs.values()
    return tensor


def test_the_papers() -> None:
    flow = resolve(find("unet_paper").build())
    assert flow.trainable == 31_030_658  # counted layer by layer from figure 1 of the paper
    assert only(flow).shape == (2, 388, 388)


def test_with_batch_norm() -> None:
    flow = resolve(find("unet_same_bn").build())
    convs = 31_030_658 + 2 * 9 * 64 - (5_888 + 64 * 2)  # the paper's, with three channels, without biases
    assert flow.trainable == convs + 2 * 5_888 + 128
    assert only(flow).shape == (2, 256, 256)


def test_on_a_resnet() -> None:
    flow = resolve(find("unet_resnet34").build())
    assert flow.trainable == 21_284_672 + 3_151_552 + 145  # ResNet-34 without fc, decoder, last convolution
    assert only(flow).shape == (1, 256, 256)
    assert resolve(find("unet_resnet34").build(depth=18)).trainable == 14_328_209


def test_scse_adds_little() -> None:
    flow = resolve(find("scse_unet_resnet34").build())
    squeezed = [768, 256, 384, 128, 192, 64, 128, 32, 16]  # behind four concatenations and five stages
    more = sum(2 * c * (c // 16) + c // 16 + c + c + 1 for c in squeezed)
    assert flow.trainable == 24_436_369 + more
    assert only(flow).shape == (1, 256, 256)


def test_what_cannot_be_is_said() -> None:
    with pytest.raises(OptionProblem, match="16 has to divide"):
        find("unet_same_bn").build((3, 250, 250))
    with pytest.raises(OptionProblem, match="32 has to divide"):
        find("unet_resnet34").build((3, 250, 250))
    with pytest.raises(OptionProblem, match="depth 18 or 34"):
        find("unet_resnet34").build(depth=50)
    with pytest.raises(OptionProblem, match="levels"):
        find("unet_paper").build(levels=0)
    with pytest.raises(OptionProblem, match="add, max or multiply"):
        find("scse_unet_resnet34").build(join="mean")
