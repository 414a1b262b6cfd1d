"""U-Nets: counts, sizes of masks, sizes that do not fit."""

from __future__ import annotations

from networks import network, output, refused, wrong


def test_the_papers() -> None:
    flow = network("unet_paper")
    assert flow.trainable == 31_030_658  # counted layer by layer from figure 1 of the paper
    assert output(flow) == (2, 388, 388)


def test_with_batch_norm() -> None:
    flow = network("unet_same_bn")
    convs = 31_030_658 + 2 * 9 * 64 - (5_888 + 64 * 2)  # the paper's, with three channels, without biases
    assert flow.trainable == convs + 2 * 5_888 + 128
    assert output(flow) == (2, 256, 256)


def test_on_a_resnet() -> None:
    flow = network("unet_resnet34")
    assert flow.trainable == 21_284_672 + 3_151_552 + 145  # ResNet-34 without fc, decoder, last convolution
    assert output(flow) == (1, 256, 256)
    assert network("unet_resnet34", depth=18).trainable == 14_328_209


def test_scse_adds_little() -> None:
    flow = network("scse_unet_resnet34")
    squeezed = [768, 256, 384, 128, 192, 64, 128, 32, 16]  # behind four concatenations and five stages
    more = sum(2 * c * (c // 16) + c // 16 + c + c + 1 for c in squeezed)
    assert flow.trainable == 24_436_369 + more
    assert output(flow) == (1, 256, 256)


test_what_cannot_be_is_refused = refused(
    wrong("unet_same_bn", "16 has to divide", (3, 250, 250)),
    wrong("unet_resnet34", "32 has to divide", (3, 250, 250)),
    wrong("unet_resnet34", "depth 18, 34, 50, 101, 152", depth=20),
    wrong("unet_paper", "levels", levels=0),
    wrong("scse_unet_resnet34", "add, max or multiply", join="mean"),
)
