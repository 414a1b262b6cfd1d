"""YOLO: counts, maps and boxes, options that cannot be."""

from __future__ import annotations

import pytest
from nets import resolve

from explorer.architectures.architecture import OptionProblem
from explorer.architectures.gallery import find
from explorer.architectures.yolo import PLAN
from explorer.graph.document import Document


def shapes(document: Document) -> dict[str, tuple[int, ...]]:
    return {name: tensor.shape for name, tensor in resolve(document).outputs.items() if tensor}


def test_the_first() -> None:
    flow = resolve(find("yolo_v1").build())
    before, weights = 3, 0
    for filters, kernel, _ in [conv for stage in PLAN for conv in stage]:
        weights += before * filters * kernel**2 + filters
        before = filters
    assert sum(map(len, PLAN)) == 24  # figure 3 of the paper
    assert flow.trainable == weights + 49 * 1024 * 4096 + 4096 + 4096 * 1470 + 1470
    assert shapes(find("yolo_v1").build()) == {"map": (30, 7, 7)}
    found = shapes(find("yolo_v1").build(decode=True))
    assert found == {"map": (30, 7, 7), "boxes": (98, 4), "scores": (98, 20)}


def test_the_second() -> None:
    flow = resolve(find("yolo_v2_voc").build())
    backbone = 20_842_376 - 1_025_000  # Darknet-19 without its last layer
    added = 2 * (9 * 1024 * 1024 + 2048) + 512 * 64 + 128 + 9 * 1280 * 1024 + 2048
    assert flow.trainable == backbone + added + 1024 * 125 + 125
    assert shapes(find("yolo_v2_voc").build()) == {"map": (125, 13, 13)}
    assert shapes(find("yolo_v2_voc").build(decode=True)) == {
        "map": (125, 13, 13), "boxes": (845, 4), "scores": (845, 20),
    }  # fmt: skip


def test_the_third() -> None:
    assert list(shapes(find("yolo_v3").build()).values()) == [(255, 13, 13), (255, 26, 26), (255, 52, 52)]
    found = shapes(find("yolo_v3").build(decode=True))
    assert sum(found[f"boxes{n}"][0] for n in (1, 2, 3)) == 10_647
    flow = resolve(find("yolo_v3").build())
    assert flow.trainable == 61_949_149  # the authors' yolov3.cfg, with scales and shifts of its norms
    assert 2 * flow.macs / 1e9 == pytest.approx(65.86, rel=0.005)  # as the authors' program prints


def test_what_cannot_be_is_said() -> None:
    with pytest.raises(OptionProblem, match="1 to 10 boxes"):
        find("yolo_v1").build(boxes=0)
    with pytest.raises(OptionProblem, match="even number"):
        find("yolo_v3").build(width=1)
    with pytest.raises(OptionProblem, match="anchors"):
        find("yolo_v2_voc").build(anchors="odd", decode=True)
    with pytest.raises(OptionProblem, match="concat"):
        find("yolo_v3").build((3, 100, 100))
