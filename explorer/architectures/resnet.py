"""Residual networks. He, Zhang, Ren & Sun 2015, arXiv:1512.03385, and their successors of 2016."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from explorer.architectures.architecture import architecture
from explorer.architectures.options import numbers
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor

DEPTH = "1.2.1 (2) depth"
PATHS = "1.2.1 (3) multi-path"
HE15 = "He, Zhang, Ren & Sun 2015, arXiv:1512.03385"
HE16 = "He, Zhang, Ren & Sun 2016, arXiv:1603.05027"
HUANG = "Huang, Sun, Liu, Sedra & Weinberger 2016, arXiv:1603.09382"
DEEPEST = 2_000
"""More layers than this nobody has published; a document of them would not open."""


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
    "preact_resnet_deep",
    title="Pre-activation ResNet",
    category="1.2.1 (3) multi-path",
    year=2016,
    source="He, Zhang, Ren & Sun 2016, arXiv:1603.05027",
    input=(3, 32, 32),
    dataset="shapes32",
)
def preact_resnet_deep(g: Builder, input: Tensor, classes: int, *, depth: int = 164) -> None:
    """Norm and activation stand before each convolution, so that the shortcut is clean from end to end.

    Bottleneck blocks; `depth` is 9n + 2 (164 and 1001 in the paper).

    Contribution: the clean shortcut; the order of layers that most later networks use.
    Figures: 1.7 M parameters for depth 164; 10.2 M for 1001, which has 10.33 M with its norms.
    Form: exact, with all blocks on one level; preact_resnet164_cifar10 has them in stages.
    Strengths: deeper and better than ResNet-110 with as many weights.
    Gaps: long chains of small layers use a GPU badly.
    """
    if (depth - 2) % 9 or depth < 11:
        raise ValueError(f"has a depth of 9n + 2, such as 164, not {depth}.")
    x = g.input("input", input)
    x = g.add("conv2d", x, name="conv", filters=16, kernel=3, padding=1, bias=False)
    for stage, width in enumerate((16, 32, 64), 1):
        for number in range(1, (depth - 2) // 9 + 1):
            stride = 2 if stage > 1 and number == 1 else 1
            x = g.add(
                "bottleneck",
                x,
                name=f"stage{stage}_block{number}",
                width=width,
                stride=stride,
                form="full_preact",
            )
    x = g.add("batch_norm", x, name="norm")
    x = g.add("relu", x, name="relu")
    x = g.add("global_pool", x, name="pool")
    x = g.add("linear", x, name="fc", features=classes)
    g.output("output", x)


def counts(text: str, stages: int = 4) -> list[int]:
    """Read blocks per stage, such as “3 4 6 3”."""
    found = numbers(text)
    if len(found) != stages or not all(1 <= number <= 200 for number in found):
        raise ValueError(
            f"has blocks for {stages} stages, such as {' '.join(['2'] * stages)}, not “{text[:40]}”."
        )
    return found


def per_stage(depth: int, layers: int) -> int:
    """Blocks per stage of a network for CIFAR: three stages of blocks with `layers / 3` layers each."""
    if (depth - 2) % layers or not layers + 2 <= depth <= DEEPEST:
        example = {6: 110, 9: 164}[layers]
        raise ValueError(f"has a depth of {layers}n + 2 up to {DEEPEST:,}, such as {example}, not {depth}.")
    return (depth - 2) // layers


Fields = Callable[[int, int], dict[str, Any]]
"""Fields of a block, by its stage, counted from 0, and its number in the whole network."""


def stages(g: Builder, x: Wire, block: str, blocks: Sequence[int], fields: Fields) -> Wire:
    """Add one group per stage; all but the first halve the maps in their first block."""
    return stage_maps(g, x, block, blocks, fields)[-1]


def stage_maps(g: Builder, x: Wire, block: str, blocks: Sequence[int], fields: Fields) -> list[Wire]:
    """Like `stages`, but return what leaves each of them."""
    maps: list[Wire] = []
    before = 0
    for stage, count in enumerate(blocks):

        def write(g: Builder, x: Wire, stage: int = stage, count: int = count, before: int = before) -> Wire:
            for number in range(1, count + 1):
                stride = 2 if stage and number == 1 else 1
                more = fields(stage, before + number)
                x = g.add(block, x, name=f"block{number}", stride=stride, **more)
            return x

        (x,) = g.group(f"stage{stage + 1}", write, x)
        maps.append(x)
        before += count
    return maps


def head(g: Builder, x: Wire, classes: int, *, norm: bool = False) -> None:
    """Average every map and classify; pre-activated networks normalise first."""

    def write(g: Builder, x: Wire) -> Wire:
        steps: list[str | tuple[str, dict[str, Any]]] = ["batch_norm", "relu"] if norm else []
        return g.chain(x, *steps, "global_pool", ("linear", {"features": classes}))

    g.output("output", g.group("head", write, x)[0])


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


def cifar(g: Builder, input: Tensor, classes: int, depth: int, width: int, *, survival: float = 1.0) -> None:
    """Write a network for CIFAR-10: one convolution, three stages and shortcuts without weights."""
    count = per_stage(depth, 6)
    if not 0.01 <= survival <= 1:
        raise ValueError(f"lets its last block survive with a chance of 0.01 to 1, not {survival:g}.")

    def stem(g: Builder, x: Wire) -> Wire:
        conv = {"filters": width, "kernel": 3, "padding": 1, "bias": False}
        return g.chain(x, ("conv2d", conv), "batch_norm", "relu")

    def fields(stage: int, number: int) -> dict[str, Any]:
        made: dict[str, Any] = {"filters": width * 2**stage, "shortcut": "zero_pad"}
        if survival < 1:
            made["drop_path"] = round((1 - survival) * number / (3 * count), 6)
        return made

    (x,) = g.group("stem", stem, g.input("input", input))
    x = stages(g, x, "residual", [count] * 3, fields)
    head(g, x, classes)


def preact(g: Builder, input: Tensor, classes: int, depth: int, width: int, *, bottleneck: bool) -> None:
    """Write a pre-activated network for CIFAR-10; bottlenecks hold three layers, other blocks two."""
    count = per_stage(depth, 9 if bottleneck else 6)
    block, field = ("bottleneck", "width") if bottleneck else ("residual", "filters")
    x = g.input("input", input)
    x = g.add("conv2d", x, name="stem", filters=width, kernel=3, padding=1, bias=False)
    form = "full_preact"
    x = stages(g, x, block, [count] * 3, lambda stage, _: {field: width * 2**stage, "form": form})
    head(g, x, classes, norm=True)


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


@architecture(
    "resnet20_cifar",
    title="ResNet-20 for CIFAR",
    category=DEPTH,
    year=2015,
    source=HE15,
    input=(3, 32, 32),
    dataset="shapes32",
    parameters=269_722,
)
def resnet20_cifar(g: Builder, input: Tensor, classes: int, *, depth: int = 20, width: int = 16) -> None:
    """Nine thin residual blocks in three stages, for pictures of 32×32.
    Zeros fill up the shortcut where channels are added, so that only the convolutions have weights.

    `depth` is 6n + 2.

    Contribution: a family in which nothing but the depth differs, to see what depth does.
    Figures: 0.27 M parameters and 8.75 % error on CIFAR-10 in the paper; both are right.
    Form: exact, with shortcut A: every second place is taken and zero channels are appended.
    Strengths: trains in minutes; a good start for experiments.
    Gaps: new channels get nothing from the shortcut.
    """
    cifar(g, input, classes, depth, width)


@architecture(
    "resnet56_cifar",
    title="ResNet-56 for CIFAR",
    category=DEPTH,
    year=2015,
    source=HE15,
    input=(3, 32, 32),
    dataset="shapes32",
    parameters=853_018,
)
def resnet56_cifar(g: Builder, input: Tensor, classes: int, *, depth: int = 56, width: int = 16) -> None:
    """Nine residual blocks in each of three stages, for pictures of 32×32.
    A plain network of this depth learned worse than one of 20 layers; this one learns better.

    Contribution: shows that shortcuts, not smaller weights, made depth trainable.
    Figures: 0.85 M parameters and 6.97 % error on CIFAR-10 in the paper; both are right.
    Form: exact, with shortcut A: every second place is taken and zero channels are appended.
    Strengths: small, with little error.
    Gaps: new channels get nothing from the shortcut.
    """
    cifar(g, input, classes, depth, width)


@architecture(
    "resnet110_cifar",
    title="ResNet-110 for CIFAR",
    category=DEPTH,
    year=2015,
    source=HE15,
    input=(3, 32, 32),
    dataset="shapes32",
    parameters=1_727_962,
)
def resnet110_cifar(g: Builder, input: Tensor, classes: int, *, depth: int = 110, width: int = 16) -> None:
    """Fifty-four thin residual blocks of two 3×3 convolutions, for pictures of 32×32.
    It has fewer weights than a single layer of AlexNet and less error than the networks that its authors
    compare it with.

    Contribution: more than a hundred layers, trained from the start by plain gradient descent.
    Figures: 1.7 M parameters; 6.43 % error on CIFAR-10 and 25.16 % on CIFAR-100. The count is right.
    Form: exact, with shortcut A: every second place is taken and zero channels are appended.
    Strengths: few weights for its depth; shortcuts without any.
    Gaps: begins to learn late, so that the authors warmed it up with a smaller learning rate.
    """
    cifar(g, input, classes, depth, width)


@architecture(
    "resnet1202_cifar",
    title="ResNet-1202 for CIFAR",
    category=DEPTH,
    year=2015,
    source=HE15,
    input=(3, 32, 32),
    dataset="shapes32",
    parameters=19_421_274,
)
def resnet1202_cifar(g: Builder, input: Tensor, classes: int, *, depth: int = 1202, width: int = 16) -> None:
    """Two hundred residual blocks in each of three stages, to see where depth ends.
    It trains without trouble, yet errs more often on new pictures than ResNet-110, because it overfits.

    Contribution: shows that a thousand layers can be trained, and that this alone is not enough.
    Figures: a lecture prints 10.2 M parameters with 7.93 % and 27.82 % error. It has 19.42 M, as its paper
    says; 10.3 M has the pre-activated ResNet-1001.
    Form: exact, with shortcut A: every second place is taken and zero channels are appended.
    Strengths: reaches a training error below 0.1 %.
    Gaps: needlessly large for a small data set; many layers add little or nothing.
    """
    cifar(g, input, classes, depth, width)


@architecture(
    "stochastic_depth_resnet110",
    title="ResNet-110 with stochastic depth",
    category=DEPTH,
    year=2016,
    source=HUANG,
    input=(3, 32, 32),
    dataset="shapes32",
    parameters=1_727_962,
)
def stochastic_depth_resnet110(
    g: Builder, input: Tensor, classes: int, *, depth: int = 110, width: int = 16, survival: float = 0.5
) -> None:
    """ResNet-110 whose blocks are dropped by chance while it learns, later ones more often.
    Training therefore sees short networks, through which gradients pass well, and inference uses all 110
    layers.

    The chance to survive falls in a line from 1 at the input to `survival` in the last block.

    Contribution: a network that is short in training and deep at inference.
    Figures: 1.7 M parameters; 5.23 % error on CIFAR-10 and 24.58 % on CIFAR-100. The count is right.
    Form: exact but for two habits of today: every sample is dropped by itself instead of the whole batch, and
    what is kept is divided by its chance in training instead of multiplied by it at inference. Means are the
    same.
    Strengths: a quarter less time to train; regularises like dropout.
    Gaps: one more rate to choose; helps deep networks only.
    """
    cifar(g, input, classes, depth, width, survival=survival)


@architecture(
    "preact_resnet110_cifar10",
    title="Pre-activation ResNet-110",
    category=PATHS,
    year=2016,
    source=HE16,
    input=(3, 32, 32),
    dataset="shapes32",
    parameters=1_730_522,
)
def preact_resnet110_cifar10(
    g: Builder, input: Tensor, classes: int, *, depth: int = 110, width: int = 16
) -> None:
    """ResNet-110 with norm and activation in front of each convolution instead of after it.
    Nothing then stands on the shortcut, which carries signals and gradients unchanged from end to end.

    `depth` is 6n + 2.

    Contribution: the clean shortcut; the order of layers that most later networks use.
    Figures: 1.7 M parameters and 6.37 % error on CIFAR-10. The count is right.
    Form: variant: a 1×1 projection of the activated input stands where the shape changes, as in the deeper
    networks of the paper, and the first block is like all others.
    Strengths: easier to train than the original order; the last norm regularises.
    Gaps: at this depth hardly better than the original order.
    """
    preact(g, input, classes, depth, width, bottleneck=False)


@architecture(
    "preact_resnet164_cifar10",
    title="Pre-activation ResNet-164",
    category=PATHS,
    year=2016,
    source=HE16,
    input=(3, 32, 32),
    dataset="shapes32",
    parameters=1_703_258,
)
def preact_resnet164_cifar10(
    g: Builder, input: Tensor, classes: int, *, depth: int = 164, width: int = 16
) -> None:
    """Fifty-four bottlenecks with norm and activation in front of each convolution.
    Nothing stands on the shortcut, which carries signals and gradients unchanged from end to end.

    `depth` is 9n + 2.

    Contribution: the order of layers that most later networks use, and the analysis why it works.
    Figures: 1.7 M parameters; 5.46 % error on CIFAR-10 and 24.33 % on CIFAR-100. The count is right.
    Form: exact; a 1×1 projects the activated input where the shape changes, as in the authors' code.
    Strengths: deeper and better than ResNet-110 with as many weights.
    Gaps: long chains of small layers use a GPU badly.
    """
    preact(g, input, classes, depth, width, bottleneck=True)


@architecture(
    "preact_resnet1001_cifar10",
    title="Pre-activation ResNet-1001",
    category=PATHS,
    year=2016,
    source=HE16,
    input=(3, 32, 32),
    dataset="shapes32",
    parameters=10_327_706,
)
def preact_resnet1001_cifar10(
    g: Builder, input: Tensor, classes: int, *, depth: int = 1001, width: int = 16
) -> None:
    """Three hundred and thirty-three pre-activated bottlenecks, a thousand layers in all.
    Because the shortcut is clean, it needs no warm-up and generalises better than shallower ones.

    `depth` is 9n + 2.

    Contribution: a thousand layers that are not only trained but better for it.
    Figures: 10.2 M parameters; 4.92 % error on CIFAR-10, 4.64 % with small batches; 22.71 % on CIFAR-100.
    With its norms it has 10.33 M.
    Form: exact; a 1×1 projects the activated input where the shape changes, as in the authors' code.
    Strengths: no degradation even at a thousand layers.
    Gaps: slow; wide networks of 40 layers do as well in a fraction of the time.
    """
    preact(g, input, classes, depth, width, bottleneck=True)
