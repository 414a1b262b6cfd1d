"""Inception modules: published widths and counts, residual scaling, heads that only training hears."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from nets import chain, design, node, resolve
from samples import build
from torch import nn
from torch.nn import functional as F

from explorer.blocks.convolution.auxiliary import auxiliary_outputs
from explorer.blocks.registry import registry
from explorer.engine.compile import compile_flow
from explorer.engine.data.dataset import Dataset
from explorer.engine.probes import hooks_left
from explorer.engine.training.loop import TrainingRun, refuse_misfit
from explorer.engine.training.losses import SettingProblem
from explorer.graph.builder import Builder
from explorer.graph.document import Document
from explorer.graph.resolve import Resolver
from explorer.graph.tensor import Tensor, image, vector
from explorer.protocol.records import TrainSettings

CPU = torch.device("cpu")
RESOLVER = Resolver(registry())
Step = tuple[str, dict[str, Any]]
torch.set_num_threads(1)


def known(block: str, x: Tensor, **fields: Any) -> tuple[Tensor, int, int]:
    """Output, parameters and multiply-accumulates, without allocating anything."""
    found = RESOLVER.block(registry().configure(block, fields), (x,))
    assert found.shape_error is None, found.shape_error.message
    assert found.outputs[0] is not None
    return found.outputs[0], found.parameters, found.macs


def stacked(x: Tensor, steps: Sequence[Step]) -> tuple[list[Tensor], int]:
    """Wire the steps with a Builder; the tensor after each step, and all parameters."""
    g = Builder(registry(), RESOLVER)
    wire, seen = g.input("input", x), []
    for block, fields in steps:
        wire = g.add(block, wire, **fields)
        seen.append(wire.tensor)
    g.output("output", wire)
    flow = RESOLVER.resolve(_document(g))
    assert not flow.problems
    return seen, flow.parameters


def _document(g: Builder) -> Document:
    from explorer.graph.edits import AddNode, Connect

    document = Document()
    for each in g.graph.nodes:
        document.apply(AddNode(each))
    for edge in g.graph.edges:
        document.apply(Connect(edge))
    return document


def unit(inputs: int, filters: int, *kernel: int) -> int:
    """Weights of a convolution without biases and its batch norm; one number for a square kernel."""
    rows, columns = kernel if len(kernel) == 2 else (kernel or (1,)) * 2
    return inputs * filters * rows * columns + 2 * filters


def repeat(times: int, block: str, **fields: Any) -> list[Step]:
    return [(block, fields)] * times


CLASSIFIER: list[Step] = [("global_pool", {}), ("linear", {"features": 1000})]


# the lecture's figure


@pytest.mark.block("inception_v1")
def test_module_3a_of_googlenet() -> None:
    y, parameters, macs = known("inception_v1", image(192, 28, 28))
    assert y == image(64 + 128 + 32 + 32, 28, 28) == image(256, 28, 28)
    weights = 192 * (64 + 96 + 16 + 32) + 9 * 96 * 128 + 25 * 16 * 32
    assert parameters == weights + 64 + 96 + 128 + 16 + 32 + 32
    assert macs == weights * 28 * 28


@pytest.mark.block("inception_naive")
def test_the_naive_module_hands_all_its_input_on() -> None:
    torch.manual_seed(0)
    model = build("inception_naive", image(6, 7, 7), one=2, three=3, five=4)
    assert model.sample.outputs == (image(2 + 3 + 4 + 6, 7, 7),)
    assert model.sample.parameters == 6 * (2 + 9 * 3 + 25 * 4) + 2 + 3 + 4
    x = torch.randn(2, 6, 7, 7)
    y, parts = model(x)[0], model.level.parts
    assert torch.equal(y[:, 9:], F.max_pool2d(x, 3, 1, 1))
    for start, name in ((0, "conv1"), (2, "conv3"), (5, "conv5")):
        path = parts[name](x).relu()
        torch.testing.assert_close(y[:, start : start + path.shape[1]], path)
    slim = known("inception_v1", image(192, 28, 28))[2]
    assert known("inception_naive", image(192, 28, 28))[2] > 2 * slim  # what the 1×1 in front save


@pytest.mark.block("inception_v2")
def test_two_threes_see_what_a_five_sees_for_less() -> None:
    widths = {"one": 2, "reduce3": 3, "three": 4, "reduce_double": 5, "double": 6, "pooled": 7}
    model = build("inception_v2", image(8, 9, 9), **widths).double().eval()
    assert model.sample.outputs == (image(2 + 4 + 6 + 7, 9, 9),)
    x = torch.randn(1, 8, 9, 9, dtype=torch.double, requires_grad=True)
    model(x)[0][0, 6:12, 4, 4].square().sum().backward()  # the path with two 3×3
    assert x.grad is not None
    rows = x.grad[0].abs().sum((0, 2)).nonzero().flatten().tolist()
    assert rows == [2, 3, 4, 5, 6]
    two, five = 2 * 9 * 6 * 6, 25 * 6 * 6
    assert two / five == pytest.approx(18 / 25)


@pytest.mark.block("inception_v2")
def test_stacked_inception_v2_is_bn_inception() -> None:
    def module(*widths: int, **more: Any) -> Step:
        names = ("one", "reduce3", "three", "reduce_double", "double", "pooled")
        return "inception_v2", dict(zip(names, widths, strict=True)) | {"bias": True} | more

    pool: Step = ("max_pool", {"kernel": 3, "stride": 2, "ceil_mode": True})
    steps: list[Step] = [
        ("conv2d", {"filters": 64, "kernel": 7, "stride": 2, "padding": 3}),
        ("batch_norm", {}),
        pool,
        ("conv2d", {"filters": 64, "kernel": 1}),
        ("batch_norm", {}),
        ("conv2d", {"filters": 192, "kernel": 3, "padding": 1}),
        ("batch_norm", {}),
        pool,
        module(64, 64, 64, 64, 96, 32),
        module(64, 64, 96, 64, 96, 64),
        module(1, 128, 160, 64, 96, 1, stride=2),
        module(224, 64, 96, 96, 128, 128),
        module(192, 96, 128, 96, 128, 128),
        module(160, 128, 160, 128, 160, 128),
        module(96, 128, 192, 160, 192, 128),
        module(1, 128, 192, 192, 256, 1, stride=2),
        module(352, 192, 320, 160, 224, 128),
        module(352, 192, 320, 192, 224, 128, pool="max"),
        *CLASSIFIER,
    ]
    seen, parameters = stacked(image(3, 224, 224), steps)
    assert [tensor.shape for tensor in seen[8:11]] == [(256, 28, 28), (320, 28, 28), (576, 14, 14)]
    assert seen[-3] == image(1024, 7, 7)
    assert parameters == 11_295_240


def test_biases_stand_where_no_norm_follows() -> None:
    for block in ("inception_naive", "inception_v1", "inception_v2", "inception_resnet_a"):
        for norm in (False, True):
            model = build(block, image(4, 5, 5), norm=norm)
            convs = [module for module in model.modules() if isinstance(module, nn.Conv2d)]
            last = [conv for conv in convs if block == "inception_resnet_a" and conv.out_channels == 4]
            assert all((conv.bias is None) == (norm and conv not in last) for conv in convs), block
            norms = [module for module in model.modules() if isinstance(module, nn.BatchNorm2d)]
            assert bool(norms) == norm
            assert all(module.eps == 1e-3 for module in norms)


# Inception-v3


A_V3 = unit(64, 96, 3) + unit(96, 96, 3) + unit(48, 64, 5)


def seven_by_lines(inputs: int, width: int) -> int:
    """Parameters of module B of v3, path by path."""
    lines = unit(inputs, width) + unit(width, width, 1, 7) + unit(width, 192, 7, 1)
    double = unit(inputs, width) + 3 * unit(width, width, 1, 7) + unit(width, 192, 1, 7)
    return 2 * unit(inputs, 192) + lines + double


def wide(inputs: int) -> int:
    """Parameters of module C of v3, path by path."""
    three = unit(inputs, 384) + 2 * unit(384, 384, 1, 3)
    double = unit(inputs, 448) + unit(448, 384, 3) + 2 * unit(384, 384, 1, 3)
    return unit(inputs, 320) + three + double + unit(inputs, 192)


@pytest.mark.block(
    "stem_v3", "inception_v3_a", "inception_v3_b", "inception_v3_c", "reduction_v3_a", "reduction_v3_b"
)
@pytest.mark.parametrize(
    ("block", "fields", "x", "y", "parameters"),
    [
        (
            "stem_v3",
            {},
            (3, 299, 299),
            (192, 35, 35),
            unit(3, 32, 3) + unit(32, 32, 3) + unit(32, 64, 3) + unit(64, 80) + unit(80, 192, 3),
        ),
        (
            "inception_v3_a",
            {},
            (192, 35, 35),
            (256, 35, 35),
            2 * unit(192, 64) + unit(192, 48) + unit(192, 32) + A_V3,
        ),
        (
            "inception_v3_a",
            {"pool_features": 64},
            (256, 35, 35),
            (288, 35, 35),
            3 * unit(256, 64) + unit(256, 48) + A_V3,
        ),
        (
            "inception_v3_a",
            {"pool_features": 64},
            (288, 35, 35),
            (288, 35, 35),
            3 * unit(288, 64) + unit(288, 48) + A_V3,
        ),
        (
            "reduction_v3_a",
            {},
            (288, 35, 35),
            (768, 17, 17),
            unit(288, 384, 3) + unit(288, 64) + unit(64, 96, 3) + unit(96, 96, 3),
        ),
        ("inception_v3_b", {}, (768, 17, 17), (768, 17, 17), seven_by_lines(768, 128)),
        ("inception_v3_b", {"width": 160}, (768, 17, 17), (768, 17, 17), seven_by_lines(768, 160)),
        ("inception_v3_b", {"width": 192}, (768, 17, 17), (768, 17, 17), seven_by_lines(768, 192)),
        (
            "reduction_v3_b",
            {},
            (768, 17, 17),
            (1280, 8, 8),
            2 * unit(768, 192) + unit(192, 320, 3) + 2 * unit(192, 192, 1, 7) + unit(192, 192, 3),
        ),
        ("inception_v3_c", {}, (1280, 8, 8), (2048, 8, 8), wide(1280)),
        ("inception_v3_c", {}, (2048, 8, 8), (2048, 8, 8), wide(2048)),
    ],
)
def test_each_module_of_v3_has_the_published_shape_and_count(
    block: str, fields: dict[str, Any], x: tuple[int, ...], y: tuple[int, ...], parameters: int
) -> None:
    made, count, _ = known(block, image(*x), **fields)  # type: ignore[arg-type]
    assert made.shape == y
    assert count == parameters


INCEPTION_V3: list[Step] = [
    ("stem_v3", {}),
    ("inception_v3_a", {}),
    *repeat(2, "inception_v3_a", pool_features=64),
    ("reduction_v3_a", {}),
    *(("inception_v3_b", {"width": width}) for width in (128, 160, 160, 192)),
    ("reduction_v3_b", {}),
    *repeat(2, "inception_v3_c"),
    *CLASSIFIER,
]


@pytest.mark.block(
    "stem_v3", "inception_v3_a", "inception_v3_b", "inception_v3_c", "reduction_v3_a", "reduction_v3_b"
)
def test_stacked_they_are_inception_v3() -> None:
    assert stacked(image(3, 299, 299), INCEPTION_V3)[1] == 23_834_568


@pytest.mark.block("inception_v3_b", "inception_v4_b")
def test_lines_run_in_the_published_order() -> None:
    for block, first in (("inception_v3_b", "reduce7"), ("inception_v4_b", "reduce7")):
        model = build(block, image(4, 8, 8), multiplier=0.02)
        kernels = {n: p.kernel_size for n, p in model.level.parts.items() if isinstance(p, nn.Conv2d)}
        order = [n for n in kernels if n not in ("conv1", "conv_pool")]
        assert [kernels[n] for n in order if not n.startswith("double")][:3] == [(1, 1), (1, 7), (7, 1)]
        assert first in order
        double = [kernels[n] for n in kernels if n.startswith("double")]
        assert double == [(7, 1), (1, 7), (7, 1), (1, 7)]


@pytest.mark.block("inception_v3_c", "inception_v4_c")
@pytest.mark.parametrize("block", ["inception_v3_c", "inception_v4_c"])
def test_in_c_the_two_lines_read_the_same_maps(block: str) -> None:
    model = build(block, image(4, 6, 6), multiplier=0.02)
    assert model.sample.inner is not None
    graph = model.sample.inner.graph
    across, down = (next(iter(graph.into(name))).src for name in ("conv1x3", "conv3x1"))
    assert across == down == "reduce3_relu"
    ends = [edge.src for edge in graph.into("concat")]
    assert {"conv1x3_relu", "conv3x1_relu"} <= set(ends)
    assert len(ends) == 6


# Inception-v4


@pytest.mark.block("stem_v4")
def test_stem_of_v4() -> None:
    y, parameters, _ = known("stem_v4", image(3, 299, 299))
    assert y == image(384, 35, 35)
    assert parameters == (
        unit(3, 32, 3)
        + unit(32, 32, 3)
        + unit(32, 64, 3)
        + unit(64, 96, 3)
        + 2 * unit(160, 64)
        + 2 * unit(64, 96, 3)
        + unit(64, 64, 1, 7)
        + unit(64, 64, 7, 1)
        + unit(192, 192, 3)
    )


@pytest.mark.block("reduction_v4_a", "reduction_ir_a")
@pytest.mark.parametrize(
    ("block", "channels", "fields", "klmn", "out"),
    [
        ("reduction_v4_a", 384, {}, (192, 224, 256, 384), 1024),
        ("reduction_ir_a", 256, {"k": 192, "l": 192, "m": 256, "n": 384}, (192, 192, 256, 384), 896),
        ("reduction_ir_a", 384, {}, (256, 256, 384, 384), 1152),
        ("reduction_ir_a", 320, {}, (256, 256, 384, 384), 1088),
    ],
)
def test_reduction_a_has_the_widths_of_table_1(
    block: str, channels: int, fields: dict[str, Any], klmn: tuple[int, int, int, int], out: int
) -> None:
    k, l, m, n = klmn  # noqa: E741  # the paper's names
    y, parameters, _ = known(block, image(channels, 35, 35), **fields)
    assert y == image(out, 17, 17) == image(channels + m + n, 17, 17)
    assert parameters == unit(channels, n, 3) + unit(channels, k) + unit(k, l, 3) + unit(l, m, 3)


INCEPTION_V4: list[Step] = [
    ("stem_v4", {}),
    *repeat(4, "inception_v4_a"),
    ("reduction_v4_a", {}),
    *repeat(7, "inception_v4_b"),
    ("reduction_v4_b", {}),
    *repeat(3, "inception_v4_c"),
    *CLASSIFIER,
]


@pytest.mark.block(
    "stem_v4", "inception_v4_a", "inception_v4_b", "inception_v4_c", "reduction_v4_a", "reduction_v4_b"
)
def test_stacked_they_are_inception_v4() -> None:
    seen, parameters = stacked(image(3, 299, 299), INCEPTION_V4)
    assert parameters == 42_679_816
    sizes = [(384, 35, 35)] * 5 + [(1024, 17, 17)] * 8 + [(1536, 8, 8)] * 4
    assert [tensor.shape for tensor in seen[:17]] == sizes


# Inception-ResNet


@pytest.mark.block("stem_ir_v1")
def test_stem_of_inception_resnet_v1() -> None:
    y, parameters, _ = known("stem_ir_v1", image(3, 299, 299))
    assert y == image(256, 35, 35)
    assert parameters == (
        unit(3, 32, 3)
        + unit(32, 32, 3)
        + unit(32, 64, 3)
        + unit(64, 80)
        + unit(80, 192, 3)
        + unit(192, 256, 3)
    )


@pytest.mark.block(
    "stem_ir_v1",
    "inception_resnet_v1_a",
    "inception_resnet_v1_b",
    "inception_resnet_v1_c",
    "reduction_ir_a",
    "reduction_ir_b",
)
def test_stacked_they_are_inception_resnet_v1() -> None:
    """With FaceNet's 512 features behind it (a linear layer without biases and a norm) 23,482,624."""
    steps: list[Step] = [
        ("stem_ir_v1", {}),
        *repeat(5, "inception_resnet_v1_a"),
        ("reduction_ir_a", {"k": 192, "l": 192, "m": 256, "n": 384}),
        *repeat(10, "inception_resnet_v1_b"),
        ("reduction_ir_b", {"first": 384, "second": 256, "middle": 256, "long": 256}),
        *repeat(5, "inception_resnet_v1_c"),
        ("inception_resnet_v1_c", {"scale": 1.0, "activation": False}),
        ("global_pool", {}),
        ("linear", {"features": 512, "bias": False}),
        ("batch_norm", {}),
    ]
    seen, parameters = stacked(image(3, 299, 299), steps)
    assert {tensor.shape for tensor in seen[1:6]} == {(256, 35, 35)}
    assert {tensor.shape for tensor in seen[6:17]} == {(896, 17, 17)}
    assert {tensor.shape for tensor in seen[17:24]} == {(1792, 8, 8)}
    assert parameters == 23_482_624


