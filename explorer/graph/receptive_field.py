"""The receptive field: how windows and steps add up along a path.

After a layer with window k and step s, one value sees w + (k − 1)·j of the input, where w and j are
what one value saw and how far neighbours stood apart before it; neighbours then stand j·s apart.
"""

from __future__ import annotations

from collections.abc import Sequence

from explorer.graph.catalogue import Reach


def through(before: Reach | None, layer: Reach | None) -> Reach:
    """What is seen after `layer`, when `before` was seen in front of it."""
    if before is None:
        before = Reach()
    if layer is None or before.whole:
        return before
    if layer.whole:
        return layer
    windows, steps = _padded(before, len(layer.windows))
    own_windows, own_steps = _padded(layer, len(windows))
    return Reach(
        tuple([int(w + (k - 1) * j) for w, k, j in zip(windows, own_windows, steps, strict=True)]),
        tuple([j * s for j, s in zip(steps, own_steps, strict=True)]),
    )


def combine(reaches: Sequence[Reach]) -> Reach | None:
    """What is seen where several paths meet: along each axis the widest."""
    if not reaches:
        return None
    if len(reaches) == 1:
        return reaches[0]
    first = reaches[0]
    if all([reach == first for reach in reaches]):
        return first
    if any(reach.whole for reach in reaches):
        return Reach(whole=True)
    axes = max(len(reach.windows) for reach in reaches)
    padded = [_padded(reach, axes) for reach in reaches]
    return Reach(
        tuple(max(sizes) for sizes in zip(*(windows for windows, _ in padded), strict=True)),
        tuple(max(sizes) for sizes in zip(*(steps for _, steps in padded), strict=True)),
    )


def _padded(reach: Reach, axes: int) -> tuple[tuple[int, ...], tuple[float, ...]]:
    missing = axes - len(reach.windows)
    if missing <= 0:
        return reach.windows, reach.steps
    return reach.windows + (1,) * missing, reach.steps + (1.0,) * missing
