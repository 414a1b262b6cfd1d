"""Where data enter and leave, and tensors that depend on no data."""

from __future__ import annotations

from math import prod

from explorer.blocks.block import Block, Call, block, call, show
from explorer.blocks.fields import Bool, Choice, Float, Shape, Text
from explorer.graph.catalogue import BadField, ShapeError
from explorer.graph.tensor import DEFAULT_AXES, Tensor
from explorer.text.shipped import vocabulary
from explorer.text.vocabulary import TextProblem

OWN = "explorer.engine.modules.plumbing"


@block("input", category="1.1.1", family="io", icon="input")
class Input(Block):
    r"""Marks where data enter the network and says which shape one sample has.
    Every other shape follows from it, and the batch axis is never written.

    Shapes: → y (shape).
    Parameters: 0.
    MACs: 0.
    Used in: every network.
    Strengths: one place decides about sizes; change it and all shapes are recomputed.
    Gaps: the size is fixed for the whole design.
    Source: none; every network has one.
    """

    tags = ("image", "picture", "data", "token", "tokens", "ids of tokens", "placeholder")
    shape = Shape((1, 28, 28), longest=5, doc="sizes of one sample, without the batch")
    axes = Text("", longest=5, doc="one letter per size: C channels, H, W, T time or tokens, D features")
    dtype = Choice("float", ("float", "int", "bool"), label="Numbers", doc="int for ids of tokens")
    vocabulary = Text("", longest=60, doc="name of the tokens that the ids stand for; empty: numbers only")

    def validate(self) -> None:
        """One axis letter for every size; a vocabulary that there is, for a row of ids."""
        if len(self._letters) != len(self.shape) or not set(self._letters) <= set("CHWTD"):
            said = f"not “{self.axes}”" if self.axes else "which cannot be guessed here"
            raise BadField(
                f"axes must name a letter of C H W T D for each of the {len(self.shape)} sizes, {said}."
            )
        if self.vocabulary:
            if self.dtype != "int" or self._letters != "T":
                raise BadField("a vocabulary belongs to one axis T of whole numbers, the ids of tokens.")
            try:
                vocabulary(self.vocabulary)
            except TextProblem as problem:
                raise BadField(f"{problem}") from None

    @property
    def _letters(self) -> str:
        count = len(self.shape)
        return self.axes or ("T" if count == 1 and self.dtype == "int" else DEFAULT_AXES.get(count, ""))

    def infer(self) -> Tensor:
        return Tensor(self.shape, tuple(self._letters), self.dtype)

    def summary(self) -> str:
        return show(self.shape)


@block("output", category="1.1.1", family="io", icon="output")
class Output(Block):
    r"""Marks where an answer leaves the network.
    What is wired to it is compared with the target in training, and shown as the answer at inference.

    Shapes: x (any).
    Parameters: 0.
    MACs: 0.
    Used in: every network; those with several heads have several.
    Strengths: any tensor of the network can be led out.
    Gaps: training takes one answer; further outputs may only be those of auxiliary classifiers.
    Source: none; every network has one.
    """

    tags = ("answer", "result", "prediction", "target", "classes")
    outputs = ()

    def infer(self, x: Tensor) -> tuple[Tensor, ...]:
        return ()

    def caption(self, x: Tensor | None) -> str:
        if x is None:
            return "the answer"
        return x.text if len(x.shape) > 1 else f"{x.size:,} value" + "s" * (x.size != 1)


@block("constant", target=f"{OWN}:Constant", category="1.1.1", family="io", icon="constant")
class Constant(Block):
    r"""Gives a tensor that does not depend on the input: fixed at one value, or learned.
    It has no batch of its own, so that it serves every sample alike where it meets other tensors.

    Shapes: → y (shape).
    Parameters: the number of values when learned, else 0.
    MACs: 0.
    Used in: learned tokens and queries (ViT, DETR), masks, offsets.
    Strengths: a place in the network that is learned but sees no data.
    Gaps: the same for every input; nothing in it can adapt to a sample.
    Source: Vaswani et al. 2017, arXiv:1706.03762, and others use learned constants as tokens.
    """

    tags = ("number", "fixed")
    keeps = "nothing"
    formula = r"y = c"
    shape = Shape((1,), doc="sizes of the constant")
    axes = Text("", longest=4, doc="one letter per size")
    start = Float(0.0, min=-1e6, label="Value", doc="the value, or where learning starts")
    learned = Bool(False, doc="whether training changes it")

    def infer(self) -> Tensor:
        letters = self.axes or DEFAULT_AXES.get(len(self.shape), "")
        if len(letters) != len(self.shape):
            raise ShapeError(f"has {len(self.shape)} sizes but {len(letters)} axis letters.", code="field")
        return Tensor(self.shape, tuple(letters))

    def parameters(self) -> int:
        return prod(self.shape) if self.learned else 0

    def arguments(self) -> Call:
        more = call(defaults={"start": 0.0, "learned": False}, start=self.start, learned=self.learned)
        return Call((self.shape,), more.kwargs)