RESNET_V2 = ("inception_resnet_v2_a", "inception_resnet_v2_b", "inception_resnet_v2_c")


@pytest.mark.block(
    "inception_resnet_v2_a",
    "inception_resnet_v2_b",
    "inception_resnet_v2_c",
    "reduction_ir_a",
    "reduction_ir_b",
)
def test_stacked_they_are_inception_resnet_v2_as_released() -> None:
    steps: list[Step] = [
        ("stem_v3", {}),
        ("inception_v3_a", {"one": 96, "pool_features": 64, "count_padding": False}),
        *repeat(10, "inception_resnet_v2_a"),
        ("reduction_ir_a", {}),
        *repeat(20, "inception_resnet_v2_b"),
        ("reduction_ir_b", {}),
        *repeat(9, "inception_resnet_v2_c"),
        ("inception_resnet_v2_c", {"scale": 1.0, "activation": False}),
        ("pointwise_conv2d", {"filters": 1536, "bias": False}),
        ("batch_norm", {}),
        ("relu", {}),
        *CLASSIFIER,
    ]
    seen, parameters = stacked(image(3, 299, 299), steps)
    assert {tensor.shape for tensor in seen[1:12]} == {(320, 35, 35)}
    assert {tensor.shape for tensor in seen[12:33]} == {(1088, 17, 17)}
    assert {tensor.shape for tensor in seen[33:44]} == {(2080, 8, 8)}
    assert parameters == 55_843_464


