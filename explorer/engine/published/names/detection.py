"""Detectors on a feature pyramid: Faster R-CNN, Mask R-CNN and RetinaNet of torchvision."""

from __future__ import annotations

from explorer.engine.published.names.table import names


def _rows() -> dict[str, str]:
    """Level by level: all smoothing convolutions have one shape, and ours run from the coarsest map down."""
    rows = {"backbone.body.conv1 backbone.body.bn1": "stem.*", "backbone.body.layer#.*": "stage#.*"}
    for level in range(4):  # files of 2019 write inner_blocks.0 for inner_blocks.0.0
        for theirs, ours in (("inner", "lateral"), ("layer", "smooth")):
            start = f"backbone.fpn.{theirs}_blocks.{level}"
            rows[f"{start} {start}.0"] = f"pyramid.{ours}{level + 2}"
    for level in (6, 7):
        rows[f"backbone.fpn.extra_blocks.p{level}"] = f"pyramid.conv{level}"
    return rows


PYRAMID = names(
    "Faster R-CNN, Mask R-CNN and RetinaNet (torchvision)",
    {
        **_rows(),
        "rpn.head.conv rpn.head.conv.0.0": "proposals.head.conv",
        "rpn.head.cls_logits": "proposals.head.score",
        "rpn.head.bbox_pred": "proposals.head.offset",
        "roi_heads.box_head.fc6": "regions.fc6",
        "roi_heads.box_head.fc7": "regions.fc7",
        "roi_heads.box_predictor.cls_score": "regions.class_scores",
        "roi_heads.box_predictor.bbox_pred": "regions.box_offsets",
        "roi_heads.mask_head.mask_fcn# roi_heads.mask_head.#.0": "mask_branch.conv#.step",
        "roi_heads.mask_predictor.conv5_mask": "mask_branch.enlarge.step",
        "roi_heads.mask_predictor.mask_fcn_logits": "mask_branch.mask_scores.step",
        "head.classification_head.conv.# head.classification_head.conv.#.0": "heads.classes.conv#",
        "head.classification_head.cls_logits": "heads.classes.say",
        "head.regression_head.conv.# head.regression_head.conv.#.0": "heads.offsets.conv#",
        "head.regression_head.bbox_reg": "heads.offsets.say",
    },
)
