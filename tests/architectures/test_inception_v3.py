"""Inception-v3 without and with its head."""

from __future__ import annotations

import pytest
import torch
from nets import resolve

from explorer.architectures.architecture import OptionProblem
from explorer.architectures.gallery import find
from explorer.engine.compile import compile_flow
from explorer.graph.tensor import image, vector


def test_the_published_network() -> None:
    flow = resolve(find("inception_v3").build())
    assert not flow.problems
    assert flow.trainable == 23_834_568  # torchvision, without its head
    assert flow.macs == pytest.approx(5.713e9, rel=1e-3)  # torchvision; the paper prints 5 G
    shapes = [flow.nodes[name].outputs["y"] for name in ("stem", "stage_a", "stage_b", "stage_c")]
    assert shapes == [image(192, 35, 35), image(288, 35, 35), image(768, 17, 17), image(2048, 8, 8)]
    assert list(flow.outputs.values()) == [vector(1000)]


def test_the_head_reads_the_17_by_17_maps() -> None:
    flow = resolve(find("inception_v3_aux").build())
    assert not flow.problems
    head = 768 * 128 + 2 * 128 + 25 * 128 * 768 + 2 * 768 + 769 * 1000
    assert flow.trainable == 23_834_568 + head == 27_161_264  # torchvision, with its head
    assert list(flow.outputs) == ["output", "aux"]
    assert list(flow.outputs.values()) == [vector(1000)] * 2
    assert {edge.src for edge in flow.graph.into("auxiliary")} == {"stage_b"}


def test_all_norms_add_a_thousandth() -> None:
    flow = resolve(find("inception_v3_aux").build())
    norms = [node.block for _, node in flow.walk() if node.block and node.block.id == "batch_norm"]
    assert len(norms) == 94 + 2
    assert {block.values["eps"] for block in norms} == {1e-3}  # type: ignore[attr-defined]


def test_a_slim_one_answers() -> None:
    torch.manual_seed(0)
    flow = resolve(find("inception_v3").build((3, 139, 139), classes=5, width=0.1))
    assert flow.parameters < 10**6
    module = compile_flow(flow, "n", torch.device("cpu"), seed=1).module.eval()
    with torch.no_grad():
        assert module(torch.randn(1, 3, 139, 139)).shape == (1, 5)


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(OptionProblem, match=r"drops 0 to 0.99 of the last values, not 2"):
        find("inception_v3").build(drop=2.0)
    with pytest.raises(OptionProblem, match=r"width|multiplier"):
        find("inception_v3").build(width=9.0)
    with pytest.raises(OptionProblem, match=r"3×3 (kernel|window)"):
        find("inception_v3").build((3, 40, 40))