@pytest.mark.block(*RESNET_V2, "reduction_ir_a", "reduction_ir_b", "stem_v4")
def test_the_same_modules_take_the_widths_of_the_paper() -> None:
    steps: list[Step] = [
        ("stem_v4", {}),
        ("inception_resnet_v2_a", {}),
        ("reduction_ir_a", {}),
        ("inception_resnet_v2_b", {}),
        ("reduction_ir_b", {}),
        ("inception_resnet_v2_c", {}),
    ]
    seen, _ = stacked(image(3, 299, 299), steps)
    assert [tensor.shape[0] for tensor in seen] == [384, 384, 1152, 1152, 2144, 2144]


RESIDUAL = [f"inception_resnet_{version}_{letter}" for version in ("v1", "v2") for letter in "abc"]


@pytest.mark.block(*RESIDUAL, "inception_resnet_a", "scale")
@pytest.mark.parametrize("block", [*RESIDUAL, "inception_resnet_a"])
def test_the_residual_is_scaled_linear_and_added(block: str) -> None:
    torch.manual_seed(0)
    fields: dict[str, Any] = {"scale": 0.25}
    if block != "inception_resnet_a":
        fields["multiplier"] = 0.1
    model = build(block, image(5, 6, 6), **fields).eval()
    x = torch.randn(2, 5, 6, 6)
    seen: dict[str, torch.Tensor] = {}
    for name in ("concat", "restore"):
        model.level.parts[name].register_forward_hook(lambda _m, _i, y, name=name: seen.update({name: y}))
    y = model(x)[0]
    torch.testing.assert_close(y, F.relu(x + 0.25 * seen["restore"]))
    last = model.level.parts["restore"]
    assert isinstance(last, nn.Conv2d)
    assert last.bias is not None
    linear = F.linear(seen["concat"].movedim(1, -1), last.weight[:, :, 0, 0], last.bias).movedim(-1, 1)
    torch.testing.assert_close(seen["restore"], linear)
    assert (seen["restore"] < 0).any()  # no activation in between
    nn.init.zeros_(last.weight)
    nn.init.zeros_(last.bias)
    torch.testing.assert_close(model(x)[0], x.relu())


