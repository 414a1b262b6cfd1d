"""RegNet: networks whose widths grow along a line. Radosavovic et al. 2020, arXiv:2003.13678."""

from __future__ import annotations

from functools import partial

from explorer.architectures.architecture import architecture
from explorer.architectures.parts import about, conv_norm, head, numbers, stage, unit, variant
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor


def _block(g: Builder, x: Wire, *, filters: int, group: int, stride: int, squeeze: float) -> Wire:
    """A bottleneck that narrows nothing: 1×1, grouped 3×3, gates if wanted, 1×1."""
    y = conv_norm(g, x, "1", filters=filters, kernel=1)
    y = conv_norm(g, y, "2", filters=filters, stride=stride, groups=filters // group)
    if squeeze:
        y = g.add("se", y, name="se", squeezed=max(1, round(squeeze * x.channels)), bias=True)
    y = conv_norm(g, y, "3", filters=filters, kernel=1, activation="")
    if x.tensor.shape != y.tensor.shape:
        x = conv_norm(g, x, "_shortcut", filters=filters, kernel=1, stride=stride, activation="")
    return g.add("relu", g.add("add", x, y, name="add"), name="relu")


def regnet(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    depths: str = "1-2-7-12",
    widths: str = "32-64-160-384",
    group: int = 16,
    squeeze: float = 0.0,
) -> None:
    """Stem, four stages that halve, head; `group` is the width of a group of the 3×3 convolutions."""
    counts = numbers(depths, 4, "blocks")
    channels = numbers(widths, 4, "channels", most=8192)
    if group < 1 or any(width % group for width in channels):
        raise ValueError(f"has groups whose width divides all channels, such as 8, not {group}.")
    if not 0 <= squeeze <= 1:
        raise ValueError(f"squeezes to a share of 0 (no gates) to 1, not {squeeze:g}.")
    (x,) = g.group("stem", partial(conv_norm, filters=32, stride=2), g.input("input", input))
    for number, (count, width) in enumerate(zip(counts, channels, strict=True), 1):

        def block(g: Builder, x: Wire, n: int, *, width: int = width) -> Wire:
            stride = 2 if n == 1 else 1
            write = partial(_block, filters=width, group=group, stride=stride, squeeze=squeeze)
            return unit(g, x, f"block{n}", write, "block2" if n > 2 else "")

        x = stage(g, x, f"stage{number}", count, block)
    head(g, x, classes)


WORDS = """\
Comes from a study of thousands of networks: good ones have widths that grow evenly from block to block, and a
depth of about twenty. A line and a rounding say all sizes, so that nothing has to be searched.

Contribution: designs a space of networks in place of a single one."""
REST = """\
Strengths: simple and fast; one rule from 200 MF to 32 GF.
Gaps: the rule says what is good on the whole, not why."""
for kind, flops, depths, widths, group, parameters, error in (
    ("x", "400MF", "1-2-7-12", "32-64-160-384", 16, 5_157_512, "27.3"),
    ("x", "1.6GF", "2-4-10-2", "72-168-408-912", 24, 9_190_136, "23.0"),
    ("x", "3.2GF", "2-6-15-2", "96-192-432-1008", 48, 15_296_552, "21.7"),
    ("y", "400MF", "1-3-6-6", "48-104-208-440", 8, 4_344_144, "25.9"),
    ("y", "800MF", "1-3-8-2", "64-128-320-768", 16, 6_263_168, "23.7"),
    ("y", "1.6GF", "2-6-17-2", "48-120-336-888", 24, 11_202_430, "22.0"),
    ("y", "3.2GF", "2-5-13-1", "72-216-576-1512", 24, 19_436_338, "21.0"),
):
    printed = f"{round(parameters / 1e6, 1)} M parameters, {flops[:-2]} {flops[-2]} MACs"
    gates = "" if kind == "x" else " with squeeze and excitation to a quarter of the block's input"
    architecture(
        f"regnet_{kind}_{flops.lower().replace('.', '_')}",
        title=f"RegNet{kind.upper()}-{flops}",
        category="1.2.1 mobile and scaling",
        year=2020,
        source="Radosavovic, Kosaraju, Girshick, He & Dollár 2020, arXiv:2003.13678",
        input=(3, 224, 224),
        classes=1000,
        parameters=parameters,
        also=("design space", "network design", "grouped convolution"),
    )(
        variant(
            regnet,
            about(
                WORDS,
                f"{printed}, top-1 error {error} %.",
                f"exact, with the depths and widths of the paper's table{gates}.",
                REST,
            ),
            depths=depths,
            widths=widths,
            group=group,
            squeeze=0.0 if kind == "x" else 0.25,
        )
    )
