"""SegFormer: a transformer in stages, and a decoder of linear layers. Xie et al. 2021, arXiv:2105.15203."""

from __future__ import annotations

from functools import partial

from explorer.architectures.architecture import architecture
from explorer.architectures.options import numbers
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor

PATCHES = ((7, 4), (3, 2), (3, 2), (3, 2))
"""Kernel and stride of the patches, which overlap, of each stage."""
REDUCTIONS = (8, 4, 2, 1)
"""By how much keys and values are shrunk along each side."""


def _tokens(g: Builder, x: Wire, name: str) -> Wire:
    """A map as a sequence of its places."""
    channels, height, width = x.tensor.shape
    x = g.add("reshape", x, name=f"{name}_row", shape=(channels, height * width), axes="CT")
    return g.add("permute", x, name=f"{name}_tokens", order=(1, 0), axes="TD")


def _attention(g: Builder, x: Wire, *, heads: int, reduction: int) -> Wire:
    """Every place looks at a shrunk copy of the map."""
    channels, *places = x.tensor.shape
    seen = x
    if reduction > 1:
        seen = g.add("conv2d", x, name="shrink", filters=channels, kernel=reduction, stride=reduction)
        seen = g.add("layer_norm", seen, name="shrink_norm", axes="channels")
    asked, seen = _tokens(g, x, "query"), _tokens(g, seen, "key")
    y = g.add("multi_head_attention", asked, seen, name="attend", heads=heads)
    y = g.add("permute", y, name="row", order=(1, 0), axes="CT")
    return g.add("reshape", y, name="map", shape=(channels, *places), axes="CHW")


def _block(g: Builder, x: Wire, *, heads: int, reduction: int) -> Wire:
    y = g.add("layer_norm", x, name="norm1", axes="channels")
    (y,) = g.group("attention", partial(_attention, heads=heads, reduction=reduction), y)
    x = g.add("add", x, y, name="add1")
    y = g.add("layer_norm", x, name="norm2", axes="channels")
    y = g.add("pointwise_conv2d", y, name="fc1", filters=4 * x.channels)
    y = g.add("depthwise_conv2d", y, name="depthwise")
    y = g.add("pointwise_conv2d", g.add("gelu", y, name="gelu"), name="fc2", filters=x.channels)
    return g.add("add", x, y, name="add2")


@architecture(
    "segformer_b0",
    title="SegFormer-B0",
    category="1.2.3 segmentation",
    year=2021,
    source="Xie, Wang, Yu, Anandkumar, Alvarez & Luo 2021, arXiv:2105.15203",
    input=(3, 512, 512),
    classes=150,
    parameters=3_752_694,
    task="segmentation",
    also=("transformer", "mix transformer", "mit-b0", "efficient attention"),
)
def segformer_b0(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    depths: str = "2 2 2 2",
    widths: str = "32 64 160 256",
    heads: str = "1 2 5 8",
    decoder: int = 256,
) -> None:
    """Is a transformer whose maps halve from stage to stage, with a decoder that only mixes channels. A 3×3
    filter in the small network tells places, so that there is no table of positions and any size fits.

    Contribution: a transformer for segmentation that is simple, small and does not depend on the size.
    Figures: 3.8 M parameters and 8.4 G MACs at 512×512, 37.4 % mean IoU on ADE20K in the paper.
    Form: exact, as released: scores are a quarter as large as the picture, as they leave the network.
        Depths “3 4 6 3”, widths “64 128 320 512”, heads “1 2 5 8” and a decoder of 768 make B2.
    Strengths: fast and robust; one rule from B0 to B5.
    Gaps: coarse at borders, as a quarter of the size is all it gives.
    """
    counts, channels, headed = (numbers(text) for text in (depths, widths, heads))
    if not len(counts) == len(channels) == len(headed) == len(PATCHES):
        raise ValueError(
            "has four depths, widths and heads, such as “2 2 2 2”, “32 64 160 256” and “1 2 5 8”."
        )
    if not all(1 <= count <= 64 for count in counts) or not all(1 <= wide <= 4096 for wide in channels):
        raise ValueError(
            f"has 1 to 64 blocks of 1 to 4,096 channels, not “{depths[:30]}” of “{widths[:30]}”."
        )
    if any(heads < 1 or wide % heads for heads, wide in zip(headed, channels, strict=True)):
        raise ValueError(f"has heads that divide the widths, such as “1 2 5 8”, not “{heads[:30]}”.")
    if not 1 <= decoder <= 4096:
        raise ValueError(f"has a decoder of 1 to 4,096 channels, such as 256, not {decoder}.")

    def stage(g: Builder, x: Wire, number: int) -> Wire:
        kernel, stride = PATCHES[number]
        x = g.add(
            "conv2d",
            x,
            name="patches",
            filters=channels[number],
            kernel=kernel,
            stride=stride,
            padding=kernel // 2,
        )
        x = g.add("layer_norm", x, name="patches_norm", axes="channels")
        write = partial(_block, heads=headed[number], reduction=REDUCTIONS[number])
        (x,) = g.group("block1", write, x)
        for block in range(2, counts[number] + 1):
            (x,) = g.use("block1", x, name=f"block{block}")
        return g.add("layer_norm", x, name="norm", axes="channels", eps=1e-5)

    def mix(g: Builder, *maps: Wire) -> Wire:
        found = []
        for number, x in enumerate(maps, 1):
            x = g.add("pointwise_conv2d", x, name=f"linear{number}", filters=decoder)
            if number > 1:
                x = g.add("resize", x, maps[0], name=f"enlarge{number}", mode="bilinear")
            found.append(x)
        x = g.add("concat", *reversed(found), name="concat", axis="C")
        x = g.add("pointwise_conv2d", x, name="fuse", filters=decoder, bias=False)
        x = g.add("relu", g.add("batch_norm", x, name="norm"), name="relu")
        x = g.add("dropout", x, name="drop", p=0.1)
        return g.add("pointwise_conv2d", x, name="classes", filters=classes)

    x, maps = g.input("picture", input), list[Wire]()
    for number in range(len(PATCHES)):
        (x,) = g.group(f"stage{number + 1}", partial(stage, number=number), x)
        maps.append(x)
    g.output("masks", g.group("decoder", mix, *maps)[0])
