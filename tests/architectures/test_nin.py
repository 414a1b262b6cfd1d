"""Network in network, its deeply supervised form, FitNet-4 and the ELU network."""

from __future__ import annotations

import pytest
import torch
from networks import answers, inside, layers, module, network, refused, settings, tensors, wrong

from explorer.blocks.convolution.auxiliary import auxiliary_answers
from explorer.graph.tensor import image, vector


def conv(inputs: int, filters: int, kernel: int = 1) -> int:
    return (inputs * kernel**2 + 1) * filters


STAGES = ("stage1", "stage2", "stage3")
NIN = (
    conv(3, 192, 5)
    + conv(192, 160)
    + conv(160, 96)
    + conv(96, 192, 5)
    + 2 * conv(192, 192)
    + conv(192, 192, 3)
    + conv(192, 192)
    + conv(192, 10)
)


def test_network_in_network() -> None:
    flow = network("nin_cifar10")
    assert flow.trainable == NIN == 966_986  # layer by layer from the released files
    assert tensors(flow, *STAGES) == [image(96, 16, 16), image(192, 8, 8), image(10, 8, 8)]
    assert list(network("nin_cifar10", classes=100).outputs.values()) == [vector(100)]


def test_companions_of_a_deeply_supervised_net() -> None:
    flow = network("dsn_cifar")
    heads = sum((192 * n * n + 1) * 10 for n in (32, 16, 8))
    assert flow.trainable == NIN + heads == 3_547_496
    companions = auxiliary_answers(flow)
    assert len(companions) == 3
    assert set(companions.values()) == {vector(10)}
    assert list(flow.outputs.values()) == [vector(10)]  # evaluation hears the main answer only
    assert settings(network("dsn_cifar", companion=0.5), "auxiliary_loss", "weight") == [0.5] * 3


def test_fitnet_4() -> None:
    flow = network("fitnet4_cifar")
    count, channels = 0, 3
    for width in (32, 32, 32, 48, 48, *[80] * 6, *[128] * 6):
        count += conv(channels, 2 * width, 3)
        channels = width
    assert flow.trainable == count + 129 * 2500 + 501 * 10 == 2_742_102  # the authors' cifar10_fitnet19_all
    assert len(layers(flow, "conv2d", "linear")) == 19
    assert tensors(flow, *STAGES) == [image(48, 16, 16), image(80, 8, 8), image(128, 1, 1)]


def test_maxout_keeps_the_largest_piece() -> None:
    flow = network("fitnet4_cifar")
    model = module(flow)
    names = [
        node.id for node in inside(flow, "head").graph.nodes if node.block in ("linear", "intermap_pool")
    ]
    seen: dict[str, torch.Tensor] = {}
    for name in names:
        model.get_submodule(f"head.{name}").register_forward_hook(
            lambda _m, _i, y, name=name: seen.update({name: y})
        )
    with torch.no_grad():
        model(torch.randn(2, 3, 32, 32))
    linear, pooled = seen[names[0]], seen[names[1]]
    torch.testing.assert_close(pooled.flatten(1), linear.reshape(-1, 500, 5).amax(2))


def test_elu_network() -> None:
    stacks = [
        [(384, 3)],
        [(384, 1), (384, 2), (640, 2), (640, 2)],
        [(640, 1), *[(768, 2)] * 3],
        [(768, 1), *[(896, 2)] * 2],
        [(896, 3), *[(1024, 2)] * 2],
        [(1024, 1), (1152, 2)],
        [(1152, 1)],
        [(10, 1)],
    ]
    count, channels = 0, 3
    for stack in stacks:
        for filters, kernel in stack:
            count += conv(channels, filters, kernel)
            channels = filters
    flow = network("elu_cifar")
    assert flow.trainable == count == 39_226_634  # from the stacks that the paper prints
    assert len(layers(flow, "conv2d")) == 18 + 1  # and the one for the classes
    assert tensors(flow, "stack7") == [image(1152, 1, 1)]
    small = network("elu_cifar", layers=11)
    assert small.trainable < 10**7
    assert len(layers(small, "conv2d")) == 11


def test_dropout_grows_with_depth() -> None:
    assert settings(network("elu_cifar"), "dropout", "p") == [0.1, 0.2, 0.3, 0.4, 0.5]


@pytest.mark.parametrize("id", ["nin_cifar10", "dsn_cifar"])
def test_a_forward_pass(id: str) -> None:
    assert answers(network(id), batch=2) == [(10,)]


test_what_cannot_be_is_refused = refused(
    wrong("nin_cifar10", r"drops 0 to 0\.99 of the values between stages, not 1", drop=1.0),
    wrong("dsn_cifar", r"counts its companions 0\.001 to 10 times, not 0", companion=0.0),
    wrong("elu_cifar", r"has 11 or 18 layers, not 12", layers=12),
    wrong("elu_cifar", r"drops 0 to 0\.99", drop=-0.5),
    wrong("fitnet4_cifar", r"1 to", pieces=0),
    wrong("fitnet4_cifar", "window", (3, 16, 16)),
)
