"""The small network that works on each token alone."""

from __future__ import annotations

from explorer.blocks.block import Composite, block
from explorer.blocks.checks import wants_float
from explorer.blocks.fields import Bool, Choice, Float, OptionalInt
from explorer.graph.builder import Builder, Wire
from explorer.graph.catalogue import ShapeError
from explorer.graph.model import FieldValue

PLAIN = {"gelu": "gelu", "gelu_tanh": "gelu", "relu": "relu", "swish": "swish"}
GATED = {"swiglu": "swish", "geglu": "gelu", "geglu_tanh": "gelu", "reglu": "relu", "glu": "sigmoid"}
"""Block of the activation by the name of the whole; gated ones multiply it with a second linear layer."""


def activation(default: str = "gelu") -> Choice:
    """The field that says what bends, and whether a second linear layer is multiplied with it."""
    return Choice(default, (*PLAIN, *GATED), doc="what bends; names with glu multiply it with a second layer")


def inner_width(kind: str, width: int, hidden: int | None) -> int:
    """Hidden width: as given, else 4·D, or ⌊8·D/3⌋ where a second layer would add half as much again."""
    return hidden or (max(1, 8 * width // 3) if kind in GATED else 4 * width)


def feed_forward(
    g: Builder, x: Wire, *, kind: str, hidden: int | None = None, bias: bool = True, dropout: float = 0.0
) -> Wire:
    """Wire up `fc1`, the activation, for gated kinds `fc_gate` in front of it, and `fc2`.

    Args:
        g: the composite. x: (…, D).
        kind: of `PLAIN` or `GATED`. hidden: width inside, None for the usual one.
        bias: of the linear layers. dropout: share of hidden values set to zero while training.

    """
    width = x.tensor.shape[-1]
    inside = inner_width(kind, width, hidden)
    block = PLAIN.get(kind) or GATED[kind]
    form: dict[str, FieldValue] = {"approximation": "tanh"} if kind.endswith("_tanh") else {}
    y = g.add("linear", x, name="fc1", features=inside, bias=bias)
    if kind in GATED:
        gate = g.add("linear", x, name="fc_gate", features=inside, bias=bias)
        gate = g.add_block(block, (gate,), block, form)[0]
        y = g.add("multiply", gate, y, name="gated")
    else:
        y = g.add_block(block, (y,), block, form)[0]
    if dropout:
        y = g.add("dropout", y, name="drop_mlp", p=dropout)
    return g.add("linear", y, name="fc2", features=width, bias=bias)


@block(
    "feed_forward",
    category="1.1.4",
    family="composite",
    title="Feed-forward network",
    icon="fc_block",
    stem="ffn",
)
class FeedForward(Composite):
    r"""Widens every token, bends it by an activation and brings it back to its width. All tokens go through
    the same two layers, none sees another.

    The kinds with `glu` in their name have a third layer, whose activation is multiplied with the first
    one's output: with swish it is SwiGLU, with GELU GEGLU, with ReLU ReGLU.

    Shapes: x (…, D) → y (same).
    Parameters: 2·D·M + M + D, for gated kinds 3·D·M + 2·M + D, where M is the hidden width.
    MACs: 2·D·M for each token, 3·D·M for gated kinds.
    Used in: every transformer layer: GELU in BERT and GPT-2, SwiGLU in LLaMA, GEGLU in T5 1.1 and Gemma.
    Strengths: two thirds of a transformer's weights stand here, and it is where much of its knowledge lies.
    Gaps: every token costs the same, however easy; see Mixture of experts.
    Source: Vaswani et al. 2017, arXiv:1706.03762; Shazeer 2020, arXiv:2002.05202 (gated kinds).
    """

    formula = r"y = W_2\, f(W_1 x),\quad y = W_2 (f(W_g x) \odot W_1 x)"
    tags = ("ffn", "mlp", "swiglu", "geglu", "reglu", "glu", "gated linear unit", "position-wise", "gpt")
    hidden = OptionalInt(
        label="Hidden width",
        doc="M, width inside; empty: 4·D, or ⌊8·D/3⌋ for gated kinds, which cost the same",
    )
    activation = activation()
    bias = Bool(True, doc="learned numbers added by the linear layers")
    dropout = Float(0.0, max=0.99, doc="share of hidden values set to zero while training")

    def expand(self, g: Builder, x: Wire) -> Wire:
        wants_float(x.tensor)
        if x.tensor.axes[-1:] != ("D",):
            raise ShapeError(
                f"needs a last axis D, but {{source}} sends {x.tensor.spelled}.", code="axes", wants="D"
            )
        return feed_forward(
            g, x, kind=self.activation, hidden=self.hidden, bias=self.bias, dropout=self.dropout
        )

    def summary(self) -> str:
        return f"{self.activation}" + (f" · {self.hidden}" if self.hidden else "")
