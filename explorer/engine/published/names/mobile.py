"""Small networks: MobileNet, EfficientNet, ShuffleNet, GhostNet."""

from __future__ import annotations

from explorer.engine.published.names.table import names

INVERTED = names(
    "MobileNet and EfficientNet (torchvision)",
    # layers of a block are numbered as they run
    {"features.#.*": "stem.* stage#.* head.conv head.norm", "classifier.#": "head.fc*"},
)

BLOCKS = names(
    "MobileNet and EfficientNet (timm)",
    {
        "conv_stem bn1": "stem.*",
        "blocks.#.#.conv_dw": "stage#.*.depthwise",
        "blocks.#.#.se.conv_reduce": "stage#.*.se.reduce",
        "blocks.#.#.se.conv_expand": "stage#.*.se.restore",
        "blocks.0.#.conv_pw blocks.#.#.conv_pwl": "*.narrow",
        "blocks.#.#.conv_pw": "*.expand",
        "blocks.#.#.bn#": "stage#.*",
        "conv_head bn2": "head.conv head.norm",
        "classifier": "head.fc",
    },
)

LITE = names(
    "EfficientNet-Lite (efficientnet_lite_pytorch)",
    {
        "_conv_stem _bn0": "stem.*",
        "_blocks.#._expand_conv": "stage#.*.expand",
        "_blocks.#._depthwise_conv": "stage#.*.depthwise",
        "_blocks.#._project_conv": "stage#.*.narrow",
        "_blocks.#._bn#": "stage#.*",
        "_conv_head _bn1": "head.conv head.norm",
        "_fc": "head.fc",
    },
)

MOBILENET_V3 = names(
    "MobileNetV3 (timm)",
    {
        "conv_stem bn1": "stem.*",
        "blocks.#.#.conv": "head.conv",
        "blocks.#.#.conv_dw": "stage#.*.depthwise",
        "blocks.#.#.se.conv_reduce": "stage#.*.se.reduce",
        "blocks.#.#.se.conv_expand": "stage#.*.se.restore",
        "blocks.0.#.conv_pw blocks.#.#.conv_pwl": "*.narrow",
        "blocks.#.#.conv_pw": "*.expand",
        "blocks.#.#.bn#": "stage#.* head.norm",
        "conv_head": "head.fc1",
        "classifier": "head.fc2",
    },
)

MOBILENET_V1 = names(
    "MobileNet (timm)",
    {"conv_stem bn1": "stem.*", "blocks.*": "stage#.*", "classifier": "fc"},
)

SHUFFLENET_V2 = names(
    "ShuffleNet v2 (torchvision)",
    {"conv1.#": "stem.*", "stage#.*": "stage#.*", "conv5.#": "last.*", "fc": "head.fc"},
)

GHOSTNET = names(
    "GhostNet (timm)",
    {
        "conv_stem bn1": "stem.*",
        "blocks.9.*": "head.conv head.norm",
        "blocks.#.#.ghost1.primary_conv.#": "stage#.*.widen.primary*",
        "blocks.#.#.ghost1.cheap_operation.#": "stage#.*.widen.cheap*",
        "blocks.#.#.ghost2.primary_conv.#": "stage#.*.narrow.primary*",
        "blocks.#.#.ghost2.cheap_operation.#": "stage#.*.narrow.cheap*",
        "blocks.#.#.se.conv_reduce": "stage#.*.se.reduce",
        "blocks.#.#.se.conv_expand": "stage#.*.se.restore",
        "blocks.#.#.shortcut.*": "stage#.*.shortcut*",
        "blocks.#.#.*": "stage#.*",
        "conv_head": "head.fc1",
        "classifier": "head.fc2",
    },
)
