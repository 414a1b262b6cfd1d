"""Two blocks: a composite of ours, and one whose id is taken."""

from explorer.blocks.block import Block, Composite, block
from explorer.blocks.fields import Int
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor


@block("polite_unit", category="1.1.1", family="dense")
class PoliteUnit(Composite):
    """A linear layer and its activation.

    Shapes: x (D) → y (F).
    Parameters: F·(D + 1).
    MACs: F·D.
    Used in: the test of extensions.
    Strengths: short.
    Gaps: none.
    Source: ours.
    """

    features = Int(8, doc="F, length of the output")

    def expand(self, g: Builder, x: Wire) -> Wire:
        return g.chain(x, ("linear", {"features": self.features}), "tanh")


@block("relu", category="1.1.1", family="act", target="torch.nn:Identity")
class NotRelu(Block):
    """Takes an id that is taken."""

    def infer(self, x: Tensor) -> Tensor:
        return x
