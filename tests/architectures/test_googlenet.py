"""GoogLeNet without and with its heads, and BN-Inception."""

from __future__ import annotations

import pytest
from networks import answers, layers, network, refused, settings, tensors, wrong

from explorer.architectures.gallery import find
from explorer.architectures.googlenet import MODULES_V1, MODULES_V2
from explorer.graph.tensor import image, vector

STAGES = ("stage3", "stage4", "stage5")


def weights(channels: int, one: int, reduce3: int, three: int, reduce5: int, five: int, pooled: int) -> int:
    """Parameters of an Inception module with biases."""
    ones = (channels + 1) * (one + reduce3 + reduce5 + pooled)
    return ones + (9 * reduce3 + 1) * three + (25 * reduce5 + 1) * five


def test_googlenet() -> None:
    flow = network("googlenet")
    count, channels = 64 * 148 + 64 * 65 + 192 * 577, 192
    for widths in MODULES_V1.values():
        count += weights(channels, *widths)
        channels = widths[0] + widths[2] + widths[4] + widths[5]
    assert channels == 1024
    assert flow.trainable == count + 1025 * 1000 == 6_998_552  # table 1 of the paper, layer by layer
    assert flow.macs == pytest.approx(1.58e9, rel=5e-3)  # the paper prints 1.5 G, rounded for each layer
    assert tensors(flow, *STAGES) == [image(480, 14, 14), image(832, 7, 7), image(1024, 7, 7)]
    assert list(flow.outputs.values()) == [vector(1000)]


def test_the_heads_read_4a_and_4d_and_follow_the_main_answer() -> None:
    flow = network("googlenet_aux")
    heads = [(c + 1) * 128 + 2049 * 1024 + 1025 * 1000 for c in (512, 528)]
    assert flow.trainable == 6_998_552 + sum(heads) == 13_378_280
    assert list(flow.outputs) == ["output", "aux1", "aux2"]
    assert list(flow.outputs.values()) == [vector(1000)] * 3
    assert list(network("googlenet_aux", classes=7).outputs.values()) == [vector(7)] * 3
    assert flow.nodes["stage4"].outputs["y2"] == image(512, 14, 14)
    assert flow.nodes["stage4"].outputs["y3"] == image(528, 14, 14)


def test_bn_inception() -> None:
    flow = network("bn_inception_v2")
    # Counted in the weights in circulation (pretrained-models, bninception), which keep the biases.
    assert flow.trainable == find("bn_inception_v2").parameters == 11_295_240
    assert flow.macs == pytest.approx(2.03e9, rel=5e-3)
    assert tensors(flow, *STAGES) == [image(576, 14, 14), image(1056, 7, 7), image(1024, 7, 7)]
    modules = [f"stage3.inception{name}" for name in ("3a", "3b", "3c")]
    assert tensors(flow, *modules) == [image(256, 28, 28), image(320, 28, 28), image(576, 14, 14)]
    assert list(MODULES_V2) == ["3a", "3b", "3c", "4a", "4b", "4c", "4d", "4e", "5a", "5b"]


def test_no_norm_of_bn_inception_differs() -> None:
    flow = network("bn_inception_v2")
    assert settings(flow, "batch_norm", "eps") == [1e-5] * 69
    assert settings(flow, "conv2d", "bias") == [True] * 69


@pytest.mark.parametrize("id", ["googlenet", "googlenet_aux", "bn_inception_v2"])
def test_a_slim_one_answers(id: str) -> None:
    flow = network(id, (3, 224, 224), classes=5, width=0.05)
    assert flow.parameters < 5e6
    assert answers(flow) == [(5,)] * len(flow.outputs)


def test_norms_take_the_place_of_biases() -> None:
    flow = network("googlenet", norm=True)
    assert layers(flow, "batch_norm")
    assert not layers(flow, "local_response_norm")
    biases = 64 + 64 + 192  # of the stem; a norm has two numbers where a bias has one
    biases += sum(sum(widths) for widths in MODULES_V1.values())
    assert flow.parameters == 6_998_552 + biases


test_what_cannot_be_is_refused = refused(
    wrong("googlenet", "multiplies its widths by 0.01 to 4, not 0", width=0.0),
    wrong("bn_inception_v2", "multiplies its widths by 0.01 to 4, not 0", width=0.0),
    wrong("googlenet", "drops 0 to 0.99 of the last values, not 1", drop=1.0),
    wrong("bn_inception_v2", "drops 0 to 0.99 of the last values, not 1", drop=1.0),
)