@pytest.mark.block(*RESIDUAL)
@pytest.mark.parametrize("block", RESIDUAL)
def test_published_scales_and_the_last_block_without_relu(block: str) -> None:
    scale = {"a": 0.17, "b": 0.1, "c": 0.2}[block[-1]]
    model = build(block, image(4, 5, 5), multiplier=0.05)
    assert model.level.parts["scale"].factor == scale
    bare = build(block, image(4, 5, 5), multiplier=0.05, scale=1.0, activation=False)
    assert list(bare.level.parts)[-1] == "add"
    assert "scale" not in bare.level.parts
    assert (bare(torch.randn(2, 4, 5, 5))[0] < 0).any()


@pytest.mark.block("reduction_v3_a", "reduction_v3_b", "reduction_v4_a", "reduction_v4_b", "reduction_ir_b")
@pytest.mark.parametrize(
    "block", ["reduction_v3_a", "reduction_v3_b", "reduction_v4_a", "reduction_v4_b", "reduction_ir_b"]
)
def test_reductions_pass_the_pooled_input_on(block: str) -> None:
    torch.manual_seed(0)
    model = build(block, image(5, 9, 9), multiplier=0.02)
    x = torch.randn(2, 5, 9, 9)
    y = model(x)[0]
    assert y.shape[2:] == (4, 4)
    assert torch.equal(y[:, -5:], F.max_pool2d(x, 3, 2))


