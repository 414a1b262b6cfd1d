"""Convolutional networks with attention: CBAM, BAM and residual attention."""

from __future__ import annotations

from explorer.architectures.architecture import architecture
from explorer.architectures.parts import (
    about,
    conv_norm,
    head,
    imagenet_stem,
    numbers,
    stage,
    unit,
    variant,
)
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor

CATEGORY = "1.2.1 (7) attention"


def _attended(
    g: Builder, x: Wire, inner: int, filters: int, stride: int, groups: int, reduction: int
) -> Wire:
    """A bottleneck block with CBAM in front of the addition."""
    y = conv_norm(g, x, "1", filters=inner, kernel=1)
    y = conv_norm(g, y, "2", filters=inner, stride=stride, groups=groups)
    y = conv_norm(g, y, "3", filters=filters, kernel=1, activation="")
    if x.tensor.shape != y.tensor.shape:
        x = conv_norm(g, x, "_shortcut", filters=filters, kernel=1, stride=stride, activation="")
    y = g.add("cbam", y, name="cbam", reduction=reduction, bias=True, norm=True, momentum=0.01)
    return g.add("relu", g.add("add", x, y, name="add"), name="relu")


def cbam_resnet(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    layers: str = "3-4-6-3",
    cardinality: int = 1,
    width: int = 64,
    reduction: int = 16,
) -> None:
    """A ResNet, or with `cardinality` paths of `width` channels a ResNeXt, with CBAM in every block."""
    x = imagenet_stem(g, g.input("input", input))
    for number, count in enumerate(numbers(layers, 4, "blocks")):

        def block(g: Builder, x: Wire, n: int, *, number: int = number) -> Wire:
            stride, prefix = 2 if number and n == 1 else 1, f"stage{number + 1}_block"
            inner = (cardinality * width) << number
            return unit(
                g,
                x,
                f"{prefix}{n}",
                lambda g, x: _attended(g, x, inner, 256 << number, stride, cardinality, reduction),
                like=f"{prefix}2" if n > 2 else "",
            )

        x = stage(g, x, f"stage{number + 1}", count, block)
    head(g, x, classes)


CBAM = """\
Every block weighs first its channels, then its places, before its result is added to the input.
Mean and maximum together tell what is there and where, for very few weights.

Contribution: exploits both spatial and feature-map information."""
CBAM_REST = """\
Strengths: a generic block for feed-forward networks; what to focus on and where, one after the other; average
    and maximum at once.
Gaps: adds some computational load."""
for id, title, layers, cardinality, width, parameters, figures in (
    (
        "cbam_resnet50",
        "CBAM-ResNet-50",
        "3-4-6-3",
        1,
        64,
        28_089_624,
        "28.09 M parameters; top-1 error 22.7 %, where ResNet-50 has 24.6 %.",
    ),
    (
        "cbam_resnext101_32x4d",
        "CBAM-ResNeXt-101, 32×4d",
        "3-4-23-3",
        32,
        4,
        48_958_716,
        "48.96 M parameters, depth 101, ImageNet error 5.59 % (top-5; top-1 is 21.1 %).",
    ),
):
    form = "exact: MLP with biases and r = 16, 7×7 with batch norm for places, gates before the addition."
    architecture(
        id,
        title=title,
        category=CATEGORY,
        year=2018,
        source="Woo, Park, Lee & Kweon 2018, arXiv:1807.06521",
        input=(3, 224, 224),
        classes=1000,
        parameters=parameters,
    )(
        variant(
            cbam_resnet,
            about(CBAM, figures, form, CBAM_REST),
            layers=layers,
            cardinality=cardinality,
            width=width,
        )
    )


@architecture(
    "bam_resnet50",
    title="BAM-ResNet-50",
    category=CATEGORY,
    year=2018,
    source="Park, Woo, Lee & Kweon 2018, arXiv:1807.06514",
    input=(3, 224, 224),
    classes=1000,
    parameters=25_918_126,
)
def bam_resnet50(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    layers: str = "3-4-6-3",
    reduction: int = 16,
    dilation: int = 4,
) -> None:
    """Attention stands only where the maps are about to be halved: three modules serve the whole network.

    Each adds a factor for the channel and one for the place, so that nothing important is lost on the way.

    Contribution: an attention module for the bottlenecks of a network, both branches side by side.
    Figures: 25.92 M parameters in the paper; top-1 error 24.0 %, where ResNet-50 has 24.6 %.
    Form: exact after the paper, which adds both branches; the authors' code multiplies them.
    Strengths: three modules per network are enough; both branches run at the same time.
    Gaps: adds some computational load; batch norm over single values needs batches in training.
    """
    x = imagenet_stem(g, g.input("input", input))
    for number, count in enumerate(numbers(layers, 4, "blocks")):

        def block(g: Builder, x: Wire, n: int, *, number: int = number) -> Wire:
            stride = 2 if number and n == 1 else 1
            return g.add("bottleneck", x, name=f"block{n}", width=64 << number, stride=stride)

        x = stage(g, x, f"stage{number + 1}", count, block)
        if number < 3:
            x = g.add("bam", x, name=f"bam{number + 1}", reduction=reduction, dilation=dilation)
    head(g, x, classes)


