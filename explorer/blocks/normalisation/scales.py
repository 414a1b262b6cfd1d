"""Normalisation of later designs: by lengths alone, by learned factors, by a condition."""

from __future__ import annotations

from explorer.blocks.block import Block, Call, block, call
from explorer.blocks.checks import DIMS, wants, wants_float
from explorer.blocks.fields import Bool, Choice, Float
from explorer.graph.catalogue import ReceptiveField, ShapeError
from explorer.graph.tensor import Tensor, image, sequence, vector

OWN = "explorer.engine.modules.normalisation"
TOKENS = (("D",), ("T", "D"), ("H", "W", "D"))


def check_channels(x: Tensor, *, vectors: bool = True) -> None:
    """Raise `ShapeError` unless x has channels in front (maps) or features at the end (tokens)."""
    wants_float(x)
    if x.axes not in DIMS and (x.axes not in TOKENS or (x.axes == ("D",) and not vectors)):
        raise ShapeError(
            f"needs maps with channels C in front or tokens with features D at the end, "
            f"but {{source}} sends {x.spelled}.",
            code="axes",
            wants="C × H × W",
        )


@block(
    "rms_norm",
    target="torch.nn:RMSNorm",
    category="1.1.6",
    family="norm",
    title="RMS norm",
    icon="layer_norm",
    stem="norm",
)
class RmsNorm(Block):
    r"""Divides the values of each token by the root of their mean square, and scales them as learned. Unlike
    layer normalisation it neither subtracts a mean nor adds a shift.

    `last` works on the width of every token, `channels` on the channels at each place of a map.

    Shapes: x (…, D) or (C, …) → y (same).
    Parameters: D, or C with `channels`.
    MACs: 0.
    Used in: LLaMA, Mistral, T5, Gemma; queries and keys of Qwen 3.
    Strengths: as good as layer normalisation in language models, with less to compute.
    Gaps: a mean that all values share stays.
    Source: Zhang & Sennrich 2019, arXiv:1910.07467.
    """

    formula = r"y = \gamma \frac{x}{\sqrt{\frac{1}{D} \sum_i x_i^2 + \epsilon}}"
    keeps_inside = 1.0
    tags = ("rmsnorm", "root mean square", "normalise", "normalize")
    axes = Choice("last", ("last", "channels"), doc="what one root is taken over")
    eps = Float(1e-6, max=1.0, doc="keeps the root away from zero")
    affine = Bool(True, doc="a learned scale for each normalised value")

    def infer(self, x: Tensor) -> Tensor:
        wants_float(x)
        if self.axes == "channels" and x.axes not in DIMS:
            raise ShapeError(
                f"normalises over channels, but {{source}} sends {x.spelled}.", code="axes", wants="C × H × W"
            )
        if self.axes == "last" and x.axes[-1:] not in (("D",), ("C",)):
            raise ShapeError(
                f"normalises over a last axis D, but {{source}} sends {x.spelled}.", code="axes", wants="D"
            )
        return x

    def _size(self, x: Tensor) -> int:
        return x.shape[0] if self.axes == "channels" else x.shape[-1]

    def target_for(self, x: Tensor) -> str:
        """Channels need a module of our own, torch normalises over last axes only."""
        return f"{OWN}:ChannelRms" if self.axes == "channels" else "torch.nn:RMSNorm"

    def parameters(self, x: Tensor) -> int:
        return self._size(x) * self.affine

    def arguments(self, x: Tensor) -> Call:
        affine = "affine" if self.axes == "channels" else "elementwise_affine"
        more = call(defaults={affine: True}, eps=self.eps, **{affine: self.affine})
        return Call((self._size(x),), more.kwargs)


@block(
    "global_response_norm",
    target=f"{OWN}:ResponseNorm",
    category="1.1.6",
    family="norm",
    title="Global response norm (GRN)",
    icon="norm",
    stem="grn",
)
class GlobalResponseNorm(Block):
    r"""Weighs every channel by how strongly it answers over the whole map, against the mean of all channels.
    Channels compete that way, so that they do not come to say the same.

    Learned factors start at 0 and the input is added, so that it changes nothing before it is trained.

    Shapes: x (C, …), (T, D) or (H, W, D) → y (same).
    Parameters: 2·C.
    MACs: 0.
    Used in: ConvNeXt V2, after the GELU of each block.
    Strengths: stops channels from dying or repeating each other when masked pictures are learned.
    Gaps: every place needs the sum over all of them.
    Source: Woo et al. 2023, arXiv:2301.00808.
    """

    formula = (
        r"y = x + \gamma\, x \frac{\lVert x_c \rVert}{\mathrm{mean}_k \lVert x_k \rVert + \epsilon} + \beta"
    )
    tags = ("grn", "convnext", "global response normalization")
    keeps_inside = 1.0
    example = (image(8, 16, 16),)
    eps = Float(1e-6, min=1e-12, max=1.0, doc="keeps the quotient away from 0 / 0")

    def infer(self, x: Tensor) -> Tensor:
        check_channels(x, vectors=False)
        return x

    def parameters(self, x: Tensor) -> int:
        return 2 * x.shape[x.channels]

    def parameter_sum(self, x: Tensor) -> str:
        return f"2·{x.shape[x.channels]}"

    def receptive_field(self, x: Tensor) -> ReceptiveField:
        return ReceptiveField(whole=True)

    def arguments(self, x: Tensor) -> Call:
        return call(
            x.shape[x.channels],
            defaults={"dim": 1, "eps": 1e-6},
            dim=1 if x.axes in DIMS else -1,
            eps=self.eps,
        )


