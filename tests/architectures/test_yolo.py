"""YOLO: counts, maps and boxes, options that cannot be."""

from __future__ import annotations

import pytest
from networks import network, outputs, refused, wrong

from explorer.architectures.yolo import PLAN


def test_the_first() -> None:
    flow = network("yolo_v1")
    before, weights = 3, 0
    for filters, kernel, _ in [conv for stage in PLAN for conv in stage]:
        weights += before * filters * kernel**2 + filters
        before = filters
    assert sum(map(len, PLAN)) == 24  # figure 3 of the paper
    assert flow.trainable == weights + 49 * 1024 * 4096 + 4096 + 4096 * 1470 + 1470
    assert outputs(flow) == {"map": (30, 7, 7)}
    found = outputs(network("yolo_v1", decode=True))
    assert found == {"map": (30, 7, 7), "boxes": (98, 4), "scores": (98, 20)}


def test_the_second() -> None:
    flow = network("yolo_v2_voc")
    backbone = 20_842_376 - 1_025_000  # Darknet-19 without its last layer
    added = 2 * (9 * 1024 * 1024 + 2048) + 512 * 64 + 128 + 9 * 1280 * 1024 + 2048
    assert flow.trainable == backbone + added + 1024 * 125 + 125
    assert outputs(flow) == {"map": (125, 13, 13)}
    assert outputs(network("yolo_v2_voc", decode=True)) == {
        "map": (125, 13, 13),
        "boxes": (845, 4),
        "scores": (845, 20),
    }


def test_the_third() -> None:
    flow = network("yolo_v3")
    assert list(outputs(flow).values()) == [(255, 13, 13), (255, 26, 26), (255, 52, 52)]
    found = outputs(network("yolo_v3", decode=True))
    assert sum(found[f"boxes{n}"][0] for n in (1, 2, 3)) == 10_647
    assert flow.trainable == 61_949_149  # the authors' yolov3.cfg, with scales and shifts of its norms
    assert 2 * flow.macs / 1e9 == pytest.approx(65.86, rel=0.005)  # as the authors' program prints


test_what_cannot_be_is_refused = refused(
    wrong("yolo_v1", "1 to 10 boxes", boxes=0),
    wrong("yolo_v3", "even number", width=1),
    wrong("yolo_v2_voc", "anchors", anchors="odd", decode=True),
    wrong("yolo_v3", "concat", (3, 100, 100)),
)
