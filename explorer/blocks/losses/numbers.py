"""What is minimised when numbers are predicted."""

from __future__ import annotations

from explorer.blocks.block import Block, Call, block, call
from explorer.blocks.fields import Choice, Float
from explorer.blocks.losses.classes import ONE, check_same
from explorer.graph.tensor import Tensor, vector

OWN = "explorer.engine.modules.losses"


@block(
    "difference_loss",
    target=f"{OWN}:Difference",
    category="1.1.9",
    family="io",
    title="Squared, absolute, Huber",
    icon="loss",
    stem="loss",
)
class DifferenceLoss(Block):
    r"""The mean of the differences to the target: squared (MSE), absolute (L1), or squared near zero and
    straight farther out (Huber). Squares look at large mistakes, absolute values treat all alike.

    Shapes: prediction (any), target (same) → y (one number).
    Parameters: 0.
    MACs: 0.
    Used in: regression, autoencoders, diffusion models (squared), boxes of detectors (Huber).
    Strengths: squared: smooth, leads to the mean; absolute: robust, leads to the median.
    Gaps: pictures blur, since the mean of several right ones is none of them.
    Source: Gauss 1809; Huber 1964, doi:10.1214/aoms/1177703732.
    """

    keeps = "nothing"
    formula = r"L = \frac{1}{n} \sum_i (y_i - t_i)^2"
    tags = ("mse", "l1", "l2", "mae", "smooth l1", "huber", "regression", "loss", "objective")
    example = (vector(10), vector(10))
    kind = Choice("squared", ("squared", "absolute", "huber"), doc="what becomes of each difference")
    delta = Float(1.0, min=1e-3, max=1e3, doc="Huber: where the square ends and the line begins")

    def infer(self, prediction: Tensor, target: Tensor) -> Tensor:
        check_same(prediction, target)
        return ONE

    def kept_inside(self, prediction: Tensor, target: Tensor) -> int:
        """The differences; Huber's also what is near."""
        return (16 if self.kind == "huber" else 4) * prediction.size

    def arguments(self, prediction: Tensor, target: Tensor) -> Call:
        return call(defaults={"kind": "squared", "delta": 1.0}, kind=self.kind, delta=self.delta)

    def summary(self) -> str:
        return self.kind


@block(
    "normal_divergence",
    target=f"{OWN}:NormalDivergence",
    category="1.1.9",
    family="io",
    title="KL to the standard normal",
    icon="loss",
    stem="loss",
)
class NormalDivergence(Block):
    r"""Measures how far normal distributions, given by means and log-variances, are from the standard one. It
    keeps the codes of a variational autoencoder together, so that new ones can be drawn.

    Summed over the values of a sample; add it, weighed, to the loss of the reconstruction.

    Shapes: mean (any), log_variance (same) → y (one number).
    Parameters: 0.
    MACs: 0.
    Used in: variational autoencoders, with a weight β in β-VAE.
    Strengths: a formula; nothing is drawn for it.
    Gaps: too strong, it makes all codes alike, and the decoder ignores them.
    Source: Kingma & Welling 2013, arXiv:1312.6114.
    """

    formula = r"L = \frac{1}{2} \sum_i (\mu_i^2 + \sigma_i^2 - 1 - \log \sigma_i^2)"
    tags = ("vae", "kl", "kullback-leibler", "latent", "loss", "beta-vae")
    example = (vector(16), vector(16))

    def infer(self, mean: Tensor, log_variance: Tensor) -> Tensor:
        check_same(mean, log_variance, "log_variance")
        return ONE

    def kept_inside(self, mean: Tensor, log_variance: Tensor) -> int:
        """The variances."""
        return 4 * mean.size
