"""Normalisation of weights instead of activations: wrappers of any layer with one weight tensor."""

from __future__ import annotations

from explorer.blocks import inner
from explorer.blocks.block import Block, Call, Made, block, call
from explorer.blocks.fields import Float, Int
from explorer.blocks.inner import Inner
from explorer.graph.catalogue import BadField, ReceptiveField, ShapeError
from explorer.graph.tensor import Tensor

OWN = "explorer.engine.modules.reparametrised"
WEIGHTED = ("Linear", "Conv1d", "Conv2d", "Conv3d", "ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d")


class _Weights(Block):
    """A layer with weights, used with other weights than it stores."""

    inner = Inner("conv2d", label="Wraps", doc="the layer whose weights are normalised")
    wrapped = "layer"

    def validate(self) -> None:
        """One layer with one weight tensor is wrapped, nothing larger."""
        if inner.group_of(self.inner) is not None:
            raise BadField("weights of one layer are normalised; open the group and wrap its layers.")
        layer = self.layer
        if layer.is_composite:
            raise BadField(f"weights of one layer are normalised; open {layer.id} and wrap its layers.")
        if (layer.target or "").partition(":")[2] not in WEIGHTED:
            raise BadField(
                f"{layer.id} has no weight matrix to normalise; wrap a linear layer or a convolution."
            )

    @property
    def layer(self) -> Block:
        """The wrapped layer."""
        return inner.made(self.inner)

    def infer(self, x: Tensor) -> Tensor:
        (y,) = self.layer.outputs_for((x,))
        if min(y.shape, default=1) < 1:
            raise ShapeError(f"would leave nothing: its output would be {y.spelled}.", code="empty")
        return y

    def parameters(self, x: Tensor) -> int:
        return self.layer.parameters(x)

    def macs(self, x: Tensor) -> int:
        return self.layer.macs(x)

    def receptive_field(self, x: Tensor) -> ReceptiveField | None:
        return self.layer.receptive_field(x)

    def _made(self, x: Tensor) -> Made:
        layer = self.layer
        target = layer.target_for(x)
        assert target is not None, "validate has seen to it"
        args, kwargs = layer.arguments(x)
        return Made(target, args, tuple(kwargs.items()))

    def arguments(self, x: Tensor) -> Call:
        return call(self._made(x))

    def summary(self) -> str:
        layer = self.layer
        return " · ".join(word for word in (layer.id, layer.summary()) if word)


@block(
    "weight_norm",
    target=f"{OWN}:WeightNorm",
    category="1.1.6",
    family="norm",
    icon="weight_norm",
    stem="layer",
)
class WeightNorm(_Weights):
    r"""Writes each filter as a length times a direction and learns the two apart. The length is then free
    of the direction, and training steps become better scaled without looking at a batch.

    Shapes: those of the layer.
    Parameters: those of the layer, and one length g for each filter (of each group, where transposed).
    MACs: those of the layer.
    Used in: WaveNet and other models of speech, GANs, reinforcement learning.
    Strengths: any batch size, recurrent nets too; cheaper than batch norm; the same in training and use.
    Gaps: does not centre activations; helps less than batch norm in deep image networks.
    Correction: a comparison in the lecture prints batch norm as o = (Wx − μ)/σ²; one divides by √(σ² + ε).
    Source: Salimans & Kingma 2016, arXiv:1602.07868.
    """

    formula = r"w = g \frac{v}{\Vert v \Vert}"
    tags = ("wn", "reparametrisation", "wrapper")

    def parameters(self, x: Tensor) -> int:
        layer, (y,) = self.layer, self.layer.outputs_for((x,))
        filters = y.shape[-1] if layer.target == "torch.nn:Linear" else y.shape[0]
        if "ConvTranspose" in (layer.target or ""):
            filters //= int(layer.values.get("groups", 1))
        return layer.parameters(x) + filters


@block(
    "weight_standardization",
    target=f"{OWN}:WeightStandardization",
    category="1.1.6",
    family="norm",
    icon="weight_standardization",
    stem="layer",
)
class WeightStandardization(_Weights):
    r"""Gives the weights of every filter mean 0 and standard deviation 1 before they are used. Gradients then
    behave as evenly as with batch norm, although no batch is looked at.

    ε stands outside the root: (w − μ)/(σ + ε), with the biased σ over the inputs of a filter.

    Shapes: those of the layer.
    Parameters: those of the layer.
    MACs: those of the layer.
    Used in: detection and segmentation with small batches, together with group norm; BiT.
    Strengths: with group norm it reaches batch norm's accuracy at one or two pictures a batch.
    Gaps: weights are worked out anew in every step; alone it does not normalise activations.
    Source: Qiao et al. 2019, arXiv:1903.10520.
    """

    formula = r"\hat w_i = \frac{w_i - \mu_i}{\sigma_i + \epsilon}"
    tags = ("ws", "reparametrisation", "wrapper")
    eps = Float(1e-5, max=1.0, doc="keeps the divisor away from zero; outside the root")

    def arguments(self, x: Tensor) -> Call:
        return call(self._made(x), defaults={"eps": 1e-5}, eps=self.eps)


@block(
    "spectral_norm",
    target=f"{OWN}:SpectralNorm",
    category="1.1.6",
    family="norm",
    icon="spectral_norm",
    stem="layer",
)
class SpectralNorm(_Weights):
    r"""Divides the weights by their largest singular value, so that the layer cannot stretch anything. A step
    of power iteration follows that value in every training step, which costs almost nothing.

    Shapes: those of the layer.
    Parameters: those of the layer.
    MACs: those of the layer; the iteration is not counted.
    Used in: discriminators of GANs, networks with a bounded Lipschitz constant.
    Strengths: keeps discriminators smooth and GAN training steady; one number to set.
    Gaps: bounds each layer and not the whole network; the value lags behind fast changes of the weights.
    Source: Miyato et al. 2018, arXiv:1802.05957.
    """

    formula = r"\hat w = \frac{w}{\sigma_{\max}(w)}"
    tags = ("sn", "gan", "lipschitz", "wrapper")
    iterations = Int(1, max=50, doc="power iterations in every training step")

    def arguments(self, x: Tensor) -> Call:
        return call(self._made(x), defaults={"iterations": 1}, iterations=self.iterations)
