"""Inception-v4 and both Inception-ResNets."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from nets import resolve

from explorer.architectures.architecture import OptionProblem
from explorer.architectures.gallery import find
from explorer.engine.compile import compile_flow
from explorer.graph.flow import Flow
from explorer.graph.tensor import image, vector

# Inception-v4 and -ResNet-v2: timm, parameters and multiply-adds. Inception-ResNet-v1: facenet-pytorch, whose
# 23,482,624 parameters end at the embedding, and 513,000 for a thousand classes.
KNOWN = {
    "inception_v4": (42_679_816, 12.25e9, [384, 1024, 1536]),
    "inception_resnet_v1": (23_482_624 + 513 * 1000, 6.31e9, [256, 896, 1792]),
    "inception_resnet_v2": (55_843_464, 13.16e9, [320, 1088, 2080]),
}


def of(id: str, input: tuple[int, ...] | None = None, **options: Any) -> Flow:
    flow = resolve(find(id).build(input, **options))
    assert not flow.problems
    return flow


@pytest.mark.parametrize("id", KNOWN)
def test_the_published_networks(id: str) -> None:
    flow = of(id)
    parameters, macs, channels = KNOWN[id]
    assert flow.trainable == flow.parameters == parameters
    assert flow.macs == pytest.approx(macs, rel=2e-3)
    shapes = [flow.nodes[f"stage_{letter}"].outputs["y"] for letter in "abc"]
    assert shapes == [image(c, n, n) for c, n in zip(channels, (35, 17, 8), strict=True)]
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
    flow = of(id)
    for letter, count in zip("abc", counts, strict=True):
        inner = flow.nodes[f"stage_{letter}"].inner
        assert inner is not None
        assert sum(node.block == f"{id}_{letter}" for node in inner.graph.nodes) == count


@pytest.mark.parametrize("id", ["inception_resnet_v1", "inception_resnet_v2"])
def test_only_the_last_module_is_neither_scaled_nor_rectified(id: str) -> None:
    inner = of(id).nodes["stage_c"].inner
    assert inner is not None
    scales = [
        (node.block.values["scale"], node.block.values["activation"])  # type: ignore[attr-defined]
        for node in inner.nodes.values()
        if node.block and node.block.id.startswith("inception")
    ]
    assert scales[:-1] == [(0.2, True)] * (len(scales) - 1)
    assert scales[-1] == (1.0, False)


def test_the_embedding_stands_before_the_classes() -> None:
    head = of("inception_resnet_v1", embedding=128).nodes["head"].inner
    assert head is not None
    last = [node for node in head.graph.nodes if node.block not in ("input", "output")][-3:]
    assert [node.block for node in last] == ["linear", "batch_norm", "linear"]
    assert [head.nodes[node.id].outputs["y"] for node in last] == [vector(128), vector(128), vector(1000)]


@pytest.mark.parametrize("id", KNOWN)
def test_a_slim_one_answers(id: str) -> None:
    torch.manual_seed(0)
    flow = resolve(find(id).build((3, 107, 107), classes=5, width=0.1, modules="1 1 1"))
    assert flow.parameters < 10**6
    module = compile_flow(flow, "n", torch.device("cpu"), seed=1).module.eval()
    with torch.no_grad():
        assert module(torch.randn(1, 3, 107, 107)).shape == (1, 5)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"modules": "4 7"}, "modules for three stages, such as 4 7 3, not “4 7”"),
        ({"modules": "4 0 3"}, "three stages"),
        ({"drop": -1.0}, "drops 0 to 0.99 of the last values, not -1"),
    ],
)
def test_what_cannot_be_is_refused(options: dict[str, Any], words: str) -> None:
    for id in KNOWN:
        with pytest.raises(OptionProblem, match=words):
            find(id).build(**options)
