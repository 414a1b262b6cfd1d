"""Inception-v4 and both Inception-ResNets."""

from __future__ import annotations

import pytest
from networks import answers, inside, made_by, network, parts, refused, tensors, wrong

from explorer.graph.tensor import image, vector

# Inception-v4 and -ResNet-v2: timm, parameters and multiply-adds. Inception-ResNet-v1: facenet-pytorch, whose
# 23,482,624 parameters end at the embedding, and 513,000 for a thousand classes.
KNOWN = {
    "inception_v4": (42_679_816, 12.25e9, [384, 1024, 1536]),
    "inception_resnet_v1": (23_482_624 + 513 * 1000, 6.31e9, [256, 896, 1792]),
    "inception_resnet_v2": (55_843_464, 13.16e9, [320, 1088, 2080]),
}


@pytest.mark.parametrize("id", KNOWN)
def test_the_published_networks(id: str) -> None:
    flow = network(id)
    parameters, macs, channels = KNOWN[id]
    assert flow.trainable == flow.parameters == parameters
    assert flow.macs == pytest.approx(macs, rel=2e-3)
    assert tensors(flow, "stage_a", "stage_b", "stage_c") == [
        image(c, n, n) for c, n in zip(channels, (35, 17, 8), strict=True)
    ]
    assert list(flow.outputs.values()) == [vector(1000)]


@pytest.mark.parametrize(
    ("id", "counts"),
    [
        ("inception_v4", [4, 7, 3]),
        ("inception_resnet_v1", [5, 10, 5 + 1]),
        ("inception_resnet_v2", [10, 20, 10]),
    ],
)
def test_modules_per_stage(id: str, counts: list[int]) -> None:
    flow = network(id)
    for letter, count in zip("abc", counts, strict=True):
        assert parts(flow, f"stage_{letter}").count(f"{id}_{letter}") == count


@pytest.mark.parametrize("id", ["inception_resnet_v1", "inception_resnet_v2"])
def test_only_the_last_module_is_neither_scaled_nor_rectified(id: str) -> None:
    inner = inside(network(id), "stage_c")
    scales = [
        (node.block.values["scale"], node.block.values["activation"])  # type: ignore[attr-defined]
        for node in inner.nodes.values()
        if node.block and node.block.id.startswith("inception")
    ]
    assert scales[:-1] == [(0.2, True)] * (len(scales) - 1)
    assert scales[-1] == (1.0, False)


def test_the_embedding_stands_before_the_classes() -> None:
    flow = network("inception_resnet_v1", embedding=128)
    assert parts(flow, "head")[-3:] == ["linear", "batch_norm", "linear"]
    assert made_by(inside(flow, "head"), "linear", "batch_norm") == [(128,), (128,), (1000,)]


@pytest.mark.parametrize("id", KNOWN)
def test_a_slim_one_answers(id: str) -> None:
    flow = network(id, (3, 107, 107), classes=5, width=0.1, modules="1 1 1")
    assert flow.parameters < 10**6
    assert answers(flow) == [(5,)]


test_what_cannot_be_is_refused = refused(
    wrong("inception_v4", "modules for three stages, such as 4 7 3, not “4 7”", modules="4 7"),
    wrong("inception_resnet_v1", "modules for three stages, such as 4 7 3, not “4 7”", modules="4 7"),
    wrong("inception_resnet_v2", "modules for three stages, such as 4 7 3, not “4 7”", modules="4 7"),
    wrong("inception_v4", "three stages", modules="4 0 3"),
    wrong("inception_resnet_v1", "three stages", modules="4 0 3"),
    wrong("inception_resnet_v2", "three stages", modules="4 0 3"),
    wrong("inception_v4", "drops 0 to 0.99 of the last values, not -1", drop=-1.0),
    wrong("inception_resnet_v1", "drops 0 to 0.99 of the last values, not -1", drop=-1.0),
    wrong("inception_resnet_v2", "drops 0 to 0.99 of the last values, not -1", drop=-1.0),
)
