"""Parts that are much larger, or much longer, than they need to be."""

from __future__ import annotations

from explorer.graph.model import NodeId
from explorer.graph.tensor import Tensor
from explorer.remarks.look import Look
from explorer.remarks.remark import Found, about, of_level

LARGE = 4_000_000
"""Parameters of a linear layer from which on it is worth a word."""
STEPS = {"rnn": 200, "lstm": 1000, "gru": 1000, "deep_rnn": 1000}
"""Steps beyond which gradients hardly reach back, by cell."""
TOKENS = 4096
"""Tokens whose map of attention weighs 64 MiB a head."""
PER_SAMPLE = 20_000
"""Parameters for each training sample beyond which a network can learn them by heart several times over."""


@about("large_linear", "Most parameters are in one linear layer", "linear")
def large_linear(look: Look, node_id: NodeId) -> Found:
    """A linear layer on flattened maps grows with their area; a global pool in front does not."""
    own, total = look.node(node_id).parameters, look.flow.parameters
    flat = look.source(node_id)
    if (
        own < LARGE
        or 2 * own < total
        or flat is None
        or look.graph[flat].block != "flatten"
        or not look.is_top
    ):
        return
    maps = look.arrives(flat)
    if maps is None or len(maps.spatial) < 2 or min(maps.spatial) < 2:
        return
    left = total - own + own // (maps.size // maps.shape[0])
    words = (
        f"has {own:,} of the {total:,} parameters, since it reads all {maps.text} values of flattened maps. "
        f"With a global pool instead of {flat} about {left:,} would be left."
    )
    cure = look.turning(flat, "global_pool", "Global average pool instead of Flatten")
    yield look.remark(node_id, "large_linear", words, cure)


@about("long_recurrence", "A recurrent layer over very many steps", *STEPS)
def long_recurrence(look: Look, node_id: NodeId) -> Found:
    """A gradient passes every step on its way back, and shrinks or grows at each."""
    given = look.arrives(node_id)
    most = STEPS[look.graph[node_id].block]
    if given is None or "T" not in given.axes or given.axis("T") <= most:
        return
    steps = given.axis("T")
    words = (
        f"reads {steps:,} steps one after the other; beyond about {most:,} hardly any gradient reaches the "
        "first. Pool or stride before it, or read shorter pieces."
    )
    yield look.remark(node_id, "long_recurrence", words)


@about("long_attention", "Attention over very many places", "self_attention", "multi_head_attention",
       "transformer_encoder_layer", "scaled_dot_product", "nonlocal", "self_dot_attention")  # fmt: skip
def long_attention(look: Look, node_id: NodeId) -> Found:
    """Every place is compared with every other: memory grows with the square of their number."""
    given = look.arrives(node_id)
    places = _places(given) if given else 0
    step = int(look.values(node_id).get("subsample") or 1)
    key = look.node(node_id).inputs.get("key")  # other tokens may be fewer, as in SegFormer
    others = (_places(key) if key else places) // (step * step)
    if places * others <= TOKENS * TOKENS:
        return
    heads = int(look.values(node_id).get("heads") or 1)
    size = heads * places * others * 4 / 2**30
    words = (
        f"compares {places:,} places with {others:,} in {heads} head{'s' * (heads > 1)}: a map of "
        f"{size:,.1f} GiB for one sample, where it is kept. Make the input smaller before it."
    )
    cures = []
    if "subsample" in look.values(node_id):
        cures = [look.setting(node_id, subsample=n) for n in (2, 4, 8) if n > step]
    yield look.remark(node_id, "long_attention", words, *cures)


def _places(given: Tensor) -> int:
    return given.size // given.shape[0] if given.axes[:1] == ("C",) else given.shape[0]


@of_level("few_samples", "Very few samples for so many parameters")
def few_samples(look: Look) -> Found:
    """A network with far more weights than data memorises the data."""
    data = look.aim.data
    trained = look.flow.trainable
    if not look.is_top or data is None or look.aim.has_weights or trained < PER_SAMPLE * data.examples:
        return
    worst = max(look.flow.nodes, key=lambda node_id: look.flow.nodes[node_id].trainable, default=None)
    if worst is None:
        return
    words = (
        f"is the largest part of {trained:,} parameters; {data.title} has {data.examples:,} samples: "
        f"{trained // data.examples:,} for each. Expect it to memorise them."
    )
    yield look.remark(worst, "few_samples", words)