@pytest.mark.block("reduction_ir_b")
def test_reduction_b_widens_as_drawn() -> None:
    first, _, _ = known("reduction_ir_b", image(1152, 17, 17))
    assert first == image(1152 + 384 + 288 + 320, 8, 8) == image(2144, 8, 8)
    v1 = {"first": 384, "second": 256, "middle": 256, "long": 256}
    y, parameters, _ = known("reduction_ir_b", image(896, 17, 17), **v1)
    assert y == image(1792, 8, 8)
    assert parameters == 3 * unit(896, 256) + unit(256, 384, 3) + 3 * unit(256, 256, 3)


@pytest.mark.block("inception_v4_a")
def test_means_of_v4_do_not_count_the_margin() -> None:
    model = build("inception_v4_a", image(3, 5, 5), multiplier=0.05)
    ones = torch.ones(1, 3, 5, 5)
    assert model.level.parts["pool"](ones).eq(1).all()


# auxiliary classifiers


@pytest.mark.block("aux_classifier")
def test_heads_of_the_published_networks() -> None:
    def v1(channels: int) -> int:
        return channels * 128 + 128 + 2048 * 1024 + 1024 + 1024 * 1000 + 1000

    count = 0
    for channels in (512, 528):
        y, parameters, macs = known("aux_classifier", image(channels, 14, 14), classes=1000)
        assert y == vector(1000)
        assert parameters == v1(channels)
        assert macs == channels * 128 * 16 + 2048 * 1024 + 1024 * 1000
        count += parameters
    assert 6_998_552 + count == 13_378_280  # GoogLeNet with both heads
    _, parameters, _ = known("aux_classifier", image(768, 17, 17), classes=1000, form="v3")
    assert parameters == unit(768, 128) + unit(128, 768, 5) + 768 * 1000 + 1000 == 27_161_264 - 23_834_568


