"""Shortcuts that are gated, and shortcuts that can be run backwards."""

from __future__ import annotations

from typing import Any

from explorer.blocks.block import Block, Call, Composite, block, call
from explorer.blocks.checks import check_map, sliding_axes, wants_float
from explorer.blocks.fields import Choice, Float, Int
from explorer.graph.builder import Builder, Wire
from explorer.graph.catalogue import BadField, ReceptiveField, ShapeError
from explorer.graph.tensor import Tensor

ORDERS = ("bn_relu_conv", "conv_bn_relu")


@block("highway", category="1.1.2", family="composite", title="Highway layer", icon="highway", stem="highway")
class Highway(Composite):
    r"""Mixes what a layer makes of its input with the input itself, and learns the mixture at every place.
    A transform gate T says how much of the new value passes, and the carry gate 1 − T lets the rest of the
    old one through.

    The gate's bias starts below zero, so that a deep stack begins by carrying its input. `conv` works on maps
    (signals and videos too), `dense` on vectors and on every step of a sequence.

    Shapes: x (C, …) → y (same); dense: x (…, D) → y (same).
    Parameters: conv: 2·(k²·C² + C); dense: 2·(D² + D).
    MACs: conv: 2·k²·C²·H·W; dense: 2·D² at every step.
    Used in: the first networks of 50 to 100 layers, character-level language models, the CBHG of Tacotron.
    Strengths: made very deep networks trainable; eases the vanishing gradient; auxiliary connections beside
    the direct ones.
    Gaps: gates depend on the data and cost as many weights as the layer itself; a gate near 1 closes the
    shortcut again, which the identity of ResNet cannot.
    Source: Srivastava, Greff & Schmidhuber 2015, arXiv:1505.00387.
    """

    formula = r"y = H(x) \odot T(x) + x \odot (1 - T(x)),\quad T = \sigma(W_T x + b_T)"
    tags = ("gate", "skip", "multi-path")
    exposes = "gates"
    inside = (("transform", "transform"), ("carry", "carry"))
    form = Choice("conv", ("conv", "dense"), doc="convolutions on maps, or linear layers on the last axis")
    kernel = Int(3, max=31, doc="size of the filters of the form conv")
    activation = Choice("relu", ("relu", "tanh"), doc="what H passes through")
    gate_bias = Float(-2.0, min=-20, max=0, doc="bias of the gate before training")

    def expand(self, g: Builder, x: Wire) -> Wire:
        tensor = x.tensor
        if self.form == "conv":
            axes = sliding_axes(tensor)
            block = f"conv{axes}d"
            fields: dict[str, Any] = {"filters": x.channels, "kernel": self.kernel, "padding": "same"}
            sizes, letters = (x.channels, *(1,) * axes), "".join(tensor.axes)
        else:
            wants_float(tensor)
            if tensor.axes[-1:] != ("D",):
                raise ShapeError(
                    f"works along a last axis D, but {{source}} sends {tensor.spelled}.",
                    code="axes",
                    wants="D",
                )
            block, fields = "linear", {"features": tensor.shape[-1]}
            sizes, letters = tensor.shape[-1:], "D"
        h = g.add(block, x, name="layer", **fields)
        h = g.add(self.activation, h, name=self.activation)
        # The bias stands apart from its layer, because it starts at a value of its own.
        t = g.add(block, x, name="gate", **fields, bias=False)
        bias = g.add(
            "constant", name="gate_bias", shape=sizes, axes=letters, start=self.gate_bias, learned=True
        )
        t = g.add("add", t, bias, name="gate_sum", broadcast=True)
        transform = g.add("sigmoid", t, name="transform")
        carry = g.add("sigmoid", g.add("scale", t, name="opposite", factor=-1.0), name="carry")
        new = g.add("multiply", h, transform, name="passed")
        old = g.add("multiply", x, carry, name="carried")
        return g.add("add", new, old, name="add")

    def summary(self) -> str:
        return f"{self.form} · gate from {self.gate_bias:g}"


@block(
    "reversible",
    target="explorer.engine.modules.reversible:Reversible",
    category="1.1.2",
    family="composite",
    title="Reversible residual",
    icon="reversible",
    stem="reversible",
)
class Reversible(Block):
    r"""Residual layers on two halves of the channels that can be run backwards: each half is added to by a
    function of the other. Training therefore needs no stored activations, because it computes them again
    from the output.

    F and G are convolutions with batch norm and ReLU; several layers in one block share the single stored
    output. The module's `inverse` gives x for y. Half precision is raised to single, in which rounding can
    be undone.

    Shapes: x (C, H, W) → y (C, H, W), C even.
    Parameters: 2·layers·convs·(k²·C²/4 + C).
    MACs: 2·layers·convs·k²·C²/4·H·W; the backward pass repeats them.
    Used in: RevNet, Reformer, flow models (with other couplings), networks for large medical volumes.
    Strengths: memory for activations does not grow with depth.
    Gaps: a third more time to train; cannot change the size; rounding errors grow with depth. Compiled, it
    keeps activations like other blocks.
    Correction: a text undoes y = F(x) + x by x = y − F(x), which needs x to find x; only the coupling of two
    halves can be undone.
    Source: Gomez et al. 2017, arXiv:1707.04585.
    """

    keeps = "outputs"
    formula = r"y_1 = x_1 + F(x_2),\quad y_2 = x_2 + G(y_1)"
    tags = ("revnet", "memory", "invertible", "coupling")
    layers = Int(2, max=256, doc="coupled layers in this block")
    kernel = Int(3, max=31, doc="height and width of the filters in F and G, odd")
    convs = Int(2, max=8, label="Convolutions", doc="convolutions in each F and each G")
    order = Choice("bn_relu_conv", ORDERS, doc="order of the steps in F and G")

    def validate(self) -> None:
        """Even kernels would change the size."""
        if self.kernel % 2 == 0:
            raise BadField(f"kernel must be odd, so that the size stays, not {self.kernel}.")

    def infer(self, x: Tensor) -> Tensor:
        check_map(x, 2)
        if x.shape[0] % 2:
            raise ShapeError(
                f"needs two halves of the channels, but {{source}} sends {x.shape[0]}, an odd number.",
                code="divide",
            )
        return x

    def _convolutions(self) -> int:
        return 2 * self.layers * self.convs

    def parameters(self, x: Tensor) -> int:
        half = x.shape[0] // 2
        return self._convolutions() * (self.kernel**2 * half**2 + 2 * half)

    def macs(self, x: Tensor) -> int:
        return self._convolutions() * self.kernel**2 * (x.shape[0] // 2) * (x.size // 2)

    def receptive_field(self, x: Tensor) -> ReceptiveField:
        window = 1 + self._convolutions() * (self.kernel - 1)
        return ReceptiveField((window, window), (1.0, 1.0))

    def arguments(self, x: Tensor) -> Call:
        return call(
            x.shape[0],
            defaults={"layers": 1, "kernel": 3, "convs": 2, "order": "bn_relu_conv"},
            layers=self.layers,
            kernel=self.kernel,
            convs=self.convs,
            order=self.order,
        )

    def summary(self) -> str:
        return f"{self.layers} layers · {self.convs} × {self.kernel}×{self.kernel}"
