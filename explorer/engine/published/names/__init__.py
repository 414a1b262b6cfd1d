"""Publishers' names for layers, a map for each family; adding one is adding a table and a line here."""

from __future__ import annotations

from explorer.engine.published.names import (
    detection,
    inception,
    later,
    mobile,
    plain,
    residual,
    searched,
    segmentation,
    transformers,
)
from explorer.engine.published.names.table import Names

TABLES: tuple[Names, ...] = (
    residual.RESNET,
    residual.SE_RESNET,
    residual.VIDEO,
    residual.DENSENET,
    plain.VGG,
    plain.SSD,
    inception.GOOGLENET,
    inception.INCEPTION_V3,
    inception.INCEPTION_V4,
    inception.INCEPTION_RESNET_V2,
    inception.XCEPTION,
    mobile.INVERTED,
    mobile.BLOCKS,
    mobile.LITE,
    mobile.MOBILENET_V3,
    mobile.MOBILENET_V1,
    mobile.SHUFFLENET_V2,
    mobile.GHOSTNET,
    transformers.VIT,
    transformers.VIT_TIMM,
    transformers.SWIN,
    transformers.SWIN_TIMM,
    segmentation.RESNET,
    segmentation.LRASPP,
    detection.PYRAMID,
    searched.NASNET,
    later.CONVNEXT,
    later.CONVNEXT_TIMM,
    later.MIXER,
    later.DEIT,
    later.REGNET,
    later.SKNET,
    later.SQUEEZENET,
    later.MOBILENET_V4,
)
"""All of them are asked; the one that finds most is taken."""