@pytest.mark.block("aux_classifier")
@pytest.mark.parametrize(
    ("form", "weight", "expected"), [("v1", None, 0.3), ("v3", None, 0.4), ("v3", 2.0, 2.0)]
)
def test_the_head_carries_its_weight(form: str, weight: float | None, expected: float) -> None:
    model = build("aux_classifier", image(3, 17, 17), form=form, weight=weight, filters=2, hidden=3)
    assert model.level.parts["loss"].loss_weight == expected
    assert model.sample.outputs == (vector(10),)


def data(count: int = 24) -> Dataset:
    rng = np.random.default_rng(0)
    inputs = rng.standard_normal((count, 2, 8, 8)).astype(np.float32)
    targets = rng.integers(0, 3, count)
    return Dataset("toy", "Toy", inputs, targets, ("a", "b", "c"), ("C", "H", "W"), 6, "none", "test")


HEAD = {"classes": 3, "pool": "adaptive", "filters": 4, "hidden": 8, "drop": 0.0}


def network(*, wired: bool, heads: int = 2, **fields: Any) -> Document:
    """Two convolutions with a head beside each; the heads' outputs come first, to be told apart."""
    names = [f"aux{number}" for number in range(1, heads + 1)]
    nodes = [
        *(node(f"answer_{name}", "output") for name in names if wired),
        node("input", "input", shape=(2, 8, 8)),
        node("conv1", "conv2d", filters=4, padding=1),
        node("conv2", "conv2d", filters=4, padding=1),
        *(node(name, "aux_classifier", **{**HEAD, **fields}) for name in names),
        node("pool", "global_pool"),
        node("fc", "linear", features=3),
        node("output", "output"),
    ]
    wires = ["input -> conv1", "conv1 -> conv2", "conv2 -> pool", "pool -> fc", "fc -> output"]
    wires += [f"conv{number} -> {name}" for number, name in enumerate(names, 1)]
    wires += [f"{name} -> answer_{name}" for name in names if wired]
    return design(nodes, *wires)


def training(document: Document, **settings: Any) -> TrainingRun:
    flow = resolve(document)
    assert not flow.problems
    refuse_misfit(flow, data())
    given = TrainSettings(**{"dataset": "toy", "batch": 6, "rate": 0.1, "optimiser": "sgd", **settings})
    return TrainingRun("run", compile_flow(flow, "n", CPU, seed=1).module, data(), given, CPU)


def gradients(module: nn.Module) -> dict[str, torch.Tensor]:
    return {n: p.grad.clone() for n, p in module.named_parameters() if p.grad is not None}


