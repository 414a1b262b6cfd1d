"""What is drawn at random: anew while training, by a seed at inference."""

from __future__ import annotations

from explorer.blocks.block import Block, Call, block, call
from explorer.blocks.checks import check_sequence, wants, wants_float
from explorer.blocks.fields import Bool, Choice, Float, Int
from explorer.graph.catalogue import ShapeError
from explorer.graph.tensor import Tensor, sequence, tokens, vector

OWN = "explorer.engine.modules.chance"
MOST_SEEDS = 2**31 - 1


def _seed() -> Int:
    return Int(0, min=0, max=MOST_SEEDS, doc="of what is drawn at inference, the same every time")


@block("noise", target=f"{OWN}:Noise", category="1.1.8", family="norm", icon="noise")
class Noise(Block):
    r"""Adds normal noise to every value while training: no exact number can be relied on then. At inference
    it changes nothing, unless it is told to: then it adds the noise of its seed, the same every time.

    Shapes: x (any) → y (same).
    Parameters: 0.
    MACs: 0.
    Used in: denoising autoencoders, StyleGAN (detail), networks that are trained to be robust.
    Strengths: a cheap remedy against overfitting that works on any tensor.
    Gaps: the deviation has to suit the range of the values.
    Source: Vincent et al. 2008, doi:10.1145/1390156.1390294; Karras et al. 2018, arXiv:1812.04948.
    """

    keeps = "nothing"
    random = True
    formula = r"y = x + \sigma\, \epsilon,\quad \epsilon \sim \mathcal{N}(0, 1)"
    tags = ("gaussian noise", "denoising", "random", "augmentation")
    std = Float(0.1, max=1e3, label="Deviation", doc="σ, standard deviation of the noise")
    kind = Choice("added", ("added", "relative"), doc="the same for all values, or in proportion to each")
    always = Bool(False, label="At inference too", doc="by the seed, the same every time")
    seed = _seed()

    def infer(self, x: Tensor) -> Tensor:
        wants_float(x)
        return x

    def kept_inside(self, x: Tensor) -> int:
        """What was drawn, where it multiplies."""
        return 4 * x.size if self.kind == "relative" else 0

    def arguments(self, x: Tensor) -> Call:
        return call(
            defaults={"std": 0.1, "always": False, "seed": 0, "relative": False},
            std=self.std,
            always=self.always,
            seed=self.seed,
            relative=self.kind == "relative",
        )

    def summary(self) -> str:
        return f"σ {self.std:g}" + (f" · seed {self.seed}" if self.always else "")


@block(
    "reparametrise",
    target=f"{OWN}:Reparametrise",
    category="1.1.8",
    family="norm",
    icon="noise",
    stem="sample",
)
class Reparametrise(Block):
    r"""Draws from a normal distribution, whose mean and log-variance arrive. The draw is written as
    mean plus deviation times noise, so that gradients reach both.

    At inference it gives the mean, or a draw by its seed. Logarithms count as at least −30 and at most 20.

    Shapes: mean (any), log_variance (same) → y (same).
    Parameters: 0.
    MACs: 0.
    Used in: variational autoencoders; the latent space of Stable Diffusion.
    Strengths: low-variance gradients through a random draw.
    Gaps: for distributions that can be shifted and scaled only; choices need another way.
    Source: Kingma & Welling 2013, arXiv:1312.6114.
    """

    keeps_inside = 1.0
    random = True
    formula = r"z = \mu + e^{\log \sigma^2 / 2} \odot \epsilon,\quad \epsilon \sim \mathcal{N}(0, 1)"
    tags = ("vae", "sampling", "latent", "variational", "reparameterize", "gaussian")
    example = (vector(16), vector(16))
    always = Bool(False, label="At inference too", doc="a draw by the seed instead of the mean")
    seed = _seed()

    def infer(self, mean: Tensor, log_variance: Tensor) -> Tensor:
        wants_float(mean, "mean")
        wants_float(log_variance, "log_variance")
        if mean.shape != log_variance.shape:
            raise ShapeError(
                f"needs a variance for each of its means ({mean.spelled}), "
                f"but {{source}} sends {log_variance.spelled}.",
                code="unequal",
                port="log_variance",
                wants=mean.text,
            )
        return mean

    def arguments(self, mean: Tensor, log_variance: Tensor) -> Call:
        return call(defaults={"always": False, "seed": 0}, always=self.always, seed=self.seed)

    def summary(self) -> str:
        return f"seed {self.seed}" if self.always else ""


