"""Normalisation: brings values to mean 0 and standard deviation 1, over one group of axes or another."""

from __future__ import annotations

from math import prod

from explorer.blocks.block import Block, Call, block, call, show
from explorer.blocks.checks import DIMS, check_map, sliding_axes, wants_float
from explorer.blocks.fields import Bool, Choice, Float, Int
from explorer.graph.catalogue import Clash, Reach
from explorer.graph.tensor import Tensor

OWN = "explorer.engine.modules.normalisation"


def _eps(default: float = 1e-5) -> Float:
    return Float(default, max=1.0, doc="keeps the root away from zero")


def _affine(default: bool) -> Bool:
    return Bool(default, doc="a learned factor and summand for each channel")


@block(
    "batch_norm", target="torch.nn:BatchNorm2d", category="1.1.6", family="norm", icon="batch_norm", stem="bn"
)
class BatchNorm(Block):
    r"""Normalises each channel over the batch and all places, then scales and shifts it as learned.

    Training divides by the standard deviation of the batch (√(variance + ε), the biased one; some
    texts print σ², which is wrong); use takes running averages, kept with the unbiased variance.

    Shapes: x (C, …) or (D) → y (same).  Parameters: 2·C.
    Source: Ioffe & Szegedy 2015, arXiv:1502.03167.
    """

    formula = r"y = \gamma \frac{x - \mu_B}{\sqrt{\sigma_B^2 + \epsilon}} + \beta"
    tags = ("bn",)
    eps = _eps()
    momentum = Float(0.1, max=1.0, doc="share of the newest batch in the running averages")
    affine = _affine(True)

    def infer(self, x: Tensor) -> Tensor:
        sliding_axes(x, vectors=True)
        return x

    def target_for(self, x: Tensor) -> str:
        """One class for each number of sliding axes; vectors use the one for signals."""
        return f"torch.nn:BatchNorm{sliding_axes(x, vectors=True) or 1}d"

    def parameters(self, x: Tensor) -> int:
        return 2 * x.shape[0] * self.affine

    def arguments(self, x: Tensor) -> Call:
        return call(
            x.shape[0], defaults={"eps": 1e-5, "momentum": 0.1, "affine": True},
            eps=self.eps, momentum=self.momentum, affine=self.affine,
        )  # fmt: skip


@block(
    "layer_norm", target="torch.nn:LayerNorm", category="1.1.6", family="norm", icon="layer_norm", stem="norm"
)
class LayerNorm(Block):
    r"""Normalises each sample by itself, so that neither batch size nor training mode matters.

    `last` works on the width of every token; for maps choose `all` values of the sample, or the
    `channels` at each place.

    Shapes: x (…, D) or (C, …) → y (same).  Parameters: 2·D; with `all` 2·(number of values), with
    `channels` 2·C.
    Source: Ba, Kiros & Hinton 2016, arXiv:1607.06450; Liu et al. 2022, arXiv:2201.03545 (channels).
    """

    formula = r"y = \gamma \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} + \beta"
    tags = ("ln",)
    axes = Choice("last", ("last", "all", "channels"), doc="what one mean is taken over")
    eps = _eps()
    affine = Bool(True, doc="a learned factor and summand for each normalised value")

    def infer(self, x: Tensor) -> Tensor:
        wants_float(x)
        if self.axes == "channels" and x.axes not in DIMS:
            raise Clash(
                f"normalises over channels, but {{source}} sends {x.spelled}. Set axes to last.",
                code="axes",
                wants="C × H × W",
            )
        if self.axes == "last" and x.axes[-1:] not in (("D",), ("C",)):
            raise Clash(
                f"normalises over a last axis D, but {{source}} sends {x.spelled}. "
                "Set axes to channels or all.",
                code="axes",
                wants="D",
            )
        if not x.shape:
            raise Clash("normalises several values together, but {source} sends one number.", code="axes")
        return x

    def _sizes(self, x: Tensor) -> tuple[int, ...]:
        return {"last": x.shape[-1:], "all": x.shape, "channels": x.shape[:1]}[self.axes]

    def target_for(self, x: Tensor) -> str:
        """Channels need a module of our own, torch normalises over last axes only."""
        return f"{OWN}:ChannelNorm" if self.axes == "channels" else "torch.nn:LayerNorm"

    def parameters(self, x: Tensor) -> int:
        return 2 * prod(self._sizes(x)) * self.affine

    def reach(self, x: Tensor) -> Reach | None:
        return Reach(whole=True) if self.axes == "all" and len(x.shape) > 1 else None

    def arguments(self, x: Tensor) -> Call:
        sizes = self._sizes(x)
        affine = "affine" if self.axes == "channels" else "elementwise_affine"
        more = call(defaults={"eps": 1e-5, affine: True}, eps=self.eps, **{affine: self.affine})
        return Call((sizes[0] if len(sizes) == 1 else sizes,), more.kwargs)


