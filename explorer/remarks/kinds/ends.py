"""How a network ends: what the loss does with its answer."""

from __future__ import annotations

from math import e, log

from explorer.graph.catalogue import OUTPUT
from explorer.graph.model import NodeId
from explorer.remarks.look import ACTIVATIONS, VIEWS, Look
from explorer.remarks.remark import Found, about, of_level
from explorer.words import percent

ENDS = ("cross_entropy", "")
"""Losses that take raw scores; without a data set cross-entropy is taken for the usual one."""


def _last(look: Look, output: NodeId) -> NodeId | None:
    """The block that makes an answer: the last before an output that changes values in evaluation."""
    found = look.source_behind(output, VIEWS | {"dropout"}) if look.is_top else None
    return found if found is not None and look.works(found) else None


def _answers_classes(look: Look, node_id: NodeId) -> bool:
    """Whether what leaves a node are scores of classes: one row of two or more numbers."""
    leaves = look.leaves(node_id)
    return leaves is not None and len(leaves.shape) == 1 and leaves.shape[0] > 1


@about("softmax_before_loss", "Softmax before cross-entropy", OUTPUT)
def softmax_before_loss(look: Look, output: NodeId) -> Found:
    """Cross-entropy applies softmax itself; a second one flattens the answer and weakens the gradient."""
    last = _last(look, output)
    if last is None or look.graph[last].block not in ("softmax", "log_softmax") or look.aim.loss not in ENDS:
        return
    if not _answers_classes(look, last) or len(look.flow.outputs) > 1:
        return
    leaves = look.leaves(last)
    classes = leaves.size if leaves else 2
    when = "" if look.aim.loss else ", the usual loss of classifiers,"
    if look.graph[last].block == "log_softmax":
        words = (
            f"is a log-softmax at the end, and cross-entropy{when} applies it itself: a second one changes "
            f"nothing for {classes} classes. End with the scores."
        )
        yield look.remark(last, "softmax_before_loss", words, look.without(last))
        return
    floor = -log(e / (e + classes - 1))
    yield look.remark(
        last,
        "softmax_before_loss",
        f"is a softmax at the end, and cross-entropy{when} applies softmax itself: the loss of "
        f"{classes} classes cannot fall below {floor:.4f}. End with the scores.",
        look.without(last),
    )


@about("activation_before_loss", "The last activation does not fit the loss", OUTPUT)
def activation_before_loss(look: Look, output: NodeId) -> Found:
    """Scores of cross-entropy are any numbers; an activation cuts off those that say a class is unlikely."""
    last = _last(look, output)
    if last is None or look.aim.loss != "cross_entropy" or not _answers_classes(look, last):
        return
    block = look.graph[last].block
    if block in ACTIVATIONS:
        leaves = look.leaves(last)
        count = leaves.size if leaves else 2
        bounds = {"sigmoid": (0, 1), "hard_sigmoid": (0, 1), "tanh": (-1, 1), "step": (0, 1), "sign": (-1, 1)}
        if block in bounds:
            low, high = bounds[block]
            floor = log(1 + (count - 1) * e ** (low - high))
            what = f"keeps every score between {low} and {high}: the loss cannot fall below {floor:.4f}"
        elif block in ("relu", "relu6"):
            what = "sets every negative score to zero, and no gradient passes there"
        else:
            what = "bends the scores, which cross-entropy takes as they are"
        words = f"is the last activation before cross-entropy. It {what}. End with the scores."
        yield look.remark(last, "activation_before_loss", words, look.without(last))


@about("activation_limits_answer", "The last activation cannot reach the targets", OUTPUT)
def activation_limits_answer(look: Look, output: NodeId) -> Found:
    """A squared error wants numbers of any sign and size, unless the targets are known to be shares."""
    last = _last(look, output)
    data = look.aim.data
    if last is None or look.aim.loss != "mse" or data is None or data.classes:
        return
    if look.graph[last].block in ("relu", "relu6", "softplus", "softmax"):
        words = "is the last activation before a squared error. It can answer nothing below zero."
        yield look.remark(last, "activation_limits_answer", words, look.without(last))


@about("dropout_at_end", "Dropout at the end", OUTPUT)
def dropout_at_end(look: Look, output: NodeId) -> Found:
    """Dropout on the answer itself hides classes from the loss at random."""
    last = look.source_behind(output, VIEWS) if look.is_top else None
    if last is None or not look.works(last) or look.graph[last].block != "dropout":
        return
    share = float(look.values(last)["p"])
    if share > 0:
        words = (
            f"is dropout on the answer itself: in training {percent(share)} of its numbers are set to zero, "
            "right classes among them. It belongs before the last layer."
        )
        yield look.remark(last, "dropout_at_end", words, look.without(last))


@of_level("equal_outputs", "Two outputs are the same")
def equal_outputs(look: Look) -> Found:
    """Two outputs that read one port give the same numbers twice."""
    first: dict[tuple[NodeId, str], NodeId] = {}
    for node in look.graph.of_block(OUTPUT):
        for edge in look.graph.into(node.id):
            other = first.setdefault((edge.src, edge.out), node.id)
            if other != node.id:
                words = f"gives the same as {other}: both read {edge.src}."
                yield look.remark(
                    node.id, "equal_outputs", words, look.without_all([node.id], f"Remove {node.id}")
                )
