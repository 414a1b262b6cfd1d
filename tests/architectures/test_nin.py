"""Network in network, its deeply supervised form, FitNet-4 and the ELU network."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from nets import resolve

from explorer.architectures.architecture import OptionProblem
from explorer.architectures.gallery import find
from explorer.blocks.convolution.auxiliary import auxiliary_answers
from explorer.engine.compile import compile_flow
from explorer.graph.flow import Flow
from explorer.graph.tensor import image, vector


def of(id: str, **options: Any) -> Flow:
    flow = resolve(find(id).build(**options))
    assert not flow.problems
    return flow


def conv(inputs: int, filters: int, kernel: int = 1) -> int:
    return (inputs * kernel**2 + 1) * filters


NIN = (
    conv(3, 192, 5) + conv(192, 160) + conv(160, 96) + conv(96, 192, 5) + 2 * conv(192, 192)
    + conv(192, 192, 3) + conv(192, 192) + conv(192, 10)
)  # fmt: skip


def test_network_in_network() -> None:
    flow = of("nin_cifar10")
    assert flow.trainable == NIN == 966_986  # layer by layer from the released files
    shapes = [flow.nodes[f"stage{number}"].outputs["y"] for number in (1, 2, 3)]
    assert shapes == [image(96, 16, 16), image(192, 8, 8), image(10, 8, 8)]
    assert list(resolve(find("nin_cifar10").build(classes=100)).outputs.values()) == [vector(100)]


def test_companions_of_a_deeply_supervised_net() -> None:
    flow = of("dsn_cifar")
    heads = sum((192 * n * n + 1) * 10 for n in (32, 16, 8))
    assert flow.trainable == NIN + heads == 3_547_496
    answers = auxiliary_answers(flow)
    assert len(answers) == 3
    assert set(answers.values()) == {vector(10)}
    assert list(flow.outputs.values()) == [vector(10)]  # evaluation hears the main answer only
    weights = [
        node.block.values["weight"]  # type: ignore[attr-defined]
        for _, node in of("dsn_cifar", companion=0.5).walk()
        if node.block and node.block.id == "auxiliary_loss"
    ]
    assert weights == [0.5] * 3


def test_fitnet_4() -> None:
    flow = of("fitnet4_cifar")
    count, channels = 0, 3
    for width in (32, 32, 32, 48, 48, *[80] * 6, *[128] * 6):
        count += conv(channels, 2 * width, 3)
        channels = width
    assert flow.trainable == count + 129 * 2500 + 501 * 10 == 2_742_102  # the authors' cifar10_fitnet19_all
    layers = [node for _, node in flow.walk() if node.block and node.block.id in ("conv2d", "linear")]
    assert len(layers) == 19
    shapes = [flow.nodes[f"stage{number}"].outputs["y"] for number in (1, 2, 3)]
    assert shapes == [image(48, 16, 16), image(80, 8, 8), image(128, 1, 1)]


def test_maxout_keeps_the_largest_piece() -> None:
    torch.manual_seed(0)
    flow = of("fitnet4_cifar")
    module = compile_flow(flow, "n", torch.device("cpu"), seed=1).module.eval()
    head = flow.nodes["head"].inner
    assert head is not None
    names = [node.id for node in head.graph.nodes if node.block in ("linear", "intermap_pool")]
    seen: dict[str, torch.Tensor] = {}
    for name in names:
        module.get_submodule(f"head.{name}").register_forward_hook(
            lambda _m, _i, y, name=name: seen.update({name: y})
        )
    with torch.no_grad():
        module(torch.randn(2, 3, 32, 32))
    linear, pooled = seen[names[0]], seen[names[1]]
    torch.testing.assert_close(pooled.flatten(1), linear.reshape(-1, 500, 5).amax(2))


def test_elu_network() -> None:
    stacks = [[(384, 3)], [(384, 1), (384, 2), (640, 2), (640, 2)], [(640, 1), *[(768, 2)] * 3],
              [(768, 1), *[(896, 2)] * 2], [(896, 3), *[(1024, 2)] * 2], [(1024, 1), (1152, 2)],
              [(1152, 1)], [(10, 1)]]  # fmt: skip
    count, channels = 0, 3
    for stack in stacks:
        for filters, kernel in stack:
            count += conv(channels, filters, kernel)
            channels = filters
    flow = of("elu_cifar")
    assert flow.trainable == count == 39_226_634  # from the stacks that the paper prints
    layers = [node for _, node in flow.walk() if node.block and node.block.id == "conv2d"]
    assert len(layers) == 18 + 1  # and the one for the classes
    assert flow.nodes["stack7"].outputs["y"] == image(1152, 1, 1)
    small = of("elu_cifar", layers=11)
    assert small.trainable < 10**7
    assert sum(node.block is not None and node.block.id == "conv2d" for _, node in small.walk()) == 11


def test_dropout_grows_with_depth() -> None:
    rates = [
        node.block.values["p"]  # type: ignore[attr-defined]
        for _, node in of("elu_cifar").walk()
        if node.block and node.block.id == "dropout"
    ]
    assert rates == [0.1, 0.2, 0.3, 0.4, 0.5]


@pytest.mark.parametrize("id", ["nin_cifar10", "dsn_cifar"])
def test_a_forward_pass(id: str) -> None:
    torch.manual_seed(0)
    module = compile_flow(of(id), "n", torch.device("cpu"), seed=1).module.eval()
    with torch.no_grad():
        assert module(torch.randn(2, 3, 32, 32)).shape == (2, 10)


@pytest.mark.parametrize(
    ("id", "options", "words"),
    [
        ("nin_cifar10", {"drop": 1.0}, r"drops 0 to 0\.99 of the values between stages, not 1"),
        ("dsn_cifar", {"companion": 0.0}, r"counts its companions 0\.001 to 10 times, not 0"),
        ("elu_cifar", {"layers": 12}, r"has 11 or 18 layers, not 12"),
        ("elu_cifar", {"drop": -0.5}, r"drops 0 to 0\.99"),
        ("fitnet4_cifar", {"pieces": 0}, r"1 to"),
    ],
)
def test_what_cannot_be_is_refused(id: str, options: dict[str, Any], words: str) -> None:
    with pytest.raises(OptionProblem, match=words):
        find(id).build(**options)


def test_pictures_that_are_too_small() -> None:
    with pytest.raises(OptionProblem, match="window"):
        find("fitnet4_cifar").build((3, 16, 16))
