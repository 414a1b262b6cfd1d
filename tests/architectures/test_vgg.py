"""VGG: published counts and work, configurations A to E by their options."""

from __future__ import annotations

from typing import Any

import pytest
from networks import layers, network, parts, refused, tensors, wrong

from explorer.architectures.gallery import find
from explorer.graph.tensor import image, vector

# torchvision's counts and multiply-adds; table 2 of the paper prints 133, 133, 138 and 144 M.
KNOWN = {
    "vgg11": (132_863_336, 7.609e9),
    "vgg13": (133_047_848, 11.308e9),
    "vgg16": (138_357_544, 15.470e9),
    "vgg19": (143_667_240, 19.632e9),
    "vgg16_bn": (138_365_992, 15.470e9),
    "vgg19_bn": (143_678_248, 19.632e9),
}


def weights(stages: list[int], *, norm: bool) -> int:
    """Parameters, layer by layer."""
    count, channels = 0, 3
    for number, convolutions in enumerate(stages):
        filters = min(512, 64 * 2**number)
        for _ in range(convolutions):
            count += 9 * channels * filters + filters + (2 * filters if norm else 0)
            channels = filters
    return count + 25_089 * 4096 + 4097 * 4096 + 4097 * 1000


@pytest.mark.parametrize("id", KNOWN)
def test_published_counts(id: str) -> None:
    flow = network(id)
    parameters, macs = KNOWN[id]
    assert flow.trainable == flow.parameters == parameters
    stages = [int(word) for word in str(find(id).options["stages"]).split()]
    assert parameters == weights(stages, norm=id.endswith("bn"))
    assert flow.macs == pytest.approx(macs, rel=1e-3)
    assert tensors(flow, "stage5") == [image(512, 7, 7)]
    assert len(layers(flow, "conv2d", "linear")) == int(id.removeprefix("vgg").removesuffix("_bn"))


def test_one_member_by_the_options_of_another() -> None:
    for id, (parameters, _) in KNOWN.items():
        options: dict[str, Any] = dict(find(id).options)
        assert network("vgg11", **options).parameters == parameters
    assert network("vgg13", norm=True).parameters == 133_053_736  # torchvision, vgg13_bn
    small = network("vgg11", (3, 32, 32), width=8, hidden=64)
    assert small.parameters < 10**6
    assert list(small.outputs.values()) == [vector(1000)]


def test_norms_stand_between_convolution_and_activation() -> None:
    assert parts(network("vgg16_bn"), "stage1") == ["conv2d", "batch_norm", "relu"] * 2 + ["max_pool"]


test_what_cannot_be_is_refused = refused(
    wrong("vgg16", "convolutions for 1 to 8 stages, such as 2 2 3 3 3, not “2 2 x”", stages="2 2 x"),
    wrong("vgg16", "1 to 8 stages", stages=""),
    wrong("vgg16", "drops 0 to 0.99 of the hidden values, not 1", drop=1.0),
    wrong("vgg16", "from 1 to 65,536", width=0),
    wrong("vgg16", "2×2 window, larger than its 1×1 input", (3, 16, 16)),
)
