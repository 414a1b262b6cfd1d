"""Errors on ImageNet as published: what no program can work out from a network's layers."""

from __future__ import annotations

LIBRARY = {
    "densenet121": 25.6,
    "densenet161": 22.9,
    "densenet169": 24.4,
    "densenet201": 23.1,
    "efficientnet_b0": 22.3,
    "efficientnet_b1": 21.4,
    "efficientnet_b2": 19.4,
    "efficientnet_b3": 18.0,
    "efficientnet_b4": 16.6,
    "efficientnet_b5": 16.6,
    "efficientnet_b6": 16.0,
    "efficientnet_b7": 15.9,
    "googlenet": 30.2,
    "inception_v3": 22.7,
    "mobilenet_v2": 28.1,
    "mobilenet_v3_large": 26.0,
    "mobilenet_v3_small": 32.3,
    "resnet18": 30.2,
    "resnet34": 26.7,
    "resnet50": 23.9,
    "resnet101": 22.6,
    "resnet152": 21.7,
    "resnext50_32x4d": 22.4,
    "shufflenet_v2_x1_0": 30.6,
    "swin_t": 18.5,
    "swin_s": 16.8,
    "swin_b": 16.4,
    "vgg11": 31.0,
    "vgg13": 30.1,
    "vgg16": 28.4,
    "vgg19": 27.6,
    "vgg16_bn": 26.6,
    "vgg19_bn": 25.8,
    "vit_b_16": 18.9,
    "vit_b_32": 24.1,
    "vit_l_16": 20.3,
    "wide_resnet50_2": 21.5,
}
"""Of torchvision's first weights (`IMAGENET1K_V1`), one network on one crop."""

PAPERS = {
    "alexnet": 40.7,
    "zfnet": 38.4,
    "inception_v4": 20.0,
    "inception_resnet_v1": 21.3,
    "inception_resnet_v2": 19.9,
    "xception": 21.0,
    "resnext101_64x4d": 20.4,
    "densenet264": 22.2,
    "se_resnet50": 23.3,
    "se_resnet101": 22.4,
    "senet154": 18.7,
    "cbam_resnet50": 22.7,
    "bam_resnet50": 24.0,
    "mobilenet_v1": 29.4,
    "ghostnet": 26.1,
    "nasnet_a_large": 17.3,
    "pnasnet5_large": 17.1,
    "amoebanet_a": 17.2,
}
"""Of the papers, one network, where the library has none."""

TOP1: dict[str, float] = {**LIBRARY, **PAPERS}
"""Share of the validation pictures, in per cent, whose first answer is wrong."""
