"""Axes that are taken for others."""

from __future__ import annotations

from math import prod

from explorer.graph.model import NodeId
from explorer.graph.tensor import Tensor
from explorer.remarks.look import Look
from explorer.remarks.remark import Cure, Found, about


@about("reshape_as_permute", "Reshape where permute is meant", "reshape")
def reshape_as_permute(look: Look, node_id: NodeId) -> Found:
    """Reshape cuts the row of values into other pieces; swapping axes moves the values."""
    given, made = look.arrives(node_id), look.leaves(node_id)
    if given is None or made is None:
        return
    before = [n for n in given.shape if n > 1]
    after = [n for n in made.shape if n > 1]
    swapped = sorted(before) == sorted(after) and before != after
    to_rows = (
        len(given.shape) > 2
        and given.axes[0] == "C"
        and given.shape[0] > 1
        and made.axes == ("T", "D")
        and made.shape == (prod(given.shape[1:]), given.shape[0])
        and made.shape[0] != made.shape[1]
    )
    if not swapped and not to_rows:
        return
    axes = "×".join(given.axes), "×".join(made.axes)
    words = (
        f"turns {given.text} ({axes[0]}) into {made.text} ({axes[1]}) by cutting the row of values anew: "
        "each new row mixes values of several old ones. To swap axes, use permute."
    )
    yield look.remark(node_id, "reshape_as_permute", words, *_permuted(look, node_id, given, made))


def _permuted(look: Look, node_id: NodeId, given: Tensor, made: Tensor) -> list[Cure]:
    if sorted(given.shape) != sorted(made.shape):
        return []
    order: list[int] = []
    for size in made.shape:
        order.append(next(n for n, old in enumerate(given.shape) if old == size and n not in order))
    axes = "".join(made.axes)
    return [look.turning(node_id, "permute", "Permute instead", order=tuple(order), axes=axes)]


@about("softmax_over_width", "Softmax along the width of maps", "softmax", "log_softmax")
def softmax_over_width(look: Look, node_id: NodeId) -> Found:
    """Of maps, the classes of each place stand along the channels; the last axis is the width."""
    given = look.arrives(node_id)
    if given is None or given.axes[:1] != ("C",) or given.axes[-1] != "W":
        return
    chosen = look.values(node_id)["axis"]
    if chosen is None:
        return
    axis = int(chosen) % len(given.shape)
    source = look.source(node_id)
    if axis == 0 or given.shape[0] == 1 or source is None or "score" in look.graph[source].block:
        return
    words = (
        f"adds up to 1 along {given.axes[axis]}, the {given.shape[axis]} places of a row, of maps "
        f"{given.spelled}. Probabilities of {given.shape[0]} channels at each place add up along C."
    )
    yield look.remark(
        node_id, "softmax_over_width", words, look.setting(node_id, "Add up along the channels", axis=None)
    )