@block(
    "layer_scale",
    target=f"{OWN}:LayerScale",
    category="1.1.6",
    family="norm",
    icon="scale",
    stem="layer_scale",
)
class LayerScale(Block):
    r"""Multiplies every channel with a learned factor that starts near 0. At the end of a residual branch it
    lets a deep network begin as the identity, and each branch come in as it proves useful.

    Shapes: x (C, …), (D), (T, D) or (H, W, D) → y (same).
    Parameters: C.
    MACs: 0.
    Used in: CaiT, ConvNeXt, DINOv2, EVA.
    Strengths: very deep transformers train without a warm-up of each layer.
    Gaps: one more number to choose; a start that is too small slows the first epochs.
    Source: Touvron et al. 2021, arXiv:2103.17239.
    """

    formula = r"y_c = \gamma_c\, x_c"
    tags = ("layerscale", "cait", "convnext", "gamma")
    start = Float(1e-5, min=1e-9, max=10.0, doc="value of all factors before training")

    def infer(self, x: Tensor) -> Tensor:
        check_channels(x)
        return x

    def parameters(self, x: Tensor) -> int:
        return x.shape[x.channels]

    def arguments(self, x: Tensor) -> Call:
        return call(
            x.shape[x.channels],
            defaults={"start": 1e-5, "dim": -1},
            start=self.start,
            dim=x.channels - len(x.shape),
        )

    def summary(self) -> str:
        return f"from {self.start:g}"


@block(
    "adaptive_norm",
    target=f"{OWN}:AdaptiveNorm",
    category="1.1.6",
    family="norm",
    title="Adaptive norm (AdaLN-Zero)",
    icon="layer_norm",
    stem="adaptive_norm",
)
class AdaptiveNorm(Block):
    r"""Normalises every token, then scales and shifts it as a condition demands: a time step, a class.
    A gate for the branch that follows comes from the condition too.

    Multiply the branch with `gate` (with broadcasting) before it is added. The linear layer that makes
    scale, shift and gate starts at 0, so that every such branch adds nothing at first.

    Shapes: x (T, D), condition (K) → y (T, D), gate (D); maps (C, …) → y (same), gate (C, 1, …).
    Parameters: 3·D·K + 3·D, without the gate 2·D·K + 2·D.
    MACs: 3·D·K, without the gate 2·D·K.
    Used in: diffusion transformers (DiT, Stable Diffusion 3).
    Strengths: one vector steers every layer, at hardly any cost.
    Gaps: the same for all places; what differs from place to place needs cross-attention.
    Source: Peebles & Xie 2022, arXiv:2212.09748; Perez et al. 2017, arXiv:1709.07871 (FiLM).
    """

    formula = r"y = (1 + \gamma(c))\, \mathrm{LN}(x) + \beta(c)"
    keeps_inside = 1.0
    tags = ("adaln", "adaln-zero", "dit", "film", "conditional", "diffusion", "modulation")
    example = (sequence(12, 16), vector(8))
    gate = Bool(True, doc="a second output, for the branch that follows")
    eps = Float(1e-6, max=1.0, doc="keeps the root away from zero")

    def validate(self) -> None:
        """The ports depend on whether there is a gate."""
        self.outputs = ("y", "gate") if self.gate else ("y",)

    def target_for(self, x: Tensor, condition: Tensor) -> str:
        return f"{OWN}:{'Gated' * self.gate}AdaptiveNorm"

    def infer(self, x: Tensor, condition: Tensor) -> tuple[Tensor, ...]:
        check_channels(x, vectors=False)
        wants_float(condition, "condition")
        wants(condition, "D", words="one condition D for each sample", port="condition")
        if not self.gate:
            return (x,)
        if x.axes in DIMS:
            return x, x.resized(x.shape[0], *[1] * (len(x.shape) - 1))
        return x, Tensor((x.shape[-1],), ("D",))

    def _made(self, x: Tensor) -> int:
        return (3 if self.gate else 2) * x.shape[x.channels]

    def parameters(self, x: Tensor, condition: Tensor) -> int:
        return self._made(x) * (condition.shape[0] + 1)

    def macs(self, x: Tensor, condition: Tensor) -> int:
        return self._made(x) * condition.shape[0]

    def receptive_field(self, x: Tensor, condition: Tensor) -> ReceptiveField | None:
        return None

    def arguments(self, x: Tensor, condition: Tensor) -> Call:
        return call(
            x.shape[x.channels],
            condition.shape[0],
            defaults={"dim": -1, "eps": 1e-6},
            dim=1 if x.axes in DIMS else -1,
            eps=self.eps,
        )
