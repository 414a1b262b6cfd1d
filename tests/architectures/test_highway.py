"""Highway networks: published counts, gates that start closed."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from nets import resolve

from explorer.architectures.architecture import OptionProblem
from explorer.architectures.gallery import find
from explorer.engine.compile import compile_flow
from explorer.graph.flow import Flow
from explorer.graph.tensor import image


def of(id: str, input: tuple[int, ...] | None = None, **options: Any) -> Flow:
    flow = resolve(find(id).build(input, **options))
    assert not flow.problems
    return flow


def test_fifty_layers_for_digits() -> None:
    flow = of("highway_mnist50")
    assert flow.trainable == 785 * 50 + 50 * 2 * (50 * 50 + 50) + 51 * 10 == 294_760
    for depth in (10, 20, 100):  # the other depths of the paper
        assert of("highway_mnist50", depth=depth).trainable == 785 * 50 + depth * 5100 + 510
    wide = of("highway_mnist50", width=71)
    assert wide.trainable == 785 * 71 + 50 * 2 * 71 * 72 + 72 * 10


def test_nineteen_layers_for_cifar() -> None:
    flow = of("highway_cifar19")
    plain = sum((9 * a + 1) * b for a, b in ((3, 32), (32, 48), (48, 80), (80, 128)))
    gated = sum(n * 2 * (9 * c + 1) * c for n, c in ((2, 32), (1, 48), (5, 80), (5, 128)))
    assert flow.trainable == plain + gated + 129 * 10 == 2_274_186  # "2.3 M" in the paper
    shapes = [flow.nodes[f"stage{number}"].outputs["y"] for number in (1, 2, 3)]
    assert shapes == [image(48, 16, 16), image(80, 8, 8), image(128, 8, 8)]
    gates = [node for node in _all_nodes(flow) if node == "highway"]
    assert len(gates) == 2 + 1 + 5 + 5


def _all_nodes(flow: Flow) -> list[str]:
    """Blocks of all stages."""
    inner = [flow.nodes[f"stage{number}"].inner for number in (1, 2, 3)]
    return [node.block for each in inner if each is not None for node in each.graph.nodes]


def test_the_first_stage_begins_with_a_plain_convolution_whatever_arrives() -> None:
    assert _all_nodes(of("highway_cifar19", (32, 16, 16)))[1] == "conv2d"


def test_gates_start_nearly_closed() -> None:
    torch.manual_seed(0)
    flow = of("highway_mnist50", (1, 8, 8), depth=3)
    module = compile_flow(flow, "n", torch.device("cpu"), seed=1).module
    biases = [value for name, value in module.named_parameters() if "gate_bias" in name]
    assert len(biases) == 3
    assert all(bool((value == -2).all()) for value in biases)
    assert module(torch.randn(2, 1, 8, 8)).shape == (2, 10)


@pytest.mark.parametrize(
    ("id", "options", "words"),
    [
        ("highway_mnist50", {"depth": 0}, r"has 1 to 1,000 highway layers, not 0"),
        ("highway_mnist50", {"activation": "gelu"}, r"activates by relu or tanh, not “gelu”"),
        ("highway_mnist50", {"gate_bias": 1.0}, r"-20 to 0"),
        ("highway_cifar19", {"multiplier": 0}, r"1 to"),
    ],
)
def test_what_cannot_be_is_refused(id: str, options: dict[str, Any], words: str) -> None:
    with pytest.raises(OptionProblem, match=words):
        find(id).build(**options)