@block(
    "group_norm", target="torch.nn:GroupNorm", category="1.1.6", family="norm", icon="group_norm", stem="gn"
)
class GroupNorm(Block):
    r"""Normalises groups of channels together, each sample by itself: works with batches of one or two.

    One group is layer normalisation over the whole sample; as many groups as channels is instance
    normalisation.

    Shapes: x (C, …) → y (same).  Parameters: 2·C.
    Source: Wu & He 2018, arXiv:1803.08494.
    """

    formula = r"y = \gamma \frac{x - \mu_G}{\sqrt{\sigma_G^2 + \epsilon}} + \beta"
    tags = ("gn",)
    groups = Int(32, doc="groups of channels that are normalised together")
    eps = _eps()
    affine = _affine(True)

    def infer(self, x: Tensor) -> Tensor:
        sliding_axes(x, vectors=True)
        if x.shape[0] % self.groups:
            raise Clash(
                f"has {self.groups} groups, and {self.groups} does not divide its {x.shape[0]} channels "
                "that arrive.",
                code="groups",
            )
        if x.size == self.groups:
            raise Clash(
                f"has one value in each of its {self.groups} groups; normalised it would always be zero. "
                "Use fewer groups.",
                code="groups",
            )
        return x

    def parameters(self, x: Tensor) -> int:
        return 2 * x.shape[0] * self.affine

    def reach(self, x: Tensor) -> Reach:
        return Reach(whole=True)

    def arguments(self, x: Tensor) -> Call:
        return call(
            self.groups, x.shape[0], defaults={"eps": 1e-5, "affine": True}, eps=self.eps, affine=self.affine
        )

    def summary(self) -> str:
        return f"{self.groups} groups"


@block(
    "instance_norm",
    target="torch.nn:InstanceNorm2d",
    category="1.1.6",
    family="norm",
    icon="instance_norm",
    stem="norm",
)
class InstanceNorm(Block):
    r"""Normalises each map of each sample by itself, which removes contrast; made for style transfer.

    Shapes: x (C, …) → y (same).  Parameters: 0, or 2·C with learned factors.
    Source: Ulyanov, Vedaldi & Lempitsky 2016, arXiv:1607.08022.
    """

    formula = r"y = \frac{x - \mu_c}{\sqrt{\sigma_c^2 + \epsilon}}"
    eps = _eps()
    affine = _affine(False)

    def infer(self, x: Tensor) -> Tensor:
        sliding_axes(x)
        if x.size == x.shape[0]:
            raise Clash(
                f"normalises over the places of each map, but {{source}} sends {x.spelled}: one value a map.",
                code="size",
            )
        return x

    def target_for(self, x: Tensor) -> str:
        """One class for each number of sliding axes."""
        return f"torch.nn:InstanceNorm{sliding_axes(x)}d"

    def parameters(self, x: Tensor) -> int:
        return 2 * x.shape[0] * self.affine

    def reach(self, x: Tensor) -> Reach:
        return Reach(whole=True)

    def arguments(self, x: Tensor) -> Call:
        return call(x.shape[0], defaults={"eps": 1e-5, "affine": False}, eps=self.eps, affine=self.affine)


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
    r"""Strong values damp their neighbours: those in nearby channels, or nearby in the same map.

    α multiplies the sum of the n squares, as in the paper. torch's module divides α by n; the model
    hands it α·n, so that the numbers agree with the formula.

    Shapes: x (C, …) → y (same).  Parameters: 0.
    Source: Krizhevsky, Sutskever & Hinton 2012, Neural Information Processing Systems 25.
    """

    formula = r"b_i = a_i \,/\, (k + \alpha \sum_{j \in n(i)} a_j^2)^{\beta}"
    tags = ("lrn", "alexnet")
    size = Int(
        5, max=512, label="Neighbours", doc="n: how many channels, or the side of the square of places"
    )
    alpha = Float(1e-4, max=1e4, doc="factor of the sum of squares")
    beta = Float(0.75, max=16.0, doc="the power")
    k = Float(2.0, max=1e4, label="k", doc="what is added below")
    where = Choice("across", ("across", "within"), doc="neighbours across channels, or within a map")

    def infer(self, x: Tensor) -> Tensor:
        if self.where == "within":
            check_map(x, 2)
        else:
            sliding_axes(x)
        return x

    def target_for(self, x: Tensor) -> str:
        """Torch knows only neighbours across channels."""
        return f"{OWN}:LocalResponseWithin" if self.where == "within" else "torch.nn:LocalResponseNorm"

    def reach(self, x: Tensor) -> Reach | None:
        return Reach((self.size,) * 2, (1.0, 1.0)) if self.where == "within" else None

    def arguments(self, x: Tensor) -> Call:
        if self.where == "within":
            known = {"alpha": 1e-4, "beta": 0.75, "k": 2.0}
            return call(self.size, defaults=known, alpha=self.alpha, beta=self.beta, k=self.k)
        known = {"alpha": 1e-4, "beta": 0.75, "k": 1.0}
        return call(self.size, defaults=known, alpha=self.alpha * self.size, beta=self.beta, k=self.k)

    def summary(self) -> str:
        return f"{self.where} · n {show(self.size)}"
