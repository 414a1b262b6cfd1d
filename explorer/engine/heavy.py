"""What a look would take, found out before anything is computed, and refused where it is too much."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.bounds import ATTENTION_BYTES
from explorer.engine.compile import in_words
from explorer.engine.state import RequestProblem
from explorer.graph.flow import NodeFlow

BYTES = 4
"""Of one weight of attention."""


def attention_bytes(node: NodeFlow) -> int:
    """Bytes of the maps of one attention layer or composite, for one sample: queries × keys × heads.

    Its products cost queries × keys × (width of keys + width of values), which is known. The fused kernel
    never holds the maps, a look does.
    """
    if node.inner is not None:
        return sum(attention_bytes(part) for part in node.inner.nodes.values())
    output = next(iter(node.outputs.values()), None)
    if not node.macs_attention or output is None or not output.shape:
        return 0
    pairs = node.macs_attention // (2 * max(1, output.shape[-1]))
    heads = getattr(node.block, "heads", 1)
    return pairs * (heads if isinstance(heads, int) else 1) * BYTES


def refuse_large_attention(layers: Sequence[tuple[str, NodeFlow]]) -> None:
    """Raise `RequestProblem` where the maps of these layers together are more than a look takes."""
    sizes = {address: attention_bytes(node) for address, node in layers}
    whole = sum(sizes.values())
    if whole <= ATTENTION_BYTES:
        return
    largest = max(sizes, key=lambda address: sizes[address])
    raise RequestProblem(
        f"The attention maps of this design take {in_words(whole)}, {in_words(sizes[largest])} of them "
        f"at {largest}; {in_words(ATTENTION_BYTES)} can be shown. Make the input smaller: half as many "
        "tokens need a quarter.",
        largest,
    )
