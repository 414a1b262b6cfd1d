"""Normalisation: brings values to mean 0 and standard deviation 1, over one group of axes or another."""

from __future__ import annotations

import re
from math import prod

from explorer.blocks.block import Block, Call, block, call
from explorer.blocks.checks import DIMS, sliding_axes, wants_float
from explorer.blocks.fields import Bool, Choice, Float, Int, Text
from explorer.graph.catalogue import BadField, ReceptiveField, ShapeError
from explorer.graph.tensor import Tensor, image

OWN = "explorer.engine.modules.normalisation"


def _eps(default: float = 1e-5) -> Float:
    return Float(default, max=1.0, doc="keeps the root away from zero")


def _affine(default: bool) -> Bool:
    return Bool(default, doc="a learned scale and shift for each channel")


@block(
    "batch_norm", target="torch.nn:BatchNorm2d", category="1.1.6", family="norm", icon="batch_norm", stem="bn"
)
class BatchNorm(Block):
    r"""Brings each channel to mean 0 and variance 1 over the batch and all places, then scales and shifts it
    as learned. What arrives at the next layer then keeps its range while the layers before it change.

    In training, mean and biased variance are those of the batch; at inference they are running averages,
    which are kept with the unbiased variance.

    Shapes: x (C, …) or (D) → y (same).
    Parameters: 2·C.
    MACs: 0.
    Used in: after the convolutions of nearly all image networks since 2015.
    Strengths: larger learning rates, faster and steadier training; starting values matter less.
    Gaps: poor with small batches; differs between training and use; awkward in recurrent nets.
    Correction: the lecture's comparison with weight norm prints o = (Wx − μ)/σ²; one divides by √(σ² + ε), as
        its own algorithm does. That algorithm's variance, with 1/m, is the one that normalises in training.
    Source: Ioffe & Szegedy 2015, arXiv:1502.03167.
    """

    formula = r"y = \gamma \frac{x - \mu_B}{\sqrt{\sigma_B^2 + \epsilon}} + \beta"
    tags = ("bn", "norm", "batch normalisation", "batch normalization", "batchnorm", "normalise", "normalize")
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

    def parameter_sum(self, x: Tensor) -> str:
        return f"2·{x.shape[0]}" * self.affine

    def arguments(self, x: Tensor) -> Call:
        return call(
            x.shape[0],
            defaults={"eps": 1e-5, "momentum": 0.1, "affine": True},
            eps=self.eps,
            momentum=self.momentum,
            affine=self.affine,
        )


@block(
    "layer_norm", target="torch.nn:LayerNorm", category="1.1.6", family="norm", icon="layer_norm", stem="norm"
)
class LayerNorm(Block):
    r"""Brings the values of each sample to mean 0 and variance 1, by itself. No other sample is looked at,
    so neither batch size nor training mode matters.

    `last` works on the width of every token; for maps choose `all` values of the sample, or the
    `channels` at each place.

    Shapes: x (…, D) or (C, …) → y (same).
    Parameters: 2·D; with `all` 2·(number of values), with `channels` 2·C.
    MACs: 0.
    Used in: transformers, recurrent nets, ConvNeXt.
    Strengths: any batch size; the same in training and use; suits sequences of any length.
    Gaps: helps less than batch norm in image networks; wipes out how strong a token is as a whole.
    Source: Ba, Kiros & Hinton 2016, arXiv:1607.06450; Liu et al. 2022, arXiv:2201.03545 (channels).
    """

    formula = r"y = \gamma \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} + \beta"
    tags = ("ln", "layer normalisation", "layer normalization", "layernorm", "normalise", "normalize")
    axes = Choice("last", ("last", "all", "channels"), doc="what one mean is taken over")
    eps = _eps()
    affine = Bool(True, doc="a learned scale and shift for each normalised value")

    def infer(self, x: Tensor) -> Tensor:
        wants_float(x)
        if self.axes == "channels" and x.axes not in DIMS:
            raise ShapeError(
                f"normalises over channels, but {{source}} sends {x.spelled}.",
                code="axes",
                wants="C × H × W",
            )
        if self.axes == "last" and x.axes[-1:] not in (("D",), ("C",)):
            raise ShapeError(
                f"normalises over a last axis D, but {{source}} sends {x.spelled}.",
                code="axes",
                wants="D",
            )
        if not x.shape:
            raise ShapeError(
                "normalises several values together, but {source} sends one number.", code="axes"
            )
        return x

    def _sizes(self, x: Tensor) -> tuple[int, ...]:
        return {"last": x.shape[-1:], "all": x.shape, "channels": x.shape[:1]}[self.axes]

    def target_for(self, x: Tensor) -> str:
        """Channels need a module of our own, torch normalises over last axes only."""
        return f"{OWN}:ChannelNorm" if self.axes == "channels" else "torch.nn:LayerNorm"

    def parameters(self, x: Tensor) -> int:
        return 2 * prod(self._sizes(x)) * self.affine

    def parameter_sum(self, x: Tensor) -> str:
        return f"2·{prod(self._sizes(x))}" * self.affine

    def receptive_field(self, x: Tensor) -> ReceptiveField | None:
        return ReceptiveField(whole=True) if self.axes == "all" and len(x.shape) > 1 else None

    def arguments(self, x: Tensor) -> Call:
        sizes = self._sizes(x)
        affine = "affine" if self.axes == "channels" else "elementwise_affine"
        more = call(defaults={"eps": 1e-5, affine: True}, eps=self.eps, **{affine: self.affine})
        return Call((sizes[0] if len(sizes) == 1 else sizes,), more.kwargs)


