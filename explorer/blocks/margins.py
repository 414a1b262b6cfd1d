"""Margins as TensorFlow has them: ⌈size / stride⌉ places, an odd margin at the right and below."""

from __future__ import annotations

from explorer.graph.builder import Builder, Wire


def margins(size: int, kernel: int, stride: int) -> tuple[int, int]:
    """Return the margins before and after an axis."""
    total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2


def padded(g: Builder, x: Wire, name: str, kernel: int, stride: int) -> tuple[Wire, tuple[int, int]]:
    """Return the map and the padding to use: uneven margins are added before."""
    top, bottom = margins(x.tensor.shape[1], kernel, stride)
    left, right = margins(x.tensor.shape[2], kernel, stride)
    if (top, left) == (bottom, right):
        return x, (top, left)
    return g.add("pad", x, name=f"{name}_pad", margin=(left, right, top, bottom)), (0, 0)
