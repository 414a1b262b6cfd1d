"""DETR: the count of the released weights, and that answers come as a set."""

from __future__ import annotations

from networks import network, outputs, published, refused, wrong

# transformers: DetrForObjectDetection, 41,524,768 without the norms of its backbone; outputs were compared
test_counts = published(("detr_resnet50", 41_524_768 + 53_120))


def test_a_hundred_answers() -> None:
    assert outputs(network("detr_resnet50")) == {"scores": (100, 92), "boxes": (100, 4)}
    assert network("detr_resnet50").parameters - network("detr_resnet50").trainable == 25 * 25 * 256


test_what_cannot_be_is_refused = refused(
    wrong("detr_resnet50", "1 to 4,096 questions", queries=0), wrong("detr_resnet50", "heads divide", heads=3)
)
