"""Residual networks for ImageNet, and a small one. He, Zhang, Ren & Sun 2015, arXiv:1512.03385."""

from __future__ import annotations

from typing import Any

from explorer.architectures.architecture import architecture
from explorer.architectures.residual_stages import DEPTH, HE15, counts, head, stages
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor


def imagenet(
    g: Builder, input: Tensor, classes: int, block: str, blocks: str, width: int, **more: Any
) -> None:
    """Write a network for ImageNet: a stem that quarters the picture, and four stages."""

    def stem(g: Builder, x: Wire) -> Wire:
        conv = {"filters": width, "kernel": 7, "stride": 2, "padding": 3, "bias": False}
        pool = {"kernel": 3, "stride": 2, "padding": 1}
        return g.chain(x, ("conv2d", conv), "batch_norm", "relu", ("max_pool", pool))

    field = "width" if block == "bottleneck" else "filters"
    each = counts(blocks)
    (x,) = g.group("stem", stem, g.input("input", input))
    x = stages(g, x, block, each, lambda stage, _: {field: width * 2**stage, **more})
    head(g, x, classes)


@architecture(
    "resnet_small",
    title="ResNet, small",
    category="1.2.1 (2) depth",
    year=2015,
    source="He, Zhang, Ren & Sun 2015, arXiv:1512.03385, scaled down",
    input=(1, 28, 28),
    dataset="mnist5k",
)
def resnet_small(g: Builder, input: Tensor, classes: int, *, width: int = 16, blocks: int = 2) -> None:
    """Each block learns only what to add to its input, so that signals and gradients pass unhindered.

    Three stages; each halves the picture and doubles the channels, as in the networks of the paper.

    Contribution: residual learning, in a size for a lesson.
    Figures: none are printed for this size.
    Form: variant: the blocks of ResNet-18 in three stages, for small grey pictures.
    Strengths: trains in a minute; no degradation with depth.
    Gaps: equal blocks in a row fit their settings to one task.
    """
    x = g.input("input", input)
    x = g.add("conv2d", x, name="conv", filters=width, kernel=3, padding=1, bias=False)
    x = g.add("batch_norm", x, name="norm")
    x = g.add("relu", x, name="relu")
    g.frame("stem", "input", "conv", "norm", "relu")
    for stage in range(1, 4):
        names = []
        for number in range(1, blocks + 1):
            names.append(f"stage{stage}_block{number}")
            stride = 2 if stage > 1 and number == 1 else 1
            x = g.add("residual", x, name=names[-1], filters=width * 2 ** (stage - 1), stride=stride)
        g.frame(f"stage {stage}", *names)
    x = g.add("global_pool", x, name="pool")
    x = g.add("linear", x, name="fc", features=classes)
    g.output("output", x)
    g.frame("head", "pool", "fc", "output")


@architecture(
    "resnet18",
    title="ResNet-18",
    category=DEPTH,
    year=2015,
    source=HE15,
    input=(3, 224, 224),
    classes=1000,
    parameters=11_689_512,
)
def resnet18(g: Builder, input: Tensor, classes: int, *, blocks: str = "2 2 2 2", width: int = 64) -> None:
    """Each block learns only what to add to its input, which runs past it on a shortcut.
    A block that has nothing to add passes its input on, so that more layers no longer do harm.

    `blocks` are those of the four stages, `width` the channels of the first; “3 4 6 3” is ResNet-34.

    Contribution: residual learning; identity shortcuts that cost nothing.
    Figures: 1.8 G MACs in the paper. It has 11.69 M parameters.
    Form: exact. Its blocks hold no 1×1 convolution, so that the question where the stride stands does not
    arise.
    Strengths: less error with depth; the gradient does not vanish on the shortcut.
    Gaps: equal blocks in a row fit their settings to one task.
    """
    imagenet(g, input, classes, "residual", blocks, width)


