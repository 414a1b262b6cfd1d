"""Residual networks: published counts, orders of layers, and what survives stochastic depth."""

from __future__ import annotations

from itertools import pairwise

import pytest
import torch
from networks import inside, layers, module, network, refused, settings, tensors, wrong

from explorer.graph.tensor import image, vector

# Counts and multiply-adds of torchvision; table 1 of the paper prints 1.8, 3.6, 7.6 and 11.3 G.
IMAGENET = {
    "resnet18": (11_689_512, 1.814e9),
    "resnet34": (21_797_672, 3.664e9),
    "resnet50": (25_557_032, 4.089e9),
    "resnet101": (44_549_160, 7.801e9),
    "resnet152": (60_192_808, 11.514e9),
}


def plain(depth: int, width: int = 16) -> int:
    """Parameters of a ResNet for CIFAR with shortcut A: convolutions, norms and the last layer."""
    blocks = (depth - 2) // 6
    count, channels = 27 * width + 2 * width, width
    for filters in (width, 2 * width, 4 * width):
        count += 9 * channels * filters + (2 * blocks - 1) * 9 * filters**2 + 2 * blocks * 2 * filters
        channels = filters
    return count + channels * 10 + 10


def preactivated(depth: int) -> int:
    """Parameters of a pre-activated bottleneck ResNet for CIFAR, layer by layer."""
    count, channels = 27 * 16, 16
    for width in (16, 32, 64):
        for number in range((depth - 2) // 9):
            count += 2 * channels + channels * width + 2 * (2 * width) + 9 * width**2 + 4 * width**2
            count += channels * 4 * width if number == 0 else 0
            channels = 4 * width
    return count + 2 * channels + channels * 10 + 10


@pytest.mark.parametrize("id", IMAGENET)
def test_networks_for_imagenet(id: str) -> None:
    flow = network(id)
    parameters, macs = IMAGENET[id]
    assert flow.trainable == flow.parameters == parameters
    assert flow.macs == pytest.approx(macs, rel=1e-3)
    assert list(flow.outputs.values()) == [vector(1000)]
    wide = 1 if id in ("resnet18", "resnet34") else 4
    maps = tensors(flow, *(f"stage{number}" for number in range(1, 5)))
    assert maps == [image(64 * wide * 2**n, 56 // 2**n, 56 // 2**n) for n in range(4)]


@pytest.mark.parametrize(("id", "paper"), [("resnet50", 3.8e9), ("resnet101", 7.6e9), ("resnet152", 11.3e9)])
def test_the_published_stride_costs_less(id: str, paper: float) -> None:
    flow, old = network(id), network(id, v1=True)
    assert old.parameters == flow.parameters
    assert old.macs == pytest.approx(paper, rel=0.02)  # table 1
    assert old.macs < flow.macs


def test_the_stride_stands_where_it_is_said_to() -> None:
    for v1, expected in ((False, ["1", "2", "1"]), (True, ["2", "1", "1"])):
        first = inside(network("resnet50", v1=v1), "stage2.block1")
        strides = [str(first.graph[f"conv{n}"].fields["stride"]) for n in (1, 2, 3)]
        assert strides == expected


def test_options_reach_the_rest_of_the_family() -> None:
    assert network("resnet18", blocks="3 4 6 3").parameters == IMAGENET["resnet34"][0]
    assert network("resnet101", blocks="3,8,36,3").parameters == IMAGENET["resnet152"][0]
    assert network("resnet50", blocks="2 2 2 2").parameters == 15_995_176  # timm, resnet26
    assert network("resnet50", blocks="3 24 36 3").parameters == 64_673_832  # timm, resnet200


# He et al. 2015, table 6, prints 0.27, 0.85, 1.7 and 19.4 M.
CIFAR = {"resnet20_cifar": 20, "resnet56_cifar": 56, "resnet110_cifar": 110, "resnet1202_cifar": 1202}


@pytest.mark.parametrize("id", CIFAR)
def test_networks_for_cifar(id: str) -> None:
    flow = network(id)
    assert flow.trainable == plain(CIFAR[id])
    maps = tensors(flow, "stage1", "stage2", "stage3")
    assert maps == [image(16, 32, 32), image(32, 16, 16), image(64, 8, 8)]
    assert len(layers(flow, "conv2d", "linear")) == CIFAR[id]  # no shortcut has weights


def test_counts_of_table_6() -> None:
    printed = {20: 0.27, 32: 0.46, 44: 0.66, 56: 0.85, 110: 1.7, 1202: 19.4}
    for depth, millions in printed.items():
        count = network("resnet20_cifar", depth=depth).parameters
        assert count / 1e6 == pytest.approx(millions, abs=0.051 if depth > 56 else 0.0051)


def test_pre_activated_networks() -> None:
    for id, depth in (("preact_resnet164_cifar10", 164), ("preact_resnet1001_cifar10", 1001)):
        assert network(id).trainable == preactivated(depth)
    assert preactivated(164) == 1_703_258
    basic = network("preact_resnet110_cifar10")
    # Two projections take the place of the zeros; norms move from behind the layers to the front.
    assert basic.trainable == plain(110) + 16 * 32 + 32 * 64 == 1_730_522
    assert len(layers(basic, "batch_norm")) == 2 * 54 + 1
    assert network("preact_resnet110_cifar10", depth=20).trainable < 300_000


def test_the_shortcut_of_a_pre_activated_network_is_clean() -> None:
    """Without what the blocks add, the stages pass their input on unchanged."""
    second = inside(network("preact_resnet164_cifar10", depth=20), "stage1.block2")
    feeds = {edge.src for edge in second.graph.into("add")}
    assert feeds == {"x", "conv3"}


def test_blocks_survive_less_often_towards_the_end() -> None:
    def drops(**options: float) -> list[float]:
        return settings(network("stochastic_depth_resnet110", **options), "stochastic_depth", "p")

    chances = drops()
    assert len(chances) == 54
    assert chances[0] == pytest.approx(0.5 / 54, abs=1e-6)
    assert chances[-1] == 0.5
    steps = [b - a for a, b in pairwise(chances)]
    assert steps == pytest.approx([0.5 / 54] * 53, abs=2e-6)
    assert drops(survival=1.0) == []
    assert sum(1 - p for p in chances) == pytest.approx(40, abs=0.5)  # the paper's expected depth: 3L/4


def test_stochastic_depth_draws_in_training_only() -> None:
    model = module(network("stochastic_depth_resnet110", (3, 8, 8), depth=20))
    x = torch.randn(4, 3, 8, 8)
    with torch.no_grad():
        assert torch.equal(model(x), model(x))
        model.train()
        assert not torch.equal(model(x), model(x))


test_what_cannot_be_is_refused = refused(
    wrong("resnet50", "blocks for 4 stages, such as 2 2 2 2, not “3 4 6”", blocks="3 4 6"),
    wrong("resnet50", "blocks for 4 stages", blocks="3 4 0 3"),
    wrong("resnet50", "from 1 to 65,536, not 0", width=0),
    wrong("resnet20_cifar", "a depth of 6n \\+ 2 up to 2,000, such as 110, not 21", depth=21),
    wrong("resnet1202_cifar", "up to 2,000", depth=6002),
    wrong("preact_resnet164_cifar10", "a depth of 9n \\+ 2 up to 2,000, such as 164, not 163", depth=163),
    wrong("preact_resnet110_cifar10", "6n \\+ 2", depth=2),
    wrong("stochastic_depth_resnet110", "chance of 0.01 to 1, not 0", survival=0.0),
)
