"""Figures of the gallery's networks, computed once and kept with the program.

`python tools/figures.py` works them out again; a test holds them against the networks.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from math import log2

import msgspec

from explorer import resources
from explorer.architectures.architecture import Architecture
from explorer.blocks.block import Block
from explorer.blocks.registry import registry
from explorer.graph.flow import Flow, NodeFlow
from explorer.graph.resolve import Resolver

MOST_BARS = 28
WEIGHTED = ("conv", "linear", "recurrent")


class Bar(msgspec.Struct, frozen=True, array_like=True):
    """A layer in the small drawing: family, height by its maps' side, width by channels, both from 0 to 1."""

    family: str
    height: float
    width: float


class Figures(msgspec.Struct, frozen=True):
    """What was computed for one network with its usual input.

    Attributes:
        parameters, trainable, macs, macs_attention: of one sample.
        layers: leaves. weighted: convolutions, linear and recurrent layers among them.
        convolutional: parameters in convolutions. largest: address and parameters of the largest layer.
        outputs: shapes as text. bars: the drawing to scale.

    """

    parameters: int
    trainable: int
    macs: int
    macs_attention: int
    layers: int
    weighted: int
    convolutional: int
    largest: tuple[str, int]
    outputs: tuple[str, ...]
    bars: tuple[Bar, ...]


@cache
def figures() -> Mapping[str, Figures]:
    """All figures by id, as they were written; empty when they never were."""
    file = resources.path("gallery", "figures.json")
    return msgspec.json.decode(file.read_bytes(), type=dict[str, Figures]) if file.is_file() else {}


def compute(entry: Architecture, flow: Flow | None = None) -> Figures:
    """Work the figures of a network out (from its flow, where that is known already)."""
    flow = flow or Resolver(registry()).resolve(entry.build())
    leaves = list(flow.walk())
    largest = max(leaves, key=lambda item: item[1].parameters)
    return Figures(
        flow.parameters,
        flow.trainable,
        flow.macs,
        flow.macs_attention,
        flow.leaves,
        sum(_family(node) in WEIGHTED and node.parameters > 0 for _, node in leaves),
        sum(node.parameters for _, node in leaves if _family(node) == "conv"),
        (largest[0], largest[1].parameters),
        tuple(tensor.text for tensor in flow.outputs.values() if tensor is not None),
        bars_of(flow),
    )


def _family(node: NodeFlow) -> str:
    return node.block.family if isinstance(node.block, Block) else "composite"


def bars_of(flow: Flow) -> tuple[Bar, ...]:
    """Layers with weights and pools; of deep networks whole blocks; of very deep ones every so many."""
    shown = [node for _, node in flow.walk() if _family(node) in (*WEIGHTED, "pool", "attention")]
    if len(shown) > MOST_BARS:
        shown = [
            node for _, node in flow.walk(depth=2) if _family(node) not in ("shape", "act", "norm", "io")
        ]
    step = -(-len(shown) // MOST_BARS)
    return tuple(bar for node in shown[::step] if (bar := _bar(node)) is not None)


def _bar(node: NodeFlow) -> Bar | None:
    tensor = next(iter(node.outputs.values()), None)
    if tensor is None:
        return None
    side = max(tensor.shape[1:], default=1) if tensor.axes[:1] == ("C",) else 1
    if tensor.axes == ("T", "D"):
        side = tensor.shape[0]
    channels = tensor.shape[0] if tensor.axes[:1] == ("C",) else tensor.shape[-1] if tensor.shape else 1
    return Bar(
        _family(node), round(min(1.0, log2(side + 1) / 8), 3), round(min(1.0, log2(channels + 1) / 12), 3)
    )
