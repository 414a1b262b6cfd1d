"""Auxiliary classifiers: heads beside the trunk that help to train it and are dropped at inference."""

from __future__ import annotations

from typing import TypeAlias

from explorer.blocks.block import Block, Call, Composite, block, call
from explorer.blocks.checks import check_map, wants_float
from explorer.blocks.convolution.inception import conv_unit
from explorer.blocks.fields import Bool, Choice, Float, Int, OptionalFloat, OptionalInt
from explorer.graph.builder import Builder, Wire
from explorer.graph.catalogue import OUTPUT
from explorer.graph.flow import Flow
from explorer.graph.tensor import Tensor

MARKS = ("aux_classifier", "auxiliary_loss")
"""Blocks whose output is an answer for training only."""


@block(
    "auxiliary_loss",
    target="explorer.engine.modules.auxiliary:AuxiliaryLoss",
    category="1.1.2",
    family="shape",
    icon="aux_classifier",
    stem="aux_loss",
)
class AuxiliaryLoss(Block):
    r"""Marks an answer that is compared with the target in training, beside the network's main answer.
    Its loss counts `weight` times as much as the main one, and evaluation leaves it out.

    The values pass unchanged. It ends an auxiliary classifier, and may end a head of your own: wire it to an
    output or to nothing.

    Shapes: x (any) → y (same).
    Parameters: 0.
    MACs: 0.
    Used in: GoogLeNet and Inception-v3, deeply supervised networks.
    Strengths: brings a gradient straight into the middle of a deep network.
    Gaps: the weight is chosen by hand.
    Source: Szegedy et al. 2014, arXiv:1409.4842; Lee et al. 2014, arXiv:1409.5185.
    """

    keeps = "nothing"
    is_view = True
    passes = True
    formula = r"L = L_{main} + w\, L_{aux}"
    tags = ("deep supervision", "auxiliary")
    weight = Float(0.3, max=10, label="Loss weight", doc="how much its loss counts beside the main one")

    def infer(self, x: Tensor) -> Tensor:
        wants_float(x)
        return x

    def arguments(self, x: Tensor) -> Call:
        return call(self.weight)

    def summary(self) -> str:
        return f"loss ×{self.weight:g}"


@block(
    "aux_classifier",
    category="1.1.2",
    family="composite",
    title="Auxiliary classifier",
    icon="aux_classifier",
    stem="aux",
)
class AuxClassifier(Composite):
    r"""A small classifier wired beside the trunk that has to guess the classes from maps of the middle.
    Training adds a share of its loss to the main one, which brings a strong gradient to the early layers.

    In evaluation it is skipped. Wire its answer to an output of its own, or to nothing. `v1` is the head of
    GoogLeNet, with a hidden linear layer and dropout; `v3` that of Inception-v3, with a 5×5 convolution and
    batch norm. On maps that are not 14×14 or 17×17, choose the adaptive pool.

    Shapes: x (C, H, W) → y (classes).
    Parameters: v1: C·f + f + f·p·h + h + h·n + n for filters f, p pooled places, hidden h and n classes
    (with batch norm 2·f instead of f); v3: C·f + 25·f·h + 2·f + 2·h + h·n + n.
    MACs: v1: C·f·p + f·p·h + h·n; v3: C·f·p + 25·f·h·p' + h·n, p' places after the 5×5.
    Used in: GoogLeNet (two, weight 0.3), Inception-v3 (one, weight 0.4).
    Strengths: fights vanishing gradients and regularises; costs nothing once training is over.
    Gaps: in Inception-v3 it helped only late in training; batch norm and shortcuts made it rare.
    Source: Szegedy et al. 2014, arXiv:1409.4842; Szegedy et al. 2015, arXiv:1512.00567.
    """

    formula = r"L = L_{main} + w\, L_{aux}"
    tags = ("googlenet", "inception", "deep supervision", "head")
    classes = Int(10, doc="number of classes, as in the main answer")
    form = Choice("v1", ("v1", "v3"), doc="head of GoogLeNet or of Inception-v3")
    weight = OptionalFloat(
        min=0.01, max=10, label="Loss weight", doc="how much its loss counts; empty: 0.3 for v1, 0.4 for v3"
    )
    pool = Choice("window", ("window", "adaptive"), doc="5×5 mean with stride 3, or a fixed grid of any map")
    filters = Int(128, doc="filters of the 1×1 convolution")
    hidden = OptionalInt(doc="width of the layer after it; empty: 1024 for v1, 768 for v3")
    drop = Float(0.7, max=0.99, label="Dropout", doc="share of hidden values set to zero in training (v1)")
    norm = Bool(False, label="Batch norm", doc="batch norm in the head of v1; v3 always has it")

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        if self.pool == "adaptive":
            x = g.add("adaptive_pool", x, name="pool", size=4 if self.form == "v1" else 5)
        else:
            x = g.add("avg_pool", x, name="pool", kernel=5, stride=3)
        x = self._first(g, x) if self.form == "v1" else self._third(g, x)
        x = g.add("linear", x, name="classify", features=self.classes)
        usual = 0.3 if self.form == "v1" else 0.4
        return g.add("auxiliary_loss", x, name="loss", weight=usual if self.weight is None else self.weight)

    def _first(self, g: Builder, x: Wire) -> Wire:
        x = conv_unit(g, x, "conv", self.filters, norm=self.norm)
        x = g.add("linear", g.add("flatten", x, name="flatten"), name="fc", features=self.hidden or 1024)
        x = g.add("relu", x, name="fc_relu")
        return g.add("dropout", x, name="drop", p=self.drop)

    def _third(self, g: Builder, x: Wire) -> Wire:
        x = conv_unit(g, x, "conv", self.filters)
        x = conv_unit(g, x, "conv5", self.hidden or 768, 5, padded=False)
        return g.add("global_pool", x, name="mean")

    def summary(self) -> str:
        return f"{self.form} · {self.classes} classes"


