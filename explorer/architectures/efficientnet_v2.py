"""EfficientNetV2: fused blocks in front, for training speed. Tan & Le 2021, arXiv:2104.00298."""

from __future__ import annotations

from functools import partial

from explorer.architectures.architecture import architecture
from explorer.architectures.parts import about, conv_norm, stage, unit, variant
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor

EPS = 1e-3
Stage = tuple[bool, int, int, int, int]
"""Whether the block is fused, expansion, stride, channels, blocks."""
STAGES: dict[str, tuple[Stage, ...]] = {
    "s": (
        (True, 1, 1, 24, 2),
        (True, 4, 2, 48, 4),
        (True, 4, 2, 64, 4),
        (False, 4, 2, 128, 6),
        (False, 6, 1, 160, 9),
        (False, 6, 2, 256, 15),
    ),
    "m": (
        (True, 1, 1, 24, 3),
        (True, 4, 2, 48, 5),
        (True, 4, 2, 80, 5),
        (False, 4, 2, 160, 7),
        (False, 6, 1, 176, 14),
        (False, 6, 2, 304, 18),
        (False, 6, 1, 512, 5),
    ),
    "l": (
        (True, 1, 1, 32, 4),
        (True, 4, 2, 64, 7),
        (True, 4, 2, 96, 7),
        (False, 4, 2, 192, 10),
        (False, 6, 1, 224, 19),
        (False, 6, 2, 384, 25),
        (False, 6, 1, 640, 7),
    ),
}


def _fused(g: Builder, x: Wire, *, expansion: int, filters: int, stride: int) -> Wire:
    """A block whose 1×1 and depthwise convolutions are one plain 3×3 convolution."""
    if expansion == 1:
        y = conv_norm(g, x, filters=filters, stride=stride, activation="swish", eps=EPS)
    else:
        y = conv_norm(g, x, "1", filters=expansion * x.channels, stride=stride, activation="swish", eps=EPS)
        y = conv_norm(g, y, "2", filters=filters, kernel=1, activation="", eps=EPS)
    return g.add("add", x, y, name="add") if y.tensor.shape == x.tensor.shape else y


def efficientnet_v2(
    g: Builder, input: Tensor, classes: int, *, size: str = "s", dropout: float = 0.2
) -> None:
    """Fused blocks, then MBConv; `size` is s, m or l."""
    if size not in STAGES:
        raise ValueError(f"has a size s, m or l, not “{size[:20]}”.")
    if not 0 <= dropout < 1:
        raise ValueError(f"drops a share from 0 to below 1, not {dropout:g}.")
    stages = STAGES[size]

    def stem(g: Builder, x: Wire) -> Wire:
        return conv_norm(g, x, filters=stages[0][3], stride=2, activation="swish", eps=EPS)

    (x,) = g.group("stem", stem, g.input("input", input))
    for number, (fused, expansion, stride, filters, count) in enumerate(stages, 1):

        def block(
            g: Builder, x: Wire, n: int, *, row: Stage = (fused, expansion, stride, filters, count)
        ) -> Wire:
            is_fused, wider, step, channels, _ = row
            step = step if n == 1 else 1
            if not is_fused:
                return g.add(
                    "mbconv",
                    x,
                    name=f"block{n}",
                    expansion=float(wider),
                    stride=step,
                    filters=channels,
                    eps=EPS,
                )
            write = partial(_fused, expansion=wider, filters=channels, stride=step)
            return unit(g, x, f"block{n}", write, "block2" if n > 2 else "")

        x = stage(g, x, f"stage{number}", count, block)

    def head(g: Builder, x: Wire) -> Wire:
        x = conv_norm(g, x, filters=1280, kernel=1, activation="swish", eps=EPS)
        x = g.add("global_pool", x, name="pool")
        if dropout:
            x = g.add("dropout", x, name="drop", p=dropout)
        return g.add("linear", x, name="fc", features=classes)

    g.output("output", g.group("head", head, x)[0])


WORDS = """\
Takes plain 3×3 convolutions in its early stages, where depthwise ones leave the machine idle, and mobile
blocks later. Depth and kinds of blocks were searched for training speed as well as for accuracy.

Contribution: fused mobile blocks where they pay; pictures and augmentation that grow during training."""
REST = """\
Strengths: trains up to four times as fast as EfficientNet of equal accuracy.
Gaps: the sizes come from a search and have no simple rule."""
for size, side, dropout, parameters, figures in (
    ("s", 384, 0.2, 21_458_488, "22 M parameters, 8.8 B FLOPs, top-1 83.9 %"),
    ("m", 480, 0.3, 54_139_356, "54 M parameters, 24 B FLOPs, top-1 85.1 %"),
    ("l", 480, 0.4, 118_515_272, "120 M parameters, 53 B FLOPs, top-1 85.7 %"),
):
    architecture(
        f"efficientnet_v2_{size}",
        title=f"EfficientNetV2-{size.upper()}",
        category="1.2.1 mobile and scaling",
        year=2021,
        source="Tan & Le 2021, arXiv:2104.00298",
        input=(3, side, side),
        classes=1000,
        parameters=parameters,
        also=("fused mbconv", "architecture search"),
    )(
        variant(
            efficientnet_v2,
            about(
                WORDS,
                f"{figures}; its FLOPs are MACs.",
                "exact, as in torchvision: ε = 10⁻³, gates squeeze to a quarter of the block's input; "
                "stochastic depth of the training left out.",
                REST,
            ),
            size=size,
            dropout=dropout,
        )
    )