@block(
    "group_norm", target="torch.nn:GroupNorm", category="1.1.6", family="norm", icon="group_norm", stem="gn"
)
class GroupNorm(Block):
    r"""Brings groups of channels to mean 0 and variance 1 together, each sample by itself. Since no other
    sample is looked at, it works with batches of one or two.

    One group is layer normalisation over the whole sample; as many groups as channels is instance
    normalisation.

    Shapes: x (C, …) → y (same).
    Parameters: 2·C.
    MACs: 0.
    Used in: detection, segmentation and video with small batches; diffusion models.
    Strengths: its accuracy hardly depends on the batch size; the same in training and use.
    Gaps: the number of groups has to be chosen; with large batches batch norm is a little better.
    Source: Wu & He 2018, arXiv:1803.08494.
    """

    formula = r"y = \gamma \frac{x - \mu_G}{\sqrt{\sigma_G^2 + \epsilon}} + \beta"
    tags = ("gn", "group normalisation", "group normalization")
    groups = Int(32, doc="groups of channels that are normalised together")
    eps = _eps()
    affine = _affine(True)

    def infer(self, x: Tensor) -> Tensor:
        sliding_axes(x, vectors=True)
        if x.shape[0] % self.groups:
            raise ShapeError(
                f"has {self.groups} groups, and {self.groups} does not divide the {x.shape[0]} channels "
                "that arrive.",
                code="groups",
            )
        if x.size == self.groups:
            raise ShapeError(
                f"has one value in each of its {self.groups} groups; normalised it would always be zero.",
                code="groups",
            )
        return x

    def parameters(self, x: Tensor) -> int:
        return 2 * x.shape[0] * self.affine

    def parameter_sum(self, x: Tensor) -> str:
        return f"2·{x.shape[0]}" * self.affine

    def receptive_field(self, x: Tensor) -> ReceptiveField:
        return ReceptiveField(whole=True)

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
    r"""Brings each map of each sample to mean 0 and variance 1, by itself. That removes the contrast of a
    picture, which belongs to its style and not to what it shows.

    Shapes: x (C, …) → y (same).
    Parameters: 0, or 2·C with learned factors.
    MACs: 0.
    Used in: style transfer; translation between pictures, as in CycleGAN.
    Strengths: results do not depend on the contrast of the input; any batch size.
    Gaps: brightness and contrast are lost, which classification may need; nothing is left of a 1×1 map.
    Source: Ulyanov, Vedaldi & Lempitsky 2016, arXiv:1607.08022.
    """

    tags = ("instance normalisation", "instance normalization")
    formula = r"y = \frac{x - \mu_c}{\sqrt{\sigma_c^2 + \epsilon}}"
    eps = _eps()
    affine = _affine(False)

    def infer(self, x: Tensor) -> Tensor:
        sliding_axes(x)
        if x.size == x.shape[0]:
            raise ShapeError(
                f"normalises over the places of each map, but {{source}} sends {x.spelled}: "
                "one value per map.",
                code="size",
            )
        return x

    def target_for(self, x: Tensor) -> str:
        """One class for each number of sliding axes."""
        return f"torch.nn:InstanceNorm{sliding_axes(x)}d"

    def parameters(self, x: Tensor) -> int:
        return 2 * x.shape[0] * self.affine

    def parameter_sum(self, x: Tensor) -> str:
        return f"2·{x.shape[0]}" * self.affine

    def receptive_field(self, x: Tensor) -> ReceptiveField:
        return ReceptiveField(whole=True)

    def arguments(self, x: Tensor) -> Call:
        return call(x.shape[0], defaults={"eps": 1e-5, "affine": False}, eps=self.eps, affine=self.affine)


