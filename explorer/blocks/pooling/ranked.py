"""Pools that weigh the values of a window."""

from __future__ import annotations

from math import prod

from explorer.blocks.block import Call, Literal, block, call
from explorer.blocks.fields import Bool, Choice, Float, Int
from explorer.blocks.pooling.windows import Window
from explorer.graph.tensor import Tensor

OWN = "explorer.engine.modules.ranked_pooling"


@block(
    "lp_pool",
    target=f"{OWN}:PowerPool",
    category="1.1.5",
    family="pool",
    title="Lᵖ pool",
    icon="lp_pool",
    stem="pool",
)
class LpPool(Window):
    r"""Raises sizes to a power, averages, and takes the root: between the mean at p = 1 and the largest
    value as p grows. One number sets how much strong values count.

    Sizes |x| are taken, so signs are lost. With a sum instead of the mean it is torch's LPPool.

    Shapes: x (C, n, …) → y (C, n', …), n' = ⌊(n − k)/s⌋ + 1.
    Parameters: 0.
    MACs: 0.
    Used in: house-number recognition; models of complex cells (p = 2).
    Strengths: smooth, with a gradient for every value; covers mean and maximum.
    Gaps: powers are slow; a large p overflows unless windows are scaled first, as they are here.
    Source: Sermanet, Chintala & LeCun 2012, arXiv:1204.3968.
    """

    keeps = "nothing"
    keeps_inside = 10.25
    formula = r"y = (\frac{1}{n} \sum_{i=1}^{n} \vert x_i \vert^p)^{1/p}"
    tags = ("power", "norm", "generalised mean", "gem")
    p = Float(2.0, min=1.0, max=1000.0, label="p", doc="1 is the mean of sizes, large is the maximum")
    average = Bool(True, label="Mean", doc="mean of the powers; off, their sum as in torch")

    def arguments(self, x: Tensor) -> Call:
        more = call(defaults={"p": 2.0, "average": True}, p=self.p, average=self.average)
        return Call(self.sizes(x), more.kwargs)


@block("rank_pool", target=f"{OWN}:RankPool", category="1.1.5", family="pool", icon="rank_pool", stem="pool")
class RankPool(Window):
    r"""Sorts the values of each window and uses their ranks instead of their sizes. Mean pooling loses
    strong values and max pooling all others; ranks keep several without being fooled by outliers.

    `average`: the mean of the t largest. `weighted`: weights α(1 − α)^(rank − 1), divided by their sum.
    `stochastic`: one value, drawn with these weights in training, and their expectation at inference.

    Shapes: x (C, n, …) → y (C, n', …), n' = ⌊(n − k)/s⌋ + 1.
    Parameters: 0.
    MACs: 0.
    Used in: image classifiers; with Network in Network on CIFAR.
    Strengths: t = 1 is max pooling, t = k² is mean pooling; ranks do not change with scale.
    Gaps: sorting every window is slow; t or α must be chosen.
    Source: Shi, Ye & Wu 2016, Neural Networks 83, doi:10.1016/j.neunet.2016.07.003.
    """

    keeps = "nothing"
    keeps_inside = 8.0
    formula = (
        r"y = \frac{1}{t} \sum_{r \leq t} x_{(r)},\quad "
        r"y = \frac{\sum_r \alpha (1 - \alpha)^{r - 1} x_{(r)}}{\sum_r \alpha (1 - \alpha)^{r - 1}}"
    )
    tags = ("top k", "rank-based average", "sorted")
    mode = Choice("average", ("average", "weighted", "stochastic"), doc="what is done with the ranks")
    top = Int(2, max=4096, label="t", doc="how many of the largest are averaged")
    alpha = Float(0.5, min=0.01, max=0.99, label="α", doc="weight of the largest value, when weighted")

    @property
    def random(self) -> bool:  # type: ignore[override]
        """Only one of the modes draws."""
        return self.mode == "stochastic"

    def arguments(self, x: Tensor) -> Call:
        known: dict[str, Literal] = {"mode": "average", "top": 2, "alpha": 0.5}
        more = call(defaults=known, mode=self.mode, top=self.top, alpha=self.alpha)
        return Call(self.sizes(x), more.kwargs)


@block(
    "weighted_pool",
    target=f"{OWN}:WeightedPool",
    category="1.1.5",
    family="pool",
    icon="weighted_pool",
    stem="pool",
)
class WeightedPool(Window):
    r"""Averages each window with weights that are learned or follow from the values themselves. It begins as
    mean pooling and moves away from it only where that helps.

    `place`: a weight for each place of the window. `channel`: the same for each channel. `data`: the softmax
    of β·x with one β for each channel, so that β = 0 is the mean and a large β the maximum.

    Shapes: x (C, n, …) → y (C, n', …), n' = ⌊(n − k)/s⌋ + 1.
    Parameters: k² for place, C·k² for channel, C for data.
    MACs: 0.
    Used in: detection of sound events with weak labels.
    Strengths: learns between mean and maximum; few weights.
    Gaps: weights by place break the symmetry of the window; slower than fixed pools.
    Source: Gulcehre et al. 2014, arXiv:1311.1780 (learned norms); McFee et al. 2018, arXiv:1804.10070
        (softmax of βx, auto-pool).
    """

    keeps = "nothing"
    keeps_inside = 4.0
    formula = r"y = \sum_i w_i x_i,\quad \sum_i w_i = 1"
    tags = ("softmax pooling", "learned", "attention pooling")
    weights = Choice("place", ("place", "channel", "data"), doc="what the weights depend on")

    def parameters(self, x: Tensor) -> int:
        count = prod(self.sizes(x)[0])
        return {"place": count, "channel": x.shape[0] * count, "data": x.shape[0]}[self.weights]

    def arguments(self, x: Tensor) -> Call:
        more = call(defaults={"weights": "place"}, weights=self.weights)
        return Call((x.shape[0], *self.sizes(x)), more.kwargs)