@architecture(
    "resnet34",
    title="ResNet-34",
    category=DEPTH,
    year=2015,
    source=HE15,
    input=(3, 224, 224),
    classes=1000,
    parameters=21_797_672,
)
def resnet34(g: Builder, input: Tensor, classes: int, *, blocks: str = "3 4 6 3", width: int = 64) -> None:
    """Sixteen residual blocks of two 3×3 convolutions each, twice as many as in ResNet-18.
    Without shortcuts a network of 34 layers learned worse than one of 18; with them it learns better.

    Contribution: the first proof that depth pays once layers learn residuals.
    Figures: 3.6 G MACs in the paper, a fifth of VGG-19. It has 21.80 M parameters.
    Form: exact. Its blocks hold no 1×1 convolution, so that the question where the stride stands does not
    arise.
    Strengths: less error with depth; the gradient does not vanish on the shortcut.
    Gaps: equal blocks in a row fit their settings to one task.
    """
    imagenet(g, input, classes, "residual", blocks, width)


@architecture(
    "resnet50",
    title="ResNet-50",
    category=DEPTH,
    year=2015,
    source=HE15,
    input=(3, 224, 224),
    classes=1000,
    parameters=25_557_032,
)
def resnet50(
    g: Builder, input: Tensor, classes: int, *, blocks: str = "3 4 6 3", width: int = 64, v1: bool = False
) -> None:
    """Replaces each pair of 3×3 convolutions by a bottleneck: 1×1 narrows, 3×3 looks around, 1×1 widens.
    So it is half as deep again as ResNet-34, sees more channels, and costs hardly more.

    Contribution: bottleneck blocks, which made more than a hundred layers affordable.
    Figures: a lecture lists ResNet with 25.6 M parameters, 3.6 % error and depth 152. 25.56 M is this
    network; 3.57 % is the top-5 error of six networks together.
    Form: exact, with the stride on the 3×3 convolution (v1.5), as in today's libraries; `v1` puts it on the
    first 1×1 as published. Both have the same parameters.
    Strengths: identity shortcuts need no weights and no gate; much less work than VGG.
    Gaps: a somewhat complex structure; equal blocks in a row fit their settings to one task.
    """
    imagenet(g, input, classes, "bottleneck", blocks, width, stride_first=v1)


@architecture(
    "resnet101",
    title="ResNet-101",
    category=DEPTH,
    year=2015,
    source=HE15,
    input=(3, 224, 224),
    classes=1000,
    parameters=44_549_160,
)
def resnet101(
    g: Builder, input: Tensor, classes: int, *, blocks: str = "3 4 23 3", width: int = 64, v1: bool = False
) -> None:
    """ResNet-50 with 23 instead of 6 bottlenecks in the third stage, where maps are 14×14.
    There another block is cheap, and enough places are left to see something new at each.

    Contribution: depth alone lowered the error again; it became the usual trunk of detectors.
    Figures: 7.6 G MACs in the paper. It has 44.55 M parameters.
    Form: exact, with the stride on the 3×3 convolution (v1.5); `v1` puts it on the first 1×1 as published.
    Strengths: no degradation with depth; serves detection and segmentation as a trunk.
    Gaps: many of its blocks add little, as dropping single ones shows.
    """
    imagenet(g, input, classes, "bottleneck", blocks, width, stride_first=v1)


@architecture(
    "resnet152",
    title="ResNet-152",
    category=DEPTH,
    year=2015,
    source=HE15,
    input=(3, 224, 224),
    classes=1000,
    parameters=60_192_808,
)
def resnet152(
    g: Builder, input: Tensor, classes: int, *, blocks: str = "3 8 36 3", width: int = 64, v1: bool = False
) -> None:
    """Fifty bottlenecks in four stages, the deepest network of its paper for ImageNet.
    It is eight times as deep as VGG-19 and still costs less work.

    Contribution: won the competition of 2015, together with shallower ones, at 3.57 % top-5 error.
    Figures: a lecture prints 25.6 M parameters beside depth 152. That is ResNet-50; this network has 60.19 M.
    Its 11.3 G MACs are right.
    Form: exact, with the stride on the 3×3 convolution (v1.5); `v1` puts it on the first 1×1 as published.
    Strengths: no degradation with depth; can pass the signal in both directions.
    Gaps: many layers contribute little; expensive to train.
    """
    imagenet(g, input, classes, "bottleneck", blocks, width, stride_first=v1)
