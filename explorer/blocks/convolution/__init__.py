"""Chapter 1.1.2 of the lecture: convolution. One file for each family of blocks."""

CHAPTER = "1.1.2"
TITLE = "Convolution"
FILES = {
    "simple": "Simple convolutions",
    "transposed": "Transposed convolutions",
    "factorised": "Factorised convolutions",
    "grouped": "Grouped convolutions",
    "untied": "Convolutions without sharing",
    "inception": "Inception modules",
    "inception_v3": "Inception-v3",
    "inception_v4": "Inception-v4",
    "inception_resnet": "Inception-ResNet",
    "auxiliary": "Auxiliary heads",
    "residual": "Residual blocks",
    "residual_width": "Wide, pyramidal and ResNeXt blocks",
    "dense": "Dense blocks",
    "gated_residual": "Highway and reversible blocks",
    "separable_residual": "Separable residual blocks",
    "mobile": "Blocks for small devices",
    "shufflenet": "ShuffleNet units",
    "ghost": "Ghost modules",
    "gates": "Channel and spatial attention",
    "mask_attention": "Attention modules",
    "boosting": "Channel boosting",
    "sampling": "Spatial transformer and upscaling",
    "context": "Context at several scales",
    "long_range": "Long range",
    "speech": "Speech",
    "vision_tokens": "Tokens of pictures",
    "windows": "Shifted windows",
    "detection_anchors": "Detection: boxes",
    "detection_regions": "Detection: regions",
    "detection": "Detection: heads",
    "self_supervision": "Self-supervision",
}
"""Files of this chapter in the order of the palette, with their headings there."""
