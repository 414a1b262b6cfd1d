"""YOLOv5 and v8: counts of the released weights."""

from __future__ import annotations

from networks import network, outputs, published, refused, wrong

test_counts = published(
    ("yolo_v5s", 7_235_389),  # release 6 prints it; half of its 16.5 GFLOPs are MACs
    ("yolo_v8n", 3_157_200 - 16),  # ultralytics, without the fixed 16; its maps were compared
    near=0.02,
)


def test_other_members() -> None:
    assert network("yolo_v5s", width=64, depth=3).trainable == 46_563_709  # YOLOv5l
    assert network("yolo_v5s", width=16).trainable == 1_872_157  # YOLOv5n
    assert network("yolo_v5s").macs / 1e9 < 8.3  # 16.5 GFLOPs printed
    assert network("yolo_v8n").macs / 1e9 < 4.4  # 8.7 printed


def test_maps() -> None:
    assert outputs(network("yolo_v5s")) == {
        "map1": (255, 80, 80),
        "map2": (255, 40, 40),
        "map3": (255, 20, 20),
    }
    assert outputs(network("yolo_v8n", classes=3))["scores1"] == (3, 80, 80)


test_what_cannot_be_is_refused = refused(
    wrong("yolo_v5s", "32 has to divide", (3, 100, 96)),
    wrong("yolo_v8n", "2 to 64 bins", bins=1),
    wrong("yolo_v8n", "8 divides", width=12),
)
