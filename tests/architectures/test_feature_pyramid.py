"""Detectors on a feature pyramid: counts, shared heads, levels, options that cannot be."""

from __future__ import annotations

import pytest
import torch
from networks import inside, layers, module, network, outputs, published, refused, wrong

# torchvision with ordinary batch norms, which prints 134.38 and 151.54 billion multiply-adds. With its
# weights boxes differ by 6e-5 pixels and scores by 3e-7 at most.
PUBLISHED = (
    ("fasterrcnn_resnet50_fpn", 41_808_406, 134.379721e9),
    ("maskrcnn_resnet50_fpn", 44_454_513),
    ("retinanet_resnet50_fpn", 34_068_119, 151.540437e9),
)
test_counts_are_the_published_ones = published(*PUBLISHED, near=1e-6)
IDS = [row[0] for row in PUBLISHED]
each = pytest.mark.parametrize("id", IDS)
SMALL = (3, 96, 128)
test_what_cannot_be_is_refused = refused(
    *(wrong(id, "background among them", classes=1) for id in IDS),
    *(wrong(id, "at least 64×64", (3, 32, 200)) for id in IDS),
    *(wrong(id, "at least 64×64", (1, 96, 96)) for id in IDS),
    *(wrong(id, "1 to 1,000 answers", keep=0) for id in IDS),
    *(wrong(id, "4 stages", blocks="3 4 6") for id in IDS),
    wrong("maskrcnn_resnet50_fpn", "1 to 1,000 regions", regions=2000),
)


def test_what_leaves() -> None:
    assert outputs(network("fasterrcnn_resnet50_fpn")) == {
        "boxes": (100, 4),
        "scores": (100,),
        "labels": (100,),
    }
    assert outputs(network("maskrcnn_resnet50_fpn"))["masks"] == (100, 1, 800, 800)
    assert outputs(network("retinanet_resnet50_fpn")) == {
        "boxes": (300, 4),
        "scores": (300,),
        "labels": (300,),
    }


def test_heads_are_counted_once_and_run_on_every_map() -> None:
    head = 9 * 256 * 256 + 256 + 257 * (3 + 12)
    flow = inside(network("fasterrcnn_resnet50_fpn"), "proposals")
    assert flow.parameters == head
    assert flow.macs == (head - 256 - 15) * sum(n * n for n in (200, 100, 50, 25, 13))
    tower = 4 * (9 * 256 * 256 + 256)
    heads = inside(network("retinanet_resnet50_fpn"), "heads")
    assert heads.parameters == 2 * tower + (9 * 256 + 1) * 9 * (91 + 4)


def test_anchors_stand_as_far_apart_as_the_maps_tell() -> None:
    places = [
        node.inputs["x"].shape[1:]
        for _, node in network("retinanet_resnet50_fpn").walk()
        if node.block.id == "anchor_generator" and node.inputs["picture"].shape == (3, 800, 800)
    ]
    assert [800 // rows for rows, _ in places] == [8, 16, 32, 61, 114]  # 800 over 13 and 7 places
    sizes = [block.sizes for block in layers(network("retinanet_resnet50_fpn"), "anchor_generator")]
    assert sizes[0] == (32, 40, 50)
    assert sizes[-1] == (512, 645, 812)


@each
def test_answers_are_sorted_and_lie_in_the_picture(id: str) -> None:
    few = {} if id.startswith("retina") else {"regions": 40}
    flow = network(id, SMALL, classes=4, blocks="1 1 1 1", keep=12, threshold=0.0, **few)
    model = module(flow)
    with torch.no_grad():
        boxes, scores, labels, *masks = model(torch.rand(2, *SMALL))
    assert bool((scores.diff(dim=1) <= 0).all())
    assert bool((labels >= 0).all())
    assert bool((boxes >= 0).all())
    assert bool((boxes[..., 0::2] <= SMALL[2]).all())
    assert bool((boxes[..., 1::2] <= SMALL[1]).all())
    for mask in masks:
        assert mask.shape == (2, 12, 1, *SMALL[1:])
        assert 0 <= mask.min() <= mask.max() <= 1
        low, high = boxes[0, 0, :2].long(), boxes[0, 0, 2:].long()
        outside = mask[0, 0, 0].clone()
        outside[max(0, low[1] - 2) : high[1] + 4, max(0, low[0] - 2) : high[0] + 4] = 0
        assert outside.sum() < 0.2 * mask[0, 0, 0].sum()
