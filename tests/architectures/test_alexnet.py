"""AlexNet with its towers, without them, and ZFNet."""

from __future__ import annotations

import pytest
from networks import inside, layers, made_by, network, parts, refused, settings, tensors, wrong

from explorer.graph.tensor import image, vector

FULL = 9217 * 4096 + 4097 * 4096 + 4097 * 1000
"""Weights of the three linear layers."""


STAGES = ("stage1", "stage2", "stage3")


def test_alexnet() -> None:
    flow = network("alexnet")
    convolutions = [
        96 * (3 * 121 + 1),
        256 * (48 * 25 + 1),
        384 * (256 * 9 + 1),
        384 * (192 * 9 + 1),
        256 * (192 * 9 + 1),
    ]
    assert flow.trainable == sum(convolutions) + FULL == 60_965_224  # "60 million" in the paper
    # Products of the five layers on maps of 55², 27² and 13²; 0.72 G in all.
    products = 55**2 * 96 * 363 + 27**2 * 256 * 1200 + 169 * (384 * 2304 + 384 * 1728 + 256 * 1728)
    assert flow.macs == products + 9216 * 4096 + 4096**2 + 4096 * 1000
    assert tensors(flow, *STAGES) == [image(96, 27, 27), image(256, 13, 13), image(256, 6, 6)]
    assert list(flow.outputs.values()) == [vector(1000)]


def test_norms_and_pools_follow_the_paper() -> None:
    flow = network("alexnet")
    assert parts(flow, "stage2") == ["conv2d", "relu", "local_response_norm", "max_pool"]
    norm = layers(inside(flow, "stage2"), "local_response_norm")[0].values
    assert [norm[name] for name in ("size", "alpha", "beta", "k")] == [5, 1e-4, 0.75, 2.0]


def test_one_tower() -> None:
    flow = network("alexnet_one_tower")
    convolutions = [
        96 * (3 * 121 + 1),
        256 * (96 * 25 + 1),
        384 * (256 * 9 + 1),
        384 * (384 * 9 + 1),
        256 * (384 * 9 + 1),
    ]
    assert flow.trainable == sum(convolutions) + FULL == 62_378_344
    assert network("alexnet", towers=1).parameters == flow.parameters
    assert set(settings(flow, "conv2d", "groups")) == {1}


def test_zfnet() -> None:
    flow = network("zfnet")
    convolutions = [
        96 * (3 * 49 + 1),
        256 * (96 * 25 + 1),
        384 * (256 * 9 + 1),
        384 * (384 * 9 + 1),
        256 * (384 * 9 + 1),
    ]
    assert flow.trainable == sum(convolutions) + FULL == 62_357_608  # layer by layer from figure 3
    assert tensors(flow, *STAGES) == [image(96, 55, 55), image(256, 13, 13), image(256, 6, 6)]
    sizes = [shape[1:] for shape in made_by(flow, "conv2d")]
    assert sizes == [(110, 110), (26, 26), (13, 13), (13, 13), (13, 13)]  # as drawn


@pytest.mark.parametrize("id", ["alexnet", "zfnet"])
def test_other_sizes(id: str) -> None:
    flow = network(id, (3, 96, 96), hidden=32)
    assert flow.parameters < 10**7
    assert list(flow.outputs.values()) == [vector(1000)]


test_what_cannot_be_is_refused = refused(
    wrong("alexnet", "5", towers=5),
    wrong("alexnet", "drops 0 to 0.99 of the hidden values, not -0.1", drop=-0.1),
    wrong("alexnet", "window|kernel", (3, 32, 32)),
    wrong("zfnet", "window|kernel", (3, 8, 8)),
)