def _attention_stages(
    g: Builder,
    x: Wire,
    modules: tuple[int, ...],
    filters: int,
    depths: tuple[int, ...],
    ends: int,
    last: int,
) -> Wire:
    """Stages of a residual unit and attention modules, then `ends` units of `last` channels."""
    for number, (count, depth) in enumerate(zip(modules, depths, strict=True)):

        def block(g: Builder, x: Wire, n: int, *, number: int = number, depth: int = depth) -> Wire:
            if n > 1:
                return g.add("residual_attention", x, name=f"attention{n - 1}", depth=depth)
            return _preact(g, x, "enter", filters << number, 2 if number else 1)

        x = stage(g, x, f"stage{number + 1}", 1 + count, block)

    def end(g: Builder, x: Wire, n: int) -> Wire:
        return _preact(g, x, f"block{n}", last, 2 if last > x.channels else 1)

    return stage(g, x, f"stage{len(modules) + 1}", ends, end)


def _preact(g: Builder, x: Wire, name: str, filters: int, stride: int) -> Wire:
    return g.add("bottleneck", x, name=name, width=filters // 4, stride=stride, form="full_preact")


def residual_attention_net(g: Builder, input: Tensor, classes: int, *, modules: str = "1-1-1") -> None:
    """Three stages of attention modules for ImageNet; `modules` says how many there are in each."""
    x = imagenet_stem(g, g.input("input", input))
    x = _attention_stages(g, x, numbers(modules, 3, "attention modules"), 256, (3, 2, 1), 3, last=2048)
    head(g, x, classes, norm=True)


ATTENTION = """\
Attention modules in a row: beside a trunk, an hourglass sees the whole scene and says how much of each value
passes. The trunk is multiplied by 1 + M, so that even hundreds of layers can be trained.

Contribution: introduced an attention mechanism into very deep feed-forward networks."""
ATTENTION_REST = """\
Strengths: attention-aware feature maps; easy to scale up thanks to residual learning; soft weights from
    bottom-up and top-down.
Gaps: a complex model."""
WANG = "Wang, Jiang, Qian, et al. 2017, arXiv:1704.06904"
for depth, modules, parameters, figures in (
    (56, "1-1-1", 31_810_728, "31.9 M parameters and 6.2 G MACs in the paper; top-5 error 5.9 %."),
    (
        92,
        "1-2-3",
        52_466_344,
        "51.3 M parameters and 10.4 G MACs in the paper; top-5 error 4.8 %, which the lecture prints "
        "beside the 8.6 M parameters of another network.",
    ),
):
    form = (
        "after the paper's table and figure 2, p = 1, t = 2, r = 1; masks shrink three, two and one times "
        "and have shortcuts of one unit across. The released network is another form: it adds the trunk "
        "in front of the mask's last convolutions, its inner shortcuts hold no unit, and it enlarges "
        f"from corner to corner. {parameters / 1e6:.1f} M parameters here."
    )
    architecture(
        f"residual_attention{depth}",
        title=f"Attention-{depth}",
        category=CATEGORY,
        year=2017,
        source=WANG,
        input=(3, 224, 224),
        classes=1000,
        parameters=parameters,
    )(variant(residual_attention_net, about(ATTENTION, figures, form, ATTENTION_REST), modules=modules))


@architecture(
    "residual_attention452_cifar",
    title="Attention-452",
    category=CATEGORY,
    year=2017,
    source=WANG,
    input=(3, 32, 32),
    dataset="shapes32",
)
def residual_attention452_cifar(g: Builder, input: Tensor, classes: int, *, depth: int = 452) -> None:
    """The deepest network of the paper: 36 attention modules, each with a mask that says what matters.

    The trunk is multiplied by 1 + M and not by M, so that the signal survives all of them.

    Contribution: introduced an attention mechanism into very deep feed-forward networks.
    Figures: 8.6 M parameters, depth 452, errors 3.90 % on CIFAR-10 and 20.4 % on CIFAR-100; the ImageNet
        error of 4.8 % in the same row belongs to Attention-92.
    Form: reconstruction. The paper gives the depth (36·m + 20, with m modules in each of three stages) and
        the parameters, but neither widths nor the depth of the masks. Widths of 64, 128 and 256, and masks
        that shrink two, two and one times, give the printed 1.9 M at depth 92 and 5.1 M at depth 236, but
        9.9 M instead of 8.6 M at depth 452.
    Strengths: attention-aware feature maps; easy to scale up thanks to residual learning; soft weights from
        bottom-up and top-down.
    Gaps: a complex model.
    """
    if depth < 56 or (depth - 20) % 36:
        raise ValueError(f"has a depth of 36m + 20, such as 56 or 452, not {depth}.")
    modules = (depth - 20) // 36
    (x,) = g.group("stem", lambda g, x: conv_norm(g, x, filters=64), g.input("input", input))
    x = _attention_stages(g, x, (modules,) * 3, 64, (2, 2, 1), 3, last=256)
    head(g, x, classes, norm=True)
