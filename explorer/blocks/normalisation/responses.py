"""Normalisation by neighbours: a strong value damps those around it."""

from __future__ import annotations

from explorer.blocks.block import Block, Call, block, call, show
from explorer.blocks.checks import check_map, sliding_axes
from explorer.blocks.fields import Choice, Float, Int
from explorer.graph.catalogue import ReceptiveField
from explorer.graph.tensor import Tensor

OWN = "explorer.engine.modules.normalisation"


@block(
    "local_response_norm",
    target="torch.nn:LocalResponseNorm",
    category="1.1.6",
    family="norm",
    title="Local response norm",
    icon="lrn",
    stem="lrn",
)
class LocalResponseNorm(Block):
    r"""Lets strong values damp their neighbours: those in nearby channels, or nearby in the same map.
    Features then compete, as nerve cells do, which inhibit those beside them.

    α multiplies the sum of the n squares, as in the paper. torch's module divides α by n; the model
    hands it α·n, so that the numbers agree with the formula.

    Shapes: x (C, …) → y (same).
    Parameters: 0.
    MACs: 0.
    Used in: AlexNet, GoogLeNet; before batch norm.
    Strengths: nothing to learn; one to two points less error in AlexNet.
    Gaps: VGG found that it helps little and costs time; batch norm has replaced it.
    Source: Krizhevsky, Sutskever & Hinton 2012, Neural Information Processing Systems 25.
    """

    formula = r"b_i = a_i \,/\, (k + \alpha \sum_{j \in n(i)} a_j^2)^{\beta}"
    tags = ("lrn", "alexnet")
    size = Int(
        5, max=512, label="Neighbours", doc="n: how many channels, or the side of the square of places"
    )
    alpha = Float(1e-4, max=1e4, doc="factor of the sum of squares")
    beta = Float(0.75, max=16.0, doc="the power")
    k = Float(2.0, max=1e4, label="k", doc="what is added in the denominator")
    where = Choice("across", ("across", "within"), doc="neighbours across channels, or within a map")

    works_inside = 2 / 3

    def kept_inside(self, x: Tensor) -> int:
        """Two maps like x, and its squares with the channels that are put in front and after."""
        return 4 * x.size * 2 + 4 * x.size * (x.shape[0] + self.size) // x.shape[0]

    def infer(self, x: Tensor) -> Tensor:
        if self.where == "within":
            check_map(x, 2)
        else:
            sliding_axes(x)
        return x

    def target_for(self, x: Tensor) -> str:
        """Torch knows only neighbours across channels."""
        return f"{OWN}:LocalResponseWithin" if self.where == "within" else "torch.nn:LocalResponseNorm"

    def receptive_field(self, x: Tensor) -> ReceptiveField | None:
        return ReceptiveField((self.size,) * 2, (1.0, 1.0)) if self.where == "within" else None

    def arguments(self, x: Tensor) -> Call:
        if self.where == "within":
            known = {"alpha": 1e-4, "beta": 0.75, "k": 2.0}
            return call(self.size, defaults=known, alpha=self.alpha, beta=self.beta, k=self.k)
        known = {"alpha": 1e-4, "beta": 0.75, "k": 1.0}
        return call(self.size, defaults=known, alpha=self.alpha * self.size, beta=self.beta, k=self.k)

    def summary(self) -> str:
        return f"{self.where} · n {show(self.size)}"