@pytest.mark.block("aux_classifier", "auxiliary_loss")
@pytest.mark.parametrize("wired", [True, False])
@pytest.mark.parametrize("form", ["v1", "v3"])
def test_the_trunk_learns_from_the_main_and_the_weighted_auxiliary_losses(wired: bool, form: str) -> None:
    run = training(network(wired=wired, form=form, weight=0.7))
    index = torch.arange(6)
    before = {n: p.detach().clone() for n, p in run.module.named_parameters()}
    state = {n: b.clone() for n, b in run.module.named_buffers()}
    loss, _ = run.take_step(index)
    moved = {n: (before[n] - p.detach()) / 0.1 for n, p in run.module.named_parameters()}

    run.module.load_state_dict(before | state)
    x, targets = torch.as_tensor(data().inputs)[index], torch.as_tensor(data().targets)[index]
    seen: dict[str, torch.Tensor] = {}
    for name in ("fc", "aux1", "aux2"):
        run.module.get_submodule(name).register_forward_hook(
            lambda _m, _i, y, name=name: seen.update({name: y})
        )
    run.module(x)
    losses = {name: F.cross_entropy(scores, targets) for name, scores in seen.items()}
    parameters = dict(run.module.named_parameters())

    def of(*names: str) -> dict[str, torch.Tensor]:
        found = torch.autograd.grad(
            torch.stack([losses[n] for n in names]).sum(),
            list(parameters.values()),
            retain_graph=True,
            allow_unused=True,
            materialize_grads=True,
        )
        return dict(zip(parameters, found, strict=True))

    main, auxiliary = of("fc"), of("aux1", "aux2")
    expected = {n: main[n] + 0.7 * auxiliary[n] for n in parameters}
    for name in parameters:
        torch.testing.assert_close(moved[name], expected[name], atol=1e-5, rtol=1e-4)
    assert auxiliary["conv1.weight"].abs().sum() > 0
    torch.testing.assert_close(loss, losses["fc"] + 0.7 * (losses["aux1"] + losses["aux2"]))


@pytest.mark.block("aux_classifier")
@pytest.mark.parametrize("wired", [True, False])
def test_evaluation_neither_hears_nor_computes_the_heads(wired: bool) -> None:
    run = training(network(wired=wired))
    ran: list[str] = []
    for name, child in run.module.named_modules():
        if name.startswith("aux"):
            child.register_forward_pre_hook(lambda _m, _i, name=name: ran.append(name))
    loss, metrics = run.validate()
    assert set(ran) <= {"aux1", "aux2"}  # the shells are called, nothing inside them
    assert not hooks_without(run.module, "aux")

    _, held_out = data().split(None, 0)
    bare = compile_flow(resolve(network(wired=False, heads=0)), "bare", CPU).module.eval()
    bare.load_state_dict({k: v for k, v in run.module.state_dict().items() if not k.startswith("aux")})
    with torch.no_grad():
        scores = bare(torch.as_tensor(data().inputs)[held_out])
    targets = torch.as_tensor(data().targets)[held_out]
    assert loss == pytest.approx(float(F.cross_entropy(scores, targets)))
    assert metrics["accuracy"] == pytest.approx(float((scores.argmax(1) == targets).float().mean()))
    run.module.eval()
    made = run.module(torch.zeros(1, 2, 8, 8))  # afterwards all is as before
    assert len(made) == 3 if wired else made.shape == (1, 3)


def hooks_without(module: nn.Module, prefix: str) -> dict[str, int]:
    return {name: count for name, count in hooks_left(module).items() if not name.startswith(prefix)}


@pytest.mark.block("aux_classifier")
def test_accuracy_in_training_is_that_of_the_main_answer() -> None:
    run = training(network(wired=True))
    index = torch.arange(6)
    run.module.train()
    with torch.no_grad():
        scores = run.module(torch.as_tensor(data().inputs)[index])[2]
    expected = (scores.argmax(1) == torch.as_tensor(data().targets)[index]).float().mean()
    assert run.take_step(index)[1]["accuracy"] == expected
    assert not hooks_left(run.module)


@pytest.mark.block("aux_classifier")
def test_a_head_helps_no_more_and_no_less_when_wired_to_an_output() -> None:
    curves = []
    for wired in (True, False):
        run = training(network(wired=wired), epochs=3)
        for _ in run.steps():
            pass
        curves.append(run.progress.take()[1].tolist())
    assert curves[0] == curves[1]
    assert curves[0][-1] < curves[0][0]


@pytest.mark.block("aux_classifier")
def test_a_resumed_run_with_heads_equals_the_unbroken_one(tmp_path: Path) -> None:
    def curve(run: TrainingRun, steps: int | None = None) -> list[float]:
        found: list[float] = []
        for number, _ in enumerate(run.steps(), 1):
            found += run.progress.take()[1].tolist()
            if number == steps:
                break
        return found

    whole = curve(training(network(wired=True), epochs=2))
    broken = training(network(wired=True), epochs=2, directory=str(tmp_path))
    head = curve(broken, 2)
    broken.keep()
    assert (
        head + curve(training(network(wired=True), epochs=2, directory=str(tmp_path), resume=True)) == whole
    )


