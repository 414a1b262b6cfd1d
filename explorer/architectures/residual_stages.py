"""What residual networks have in common: counts of blocks, stages, head.

He, Zhang, Ren & Sun 2015, arXiv:1512.03385.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from explorer.architectures.options import numbers
from explorer.graph.builder import Builder, Wire

DEPTH = "1.2.1 (2) depth"
PATHS = "1.2.1 (3) multi-path"
HE15 = "He, Zhang, Ren & Sun 2015, arXiv:1512.03385"
HE16 = "He, Zhang, Ren & Sun 2016, arXiv:1603.05027"
DEEPEST = 2_000
"""More layers than this nobody has published; a document of them would not open."""


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
