"""FCOS: every place says how far the sides of its object are. Tian et al. 2019, arXiv:1904.01355."""

from __future__ import annotations

from functools import partial

from explorer.architectures.architecture import architecture
from explorer.architectures.feature_pyramid import CATEGORY, LEAST, WIDTH, backbone, pyramid
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor


@architecture(
    "fcos_resnet50_fpn",
    title="FCOS",
    category=CATEGORY,
    year=2019,
    source="Tian, Shen, Chen & He 2019, arXiv:1904.01355",
    input=(3, 800, 800),
    classes=91,
    parameters=32_322_720,
    task="detection",
    also=("anchor free", "one stage detector", "centerness", "feature pyramid"),
)
def fcos_resnet50_fpn(
    g: Builder, input: Tensor, classes: int, *, blocks: str = "3 4 6 3", layers: int = 4
) -> None:
    """Does without anchors: every place of five maps says what it stands on, how far the four sides of that
    object are, and how near it is to the middle. Places far from the middle count less.

    What leaves are rows for all places of all maps: scores of the classes, distances of the four sides in
    steps of the map, and centre-ness; scores and centre-ness stand before their sigmoid.

    Contribution: detection place by place, as in segmentation; centre-ness in place of many anchors.
    Figures: 38.6 AP on COCO in the paper.
    Form: exact, as in torchvision, with ordinary batch norms and 91 classes; boxes are not worked out and
        double ones not dropped; pictures are not resized.
    Strengths: nothing to choose for anchors; the same heads at all sizes.
    Gaps: objects whose middles meet on one place compete for it.
    """
    if input.shape[0] != 3 or min(input.shape[1:]) < LEAST:
        raise ValueError(f"looks at pictures 3×H×W of at least {LEAST}×{LEAST}, not {input.text}.")
    if not 1 <= layers <= 16:
        raise ValueError(f"has 1 to 16 layers in its heads, such as 4, not {layers}.")
    _, found = backbone(g, input, blocks)
    maps = g.group("pyramid", partial(pyramid, deeper=2), *found[1:])

    def tower(g: Builder, x: Wire, *said: tuple[str, int]) -> tuple[Wire, ...]:
        for number in range(1, layers + 1):
            x = g.add("conv2d", x, name=f"conv{number}", filters=WIDTH, kernel=3, padding=1)
            x = g.add("relu", g.add("group_norm", x, name=f"norm{number}"), name=f"relu{number}")
        made = []
        for name, numbers in said:
            y = g.add("conv2d", x, name=name, filters=numbers, kernel=3, padding=1)
            if name == "distances":
                y = g.add("relu", y, name="positive")
            made.append(g.add("anchor_rows", y, name=f"{name}_rows", numbers=numbers))
        return tuple(made)

    def heads(g: Builder, *maps: Wire) -> tuple[Wire, ...]:
        rows: list[list[Wire]] = [[], [], []]
        for level, x in enumerate(maps, 3):
            made: tuple[Wire, ...] = ()
            for name, said in (
                ("classify", (("scores", classes),)),
                ("regress", (("distances", 4), ("centre", 1))),
            ):
                if level == 3:
                    made += g.group(name, lambda g, x, said=said: tower(g, x, *said), x)
                else:
                    made += g.again(name, x, name=f"{name}{level}")
            for row, wire in zip(rows, made, strict=True):
                row.append(wire)
        names = ("scores", "distances", "centre")
        return tuple(
            g.add("concat", *row, name=name, axis="T") for name, row in zip(names, rows, strict=True)
        )

    for name, wire in zip(("scores", "distances", "centre"), g.group("heads", heads, *maps), strict=True):
        g.output(name, wire)