Answered: TypeAlias = dict[str, Tensor | None]
Answers: TypeAlias = dict[int, Answered]
Leaving: TypeAlias = dict[int, set[tuple[str, str]]]
"""What is known of flows, by `id`; kept no longer than the flow from which the question went out."""


def auxiliary_outputs(flow: Flow) -> set[str]:
    """Names of the flow's outputs that only auxiliary heads feed; training adds their losses."""
    answers = _answers(flow)
    return {
        node.id
        for node in flow.graph.of_block(OUTPUT)
        if any((edge.src, edge.out) in answers for edge in flow.graph.into(node.id))
    }


def auxiliary_answers(flow: Flow, known: Answers | None = None) -> Answered:
    """What each auxiliary head answers, by address; wired to an output or not.

    A flow inside that many nodes share is looked through once: `known` has the answers of those that were.
    """
    known = {} if known is None else known
    if id(flow) in known:
        return known[id(flow)]
    found: Answered = {}
    for name, node in flow.nodes.items():
        if flow.graph[name].muted:
            continue
        if node.block is not None and node.block.id in MARKS:
            found[name] = node.outputs.get("y")
        elif node.block is None and node.inner is not None:
            inside = auxiliary_answers(node.inner, known)
            found |= {f"{name}.{inner}": tensor for inner, tensor in inside.items()}
    known[id(flow)] = found
    return found


def misused_head(flow: Flow) -> tuple[str, str] | None:
    """Addresses of a head and of a layer that reads its answer, if there are such; nothing may."""
    return _misused(flow, {}, set())


def _misused(flow: Flow, known: Leaving, seen: set[int]) -> tuple[str, str] | None:
    if id(flow) in seen:  # nothing was found there
        return None
    seen.add(id(flow))
    answers = _answers(flow, MARKS[:1], known)
    for name, port in answers:
        for edge in flow.graph.out_of(name):
            if edge.out == port and flow.graph[edge.dst].block != OUTPUT:
                return name, edge.dst
    for name, node in flow.nodes.items():
        if node.inner is not None and node.block is None:
            found = _misused(node.inner, known, seen)
            if found is not None:
                return f"{name}.{found[0]}", f"{name}.{found[1]}"
    return None


def _answers(
    flow: Flow, marks: tuple[str, ...] = MARKS, known: Leaving | None = None
) -> set[tuple[str, str]]:
    """Nodes and ports of this level at which the answer of a head leaves; groups may hold heads."""
    known = {} if known is None else known
    if id(flow) in known:
        return known[id(flow)]
    found, register = set[tuple[str, str]](), flow.graph.register
    heads = {name for mark in marks for name in register.of_block(mark)}
    uses = {name for group in register.groups for name in register.using(group)}
    for name in heads | uses:
        node = flow.nodes[name]
        if flow.graph[name].muted:
            continue
        if node.block is not None and node.block.id in marks:
            found.add((name, "y"))
        elif node.block is None and node.inner is not None:
            inner = _answers(node.inner, marks, known)
            for output in node.inner.graph.of_block(OUTPUT):
                if any((edge.src, edge.out) in inner for edge in node.inner.graph.into(output.id)):
                    found.add((name, output.id))
    known[id(flow)] = found
    return found
