"""Networks stacked from our blocks have the parameter counts that are known for them."""

from collections.abc import Callable
from typing import Any

import pytest

from explorer.blocks.registry import registry
from explorer.graph.builder import Builder, Wire
from explorer.graph.document import Document
from explorer.graph.edits import AddNode, Connect
from explorer.graph.resolve import Resolver
from explorer.graph.tensor import image, vector


def stem(g: Builder, x: Wire, filters: int) -> Wire:
    x = g.add("conv2d", x, filters=filters, kernel=7, stride=2, padding=3, bias=False)
    x = g.chain(x, "batch_norm", "relu")
    return g.add("max_pool", x, kernel=3, stride=2, padding=1)


def resnet18(g: Builder, x: Wire) -> Wire:
    x = stem(g, x, 64)
    for stage in range(4):
        for number in range(2):
            x = g.add("residual", x, filters=64 << stage, stride=2 if stage and not number else 1)
    return g.add("linear", g.add("global_pool", x), features=1000)


def resnet50(g: Builder, x: Wire) -> Wire:
    x = stem(g, x, 64)
    for stage, depth in enumerate((3, 4, 6, 3)):
        for number in range(depth):
            x = g.add("bottleneck", x, width=64 << stage, stride=2 if stage and not number else 1)
    return g.add("linear", g.add("global_pool", x), features=1000)


def resnext50(g: Builder, x: Wire) -> Wire:
    x = stem(g, x, 64)
    for stage, depth in enumerate((3, 4, 6, 3)):
        for number in range(depth):
            stride = 2 if stage and not number else 1
            x = g.add("bottleneck", x, width=128 << stage, expansion=2, groups=32, stride=stride)
    return g.add("linear", g.add("global_pool", x), features=1000)


def densenet121(g: Builder, x: Wire) -> Wire:
    x = stem(g, x, 64)
    for stage, layers in enumerate((6, 12, 24, 16)):
        x = g.add("dense_block", x, layers=layers)
        x = g.chain(x, "batch_norm", "relu") if stage == 3 else g.add("dense_transition", x)
    return g.add("linear", g.add("global_pool", x), features=1000)


def mobilenet_v2(g: Builder, x: Wire) -> Wire:
    x = g.chain(
        g.add("conv2d", x, filters=32, kernel=3, stride=2, padding=1, bias=False), "batch_norm", "relu6"
    )
    rows = (
        (1, 16, 1, 1),
        (6, 24, 2, 2),
        (6, 32, 3, 2),
        (6, 64, 4, 2),
        (6, 96, 3, 1),
        (6, 160, 3, 2),
        (6, 320, 1, 1),
    )
    for expansion, filters, repeats, stride in rows:
        for number in range(repeats):
            x = g.add(
                "inverted_residual",
                x,
                expansion=expansion,
                filters=filters,
                stride=1 if number else stride,
            )
    x = g.chain(g.add("pointwise_conv2d", x, filters=1280, bias=False), "batch_norm", "relu6")
    return g.add("linear", g.add("global_pool", x), features=1000)


def vit_b16(g: Builder, x: Wire) -> Wire:
    x = g.add("class_token", g.add("patch_embedding", x, patch=16, width=768))
    x = g.add("positional_encoding", x, kind="learned")
    for _ in range(12):
        x = g.add("transformer_encoder_layer", x, heads=12, eps=1e-6)
    x = g.add("slice", g.add("layer_norm", x, eps=1e-6), axis="T", stop=1)
    return g.add("linear", g.add("flatten", x), features=1000)


def googlenet(g: Builder, x: Wire) -> Wire:
    def unit(x: Wire, filters: int, kernel: int, stride: int = 1) -> Wire:
        x = g.add("conv2d", x, filters=filters, kernel=kernel, stride=stride, padding=kernel // 2)
        return g.add("relu", x)

    def pool(x: Wire) -> Wire:
        return g.add("max_pool", x, kernel=3, stride=2, ceil_mode=True)

    x = pool(unit(unit(pool(unit(x, 64, 7, 2)), 64, 1), 192, 3))
    rows = (
        (64, 96, 128, 16, 32, 32),
        (128, 128, 192, 32, 96, 64),
        None,
        (192, 96, 208, 16, 48, 64),
        (160, 112, 224, 24, 64, 64),
        (128, 128, 256, 24, 64, 64),
        (112, 144, 288, 32, 64, 64),
        (256, 160, 320, 32, 128, 128),
        None,
        (256, 160, 320, 32, 128, 128),
        (384, 192, 384, 48, 128, 128),
    )
    names = ("one", "reduce3", "three", "reduce5", "five", "pooled")
    for row in rows:
        x = pool(x) if row is None else g.add("inception_v1", x, **dict(zip(names, row, strict=True)))
    return g.add("linear", g.add("global_pool", x), features=1000)


def known(network: Callable[[Builder, Wire], Wire], parameters: int, macs: int | None, *blocks: str) -> Any:
    """One network with its counts, and the blocks that they vouch for."""
    return pytest.param(
        network, parameters, macs, marks=pytest.mark.block(*blocks), id=getattr(network, "__name__", "")
    )


@pytest.mark.parametrize(
    ("network", "parameters", "macs"),
    [
        known(resnet18, 11_689_512, 1_814_073_344, "residual"),
        known(resnet50, 25_557_032, 4_089_184_256, "bottleneck"),
        known(resnext50, 25_028_904, 4_230_479_872, "bottleneck"),
        known(densenet121, 7_978_856, 2_834_161_664, "dense_layer", "dense_block", "dense_transition"),
        known(mobilenet_v2, 3_504_872, 300_774_272, "inverted_residual"),
        known(
            vit_b16,
            86_567_656,
            None,
            "patch_embedding",
            "class_token",
            "transformer_encoder_layer",
            "positional_encoding",
        ),
        known(googlenet, 6_998_552, None, "inception_v1"),
    ],
)
def test_counts(network: Callable[[Builder, Wire], Wire], parameters: int, macs: int | None) -> None:
    resolver = Resolver(registry())
    g = Builder(registry(), resolver)
    g.output("output", network(g, g.input("input", image(3, 224, 224))))
    document = Document()
    for node in g.graph.nodes:
        document.apply(AddNode(node))
    for edge in g.graph.edges:
        document.apply(Connect(edge))
    flow = resolver.resolve(document)
    assert not flow.problems
    assert flow.outputs["output"] == vector(1000)
    assert flow.parameters == parameters
    if macs is not None:
        assert flow.macs == macs