_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def _each(text: str, words: str) -> tuple[float, ...]:
    """Read `0.485, 0.456, 0.406`; raises `BadField` for anything else."""
    parts = text.replace(",", " ").split()
    if not parts or not all(_NUMBER.fullmatch(part) and abs(float(part)) <= 1e6 for part in parts):
        raise BadField(
            f"{words} must be one number for each channel, such as 0.485, 0.456, 0.406, not “{text[:60]}”."
        )
    return tuple(float(part) for part in parts)


@block(
    "standardize",
    target=f"{OWN}:Standardize",
    category="1.1.6",
    family="norm",
    title="Standardise",
    icon="norm",
    stem="standardize",
)
class Standardize(Block):
    r"""Subtracts a fixed mean from each channel and divides by a fixed standard deviation, both known from a
    large set of pictures. So pictures from 0 to 1 arrive as the network knows them from its training.

    The usual numbers are those of ImageNet.

    Shapes: x (C, …) → y (same).
    Parameters: 0.
    MACs: 0.
    Used in: in front of nearly every network for pictures; inside torchvision's detectors.
    Strengths: nothing to learn and nothing that depends on the batch.
    Gaps: pictures of another kind have another mean; forgotten or done twice, it costs much of the accuracy.
    Source: LeCun, Bottou, Orr & Müller 1998, doi:10.1007/3-540-49430-8_2.
    """

    keeps = "nothing"
    formula = r"y_c = \frac{x_c - \mu_c}{\sigma_c}"
    tags = ("normalize", "preprocessing", "mean", "std", "imagenet")
    example = (image(3, 24, 32),)
    mean = Text("0.485, 0.456, 0.406", longest=200, doc="one number for each channel")
    std = Text("0.229, 0.224, 0.225", longest=200, doc="one positive number for each channel")

    def validate(self) -> None:
        """Both are numbers, as many of one as of the other, and no deviation is 0."""
        mean, std = _each(self.mean, "mean"), _each(self.std, "std")
        if len(mean) != len(std):
            raise BadField(f"mean has {len(mean)} numbers and std {len(std)}; there is one for each channel.")
        if min(std) <= 0:
            raise BadField(f"std must be positive, not {min(std):g}.")

    def infer(self, x: Tensor) -> Tensor:
        wants_float(x)
        count = len(_each(self.mean, "mean"))
        if x.axes[:1] != ("C",) or x.shape[0] != count:
            raise ShapeError(
                f"has numbers for {count} channels, but {{source}} sends {x.spelled}.",
                code="size",
                wants=f"C {count}",
            )
        return x

    def arguments(self, x: Tensor) -> Call:
        return Call((_each(self.mean, "mean"), _each(self.std, "std")), {})

    def summary(self) -> str:
        mean, std = set(_each(self.mean, "mean")), set(_each(self.std, "std"))
        if len(mean) == len(std) == 1:
            return f"− {mean.pop():.3g} ÷ {std.pop():.3g}"
        return f"− {self.mean}"
