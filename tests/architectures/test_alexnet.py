"""AlexNet with its towers, without them, and ZFNet."""

from __future__ import annotations

from typing import Any

import pytest
from nets import resolve

from explorer.architectures.architecture import OptionProblem
from explorer.architectures.gallery import find
from explorer.graph.flow import Flow
from explorer.graph.tensor import Tensor, image, vector

FULL = 9217 * 4096 + 4097 * 4096 + 4097 * 1000
"""Weights of the three linear layers."""


def of(id: str, input: tuple[int, ...] | None = None, **options: Any) -> Flow:
    flow = resolve(find(id).build(input, **options))
    assert not flow.problems
    return flow


def shapes(flow: Flow) -> list[Tensor | None]:
    return [flow.nodes[f"stage{number}"].outputs["y"] for number in (1, 2, 3)]


def test_alexnet() -> None:
    flow = of("alexnet")
    convolutions = [
        96 * (3 * 121 + 1), 256 * (48 * 25 + 1), 384 * (256 * 9 + 1), 384 * (192 * 9 + 1), 256 * (192 * 9 + 1)
    ]  # fmt: skip
    assert flow.trainable == sum(convolutions) + FULL == 60_965_224  # "60 million" in the paper
    # Products of the five layers on maps of 55², 27² and 13²; 0.72 G in all.
    products = 55**2 * 96 * 363 + 27**2 * 256 * 1200 + 169 * (384 * 2304 + 384 * 1728 + 256 * 1728)
    assert flow.macs == products + 9216 * 4096 + 4096**2 + 4096 * 1000
    assert shapes(flow) == [image(96, 27, 27), image(256, 13, 13), image(256, 6, 6)]
    assert list(flow.outputs.values()) == [vector(1000)]


def test_norms_and_pools_follow_the_paper() -> None:
    inner = of("alexnet").nodes["stage2"].inner
    assert inner is not None
    blocks = [node.block for node in inner.graph.nodes][1:-1]
    assert blocks == ["conv2d", "relu", "local_response_norm", "max_pool"]
    block = inner.nodes[inner.graph.nodes[3].id].block
    assert block is not None
    values = block.values  # type: ignore[attr-defined]
    assert [values[name] for name in ("size", "alpha", "beta", "k")] == [5, 1e-4, 0.75, 2.0]


def test_one_tower() -> None:
    flow = of("alexnet_one_tower")
    convolutions = [
        96 * (3 * 121 + 1), 256 * (96 * 25 + 1), 384 * (256 * 9 + 1), 384 * (384 * 9 + 1), 256 * (384 * 9 + 1)
    ]  # fmt: skip
    assert flow.trainable == sum(convolutions) + FULL == 62_378_344
    assert of("alexnet", towers=1).parameters == flow.parameters
    assert all(
        node.block.values["groups"] == 1  # type: ignore[attr-defined]
        for _, node in flow.walk()
        if node.block and node.block.id == "conv2d"
    )


def test_zfnet() -> None:
    flow = of("zfnet")
    convolutions = [
        96 * (3 * 49 + 1), 256 * (96 * 25 + 1), 384 * (256 * 9 + 1), 384 * (384 * 9 + 1), 256 * (384 * 9 + 1)
    ]  # fmt: skip
    assert flow.trainable == sum(convolutions) + FULL == 62_357_608  # layer by layer from figure 3
    assert shapes(flow) == [image(96, 55, 55), image(256, 13, 13), image(256, 6, 6)]
    sizes = [
        node.outputs["y"].spatial  # type: ignore[union-attr]
        for _, node in flow.walk()
        if node.block and node.block.id == "conv2d"
    ]
    assert sizes == [(110, 110), (26, 26), (13, 13), (13, 13), (13, 13)]  # as drawn


@pytest.mark.parametrize("id", ["alexnet", "zfnet"])
def test_other_sizes(id: str) -> None:
    flow = of(id, (3, 96, 96), hidden=32)
    assert flow.parameters < 10**7
    assert list(flow.outputs.values()) == [vector(1000)]


@pytest.mark.parametrize(
    ("id", "input", "options", "words"),
    [
        ("alexnet", None, {"towers": 5}, "5"),
        ("alexnet", None, {"drop": -0.1}, "drops 0 to 0.99 of the hidden values, not -0.1"),
        ("alexnet", (3, 32, 32), {}, "window|kernel"),
        ("zfnet", (3, 8, 8), {}, "window|kernel"),
    ],
)
def test_what_cannot_be_is_refused(
    id: str, input: tuple[int, ...] | None, options: dict[str, Any], words: str
) -> None:
    with pytest.raises(OptionProblem, match=words):
        find(id).build(input, **options)
