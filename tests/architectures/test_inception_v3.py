"""Inception-v3 without and with its head."""

from __future__ import annotations

import pytest
from networks import answers, network, refused, settings, tensors, wrong

from explorer.graph.tensor import image, vector


def test_the_published_network() -> None:
    flow = network("inception_v3")
    assert flow.trainable == 23_834_568  # torchvision, without its head
    assert flow.macs == pytest.approx(5.713e9, rel=1e-3)  # torchvision; the paper prints 5 G
    assert tensors(flow, "stem", "stage_a", "stage_b", "stage_c") == [
        image(192, 35, 35),
        image(288, 35, 35),
        image(768, 17, 17),
        image(2048, 8, 8),
    ]
    assert list(flow.outputs.values()) == [vector(1000)]


def test_the_head_reads_the_17_by_17_maps() -> None:
    flow = network("inception_v3_aux")
    head = 768 * 128 + 2 * 128 + 25 * 128 * 768 + 2 * 768 + 769 * 1000
    assert flow.trainable == 23_834_568 + head == 27_161_264  # torchvision, with its head
    assert list(flow.outputs) == ["output", "aux"]
    assert list(flow.outputs.values()) == [vector(1000)] * 2
    assert {edge.src for edge in flow.graph.into("auxiliary")} == {"stage_b"}


def test_all_norms_add_a_thousandth() -> None:
    assert settings(network("inception_v3_aux"), "batch_norm", "eps") == [1e-3] * (94 + 2)


def test_a_slim_one_answers() -> None:
    flow = network("inception_v3", (3, 139, 139), classes=5, width=0.1)
    assert flow.parameters < 10**6
    assert answers(flow) == [(5,)]


test_what_cannot_be_is_refused = refused(
    wrong("inception_v3", r"drops 0 to 0.99 of the last values, not 2", drop=2.0),
    wrong("inception_v3", r"width|multiplier", width=9.0),
    wrong("inception_v3", r"3×3 (kernel|window)", (3, 40, 40)),
)
