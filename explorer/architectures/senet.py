"""Squeeze-and-excitation networks, plain and competitive. Hu et al. 2017, arXiv:1709.01507."""

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

WORDS = """\
After each residual path, a small network looks at the means of all channels and weighs the channels by them.
Useful maps pass and others fade, which costs hardly any products.

Contribution: models how feature maps depend on each other."""
REST = """\
Strengths: a block that is added easily to any network; squeezes less important features.
Gaps: in a ResNet only the residual determines the weight of each channel."""
CATEGORY = "1.2.1 (5) feature-map exploitation"
SOURCE = "Hu, Shen, Albanie, Sun & Wu 2018, arXiv:1709.01507"


def _squeezed(
    g: Builder,
    x: Wire,
    widths: tuple[int, int, int],
    stride: tuple[int, int],
    groups: int,
    reduction: int,
    shortcut: int = 1,
) -> Wire:
    """A bottleneck block with squeeze and excitation; `shortcut` is the kernel of the projection."""
    one, two, three = widths
    y = conv_norm(g, x, "1", filters=one, kernel=1, stride=stride[0])
    y = conv_norm(g, y, "2", filters=two, stride=stride[1], groups=groups)
    y = conv_norm(g, y, "3", filters=three, kernel=1, activation="")
    if x.tensor.shape != y.tensor.shape:
        both = stride[0] * stride[1]
        x = conv_norm(g, x, "_shortcut", filters=three, kernel=shortcut, stride=both, activation="")
    y = g.add("se", y, name="se", reduction=reduction, bias=True)
    return g.add("relu", g.add("add", x, y, name="add"), name="relu")


def _stages(
    g: Builder,
    x: Wire,
    layers: str,
    widths: tuple[int, int, int],
    reduction: int,
    *,
    groups: int = 1,
    stride_first: bool = False,
    shortcut: int = 1,
) -> Wire:
    """Four stages; `widths` are those of the three convolutions in the first of them."""
    for number, count in enumerate(numbers(layers, 4, "blocks")):

        def block(g: Builder, x: Wire, n: int, *, number: int = number) -> Wire:
            step = 2 if number and n == 1 else 1
            sizes = (widths[0] << number, widths[1] << number, widths[2] << number)
            prefix = f"stage{number + 1}_block"
            return unit(
                g,
                x,
                f"{prefix}{n}",
                lambda g, x: _squeezed(
                    g,
                    x,
                    sizes,
                    (step, 1) if stride_first else (1, step),
                    groups,
                    reduction,
                    shortcut if step > 1 else 1,
                ),
                like=f"{prefix}2" if n > 2 else "",
            )

        x = stage(g, x, f"stage{number + 1}", count, block)
    return x


def se_resnet(
    g: Builder, input: Tensor, classes: int, *, layers: str = "3-4-6-3", reduction: int = 16
) -> None:
    """A ResNet of bottlenecks, each with squeeze and excitation."""
    x = imagenet_stem(g, g.input("input", input), ceil_mode=True)
    head(g, _stages(g, x, layers, (64, 64, 256), reduction, stride_first=True), classes)


def se_resnext(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    layers: str = "3-4-6-3",
    cardinality: int = 32,
    width: int = 4,
    reduction: int = 16,
) -> None:
    """A ResNeXt with squeeze and excitation."""
    x = imagenet_stem(g, g.input("input", input), ceil_mode=True)
    inner = cardinality * width
    head(g, _stages(g, x, layers, (inner, inner, 256), reduction, groups=cardinality), classes)


IMAGENET = (
    (
        "se_resnet50",
        "SE-ResNet-50",
        se_resnet,
        "3-4-6-3",
        28_088_024,
        "top-1 error 23.3 %, where ResNet-50 has 24.8 %.",
    ),
    ("se_resnet101", "SE-ResNet-101", se_resnet, "3-4-23-3", 49_326_872, "top-1 error 22.4 %."),
    (
        "se_resnet152",
        "SE-ResNet-152",
        se_resnet,
        "3-8-36-3",
        66_821_848,
        "27.5 M parameters, depth 152 and an error of 2.3 % in the lecture, which mixes networks up: this "
        "one has 66.8 M, SE-ResNeXt-50 has 27.56 M, and 2.25 % is the ensemble that won in 2017.",
    ),
    (
        "se_resnext50_32x4d",
        "SE-ResNeXt-50, 32×4d",
        se_resnext,
        "3-4-6-3",
        27_559_896,
        "27.5 M parameters, which the lecture prints beside depth 152.",
    ),
)
for id, title, write, layers, parameters, figures in IMAGENET:
    where = "3×3 of a block, grouped" if write is se_resnext else "first 1×1 of a block"
    form = f"exact, r = 16, biases in both layers of the gate, stride in the {where}."
    architecture(
        id,
        title=title,
        category=CATEGORY,
        year=2017,
        source=SOURCE,
        input=(3, 224, 224),
        classes=1000,
        parameters=parameters,
    )(variant(write, about(WORDS, figures, form, REST), layers=layers))


