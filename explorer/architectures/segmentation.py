"""Segmentation: a class for every pixel, from dilated networks. Long et al. 2014, arXiv:1411.4038."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from explorer.architectures.architecture import architecture
from explorer.architectures.parts import about, variant
from explorer.architectures.unet import encode
from explorer.graph.builder import Builder, Wire
from explorer.graph.model import FieldValue
from explorer.graph.tensor import Tensor

CATEGORY = "1.2.3 segmentation"
DEPTHS = {50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3)}
"""Blocks in the four stages of the ResNets that can be backbones."""


def _unit(g: Builder, x: Wire, name: str, activation: str = "relu", **fields: FieldValue) -> Wire:
    """Convolution without bias, batch norm, activation."""
    (x,) = g.add_block("conv2d", (x,), name, {"bias": False, **fields})
    x = g.add("batch_norm", x, name=f"{name}_bn")
    return g.add(activation, x, name=f"{name}_{activation}") if activation else x


def _stem(g: Builder, x: Wire) -> Wire:
    x = _unit(g, x, "conv", filters=64, kernel=7, stride=2, padding=3)
    return g.add("max_pool", x, name="pool", kernel=3, stride=2, padding=1)


def dilated(g: Builder, x: Wire, width: int, rate: int) -> Wire:
    """A bottleneck that looks at places `rate` apart and keeps the size."""
    y = _unit(g, x, "conv1", filters=width, kernel=1)
    y = _unit(g, y, "conv2", filters=width, kernel=3, padding=rate, dilation=rate)
    y = _unit(g, y, "conv3", "", filters=4 * width, kernel=1)
    if x.tensor.shape != y.tensor.shape:
        x = _unit(g, x, "projection", "", filters=4 * width, kernel=1)
    return g.add("relu", g.add("add", x, y, name="add"), name="relu")


def _stage(g: Builder, x: Wire, number: int, count: int) -> Wire:
    """Stage 1 and 2 as in ResNet; 3 and 4 keep the size and spread their filters instead."""
    width = 64 * 2 ** (number - 1)
    for block in range(1, count + 1):
        if number <= 2:
            stride = 2 if number == 2 and block == 1 else 1
            x = g.add("bottleneck", x, name=f"block{block}", width=width, stride=stride)
            continue
        rate = 2 ** (number - 2) // (2 if block == 1 else 1)
        (x,) = g.group(f"stage{number}_block{block}", partial(dilated, width=width, rate=rate), x)
    return x


def _backbone(g: Builder, x: Wire, depth: int, stem: Callable[[Builder, Wire], Wire] = _stem) -> Wire:
    """A ResNet whose maps stay at 1/8 of the picture."""
    if depth not in DEPTHS:
        known = ", ".join(map(str, DEPTHS))
        raise ValueError(f"has a ResNet of depth {known} as its backbone, not {depth}.")
    (x,) = g.group("stem", stem, x)
    for number, count in enumerate(DEPTHS[depth], 1):
        (x,) = g.group(f"stage{number}", partial(_stage, number=number, count=count), x)
    return x


def _masks(g: Builder, x: Wire, picture: Wire, *, corners: bool = False) -> None:
    """Scores of all classes at the size of the picture."""
    x = g.add("resize", x, picture, name="enlarge", mode="bilinear", corners=corners)
    g.output("out", x)


@architecture(
    "fcn_resnet50",
    title="FCN on ResNet-50",
    category=CATEGORY,
    year=2015,
    source="Long, Shelhamer & Darrell 2014, arXiv:1411.4038",
    input=(3, 520, 520),
    classes=21,
    parameters=32_957_013,
    task="segmentation",
)
def fcn_resnet50(g: Builder, input: Tensor, classes: int, *, depth: int = 50) -> None:
    """Turns a classifier into one for every place: no flattening and no linear layers, so any size fits.
    Scores are enlarged to the size of the picture at the end.

    Contribution: the first network for segmentation that is trained end to end, pixels to pixels.
    Figures: 33.0 M parameters.
    Form: variant as in torchvision: a ResNet that keeps 1/8 of the size by dilation, a head of 2,048, 512 and
        the classes, and no auxiliary head; the paper used VGG-16 with skips from earlier pools.
    Strengths: any size of picture; reuses networks trained for classification.
    Gaps: coarse borders, as the last step only enlarges.
    """
    picture = g.input("input", input)
    x = _backbone(g, picture, depth)

    def head(g: Builder, x: Wire) -> Wire:
        x = _unit(g, x, "conv", filters=x.channels // 4, kernel=3, padding=1)
        x = g.add("dropout", x, name="drop", p=0.1)
        return g.add("pointwise_conv2d", x, name="classes", filters=classes)

    (x,) = g.group("head", head, x)
    _masks(g, x, picture)


def _deeplab(g: Builder, input: Tensor, classes: int, depth: int) -> None:
    picture = g.input("input", input)
    x = _backbone(g, picture, depth)

    def head(g: Builder, x: Wire) -> Wire:
        x = g.add("aspp", x, name="aspp", filters=256, rates=(12, 24, 36))
        x = _unit(g, x, "conv", filters=256, kernel=3, padding=1)
        return g.add("pointwise_conv2d", x, name="classes", filters=classes)

    (x,) = g.group("head", head, x)
    _masks(g, x, picture)


@architecture(
    "deeplabv3_resnet50",
    title="DeepLabv3 on ResNet-50",
    category=CATEGORY,
    year=2017,
    source="Chen et al. 2017, arXiv:1706.05587",
    input=(3, 520, 520),
    classes=21,
    parameters=39_638_869,
    task="segmentation",
)
def deeplabv3_resnet50(g: Builder, input: Tensor, classes: int, *, depth: int = 50) -> None:
    """Spreads its filters instead of pooling, and at the end looks through filters of three widths at once.
    So maps stay at an eighth of the picture, and small and large objects each find a filter that fits.

    Contribution: ASPP with batch norm and the mean of the whole picture.
    Figures: 39.6 M parameters.
    Form: exact to torchvision: rates 12, 24 and 36 at 1/8 of the size, no auxiliary head.
    Strengths: context at several scales without losing resolution.
    Gaps: maps at 1/8 cost much memory; borders are enlarged, not learned (DeepLabv3+ adds a decoder).
    """
    _deeplab(g, input, classes, depth)


@architecture(
    "deeplabv3_resnet101",
    title="DeepLabv3 on ResNet-101",
    category=CATEGORY,
    year=2017,
    source="Chen et al. 2017, arXiv:1706.05587",
    input=(3, 520, 520),
    classes=21,
    parameters=58_630_997,
    task="segmentation",
)
def deeplabv3_resnet101(g: Builder, input: Tensor, classes: int, *, depth: int = 101) -> None:
    """Is DeepLabv3 on a network twice as deep: its third stage has 23 blocks, all with dilated filters.
    None of them makes the maps smaller, so that depth costs no detail.

    Contribution: ASPP with batch norm and the mean of the whole picture.
    Figures: 58.6 M parameters.
    Form: exact to torchvision: rates 12, 24 and 36 at 1/8 of the size, no auxiliary head.
    Strengths: context at several scales without losing resolution.
    Gaps: slow: 23 blocks run on maps that a classifier would have halved once more.
    """
    _deeplab(g, input, classes, depth)


@architecture(
    "pspnet_resnet34",
    title="PSPNet on ResNet-34",
    category=CATEGORY,
    year=2017,
    source="Zhao et al. 2016, arXiv:1612.01105",
    input=(3, 256, 256),
    classes=1,
    parameters=1_501_217,
    task="segmentation",
)
def pspnet_resnet34(
    g: Builder, input: Tensor, classes: int, *, depth: int = 34, filters: int = 512, stages: int = 2
) -> None:
    """Lays the means of the whole picture and of its halves, thirds and sixths beside every place.
    A place that looks like a car thus learns that water is all around it, and becomes a boat.

    Contribution: pyramid pooling, context of the whole scene at the cost of some 1×1 convolutions.
    Figures: none for this backbone; the paper has ResNet-50 to 269 with dilation.
    Form: variant as in common libraries: the stem and first two stages of ResNet-34, whose maps have 1/8 of
        the size, grids of 1, 2, 3 and 6, 512 filters, dropout 0.2.
    Strengths: light; sees the whole scene.
    Gaps: with two stages only, features are simple; grids are coarse.
    """
    if not 1 <= stages <= 4:
        raise ValueError(f"has 1 to 4 stages, such as 2, not {stages}.")
    picture = g.input("input", input)
    x = encode(g, picture, depth, stages)[-1]

    def pyramid(g: Builder, x: Wire) -> Wire:
        levels = []
        for number, cells in enumerate((1, 2, 3, 6), 1):
            y = g.add("adaptive_pool", x, name=f"pool{number}", size=cells)
            single = cells == 1  # batch norm has nothing to average over a single cell
            y = g.add(
                "pointwise_conv2d", y, name=f"conv{number}", filters=max(1, x.channels // 4), bias=single
            )
            y = y if single else g.add("batch_norm", y, name=f"bn{number}")
            y = g.add("relu", y, name=f"relu{number}")
            y = g.add("resize", y, x, name=f"up{number}", mode="bilinear", corners=True)
            levels.append(y)
        return g.add("concat", *levels, x, name="concat", axis="C")

    def head(g: Builder, x: Wire) -> Wire:
        x = _unit(g, x, "conv", filters=filters, kernel=1)
        x = g.add("dropout", x, name="drop", p=0.2)
        return g.add("conv2d", x, name="classes", filters=classes, kernel=3, padding=1)

    (x,) = g.group("pyramid", pyramid, x)
    (x,) = g.group("head", head, x)
    _masks(g, x, picture, corners=True)


def _deep_stem(g: Builder, x: Wire) -> Wire:
    """Three 3×3 convolutions in place of one of 7×7."""
    for number, (filters, stride) in enumerate(((64, 2), (64, 1), (128, 1)), 1):
        x = _unit(g, x, f"conv{number}", filters=filters, kernel=3, stride=stride, padding=1)
    return g.add("max_pool", x, name="pool", kernel=3, stride=2, padding=1)


def pspnet(g: Builder, input: Tensor, classes: int, *, depth: int = 50, filters: int = 512) -> None:
    """A dilated ResNet with a deep stem, pyramid pooling over its last maps, and one more convolution."""
    if not 1 <= filters <= 4096:
        raise ValueError(f"has 1 to 4,096 filters after the pyramid, such as 512, not {filters}.")
    picture = g.input("input", input)
    x = _backbone(g, picture, depth, _deep_stem)

    def pyramid(g: Builder, x: Wire) -> Wire:
        levels = []
        for number, cells in enumerate((1, 2, 3, 6), 1):
            y = g.add("adaptive_pool", x, name=f"pool{number}", size=cells)
            y = _unit(g, y, f"conv{number}", filters=x.channels // 4, kernel=1)
            y = g.add("resize", y, x, name=f"up{number}", mode="bilinear", corners=True)
            levels.append(y)
        return g.add("concat", x, *levels, name="concat", axis="C")

    def head(g: Builder, x: Wire) -> Wire:
        x = _unit(g, x, "conv", filters=filters, kernel=3, padding=1)
        x = g.add("dropout", x, name="drop", p=0.1)
        return g.add("pointwise_conv2d", x, name="classes", filters=classes)

    (x,) = g.group("pyramid", pyramid, x)
    (x,) = g.group("head", head, x)
    _masks(g, x, picture, corners=True)


PSPNET = """\
Lays the means of the whole picture and of its halves, thirds and sixths beside every place.
Below it a ResNet spreads its filters instead of shrinking its maps, so that an eighth of the picture is left.

