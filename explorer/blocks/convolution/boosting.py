"""Channel boosting: other, trained networks give the input more channels."""

from __future__ import annotations

from explorer.blocks.block import Composite, block
from explorer.blocks.checks import check_map
from explorer.blocks.fields import Bool, Choice, Int
from explorer.graph.builder import Builder, Wire


@block(
    "channel_boost",
    category="1.1.2",
    family="composite",
    title="Channel boosting",
    icon="channel_boost",
    stem="boost",
)
class ChannelBoost(Composite):
    r"""Lets auxiliary learners look at the input and lays the maps that they make beside its channels.
    Their weights are frozen, so that the network after them learns from additional, steady information.

    Each learner is a small stack of convolutions, like the encoder of an autoencoder. They are to be trained
    first, on other data or to rebuild the input, and loaded into their layers: transfer learning. As
    they begin, they are random features. Unpack the block to thaw them.

    Shapes: x (C, H, W) → y (C + learners·channels, H, W), or (learners·channels, H, W) without the original.
    Parameters: learners·(k²·C·w + w + (layers − 2)·(k²·w² + w) + k²·w·n + n) with n channels, none of them
    trained; one layer: learners·(k²·C·n + n).
    MACs: the same without biases, times H·W.
    Used in: channel boosted CNNs for the detection of churn, malaria, breast cancer and brain tumours.
    Strengths: more input channels for a richer representation; uses knowledge from another task.
    Gaps: generating channels takes computation; frozen learners do not adapt to new data.
    Source: Khan, Sohail & Ali 2018, arXiv:1804.08528.
    """

    formula = r"y = [x,\; A_1(x),\; \dots,\; A_n(x)]"
    tags = ("transfer learning", "auxiliary", "autoencoder", "frozen", "tl")
    learners = Int(1, max=16, doc="number of auxiliary learners")
    channels = Int(3, max=1_024, doc="maps that each of them adds")
    width = Int(16, max=4_096, doc="filters of their inner layers")
    layers = Int(2, max=16, doc="convolutions of each learner")
    kernel = Int(3, max=31, doc="height and width of their filters")
    last = Choice("sigmoid", ("sigmoid", "tanh", "relu", "identity"), doc="what their maps pass through")
    keep = Bool(True, label="Keep the original", doc="off: auxiliary maps replace the input's channels")

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        found = [x] if self.keep else []
        for learner in range(1, self.learners + 1):
            y = x
            for number in range(1, self.layers + 1):
                end = number == self.layers
                y = g.add(
                    "conv2d",
                    y,
                    name=f"learner{learner}_conv{number}",
                    padding="same",
                    kernel=self.kernel,
                    filters=self.channels if end else self.width,
                    frozen=True,
                )
                kind = self.last if end else "relu"
                if kind != "identity":
                    y = g.add(kind, y, name=f"learner{learner}_act{number}")
            found.append(y)
        return found[0] if len(found) == 1 else g.add("concat", *found, name="concat", axis="C")

    def summary(self) -> str:
        return ("+" if self.keep else "= ") + str(self.learners * self.channels)
