"""Later networks: ConvNeXt, MLP-Mixer, DeiT, RegNet, SKNet, SqueezeNet, MobileNetV4."""

from __future__ import annotations

from explorer.engine.published.names.table import names

CONVNEXT = names(
    "ConvNeXt (torchvision)",
    {
        "features.0.#": "stem.*",
        "*.layer_scale": "*.scale.gamma",
        "*.block.#": "stage#.*",
        "features.#.#": "halve#.*",
        "classifier.#": "head.*",
    },
)

CONVNEXT_TIMM = names(
    "ConvNeXt (timm, authors)",
    {
        "stem.# downsample_layers.0.#": "stem.*",
        "*.gamma": "*.scale.gamma",
        "*.downsample.# downsample_layers.#.#": "halve#.*",
        "stages.*": "stage#.*",
        "head.norm norm": "head.norm",
        "head.fc head": "head.fc",
    },
)

MIXER = names(
    "MLP-Mixer (timm)",
    {
        "stem.proj": "patches.project",
        "*.mlp_tokens.*": "*.tokens.*",
        "*.mlp_channels.*": "*.channels.*",
        "blocks.*": "blocks.*",
        "norm": "norm",
        "head": "head",
    },
)

DEIT = names(
    "DeiT with two tokens (timm, authors)",
    {
        "patch_embed.proj": "embedding.patches.project",
        "cls_token": "embedding.class_token.token",
        "dist_token": "embedding.teacher_token.token",
        "pos_embed": "embedding.position.table",
        "blocks.#.attn.proj": "encoder.*.attention.to_out",
        "blocks.#.norm#": "encoder.block*.norm#",
        "blocks.#.mlp.fc#": "encoder.*.fc#",
        "norm": "encoder.norm",
        "head": "answer.head",
        "head_dist": "answer.teacher_head",
    },
    fused={"blocks.#.attn.qkv": "*.attention.to_q *.attention.to_k *.attention.to_v"},
)

REGNET = names(
    "RegNet (timm)",
    {
        "stem.*": "stem.*",
        "*.downsample.*": "*_shortcut",
        "*.se.*": "*.se.*",
        "s#.*": "stage#.*",
        "head.fc": "head.fc",
    },
)

SKNET = names(
    "SKNet (timm)",
    {
        "conv1 bn1": "stem.*",
        "*.downsample.#": "*_shortcut",
        "*.conv1.*": "*.conv1 *.norm1",
        "*.paths.*": "*.select.*3 *.select.*5",
        "*.attn.*": "*.select.*",
        "layer#.*": "stage#.*",
        "fc": "head.fc",
    },
)

SQUEEZENET = names(
    "SqueezeNet (torchvision)",
    {
        "features.0": "conv1",
        "*.squeeze": "*.squeeze",
        "*.expand1x1": "*.expand1",
        "*.expand3x3": "*.expand3",
        "classifier.1": "head.conv10",
    },
)

MOBILENET_V4 = names(
    "MobileNetV4 (timm)",
    {
        "conv_stem bn1": "stem.*",
        "blocks.4.*": "head.conv1 head.norm1",
        "*.dw_start.*": "*.before*",
        "*.dw_mid.*": "*.within*",
        "*.pw_exp.*": "*_expand",
        "*.pw_proj.*": "*_project",
        "blocks.*": "stage#.conv# stage#.norm#",
        "conv_head norm_head": "head.conv2 head.norm2",
        "classifier": "head.fc",
    },
)
