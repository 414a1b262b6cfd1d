"""Residual networks with norm and activation in front. He, Zhang, Ren & Sun 2016, arXiv:1603.05027."""

from __future__ import annotations

from explorer.architectures.architecture import architecture
from explorer.architectures.residual_stages import HE16, PATHS, head, per_stage, stages
from explorer.graph.builder import Builder
from explorer.graph.tensor import Tensor


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
