"""The receptive field: how windows and steps add up along a path.

After a layer with window k and step s, one value sees w + (k − 1)·j of the input, where w and j are
what one value saw and how far neighbours stood apart before it; neighbours then stand j·s apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from explorer.graph.catalogue import ReceptiveField

_NOTHING = ReceptiveField()


@lru_cache(maxsize=10_000)  # a design has few sorts of layers, and most of its levels begin alike
def through(before: ReceptiveField | None, layer: ReceptiveField | None) -> ReceptiveField:
    """What is seen after `layer`, when `before` was seen in front of it."""
    if before is None:
        before = ReceptiveField()
    if layer is None or before.whole:
        return before
    if layer.whole:
        return layer
    if layer.windows == (1,) * len(before.windows) and layer.steps == (1.0,) * len(before.windows):
        return before
    windows, steps = _padded(before, len(layer.windows))
    own_windows, own_steps = _padded(layer, len(windows))
    return ReceptiveField(
        tuple([int(w + (k - 1) * j) for w, k, j in zip(windows, own_windows, steps, strict=True)]),
        tuple([j * s for j, s in zip(steps, own_steps, strict=True)]),
    )


def combine(reaches: Sequence[ReceptiveField]) -> ReceptiveField | None:
    """What is seen where several paths meet: along each axis the widest."""
    if not reaches:
        return None
    if len(reaches) == 1:
        return reaches[0]
    first = reaches[0]
    if all([receptive_field == first for receptive_field in reaches]):
        return first
    if any(receptive_field.whole for receptive_field in reaches):
        return ReceptiveField(whole=True)
    axes = max(len(receptive_field.windows) for receptive_field in reaches)
    padded = [_padded(receptive_field, axes) for receptive_field in reaches]
    return ReceptiveField(
        tuple(max(sizes) for sizes in zip(*(windows for windows, _ in padded), strict=True)),
        tuple(max(sizes) for sizes in zip(*(steps for _, steps in padded), strict=True)),
    )


def seen_from(
    node_id: str,
    window: Callable[[str], tuple[bool, ReceptiveField | None]],
    sources: Callable[[str], Iterable[str]],
    known: dict[str, ReceptiveField],
) -> ReceptiveField:
    """What is seen after a node of a network, with all that stands in front of it.

    Args:
        node_id: the node.
        window: of each node, whether it runs, and its own receptive field.
        sources: of each node, those that feed it.
        known: what has been worked out of this network; grows.

    """
    waiting = [node_id]
    while waiting:
        here = waiting[-1]
        if here in known:
            waiting.pop()
            continue
        runs, own = window(here)
        if not runs:
            known[here] = _NOTHING
            waiting.pop()
            continue
        before = list(sources(here))
        missing = [source for source in before if source not in known]
        if missing:
            waiting += missing
            continue
        seen = known[before[0]] if len(before) == 1 else combine([known[source] for source in before])
        known[here] = through(seen, own)
        waiting.pop()
    return known[node_id]


def _padded(receptive_field: ReceptiveField, axes: int) -> tuple[tuple[int, ...], tuple[float, ...]]:
    missing = axes - len(receptive_field.windows)
    if missing <= 0:
        return receptive_field.windows, receptive_field.steps
    return receptive_field.windows + (1,) * missing, receptive_field.steps + (1.0,) * missing
