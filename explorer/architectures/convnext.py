"""ConvNeXt: a convolutional network with the manners of a transformer. Liu et al. 2022, arXiv:2201.03545."""

from __future__ import annotations

from functools import partial

from explorer.architectures.architecture import architecture
from explorer.architectures.parts import about, numbers, stage, unit, variant
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor

EPS = 1e-6


def _norm(g: Builder, x: Wire, name: str = "norm") -> Wire:
    """Layer norm over the channels at every place."""
    return g.add("layer_norm", x, name=name, axes="channels", eps=EPS)


def _block(g: Builder, x: Wire, *, kernel: int) -> Wire:
    """Filter each channel, then a small network over the channels of every place."""
    width = x.channels
    y = g.add("depthwise_conv2d", x, name="depthwise", kernel=kernel, padding=kernel // 2)
    y = _norm(g, y)
    y = g.add("pointwise_conv2d", y, name="fc1", filters=4 * width)
    y = g.add("gelu", y, name="gelu")
    y = g.add("pointwise_conv2d", y, name="fc2", filters=width)
    y = g.add("layer_scale", y, name="scale", start=EPS)
    return g.add("add", x, y, name="add")


def convnext(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    depths: str = "3-3-9-3",
    widths: str = "96-192-384-768",
    kernel: int = 7,
) -> None:
    """Patches of 4×4, four stages of blocks with a halving between them, one norm and a linear layer."""
    counts = numbers(depths, 4, "blocks")
    channels = numbers(widths, 4, "channels", most=8192)
    if not 1 <= kernel <= 31 or kernel % 2 == 0:
        raise ValueError(f"has an odd kernel of 1 to 31, such as 7, not {kernel}.")

    def stem(g: Builder, x: Wire) -> Wire:
        return _norm(g, g.add("conv2d", x, name="patches", filters=channels[0], kernel=4, stride=4))

    def halve(g: Builder, x: Wire, width: int) -> Wire:
        return g.add("conv2d", _norm(g, x), name="reduce", filters=width, kernel=2, stride=2)

    (x,) = g.group("stem", stem, g.input("input", input))
    for number, (count, width) in enumerate(zip(counts, channels, strict=True), 1):
        if number > 1:
            (x,) = g.group(f"halve{number - 1}", partial(halve, width=width), x)

        def block(g: Builder, x: Wire, n: int) -> Wire:
            return unit(g, x, f"block{n}", partial(_block, kernel=kernel), "block1" if n > 1 else "")

        x = stage(g, x, f"stage{number}", count, block)

    def head(g: Builder, x: Wire) -> Wire:
        x = g.add("global_pool", x, name="pool")
        x = g.add("layer_norm", x, name="norm", eps=EPS)
        return g.add("linear", x, name="fc", features=classes)

    g.output("output", g.group("head", head, x)[0])


WORDS = """\
Takes a ResNet and changes it step by step towards a transformer, until it beats one without any attention:
patches at the start, large filters for each channel, few norms, and a small network at every place.

Contribution: shows that much of what transformers gained came from their design and training."""
REST = """\
Strengths: as accurate as Swin at equal cost; any size of picture; plain convolutions.
Gaps: sees the whole picture through many layers only; depthwise 7×7 runs slower than its products suggest."""
for size, name, depths, widths, parameters, figures in (
    ("t", "T", "3-3-9-3", "96-192-384-768", 28_589_128, "29 M parameters, 4.5 G MACs, top-1 82.1 %"),
    ("s", "S", "3-3-27-3", "96-192-384-768", 50_223_688, "50 M parameters, 8.7 G MACs, top-1 83.1 %"),
    ("b", "B", "3-3-27-3", "128-256-512-1024", 88_591_464, "89 M parameters, 15.4 G MACs, top-1 83.8 %"),
    ("l", "L", "3-3-27-3", "192-384-768-1536", 197_767_336, "198 M parameters, 34.4 G MACs, top-1 84.3 %"),
):
    architecture(
        f"convnext_{size}",
        title=f"ConvNeXt-{name}",
        category="1.2.1 (4) width",
        year=2022,
        source="Liu, Mao, Wu, Feichtenhofer, Darrell & Xie 2022, arXiv:2201.03545",
        input=(3, 224, 224),
        classes=1000,
        parameters=parameters,
        also=("modern convnet", "large kernel", "depthwise", "layer scale"),
    )(
        variant(
            convnext,
            about(
                WORDS,
                f"{figures}; its FLOPs are MACs.",
                "exact: layer norms with ε = 10⁻⁶ over channels, layer scale from 10⁻⁶; stochastic depth of "
                "the training left out.",
                REST,
            ),
            depths=depths,
            widths=widths,
        )
    )
