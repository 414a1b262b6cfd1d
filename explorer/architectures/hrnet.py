"""HRNet: fine maps all the way. Wang et al. 2019, arXiv:1908.07919."""

from __future__ import annotations

from functools import partial

from explorer.architectures.architecture import architecture
from explorer.architectures.parts import about, conv_norm, variant
from explorer.graph.builder import Builder, Wire
from explorer.graph.catalogue import ShapeError
from explorer.graph.tensor import Tensor

MODULES = (1, 4, 3)
"""Modules in the stages with two, three and four scales."""
HEAD = (32, 64, 128, 256)
"""Widths of the bottlenecks with which the four scales end."""


def _to(g: Builder, x: Wire, source: int, target: int, filters: int) -> Wire:
    """Bring a map of one scale to another: enlarge it, or halve it by strides as often as needed."""
    end = f"{source}_{target}"
    if source > target:
        x = conv_norm(g, x, end, filters=filters, kernel=1, activation="")
        return g.add("resize", x, name=f"enlarge{end}", scale=float(2 ** (source - target)))
    for step in range(source, target):
        last = step == target - 1
        x = conv_norm(
            g,
            x,
            f"{end}_{step}",
            filters=filters if last else x.channels,
            stride=2,
            activation="" if last else "relu",
        )
    return x


def _fuse(g: Builder, *maps: Wire) -> tuple[Wire, ...]:
    """Every scale gets the sum of all of them, brought to its size."""
    found = []
    for target, like in enumerate(maps):
        parts = [
            x if source == target else _to(g, x, source, target, like.channels)
            for source, x in enumerate(maps)
        ]
        found.append(g.add("relu", g.add("add", *parts, name=f"add{target}"), name=f"relu{target}"))
    return tuple(found)


def hrnet(g: Builder, input: Tensor, classes: int, *, width: int = 18, blocks: int = 4) -> None:
    """Stem, one stage of one scale, three stages with one scale more each, bottlenecks that join them all."""
    if not 1 <= width <= 256 or not 1 <= blocks <= 16:
        raise ValueError(f"is 1 to 256 wide and has 1 to 16 blocks, not {width} and {blocks}.")
    if any(size % 32 for size in input.shape[1:]):
        raise ShapeError(
            "halves its maps five times, so that 32 has to divide height and width.", code="divide"
        )

    def stem(g: Builder, x: Wire) -> Wire:
        return conv_norm(g, conv_norm(g, x, "1", filters=64, stride=2), "2", filters=64, stride=2)

    def first(g: Builder, x: Wire) -> Wire:
        for number in range(1, 5):
            x = g.add("bottleneck", x, name=f"block{number}", width=64)
        return x

    def row(g: Builder, x: Wire) -> Wire:
        for number in range(1, blocks + 1):
            x = g.add("residual", x, name=f"block{number}", filters=x.channels)
        return x

    def module(g: Builder, *maps: Wire) -> tuple[Wire, ...]:
        rows = [g.group(f"scale{number}", row, x)[0] for number, x in enumerate(maps)]
        return g.group("fuse", _fuse, *rows)

    def stage(g: Builder, *maps: Wire, count: int) -> tuple[Wire, ...]:
        maps = g.group("module1", module, *maps)
        for number in range(2, count + 1):
            maps = g.use("module1", *maps, name=f"module{number}")
        return maps

    def widen(g: Builder, x: Wire) -> tuple[Wire, ...]:
        fine = conv_norm(g, x, "0", filters=width)
        return fine, conv_norm(g, x, "1", filters=2 * width, stride=2)

    def end(g: Builder, *maps: Wire) -> Wire:
        found: Wire | None = None
        for number, x in enumerate(maps):
            x = g.add("bottleneck", x, name=f"widen{number}", width=HEAD[number])
            if found is not None:
                down = g.add(
                    "conv2d", found, name=f"conv{number}", filters=x.channels, kernel=3, stride=2, padding=1
                )
                down = g.add("batch_norm", down, name=f"norm{number}")
                down = g.add("relu", down, name=f"relu{number}")
                x = g.add("add", x, down, name=f"add{number}")
            found = x
        assert found is not None
        x = g.add("conv2d", found, name="conv", filters=2048, kernel=1)
        x = g.add("relu", g.add("batch_norm", x, name="norm"), name="relu")
        x = g.add("global_pool", x, name="pool")
        return g.add("linear", x, name="fc", features=classes)

    (x,) = g.group("stem", stem, g.input("input", input))
    (x,) = g.group("stage1", first, x)
    maps = g.group("widen1", widen, x)
    for number, count in enumerate(MODULES, 2):
        maps = g.group(f"stage{number}", partial(stage, count=count), *maps)
        if number < 4:
            wider = partial(conv_norm, filters=2 * maps[-1].channels, stride=2)
            maps = (*maps, *g.group(f"widen{number}", wider, maps[-1]))
    g.output("output", g.group("head", end, *maps)[0])


WORDS = """\
Keeps maps at a quarter of the picture from beginning to end and lets coarser ones run beside them, which
exchange what they know again and again. So what is fine never has to be won back.

Contribution: high resolution throughout, in place of down and up again."""
REST = """\
Strengths: poses, borders and parts, where places count; strong for detection and segmentation too.
Gaps: fine maps cost much memory and time; the many crossings are slow."""
for width, parameters, figures in (
    (18, 21_299_004, "21.3 M parameters and 3.99 G MACs, top-1 error 23.1 %"),
    (32, 41_232_680, "41.2 M parameters and 8.31 G MACs, top-1 error 21.5 %"),
):
    architecture(
        f"hrnet_w{width}",
        title=f"HRNet-W{width}",
        category="1.2.1 (3) multi-path",
        year=2019,
        source="Wang et al. 2019, arXiv:1908.07919; Sun et al. 2019, arXiv:1902.09212",
        input=(3, 224, 224),
        classes=1000,
        parameters=parameters,
        also=("high resolution", "pose estimation", "multi-scale fusion"),
    )(
        variant(
            hrnet,
            about(
                WORDS,
                f"{figures} in the paper.",
                "exact, the form for ImageNet: four scales end in bottlenecks and are joined downwards; for "
                "poses and masks the finest, or all of them, are read instead.",
                REST,
            ),
            width=width,
        )
    )
