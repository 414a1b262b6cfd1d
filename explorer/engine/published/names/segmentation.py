"""Segmentation of torchvision: FCN, DeepLabv3 and LR-ASPP."""

from __future__ import annotations

from explorer.engine.published.names.table import names

RESNET = names(
    "FCN and DeepLabv3 (torchvision)",
    {
        "backbone.conv1 backbone.bn1": "stem.*",
        "backbone.layer*": "stage#.*",
        "classifier.*": "head.*",
    },
    spare={"aux_classifier.*": "an auxiliary head, which only training uses"},
)

LRASPP = names(
    "LR-ASPP (torchvision)",
    {
        "backbone.*": "stem.* fine.* middle.* spread.* last last_bn",
        "classifier.cbr.#": "head.conv head.conv_bn",
        "classifier.scale.#": "head.gate_conv",
        "classifier.low_classifier": "head.low_classes",
        "classifier.high_classifier": "head.high_classes",
    },
)
