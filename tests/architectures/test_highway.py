"""Highway networks: published counts, gates that start closed."""

from __future__ import annotations

from networks import answers, module, network, parts, refused, tensors, wrong

from explorer.graph.tensor import image

STAGES = ("stage1", "stage2", "stage3")


def test_fifty_layers_for_digits() -> None:
    flow = network("highway_mnist50")
    assert flow.trainable == 785 * 50 + 50 * 2 * (50 * 50 + 50) + 51 * 10 == 294_760
    for depth in (10, 20, 100):  # the other depths of the paper
        assert network("highway_mnist50", depth=depth).trainable == 785 * 50 + depth * 5100 + 510
    wide = network("highway_mnist50", width=71)
    assert wide.trainable == 785 * 71 + 50 * 2 * 71 * 72 + 72 * 10


def test_nineteen_layers_for_cifar() -> None:
    flow = network("highway_cifar19")
    plain = sum((9 * a + 1) * b for a, b in ((3, 32), (32, 48), (48, 80), (80, 128)))
    gated = sum(n * 2 * (9 * c + 1) * c for n, c in ((2, 32), (1, 48), (5, 80), (5, 128)))
    assert flow.trainable == plain + gated + 129 * 10 == 2_274_186  # "2.3 M" in the paper
    assert tensors(flow, *STAGES) == [image(48, 16, 16), image(80, 8, 8), image(128, 8, 8)]
    assert [parts(flow, stage).count("highway") for stage in STAGES] == [2 + 1, 5, 5]


def test_the_first_stage_begins_with_a_plain_convolution_whatever_arrives() -> None:
    assert parts(network("highway_cifar19", (32, 16, 16)), "stage1")[0] == "conv2d"


def test_gates_start_nearly_closed() -> None:
    flow = network("highway_mnist50", (1, 8, 8), depth=3)
    biases = [value for name, value in module(flow).named_parameters() if "gate_bias" in name]
    assert len(biases) == 3
    assert all(bool((value == -2).all()) for value in biases)
    assert answers(flow, batch=2) == [(10,)]


test_what_cannot_be_is_refused = refused(
    wrong("highway_mnist50", r"has 1 to 1,000 highway layers, not 0", depth=0),
    wrong("highway_mnist50", r"activates by relu or tanh, not “gelu”", activation="gelu"),
    wrong("highway_mnist50", r"28: gate bias must be a number from −20 to 0, not 1", gate_bias=1.0),
    wrong("highway_cifar19", r"1 to", multiplier=0),
)
