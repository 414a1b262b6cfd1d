"""Norms, and what stands before them."""

from __future__ import annotations

from explorer.graph.edits import Batch, Connect, Disconnect
from explorer.graph.model import Edge, NodeId
from explorer.remarks.look import CONVOLUTIONS, NORMS, Look
from explorer.remarks.remark import Cure, Found, about
from explorer.words import percent

WITH_EPS = (
    *NORMS,
    "weight_standardization",
    "inverted_residual",
    "mbconv",
    "inception_v2",
    "swin_block",
    "patch_merging",
    "transformer_encoder_layer",
    "transformer_decoder_layer",
)
"""Norms, and composites that hand an ε on to the norms inside."""


@about("bias_before_norm", "A bias right before a norm", "linear", *CONVOLUTIONS)
def bias_before_norm(look: Look, node_id: NodeId) -> Found:
    """The norm subtracts the mean of each channel, and with it whatever the bias has added."""
    readers = look.graph.out_of(node_id)
    if not look.values(node_id).get("bias") or len(readers) != 1 or not look.works(readers[0].dst):
        return
    norm = readers[0].dst
    made = look.leaves(node_id)
    if look.graph[norm].block not in ("batch_norm", "instance_norm") or made is None:
        return
    count = made.shape[0] if "C" in made.axes else made.shape[-1]
    words = (
        f"has a bias of {count:,} numbers, and {norm} right after it subtracts the mean of each channel: "
        "the bias is taken away again and its gradient is zero."
    )
    yield look.remark(node_id, "bias_before_norm", words, look.setting(node_id, "Drop the bias", bias=False))


@about("zero_eps", "Nothing keeps the root away from zero", *WITH_EPS)
def zero_eps(look: Look, node_id: NodeId) -> Found:
    """Where all values are equal the variance is zero, and without ε the norm divides by it."""
    if look.values(node_id).get("eps") == 0:
        what = (
            "the weights of a filter"
            if look.graph[node_id].block == "weight_standardization"
            else "all values"
        )
        words = f"has ε = 0: where {what} are equal, it divides 0 by 0 and everything after it is NaN."
        yield look.remark(node_id, "zero_eps", words, look.setting(node_id, "Set eps to 1e-5", eps=1e-5))


@about("zero_k", "Nothing keeps the divisor away from zero", "local_response_norm")
def zero_k(look: Look, node_id: NodeId) -> Found:
    """Without k the divisor is the activity of the neighbours alone, which a ReLU often makes zero."""
    if look.values(node_id).get("k") == 0:
        words = "has k = 0: where a value and its neighbours are zero, as after a ReLU, it gives 0 / 0 = NaN."
        yield look.remark(node_id, "zero_k", words, look.setting(node_id, "Set k to 2", k=2.0))


@about("norm_of_one_value", "A norm over one value", "layer_norm", "weight_standardization")
def norm_of_one_value(look: Look, node_id: NodeId) -> Found:
    """One value minus its own mean is zero, whatever it was."""
    given, values = look.arrives(node_id), look.values(node_id)
    if given is None:
        return
    if look.graph[node_id].block == "weight_standardization":
        weights = _weights_of_a_filter(look, node_id)
        if weights == 1:
            words = "standardises filters of one weight each: one weight minus its own mean is zero, always."
            yield look.remark(node_id, "norm_of_one_value", words)
        return
    count = {"last": given.shape[-1], "all": given.size, "channels": given.shape[0]}[str(values["axes"])]
    if count == 1:
        words = (
            f"normalises over one value ({given.spelled}): one value minus its own mean is zero, "
            "whatever arrives."
        )
        yield look.remark(node_id, "norm_of_one_value", words, look.without(node_id))


def _weights_of_a_filter(look: Look, node_id: NodeId) -> int:
    inner = str(look.values(node_id).get("inner", ""))
    given, made = look.arrives(node_id), look.leaves(node_id)
    if given is None or made is None or inner != "linear":
        return 0
    return given.shape[-1]


@about("norm_twice", "Two norms in a row", *NORMS)
def norm_twice(look: Look, node_id: NodeId) -> Found:
    """What was normalised has mean 0 and variance 1 already; the second only changes the scale back."""
    before = look.source(node_id)
    if before is None or not look.works(before) or look.graph[before].block != look.graph[node_id].block:
        return
    if look.values(before) == look.values(node_id) and look.is_only_reader(before, node_id):
        words = f"normalises what {before} has just normalised in the same way."
        yield look.remark(node_id, "norm_twice", words, look.without(node_id))


@about("dropout_before_norm", "Dropout right before batch norm", "batch_norm")
def dropout_before_norm(look: Look, node_id: NodeId) -> Found:
    """Dropout raises the variance in training only, and that is the one batch norm keeps for later.

    Source: Li et al. 2019, arXiv:1801.05134.
    """
    before = look.source(node_id)
    if before is None or not look.works(before) or look.graph[before].block != "dropout":
        return
    share = float(look.values(before)["p"])
    if not 0 < share < 1:
        return
    words = (
        f"reads {before}: in training dropout of {percent(share)} makes the variance up to "
        f"{1 / (1 - share):.2g} times what it is at inference, and batch norm keeps that. "
        "Put dropout after it."
    )
    yield look.remark(
        node_id, "dropout_before_norm", words, *_swapped(look, before, node_id), look.without(before)
    )


def _swapped(look: Look, first: NodeId, second: NodeId) -> list[Cure]:
    """Exchange two nodes that stand one after the other."""
    into, between = look.graph.into(first), look.graph.into(second)
    after = look.graph.out_of(second)
    if (
        len(into) != 1
        or len(between) != 1
        or not look.is_only_reader(first, second)
        or between[0].src != first
    ):
        return []
    wires = [Disconnect(wire, look.scope) for wire in (into[0], between[0], *after)]
    joins = [
        Connect(Edge(into[0].src, into[0].out, second, "x"), look.scope),
        Connect(Edge(second, "y", first, "x"), look.scope),
        *(Connect(Edge(first, "y", edge.dst, edge.into), look.scope) for edge in after),
    ]
    return [Cure(f"Put {first} after {second}", Batch((*wires, *joins)))]


@about("single_sample_batches", "Batches of one sample", "batch_norm")
def single_sample_batches(look: Look, node_id: NodeId) -> Found:
    """Batch norm of vectors needs a second sample to compare with; training takes batches of many."""
    given = look.arrives(node_id)
    if given is None or look.aim.batch != 1 or given.size != given.shape[0]:
        return
    words = (
        f"sees one value for each of its {given.shape[0]:,} channels when a batch is one sample, which "
        "cannot be normalised. Take batches of 2 or more, or layer norm."
    )
    axes = "last" if given.axes == ("D",) else "channels"
    cure = look.turning(node_id, "layer_norm", "Layer norm instead", axes=axes)
    yield look.remark(node_id, "single_sample_batches", words, cure)
