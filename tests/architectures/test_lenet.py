"""LeNet-5 as published, the network for zip codes of 1989, and the Neocognitron."""

from __future__ import annotations

import torch
from networks import answers, module, network, refused, tensors, wrong
from torch import Tensor
from torch.nn import functional as F

from explorer.architectures.gallery import find
from explorer.architectures.lenet import C3_TABLE
from explorer.graph.tensor import image, vector


def squash(x: Tensor) -> Tensor:
    return 1.7159 * torch.tanh(2 * x / 3)


def test_the_layers_of_lenet_5_have_the_published_counts() -> None:
    flow = network("lenet5")
    names = ("c1", "s2", "c3", "s4", "c5", "f6", "rbf")
    counts = [flow.nodes[name].trainable for name in names]
    assert counts == [156, 12, 1_516, 32, 48_120, 10_164, 0]  # section II-B of the paper
    assert flow.trainable == flow.parameters == 60_000
    assert tensors(flow, *names) == [
        image(6, 28, 28),
        image(6, 14, 14),
        image(16, 10, 10),
        image(16, 5, 5),
        image(120, 1, 1),
        vector(84),
        vector(10),
    ]
    # 340,908 connections of C1, C3, C5, F6 and both subsamplings, biases among them; the paper's sum.
    connections = 122_304 + 5_880 + 151_600 + 2_000 + 48_120 + 10_164
    products = connections - 28 * 28 * 6 - 14 * 14 * 6 * 4 - 100 * 16 - 25 * 16 * 4 - 120 - 84
    assert flow.macs == products
    assert network("lenet5", (1, 28, 28)).trainable == 60_000


def test_c3_reads_the_maps_of_table_1() -> None:
    assert [len(row) for row in C3_TABLE] == [3] * 6 + [4] * 9 + [6]
    assert len(set(C3_TABLE)) == 16
    assert [sum(letter in row for row in C3_TABLE) for letter in "012345"] == [10] * 6
    for number, row in enumerate(C3_TABLE[:6]):  # each three neighbours in a ring
        assert {int(letter) for letter in row} == {(number + step) % 6 for step in range(3)}
    for number, row in enumerate(C3_TABLE[6:12]):
        assert {int(letter) for letter in row} == {(number + step) % 6 for step in range(4)}


def test_lenet_5_computes_what_the_paper_says() -> None:
    """Against the same network written with one masked convolution for C3."""
    torch.manual_seed(0)
    net = module(network("lenet5"))
    at = net.get_submodule
    x = torch.randn(2, 1, 32, 32)

    def pooled(x: Tensor, name: str) -> Tensor:
        factor = at(f"{name}.coefficient")
        assert isinstance(factor.weight, Tensor)
        assert isinstance(factor.bias, Tensor)
        scale, shift = factor.weight.view(1, -1, 1, 1), factor.bias.view(1, -1, 1, 1)
        return squash(F.avg_pool2d(x, 2) * scale + shift)

    with torch.no_grad():
        y = pooled(squash(at("c1")(x)), "s2")
        weight, bias = torch.zeros(16, 6, 5, 5), torch.zeros(16)
        for number, row in enumerate(C3_TABLE):
            part = at(f"c3.conv{number}")
            weight[number, [int(letter) for letter in row]] = part.weight[0]  # type: ignore[index]
            bias[number] = part.bias[0]  # type: ignore[index]
        y = pooled(squash(F.conv2d(y, weight, bias)), "s4")
        y = squash(at("f6")(squash(at("c5")(y)).flatten(1)))
        codes = at("rbf").codes
        assert isinstance(codes, Tensor)
        expected = -(y[:, None] - codes).square().sum(2)
        torch.testing.assert_close(net(x), expected, atol=1e-4, rtol=1e-5)


def test_the_network_of_1989_has_the_published_counts() -> None:
    flow = network("convnet1989")
    counts = [flow.nodes[name].trainable for name in ("h1", "h2", "h3", "fc")]
    assert counts == [1_068, 2_592, 5_790, 310]  # section 3 of the paper
    assert flow.trainable == 9_760
    assert flow.macs + 768 + 192 + 30 + 10 == 64_660  # its connections, a bias for each unit among them
    assert tensors(flow, "h1", "h2") == [image(12, 8, 8), image(12, 4, 4)]


def test_beyond_the_edge_lies_white_paper() -> None:
    net = module(network("convnet1989"))
    white = torch.full((1, 1, 16, 16), -1.0)
    conv, biases = net.get_submodule("h1.conv"), net.get_submodule("h1.biases").value
    assert isinstance(biases, Tensor)
    with torch.no_grad():
        sums = conv.weight.sum((1, 2, 3)).view(1, -1, 1, 1)  # type: ignore[operator]
        expected = squash(biases - sums)
        torch.testing.assert_close(net.get_submodule("h1")(white), expected.expand(1, 12, 8, 8))


def test_neocognitron_says_that_it_is_schematic() -> None:
    entry = find("neocognitron")
    assert entry.section("Form").startswith("schematic")
    assert "back-propagation" in entry.section("Form")
    flow = network("neocognitron")
    sizes = [y.spatial[0] for y in tensors(flow, "s1", "c1", "s2", "c2", "s3")]
    assert sizes == [16, 10, 8, 6, 2]  # maps of Fukushima 1980
    assert answers(flow, batch=2) == [(10,)]


test_what_cannot_be_is_refused = refused(
    wrong("lenet5", "drawings of ten digits only, not 11 classes", classes=11),
    wrong("lenet5", r"window|kernel", (1, 12, 12)),
    wrong("neocognitron", r"window|kernel", (1, 5, 5)),
)
