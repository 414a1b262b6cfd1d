"""Transformers over patches: ViT, DINO, Swin."""

from __future__ import annotations

from explorer.engine.published.names.table import names

_ATTENTION = "*.attention.to_q *.attention.to_k *.attention.to_v"

VIT = names(
    "ViT (torchvision)",
    {
        "conv_proj": "embedding.patches.project",
        "class_token": "embedding.class_token.token",
        "encoder.pos_embedding": "embedding.position.table",
        "*.self_attention.out_proj": "*.attention.to_out",
        "*.ln_#": "*.norm#",
        "*.mlp.*": "*.fc#",
        "encoder.ln": "norm",
        "heads.head": "head",
    },
    fused={"*.self_attention.in_proj": _ATTENTION},
)

VIT_TIMM = names(
    "ViT (timm, DINO)",
    {
        "patch_embed.proj": "embedding.patches.project",
        "cls_token": "embedding.class_token.token",
        "pos_embed": "embedding.position.table",
        "blocks.#.attn.proj": "*.attention.to_out",
        "blocks.#.norm#": "*.norm#",
        "blocks.#.mlp.fc#": "*.fc#",
        "norm": "norm",
        "head": "head",
    },
    fused={"blocks.#.attn.qkv": _ATTENTION},
)

_SWIN = {
    "*.relative_position_bias_table": "*.position_bias.table",
    "*.attn.proj": "*.attention.to_out",
    "*.#.norm#": "stage#.*.norm#",
    "*.mlp.*": "*.fc#",
    "*.reduction": "merge#.reduce",
}

SWIN = names(
    "Swin (torchvision)",
    {
        "features.0.#": "embedding.*",
        **_SWIN,
        "features.#.norm": "merge#.norm",
        "norm": "norm",
        "head": "head",
    },
    fused={"*.attn.qkv": _ATTENTION},
    computed="*.relative_position_index",
)

SWIN_TIMM = names(
    "Swin (timm, Microsoft)",
    {
        "patch_embed.*": "embedding.*",
        **_SWIN,
        "layers.#.downsample.norm": "merge#.norm",
        "norm": "norm",
        "head head.fc": "head",
    },
    fused={"*.attn.qkv": _ATTENTION},
    computed="*.relative_position_index *.attn_mask",
)