@block(
    "random_mask",
    target=f"{OWN}:RandomMask",
    category="1.1.8",
    family="shape",
    icon="random_mask",
    stem="masked",
)
class RandomMask(Block):
    r"""Hides a share of the tokens and hands on only the others, in their order. An encoder then works on few
    tokens, and a decoder has to guess what was hidden.

    Each sample has its own draw. `index` tells where the kept ones stood, `hidden` is true where one is
    missing; Fill masked puts them back. At inference the draw is that of the seed.

    Shapes: x (T, D) → y (K, D), index (K whole numbers), hidden (T truth values), K = T − ⌊share·T⌋.
    Parameters: 0.
    MACs: 0.
    Used in: masked autoencoders (MAE) with a share of ¾, VideoMAE (0.9), BERT-like training of pictures.
    Strengths: the encoder costs a quarter; learns from pictures without labels.
    Gaps: the share has to suit the data: pictures repeat themselves, words hardly do.
    Source: He et al. 2021, arXiv:2111.06377.
    """

    random = True
    outputs = ("y", "index", "hidden")
    formula = r"y = (x_{i_1}, \dots, x_{i_K}),\quad i_1 < i_2 < \dots < i_K"
    tags = ("mae", "masked autoencoder", "masking", "drop tokens")
    example = (sequence(16, 8),)
    share = Float(0.75, max=0.99, doc="part of the tokens that is hidden")
    seed = _seed()

    def _kept(self, x: Tensor) -> int:
        return x.shape[0] - int(x.shape[0] * self.share)

    def infer(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        check_sequence(x)
        kept = self._kept(x)
        return sequence(kept, x.shape[1]), tokens(kept), Tensor(x.shape[:1], ("T",), "bool")

    def arguments(self, x: Tensor) -> Call:
        return call(self._kept(x), defaults={"seed": 0}, seed=self.seed)

    def summary(self) -> str:
        return f"hides {self.share:.0%} · seed {self.seed}"


@block(
    "fill_masked",
    target=f"{OWN}:FillMasked",
    category="1.1.8",
    family="shape",
    icon="random_mask",
    stem="filled",
)
class FillMasked(Block):
    r"""Puts tokens back to the places that Random mask took them from. One learned token stands at all places
    that were hidden.

    Shapes: x (K, D), index (K whole numbers), hidden (T) → y (T, D).
    Parameters: D.
    MACs: 0.
    Used in: the decoder of masked autoencoders.
    Strengths: the decoder sees all places, in their order.
    Gaps: all hidden places look alike until positions are added.
    Source: He et al. 2021, arXiv:2111.06377.
    """

    keeps = "nothing"
    formula = r"y_{i_k} = x_k,\quad y_j = m \;(j \,\mathrm{hidden})"
    tags = ("mae", "mask token", "unmask", "scatter")
    example = (sequence(4, 8), tokens(4), Tensor((16,), ("T",), "bool"))

    def infer(self, x: Tensor, index: Tensor, hidden: Tensor) -> Tensor:
        check_sequence(x)
        wants(index, "T", words="a place T for each token", port="index")
        wants(hidden, "T", words="a truth value T for each place", port="hidden")
        if index.dtype != "int" or index.shape[0] != x.shape[0]:
            raise ShapeError(
                f"needs a place, a whole number, for each of its {x.shape[0]} tokens, "
                f"but {{source}} sends {index.spelled}.",
                code="unequal",
                port="index",
                wants=f"T {x.shape[0]}",
            )
        if hidden.shape[0] < x.shape[0]:
            raise ShapeError(
                f"puts {x.shape[0]} tokens back, but {{source}} has only {hidden.shape[0]} places.",
                code="size",
                port="hidden",
            )
        return sequence(hidden.shape[0], x.shape[1])

    def parameters(self, x: Tensor, index: Tensor, hidden: Tensor) -> int:
        return x.shape[1]

    def arguments(self, x: Tensor, index: Tensor, hidden: Tensor) -> Call:
        return call(x.shape[1])
