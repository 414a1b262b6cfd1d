"""Chapter 1.1.2 of the lecture: convolution. One file for each family of blocks."""

CHAPTER = "1.1.2"
TITLE = "Convolution"
FILES = {
    "simple": "Simple convolutions",
    "transposed": "Transposed",
    "factorised": "Factorised",
    "grouped": "Grouped and shuffled",
    "untied": "Without sharing",
    "deformable": "Deformable",
    "inception": "Inception modules",
    "inception_v3": "Inception-v3",
    "inception_v4": "Inception-v4",
    "inception_resnet": "Inception-ResNet",
    "auxiliary": "Auxiliary heads",
    "residual": "Residual blocks",
    "residual_width": "Wider residuals",
    "dense": "Dense blocks",
    "gated_residual": "Highway, reversible",
    "separable_residual": "Separable residuals",
    "mobile": "For small devices",
    "shufflenet": "ShuffleNet units",
    "ghost": "Ghost modules",
    "gates": "Attention gates",
    "mask_attention": "Attention masks",
    "boosting": "Channel boosting",
    "sampling": "Sampling, upscaling",
    "context": "Context, pyramids",
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
