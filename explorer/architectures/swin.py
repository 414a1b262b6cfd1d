"""Swin transformers: attention in shifted windows. Liu et al. 2021, arXiv:2103.14030."""

from __future__ import annotations

from functools import partial

from explorer.architectures.architecture import architecture
from explorer.architectures.options import numbers
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor

CATEGORY = "1.2.4 transformers"
PAPER = "Liu et al. 2021, arXiv:2103.14030"


def _numbers(text: str, what: str) -> list[int]:
    """Read one number for each stage, such as `2 2 6 2`."""
    found = numbers(text)
    if not 1 <= len(found) <= 6 or not all(0 < number <= 256 for number in found):
        raise ValueError(f"has {what} for each stage, such as “2 2 6 2”, not “{text[:40]}”.")
    return found


def _swin(g: Builder, input: Tensor, classes: int, width: int, depths: str, heads: str, window: int) -> None:
    """Stages of windowed attention, with a merging of patches between them."""
    blocks, attention = _numbers(depths, "a number of blocks"), _numbers(heads, "a number of heads")
    if len(blocks) != len(attention):
        raise ValueError(f"has as many depths as heads, not {len(blocks)} and {len(attention)}.")
    if width < 1 or window < 1:
        raise ValueError(f"has a width and a window of 1 or more, not {width} and {window}.")

    def embedding(g: Builder, x: Wire) -> Wire:
        x = g.add("patch_embedding", x, name="patches", patch=4, width=width, layout="map")
        return g.add("layer_norm", x, name="norm")

    def stage(g: Builder, x: Wire, count: int, heads: int) -> Wire:
        for number in range(1, count + 1):
            x = g.add(
                "swin_block",
                x,
                name=f"block{number}",
                heads=heads,
                window=window,
                shift=0 if number % 2 else window // 2,
            )
        return x

    x = g.input("input", input)
    (x,) = g.group("embedding", embedding, x)
    for number, (count, headed) in enumerate(zip(blocks, attention, strict=True), 1):
        if number > 1:
            x = g.add("patch_merging", x, name=f"merge{number - 1}")
        (x,) = g.group(f"stage{number}", partial(stage, count=count, heads=headed), x)
    x = g.add("layer_norm", x, name="norm")
    x = g.add("permute", x, name="channels_first", order=(2, 0, 1), axes="CHW")
    x = g.add("global_pool", x, name="pool")
    x = g.add("linear", x, name="head", features=classes)
    g.output("output", x)
    g.frame("answer", "norm", "channels_first", "pool", "head", "output")


@architecture(
    "swin_t",
    title="Swin-T",
    category=CATEGORY,
    year=2021,
    source=PAPER,
    input=(3, 224, 224),
    classes=1000,
    parameters=28_288_354,
)
def swin_t(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    width: int = 96,
    depths: str = "2 2 6 2",
    heads: str = "3 6 12 24",
    window: int = 7,
) -> None:
    """Lets patches attend only to those in their own window, and moves the windows by half in every second
    layer. Cost thus grows with the size of the picture and no faster, and maps halve from stage to stage.

    Contribution: shifted windows and a pyramid of maps, which make a transformer a backbone for all tasks.
    Figures: 28 M (29 M in the paper) parameters and 4.5 B MACs.
    Form: exact; window 7, shift 3, relative position bias; stochastic depth of the training left out.
    Strengths: linear in the number of pixels; suits detection and segmentation.
    Gaps: sizes that windows do not divide in every stage get margins of zeros, to which tokens attend too.
    """
    _swin(g, input, classes, width, depths, heads, window)


@architecture(
    "swin_s",
    title="Swin-S",
    category=CATEGORY,
    year=2021,
    source=PAPER,
    input=(3, 224, 224),
    classes=1000,
    parameters=49_606_258,
)
def swin_s(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    width: int = 96,
    depths: str = "2 2 18 2",
    heads: str = "3 6 12 24",
    window: int = 7,
) -> None:
    """Has three times the blocks of Swin-T in its third stage, on maps of 14×14 tokens.
    Depth is cheapest to add there, where maps are small already and windows still have neighbours.

    Contribution: shifted windows and a pyramid of maps, in a size near that of ResNet-101.
    Figures: 50 M parameters and 8.7 B MACs.
    Form: exact; window 7, shift 3, relative position bias; stochastic depth of the training left out.
    Strengths: linear in the number of pixels; suits detection and segmentation.
    Gaps: sizes that windows do not divide in every stage get margins of zeros, to which tokens attend too.
    """
    _swin(g, input, classes, width, depths, heads, window)


@architecture(
    "swin_b",
    title="Swin-B",
    category=CATEGORY,
    year=2021,
    source=PAPER,
    input=(3, 224, 224),
    classes=1000,
    parameters=87_768_224,
)
def swin_b(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    width: int = 128,
    depths: str = "2 2 18 2",
    heads: str = "4 8 16 32",
    window: int = 7,
) -> None:
    """Is Swin-S made a third wider: 128 numbers for a token at first, 1,024 at the end.
    Heads stay 32 wide, so that it has more of them, each with a position bias of its own.

    Contribution: shifted windows and a pyramid of maps, in the size of ViT-B.
    Figures: 88 M parameters and 15.4 B MACs.
    Form: exact; window 7, shift 3, relative position bias; stochastic depth of the training left out.
    Strengths: more accurate than ViT-B trained on the same data.
    Gaps: sizes that windows do not divide in every stage get margins of zeros, to which tokens attend too.
    """
    _swin(g, input, classes, width, depths, heads, window)