@pytest.mark.block("aux_classifier")
def test_heads_in_groups_are_found() -> None:
    inner = [node("x", "input"), node("head", "aux_classifier", **HEAD), node("out", "output")]
    document = design(
        [
            node("input", "input", shape=(2, 8, 8)),
            node("beside", "group:g"),
            node("answer", "output"),
            node("fc", "linear", features=3),
            node("flatten", "flatten"),
            node("output", "output"),
        ],
        "input -> beside",
        "beside.out -> answer",
        "input -> flatten",
        "flatten -> fc",
        "fc -> output",
        groups={"g": (inner, ["x -> head", "head -> out"])},
    )
    flow = resolve(document)
    assert auxiliary_outputs(flow) == {"answer"}
    run = training(document)
    before = run.module.beside.head.classify.weight.detach().clone()
    run.take_step(torch.arange(6))
    assert not torch.equal(run.module.beside.head.classify.weight, before)


@pytest.mark.block("aux_classifier")
def test_misfits_of_heads_in_words() -> None:
    wrong = network(wired=False, classes=4)
    with pytest.raises(SettingProblem, match="answer of aux1 is 4"):
        refuse_misfit(resolve(wrong), data())
    read = design(
        [
            node("input", "input", shape=(2, 8, 8)),
            node("aux", "aux_classifier", **HEAD),
            node("fc", "linear", features=3),
            node("output", "output"),
        ],
        "input -> aux",
        "aux -> fc",
        "fc -> output",
    )
    with pytest.raises(SettingProblem, match="fc reads its answer"):
        refuse_misfit(resolve(read), data())
    two = design(
        [node("input", "input", shape=(2, 8, 8)), node("aux", "aux_classifier", **HEAD), node("o", "output")],
        "input -> aux",
        "aux -> o",
    )
    with pytest.raises(SettingProblem, match="has 1 and 0 beside"):
        refuse_misfit(resolve(two), data())


@pytest.mark.block("auxiliary_loss")
def test_a_head_of_ones_own() -> None:
    document = design(
        [
            node("input", "input", shape=(2, 8, 8)),
            node("flatten", "flatten"),
            node("early", "linear", features=3),
            node("mark", "auxiliary_loss", weight=0.5),
            node("fc", "linear", features=3),
            node("output", "output"),
        ],
        "input -> flatten",
        "flatten -> early",
        "early -> mark",
        "flatten -> fc",
        "fc -> output",
    )
    run = training(document)
    x, targets = torch.as_tensor(data().inputs)[:6], torch.as_tensor(data().targets)[:6]
    flat = x.flatten(1)
    expected = F.cross_entropy(run.module.fc(flat), targets) + 0.5 * F.cross_entropy(
        run.module.early(flat), targets
    )
    torch.testing.assert_close(run.take_step(torch.arange(6))[0], expected)
    loss, _ = run.validate()
    assert loss > 0


@pytest.mark.block("aux_classifier")
def test_a_compiled_network_hears_its_heads() -> None:
    run = training(network(wired=True))
    plain = run.take_step(torch.arange(6))[0]
    other = training(network(wired=True))
    other._forward = torch.compile(other.module, backend="eager", fullgraph=True)
    torch.testing.assert_close(other.take_step(torch.arange(6))[0], plain)
    with torch._dynamo.config.patch(error_on_recompile=True):
        second = other.take_step(torch.arange(6, 12))[0]
    torch.testing.assert_close(second, run.take_step(torch.arange(6, 12))[0])


@pytest.mark.block("inception_v1", "inception_v2", "inception_naive", "inception_resnet_a")
@pytest.mark.parametrize("block", ["inception_v1", "inception_v2", "inception_naive", "inception_resnet_a"])
def test_vectors_are_refused_in_words(block: str) -> None:
    shape_error = RESOLVER.block(registry()[block](), (vector(5),)).shape_error
    assert shape_error is not None
    assert "needs maps C × H × W" in shape_error.message


@pytest.mark.parametrize("block", ["inception_v3_c", "inception_resnet_v2_b", "reduction_v4_b"])
def test_modules_compile_whole_and_run_in_half_precision(block: str) -> None:
    document = chain((4, 9, 9), node("it", block, multiplier=0.03))
    module = compile_flow(resolve(document), "n", CPU, seed=0).module.eval()
    x = torch.randn(1, 4, 9, 9)
    with torch.no_grad():
        compiled = torch.compile(module, backend="eager", fullgraph=True)
        torch.testing.assert_close(compiled(x), module(x))
        with torch.autocast("cpu", torch.bfloat16):
            torch.testing.assert_close(module(x).float(), module(x.bfloat16()).float(), atol=0.1, rtol=0.1)
