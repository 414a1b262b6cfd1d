"""Times as waves, and vectors as entries of a table."""

from __future__ import annotations

from math import prod

from explorer.blocks.block import Block, Call, Composite, block, call
from explorer.blocks.checks import wants
from explorer.blocks.fields import Choice, Float, Int, OptionalInt
from explorer.blocks.normalisation.scales import check_channels
from explorer.graph.builder import Builder, Wire
from explorer.graph.catalogue import ShapeError
from explorer.graph.tensor import Tensor, sequence, vector

OWN = "explorer.engine.modules.codes"


def check_number(x: Tensor) -> None:
    """Raise `ShapeError` unless one number a sample arrives, whole or not."""
    wants(x, "D", words="one number for each sample, D 1")
    if x.shape[0] != 1 or x.dtype == "bool":
        raise ShapeError(
            f"needs one number for each sample, but {{source}} sends {x.spelled}.", code="size", wants="D 1"
        )


@block(
    "time_waves",
    target=f"{OWN}:TimeWaves",
    category="1.1.8",
    family="attention",
    icon="positional_encoding",
    stem="waves",
)
class TimeWaves(Block):
    r"""Writes one number, such as the step of a diffusion, as sines and cosines from fast to slow. Near times
    get similar codes and far ones differ, so that a network can read the time exactly.

    Shapes: x (D 1, any number) → y (width).
    Parameters: 0.
    MACs: 0.
    Used in: diffusion models; the first part of Time embedding.
    Strengths: nothing to learn; any real number, not only whole ones.
    Gaps: numbers between 0 and 1 have to be scaled up, to 1,000 or so, or only the fast waves move.
    Source: Ho, Jain & Abbeel 2020, arXiv:2006.11239; Vaswani et al. 2017, arXiv:1706.03762 (the waves).
    """

    keeps = "nothing"
    keeps_inside = 0.75
    formula = r"y_i = \sin(t\, L^{-2i/D}),\quad y_{D/2 + i} = \cos(t\, L^{-2i/D})"
    tags = ("timestep", "sinusoidal", "diffusion", "noise level")
    example = (vector(1),)
    width = Int(128, min=2, doc="D, length of the code")
    longest = Float(10_000.0, min=2.0, doc="L: the slowest wave has a period of about 2π·L")
    order = Choice("sines_first", ("sines_first", "cosines_first"), doc="which half comes first")

    def infer(self, x: Tensor) -> Tensor:
        check_number(x)
        return vector(self.width)

    def arguments(self, x: Tensor) -> Call:
        return call(
            self.width,
            defaults={"longest": 10_000.0, "cosines_first": False},
            longest=self.longest,
            cosines_first=self.order == "cosines_first",
        )

    def summary(self) -> str:
        return f"→ {self.width}"


@block(
    "time_embedding",
    category="1.1.8",
    family="attention",
    icon="positional_encoding",
    stem="time",
)
class TimeEmbedding(Composite):
    r"""Makes a vector of a time step: waves of it, then two linear layers with swish between them. The vector
    is what the layers of a diffusion model are conditioned on.

    Wire it to the condition of Adaptive norm, or add it to the channels of maps.

    Shapes: x (D 1, any number) → y (D).
    Parameters: W·D + D + D² + D, where W is the width of the waves.
    MACs: W·D + D².
    Used in: DDPM, ADM, Stable Diffusion, DiT.
    Strengths: one network for all noise levels.
    Gaps: one more input, whose scale has to be that of the training.
    Source: Ho, Jain & Abbeel 2020, arXiv:2006.11239; Peebles & Xie 2022, arXiv:2212.09748.
    """

    formula = r"y = W_2\, \mathrm{swish}(W_1\, \mathrm{waves}(t))"
    tags = ("timestep", "diffusion", "ddpm", "dit", "noise level", "conditioning")
    example = (vector(1),)
    width = Int(256, min=2, doc="D, length of the vector")
    waves = OptionalInt(min=2, doc="W, length of the waves; empty: D")
    longest = Float(10_000.0, min=2.0, doc="the slowest wave has a period of about 2π times this")
    order = Choice("sines_first", ("sines_first", "cosines_first"), doc="which half of the waves comes first")

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_number(x.tensor)
        width = self.waves or self.width
        y = g.add("time_waves", x, name="waves", width=width, longest=self.longest, order=self.order)
        y = g.add("linear", y, name="fc1", features=self.width)
        y = g.add("swish", y, name="swish")
        return g.add("linear", y, name="fc2", features=self.width)

    def summary(self) -> str:
        return f"→ {self.width}"


@block(
    "vector_quantizer",
    target=f"{OWN}:VectorQuantizer",
    category="1.1.8",
    family="linear",
    title="Vector quantiser",
    icon="vector_quantizer",
    stem="quantize",
)
class VectorQuantizer(Block):
    r"""Replaces every vector by the nearest entry of a learned table, so that a picture becomes a grid of
    whole numbers. The gradient passes straight through, as if nothing had been replaced.

    The table learns from `loss`, which has to be added to what is minimised: it draws entries to their
    vectors, and vectors a little to their entries.

    Shapes: x (T, D), (H, W, D) or (C, …) → y (same), index (whole numbers, one for each place), loss (one
        number).
    Parameters: K·D.
    MACs: K·D for each place.
    Used in: VQ-VAE, VQGAN, tokens of pictures and sound for transformers.
    Strengths: discrete codes that a language model can learn to write.
    Gaps: entries that are never nearest never learn; many can die.
    Source: van den Oord, Vinyals & Kavukcuoglu 2017, arXiv:1711.00937.
    """

    keeps_inside = 2.0
    outputs = ("y", "index", "loss")
    formula = r"y = e_k,\quad k = \mathrm{argmin}_j \lVert x - e_j \rVert"
    tags = ("vq", "vq-vae", "codebook", "discrete", "straight-through", "tokenizer")
    example = (sequence(12, 8),)
    codes = Int(512, doc="K, entries of the table")
    commitment = Float(0.25, max=10.0, doc="how strongly vectors are drawn to their entries")

    def infer(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        check_channels(x, vectors=False)
        at = x.channels
        index = Tensor(x.shape[:at] + x.shape[at + 1 :], x.axes[:at] + x.axes[at + 1 :], "int")
        return x, index, Tensor((), ())

    def parameters(self, x: Tensor) -> int:
        return self.codes * x.shape[x.channels]

    def macs(self, x: Tensor) -> int:
        return self.codes * prod(x.shape)

    def arguments(self, x: Tensor) -> Call:
        return call(
            self.codes,
            x.shape[x.channels],
            defaults={"commitment": 0.25, "dim": -1},
            commitment=self.commitment,
            dim=1 if x.axes[0] == "C" else -1,
        )

    def summary(self) -> str:
        return f"{self.codes:,} codes"
