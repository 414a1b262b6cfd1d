"""Residual networks: ResNet, ResNeXt, Wide ResNet, SE-ResNet, SENet, those over video; and DenseNet."""

from __future__ import annotations

from explorer.engine.published.names.table import names

RESNET = names(
    "ResNet (torchvision, timm)",
    {
        "conv1 bn1": "stem.*",
        # SE-ResNets under these names have their strides elsewhere: they would fit and answer something else
        "layer#.#.se.*": "",
        "layer#.*": "stage#.*",
        "fc": "head.fc*",
    },
)

SE_RESNET = names(
    "SE-ResNet and SENet (timm, legacy)",
    {
        "layer0.*": "stem.*",
        "layer#.#.se_module.fc#": "stage#.*.se.*",
        "layer#.*": "stage#.*",
        "last_linear": "head.fc*",
    },
)

VIDEO = names(
    "video ResNet (torchvision)",
    {"stem.#": "stem.*", "layer#.*": "stage#.*", "fc": "fc"},
)

DENSENET = names(
    "DenseNet (torchvision)",
    {
        "features.conv0 features.norm0": "stem.*",
        # checkpoints of 2017 write norm.1 for norm1
        "features.denseblock#.*": "dense#.*",
        "features.transition#.*": "transition#.*",
        "features.norm#": "head.norm",
        "classifier": "head.fc",
    },
)
