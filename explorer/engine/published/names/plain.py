"""Convolutions one after the other: AlexNet, VGG, and SSD on top of it."""

from __future__ import annotations

from explorer.engine.published.names.table import names

VGG = names(
    "AlexNet and VGG (torchvision, timm)",
    {"features.#": "stage#.*", "classifier.# pre_logits.fc# head.fc": "classifier.*"},
)

SSD = names(
    "SSD300 (torchvision)",
    {
        "backbone.features.# backbone.extra.0.*": "stage#.*",
        "backbone.extra.*": "extra#.*",
        "backbone.scale_weight": "norm#.*",
        "head.classification_head.*": "head.score#",
        "head.regression_head.*": "head.offset#",
    },
)
