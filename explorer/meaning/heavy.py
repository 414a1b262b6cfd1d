"""What a look would take, found out before anything is computed, and refused where it is too much."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from explorer import words
from explorer.bounds import ATTENTION_BYTES, LAYER_MACS, LOOK_MACS
from explorer.graph.flow import Flow, NodeFlow
from explorer.graph.memory import memory_of

BYTES = 4
"""Of one weight of attention."""
BYTES_TO_MAKE = 24
"""Bytes that one number of an input takes while it is made: as double, as it is and on the device."""


class TooHeavy(ValueError):
    """A look that would take too much; the text is a sentence, `address` the layer concerned."""

    def __init__(self, message: str, address: str = "") -> None:
        super().__init__(message)
        self.address = address


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
    """Raise `TooHeavy` where the maps of these layers together are more than a look can show."""
    sizes = {address: attention_bytes(node) for address, node in layers}
    whole = sum(sizes.values())
    if whole <= ATTENTION_BYTES:
        return
    largest = max(sizes, key=lambda address: sizes[address])
    raise TooHeavy(
        f"The attention maps of this design take {words.memory(whole)}, {words.memory(sizes[largest])} of "
        f"them at {largest}; {words.memory(ATTENTION_BYTES)} can be shown. Make the input smaller: half as "
        "many tokens need a quarter.",
        largest,
    )


def refuse_large_inputs(flow: Flow, free: int) -> None:
    """Raise `TooHeavy` where the inputs do not fit into the free bytes, before the first is made."""
    needed = sum(tensor.size for tensor in flow.inputs.values() if tensor) * BYTES_TO_MAKE
    if needed > free:
        shapes = ", ".join(tensor.text for tensor in flow.inputs.values() if tensor)
        raise TooHeavy(
            f"An input of {shapes} takes {words.memory(needed)} to make, {words.memory(free)} are free. "
            "Make the input of the design smaller."
        )


def refuse_large_gradients(flow: Flow, free: int) -> None:
    """Raise `TooHeavy` where what one sample keeps for its gradients does not fit into the free bytes."""
    needed = memory_of(flow).training
    if needed > free:
        raise TooHeavy(
            f"Gradients for one sample need {words.memory(needed)}, {words.memory(free)} are free. "
            "Make the input smaller, or look at features: they need no gradients."
        )


def refuse_slow_layer(flow: Flow) -> None:
    """Raise `TooHeavy` where one layer would hold a processor up for long: nothing ends it in between."""
    slowest = max(_layers(flow), key=lambda item: item[1].macs, default=None)
    if slowest is not None and slowest[1].macs > LAYER_MACS:
        address, node = slowest
        raise TooHeavy(
            f"{address} alone takes {words.short(node.macs)} MACs for one sample; on a processor "
            f"at most {words.short(LAYER_MACS)} are run, for nothing can stop a layer in between. "
            "Make its input smaller.",
            address,
        )


def refuse_long_wait(flow: Flow, passes: int = 1) -> None:
    """Raise `TooHeavy` where a look keeps whoever waits for it waiting, who has not said that he will.

    All networks of the gallery are far below the bounds, with every method and its usual steps.

    Args:
        flow: of the design.
        passes: forward passes, where one back counts as two.

    """
    for address, node in _layers(flow):
        if (size := attention_bytes(node)) > ATTENTION_BYTES:
            raise TooHeavy(
                f"{address} weighs {words.short(size // BYTES)} pairs of places against each other, "
                f"{words.memory(size)} where they are kept; beyond {words.memory(ATTENTION_BYTES)} this "
                "takes long. Make the input smaller (half as many tokens need a quarter)",
                address,
            )
    if (macs := flow.macs * passes) > LOOK_MACS:
        raise TooHeavy(
            f"This takes {words.short(macs)} MACs ({words.plural(passes, 'pass', 'passes')} of "
            f"{words.short(flow.macs)}); beyond {words.short(LOOK_MACS)} it takes very long. "
            "Make the input smaller" + (" or take fewer steps" if passes > 1 else "")
        )


def passes_of(method: str, steps: int) -> int:
    """Forward passes of a method of attribution; the way back through a network costs two."""
    return 1 + 3 * (steps if method == "integrated_gradients" else 1)


def _layers(flow: Flow) -> Iterator[tuple[str, NodeFlow]]:
    """The leaves, equal composites once: what is in one of them is in all."""
    seen: set[int] = set()
    waiting: list[tuple[str, Flow]] = [("", flow)]
    while waiting:
        prefix, level = waiting.pop()
        if id(level) in seen:
            continue
        seen.add(id(level))
        for name, node in level.nodes.items():
            if node.inner is None:
                yield prefix + name, node
            else:
                waiting.append((f"{prefix}{name}.", node.inner))
