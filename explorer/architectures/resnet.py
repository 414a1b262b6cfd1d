"""Residual networks. He, Zhang, Ren & Sun 2015, arXiv:1512.03385."""

from __future__ import annotations

from explorer.architectures.architecture import architecture
from explorer.graph.builder import Builder
from explorer.graph.tensor import Tensor


@architecture(
    "resnet_small", title="ResNet, small", category="1.2.1 (2) depth", year=2015,
    source="He, Zhang, Ren & Sun 2015, arXiv:1512.03385, scaled down", input=(1, 28, 28), dataset="mnist5k",
)  # fmt: skip
def resnet_small(g: Builder, input: Tensor, classes: int, *, width: int = 16, blocks: int = 2) -> None:
    """Each block learns only what to add to its input, so that signals and gradients pass unhindered.

    Three stages; each halves the picture and doubles the channels, as in the networks of the paper.
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
    "preact_resnet_deep", title="Pre-activation ResNet", category="1.2.1 (3) multi-path", year=2016,
    source="He, Zhang, Ren & Sun 2016, arXiv:1603.05027", input=(3, 32, 32), dataset="shapes32",
)  # fmt: skip
def preact_resnet_deep(g: Builder, input: Tensor, classes: int, *, depth: int = 164) -> None:
    """Norm and activation stand before each convolution, so that the shortcut is clean from end to end.

    Bottleneck blocks; `depth` is 9n + 2 (164 and 1001 in the paper).
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
