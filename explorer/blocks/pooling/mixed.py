"""Pools between the largest and the mean value, drawn or learned."""

from __future__ import annotations

from explorer.blocks.block import Call, block, call
from explorer.blocks.fields import Choice, Float
from explorer.blocks.pooling.windows import Window
from explorer.graph.tensor import Tensor

OWN = "explorer.engine.modules.mixed_pooling"
RANKED = "explorer.engine.modules.ranked_pooling"


@block(
    "mixed_pool", target=f"{OWN}:MixedPool", category="1.1.5", family="pool", icon="mixed_pool", stem="pool"
)
class MixedPool(Window):
    r"""Takes λ parts of each window's largest value and 1 − λ parts of its mean. Drawing λ anew in every
    training step keeps the network from relying on either.

    λ is 0 or 1 by chance for the whole layer, for each map (feature) or for each window (region); at
    inference it is the chance itself. A learned λ is the sigmoid of one weight, so that it stays between 0
    and 1.

    Shapes: x (C, n, …) → y (C, n', …), n' = ⌊(n − k)/s⌋ + 1.
    Parameters: 0; 1 when learned.
    MACs: 0.
    Used in: image classifiers against overfitting.
    Strengths: regularises without a cost at inference; learned, it finds out which pool suits the layer.
    Gaps: noise slows training down; one λ for a whole layer is coarse.
    Source: Yu et al. 2014, Rough Sets and Knowledge Technology, doi:10.1007/978-3-319-11740-9_34; Lee,
        Gallagher & Tu 2015, arXiv:1509.08985 (learned).
    """

    keeps_inside = 2.0
    formula = r"y = \lambda \max_i x_i + (1 - \lambda) \frac{1}{n} \sum_{i=1}^{n} x_i"
    tags = ("max average", "dropout of pooling")
    draw = Choice(
        "layer", ("layer", "region", "feature", "learned"), label="λ per", doc="what has a λ of its own"
    )
    share = Float(0.5, max=1.0, doc="chance of the largest value, and λ at inference")

    @property
    def random(self) -> bool:  # type: ignore[override]
        """Only a drawn λ is random."""
        return self.draw != "learned"

    def parameters(self, x: Tensor) -> int:
        return int(self.draw == "learned")

    def arguments(self, x: Tensor) -> Call:
        kernel, stride = self.sizes(x)
        return Call(
            (kernel, stride),
            call(defaults={"share": 0.5, "draw": "layer"}, share=self.share, draw=self.draw).kwargs,
        )


@block(
    "stochastic_pool",
    target=f"{RANKED}:StochasticPool",
    category="1.1.5",
    family="pool",
    icon="stochastic_pool",
    stem="pool",
)
class StochasticPool(Window):
    r"""Draws one value of each window, large ones more often than small ones. Like dropout, the chance keeps
    the network from leaning on a single strong value.

    Values below 0 count as 0, so it stands after a ReLU. At inference it gives the expectation Σ p·x.

    Shapes: x (C, n, …) → y (C, n', …), n' = ⌊(n − k)/s⌋ + 1.
    Parameters: 0.
    MACs: 0.
    Used in: small image classifiers; combines with dropout and augmentation.
    Strengths: regularises without any setting; keeps the positions that max pooling would forget.
    Gaps: needs values of one sign; slower than other pools; little gain beside batch norm.
    Source: Zeiler & Fergus 2013, arXiv:1301.3557.
    """

    keeps = "nothing"
    keeps_inside = 6.0
    formula = r"y = x_l,\quad l \sim p_i = \frac{x_i}{\sum_j x_j}"
    tags = ("sampling",)
    random = True

    def arguments(self, x: Tensor) -> Call:
        return Call(self.sizes(x), {})