@architecture(
    "senet154",
    title="SENet-154",
    category=CATEGORY,
    year=2017,
    source=SOURCE,
    input=(3, 224, 224),
    classes=1000,
    parameters=115_088_984,
)
def senet154(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    layers: str = "3-8-36-3",
    groups: int = 64,
    reduction: int = 16,
    dropout: float = 0.2,
) -> None:
    """The network that won the last ImageNet challenge: squeeze and excitation in a large ResNeXt.

    Its stem has three small convolutions, and its projections look at 3×3 places.

    Contribution: models how feature maps depend on each other, at the size that wins.
    Figures: the lecture's table prints 146 M parameters and 42 B MACs (at 320×320); it has 115.1 M.
        Top-5 error 2.25 % as part of the winning ensemble.
    Form: exact; 64 groups, half of the usual filters in the first 1×1, dropout in front of the classifier.
    Strengths: a block that is added easily to any network; squeezes less important features.
    Gaps: only the residual determines the weight of each channel; a heavy network.
    """

    def stem(g: Builder, x: Wire) -> Wire:
        for number, filters in enumerate((64, 64, 128), 1):
            x = conv_norm(g, x, str(number), filters=filters, stride=2 if number == 1 else 1)
        return g.add("max_pool", x, name="pool", kernel=3, stride=2, ceil_mode=True)

    (x,) = g.group("stem", stem, g.input("input", input))
    x = _stages(g, x, layers, (128, 256, 256), reduction, groups=groups, shortcut=3)
    head(g, x, classes, dropout=dropout)


VIEWS = ("double_fc", "pair_1x1", "pair_2x1")


def _competing(
    g: Builder, x: Wire, filters: int, stride: int, dropout: float, view: str, reduction: int
) -> Wire:
    """A wide residual block whose residual is weighed by what it and the identity hold together."""
    seen = g.add("relu", g.add("batch_norm", x, name="norm1"), name="relu1")
    y = g.add("conv2d", seen, name="conv1", filters=filters, kernel=3, stride=stride, padding=1, bias=False)
    y = g.add("relu", g.add("batch_norm", y, name="norm2"), name="relu2")
    if dropout:
        y = g.add("dropout", y, name="drop", p=dropout)
    y = g.add("conv2d", y, name="conv2", filters=filters, kernel=3, padding=1, bias=False)
    if x.tensor.shape != y.tensor.shape:
        x = g.add("pointwise_conv2d", seen, name="projection", filters=filters, stride=stride, bias=False)
    return g.add("cmpe_se", y, x, name="compete", form=view, reduction=reduction)


def cmpe_wrn(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    depth: int = 28,
    k: int = 10,
    view: str = "double_fc",
    reduction: int = 16,
    dropout: float = 0.0,
) -> None:
    """A wide residual network with competitive squeeze and excitation; `depth` is 6n + 4."""
    if depth < 10 or (depth - 4) % 6:
        raise ValueError(f"has a depth of 6n + 4, such as 28, not {depth}.")
    if view not in VIEWS:
        raise ValueError(f"has the views {', '.join(VIEWS)}, not {view[:40]}.")
    x = g.input("input", input)
    x = g.add("batch_norm", x, name="norm_in", affine=False)
    x = g.add("conv2d", x, name="conv", filters=16, kernel=3, padding=1, bias=False)
    x = g.add("batch_norm", x, name="norm")
    for number in (1, 2, 3):

        def block(g: Builder, x: Wire, n: int, *, number: int = number) -> Wire:
            stride, prefix = 2 if number > 1 and n == 1 else 1, f"stage{number}_block"
            return unit(
                g,
                x,
                f"{prefix}{n}",
                lambda g, x: _competing(g, x, (8 << number) * k, stride, dropout, view, reduction),
                like=f"{prefix}2" if n > 2 else "",
            )

        x = stage(g, x, f"stage{number}", (depth - 4) // 6, block)
    head(g, x, classes, norm=True)


COMPETITIVE = """\
Residual and identity compete: what the identity carries already, the residual need not repeat.
The weights of the residual's channels therefore depend on the means of both.

Contribution: residual and identity mappings are both used for rescaling the feature maps."""
PRINTED = (
    "36.92 M and 36.90 M parameters, errors 3.58 % on CIFAR-10 and 18.47 % on CIFAR-100, depth 152; the "
    "depth is 28. After the authors' code, double FC has 37.02 M and the 1×1 view 36.88 M parameters."
)
for id, title, view, parameters in (
    ("doublefc", "double FC", "double_fc", 37_016_826),
    ("1x1", "1×1 view", "pair_1x1", 36_883_266),
    ("2x1", "2×1 view", "pair_2x1", 36_749_146),
):
    architecture(
        f"cmpe_{id}_wrn28_10",
        title=f"CMPE-SE-WRN-28-10, {title}",
        category=CATEGORY,
        year=2018,
        source="Hu, Wen, Luo, et al. 2018, arXiv:1807.08920",
        input=(3, 32, 32),
        dataset="shapes32",
        parameters=parameters,
    )(
        variant(
            cmpe_wrn,
            about(
                COMPETITIVE,
                PRINTED,
                "exact after the authors' code: batch norm without factors on the picture and one after the "
                "first convolution, r = 16, no biases in the gates.",
                "Strengths: uses statistics of residual and identity features.\n"
                "Gaps: not a form of attention.",
            ),
            view=view,
        )
    )