Contribution: pyramid pooling, context of the whole scene at the cost of some 1×1 convolutions."""
PSPNET_REST = """\
Strengths: sees the whole scene; won the scene parsing challenge of 2016.
Gaps: the convolution over 4,096 maps has 18.9 M weights; norms of single cells need batches to train."""
for depth, parameters, figures in (
    (50, 46_716_373, "41.7 % mean IoU on ADE20K in the paper; 46.7 M parameters here."),
    (101, 65_708_501, "42.0 % mean IoU on ADE20K in the paper; 65.7 M parameters here."),
):
    form = (
        "exact after paper and authors' code: stem of three 3×3 convolutions, stages 3 and 4 dilated, "
        "grids of 1, 2, 3 and 6 of 512 maps each, 3×3 to 512, dropout 0.1; no auxiliary head."
    )
    architecture(
        f"pspnet_resnet{depth}",
        title=f"PSPNet on ResNet-{depth}",
        category=CATEGORY,
        year=2017,
        source="Zhao et al. 2016, arXiv:1612.01105",
        input=(3, 473, 473),
        classes=21,
        parameters=parameters,
        task="segmentation",
    )(variant(pspnet, about(PSPNET, figures, form, PSPNET_REST), depth=depth))


BNECKS = (
    # kernel, inside, filters, squeezed to, activation, stride, dilation
    (3, 16, 16, 0, "relu", 1, 1),
    (3, 64, 24, 0, "relu", 2, 1),
    (3, 72, 24, 0, "relu", 1, 1),
    (5, 72, 40, 24, "relu", 2, 1),
    (5, 120, 40, 32, "relu", 1, 1),
    (5, 120, 40, 32, "relu", 1, 1),
    (3, 240, 80, 0, "hard_swish", 2, 1),
    (3, 200, 80, 0, "hard_swish", 1, 1),
    (3, 184, 80, 0, "hard_swish", 1, 1),
    (3, 184, 80, 0, "hard_swish", 1, 1),
    (3, 480, 112, 120, "hard_swish", 1, 1),
    (3, 672, 112, 168, "hard_swish", 1, 1),
    (5, 672, 160, 168, "hard_swish", 1, 2),
    (5, 960, 160, 240, "hard_swish", 1, 2),
    (5, 960, 160, 240, "hard_swish", 1, 2),
)
"""MobileNetV3-Large with its last three units dilated in place of the stride."""


def _mobile_unit(g: Builder, x: Wire, name: str, activation: str, **fields: FieldValue) -> Wire:
    """As `_unit`, with the batch norm of MobileNetV3."""
    (x,) = g.add_block("conv2d", (x,), name, {"bias": False, **fields})
    x = g.add("batch_norm", x, name=f"{name}_bn", eps=1e-3, momentum=0.01)
    return g.add(activation, x, name=f"{name}_act") if activation else x


def _bneck(
    g: Builder,
    x: Wire,
    kernel: int,
    inside: int,
    filters: int,
    squeezed: int,
    activation: str,
    stride: int,
    dilation: int,
) -> Wire:
    """An inverted bottleneck: widen, filter each channel, weigh the channels, narrow."""
    y = x
    if inside != x.channels:
        y = _mobile_unit(g, y, "expand", activation, filters=inside, kernel=1)
    y = _mobile_unit(
        g,
        y,
        "depthwise",
        activation,
        filters=inside,
        kernel=kernel,
        stride=stride,
        groups=inside,
        dilation=dilation,
        padding=dilation * (kernel // 2),
    )
    if squeezed:
        weights = g.add("global_pool", y, name="squeeze", keep=True)
        weights = g.add("pointwise_conv2d", weights, name="fc1", filters=squeezed)
        weights = g.add("relu", weights, name="fc1_relu")
        weights = g.add("pointwise_conv2d", weights, name="fc2", filters=inside)
        weights = g.add("hard_sigmoid", weights, name="gate")
        y = g.add("multiply", weights, y, name="weigh", broadcast=True)
    y = _mobile_unit(g, y, "project", "", filters=filters, kernel=1)
    return g.add("add", y, x, name="add") if y.tensor.shape == x.tensor.shape else y


def _mobile_stage(g: Builder, x: Wire, first: int, last: int) -> Wire:
    for number in range(first, last + 1):
        (x,) = g.group(f"bneck{number}", lambda g, x, row=BNECKS[number - 1]: _bneck(g, x, *row), x)
    return x


@architecture(
    "lraspp_mobilenet_v3_large",
    title="LR-ASPP on MobileNetV3-Large",
    category=CATEGORY,
    year=2019,
    source="Howard et al. 2019, arXiv:1905.02244",
    input=(3, 520, 520),
    classes=21,
    parameters=3_221_538,
    task="segmentation",
)
def lraspp_mobilenet_v3_large(g: Builder, input: Tensor, classes: int, *, filters: int = 128) -> None:
    """Segments on a phone: a MobileNetV3, a gate made of the mean of its last map, and two small classifiers.
    One of them reads the last map, the other an early and finer one, and their scores are added.

    Contribution: a head for segmentation as light as its backbone.
    Figures: 3.2 M parameters.
    Form: exact to torchvision: the last three units dilated, features at 1/8 and 1/16, the mean of the whole
        map in the gate (the paper pools 49×49 with a stride).
    Strengths: fast on small devices.
    Gaps: two scales only; less accurate than DeepLab.
    """
    if not 1 <= filters <= 4096:
        raise ValueError(f"has 1 to 4,096 filters in its head, such as 128, not {filters}.")

    def stem(g: Builder, x: Wire) -> Wire:
        return _mobile_unit(g, x, "conv", "hard_swish", filters=16, kernel=3, stride=2, padding=1)

    def head(g: Builder, low: Wire, high: Wire) -> Wire:
        x = _unit(g, high, "conv", filters=filters, kernel=1)
        gate = g.add("global_pool", high, name="mean", keep=True)
        gate = g.add("pointwise_conv2d", gate, name="gate_conv", filters=filters, bias=False)
        gate = g.add("sigmoid", gate, name="gate")
        x = g.add("multiply", x, gate, name="weigh", broadcast=True)
        x = g.add("resize", x, low, name="up", mode="bilinear")
        fine = g.add("pointwise_conv2d", low, name="low_classes", filters=classes)
        coarse = g.add("pointwise_conv2d", x, name="high_classes", filters=classes)
        return g.add("add", fine, coarse, name="add")

    picture = g.input("input", input)
    (x,) = g.group("stem", stem, picture)
    (low,) = g.group("fine", partial(_mobile_stage, first=1, last=4), x)
    (x,) = g.group("middle", partial(_mobile_stage, first=5, last=12), low)
    (x,) = g.group("spread", partial(_mobile_stage, first=13, last=15), x)
    x = _mobile_unit(g, x, "last", "hard_swish", filters=960, kernel=1)
    (x,) = g.group("head", head, low, x)
    _masks(g, x, picture)
