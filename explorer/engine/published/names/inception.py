"""Inception: GoogLeNet, Inception-v3, v4 and Inception-ResNet-v2, Xception."""

from __future__ import annotations

from explorer.engine.published.names.table import names

GOOGLENET = names(
    "GoogLeNet (torchvision)",
    {"conv#.*": "stem.*", "inception#*": "stage#.*", "aux#.*": "auxiliary#.*", "fc": "head.fc1"},
    spare={"aux#.*": "auxiliary heads, which only training uses"},
)

INCEPTION_V3 = names(
    "Inception-v3 (torchvision, timm)",
    {
        "Conv2d_*": "stem.*",
        # branches of a module stand by their names in a file, by their depth here
        "Mixed_*.branch1x1.*": "*.mixed*.conv1 *.mixed*.conv1_bn",
        "Mixed_*.branch_pool.*": "*.mixed*.conv_pool*",
        "Mixed_*.branch#x#dbl_*": "*.reduce_double* *.double*",
        "Mixed_7a.branch7x7x3*": "reduction_b.reduce7* reduction_b.conv7* reduction_b.conv1x7*",
        "Mixed_*": "stage_* reduction_*",
        "AuxLogits.*": "auxiliary.*",
        "fc": "head.fc1",
    },
    spare={"AuxLogits.*": "an auxiliary head, which only training uses"},
)

INCEPTION_V4 = names(
    "Inception-v4 (timm)",
    {
        "features.0.* features.1.* features.2.* features.3.* features.4.* features.5.*": "stem.*",
        "features.#.*": "stage_* reduction_*",
        "last_linear": "head.fc1",
    },
)

INCEPTION_RESNET_V2 = names(
    "Inception-ResNet-v2 (timm)",
    {
        "classif": "head.fc*",
        "conv2d_7b.*": "head.*",
        "conv2d_*": "stem.*",
        "mixed_5b.*": "mixed_5b.*",
        "repeat.*": "stage_a.*",
        "mixed_6a.*": "reduction_a.*",
        "repeat_1.*": "stage_b.*",
        "mixed_7a.*": "reduction_b.*",
        "repeat_2.* block8.*": "stage_c.*",
    },
)

XCEPTION = names(
    "Xception (timm)",
    {
        "conv1 conv2 bn1 bn2": "stem.*",
        "block#.skip*": "*.block#.shortcut*",
        "block#.rep.*": "*.block#.*",
        "conv# conv#.* bn#": "exit.*",
        "fc": "head.fc",
    },
)
