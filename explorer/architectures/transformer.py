"""The transformer for translation. Vaswani et al. 2017, arXiv:1706.03762."""

from __future__ import annotations

import math

from explorer.architectures.architecture import architecture
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor


def _encoder(g: Builder, x: Wire, layers: int, heads: int, mlp: int, dropout: float) -> Wire:
    """Post-norm layers and the norm after them."""
    for number in range(1, layers + 1):
        x = g.add(
            "transformer_encoder_layer",
            x,
            name=f"layer{number}",
            heads=heads,
            mlp=mlp,
            norm="post",
            activation="relu",
            dropout=dropout,
        )
    return g.add("layer_norm", x, name="norm")


def _decoder(g: Builder, x: Wire, memory: Wire, layers: int, heads: int, mlp: int, dropout: float) -> Wire:
    """Layers that see the words so far and the whole memory, and the norm after them."""
    for number in range(1, layers + 1):
        x = g.add(
            "transformer_decoder_layer",
            x,
            memory,
            name=f"layer{number}",
            heads=heads,
            mlp=mlp,
            norm="post",
            activation="relu",
            dropout=dropout,
        )
    return g.add("layer_norm", x, name="norm")


@architecture(
    "transformer_base",
    title="Transformer, base",
    category="1.2.4 transformers",
    year=2017,
    source="Vaswani et al. 2017, arXiv:1706.03762",
    input=(20,),
    axes="T",
    dtype="int",
    classes=37_000,
    parameters=63_084_544,
    task="sequence",
    also=("sequence to sequence", "attention is all you need", "translation", "encoder decoder"),
)
def transformer_base(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    layers: int = 6,
    width: int = 512,
    heads: int = 8,
    mlp: int = 2048,
    dropout: float = 0.1,
) -> None:
    """Translates with attention alone: the encoder's words look at each other, the decoder's at the words so
    far and at the encoder. Nothing is recurrent, so that all words of a sentence are trained at once.

    Source and target have the same vocabulary, and one table of vectors serves both and the output.

    Contribution: attention in several heads in place of recurrence, with sinusoids that encode the position.
    Figures: 65 M parameters in the paper; 63,084,544 with 37,000 words (44,140,544 without the table). The
        big one (width 1,024, 16 heads, 4,096 inside) has 213 M there.
    Form: exact, post-norm with ReLU, tied tables, and a norm after each half as in PyTorch's nn.Transformer,
        which the paper's figure lacks.
    Strengths: any two words are one step apart; trains in parallel.
    Gaps: cost grows with the square of the length; at inference one word after the other.
    """
    if layers < 1:
        raise ValueError(f"has 1 or more layers, such as 6, not {layers}.")
    if not 0 <= dropout < 1:
        raise ValueError(f"drops a share from 0 to below 1, not {dropout:g}.")
    if width < 1 or heads < 1 or width % heads:
        raise ValueError(f"has a width that its heads divide, such as 512 and 8, not {width} and {heads}.")

    def embedding(g: Builder, source: Wire, target: Wire) -> tuple[Wire, ...]:
        said, table = g.add_all(
            "embedding", source, name="words", vocabulary=classes, width=width, table=True
        )
        asked, _ = g.again("words", target, name="target_words")
        ends = []
        for name, x in (("source", said), ("target", asked)):
            x = g.add("scale", x, name=f"{name}_scale", factor=math.sqrt(width))
            x = g.add("positional_encoding", x, name=f"{name}_position")
            ends.append(g.add("dropout", x, name=f"{name}_drop", p=dropout))
        return (*ends, table)

    source = g.input("source", input, vocabulary="english")
    target = g.input("target", input, vocabulary="french")
    x, y, table = g.group("embedding", embedding, source, target)
    (memory,) = g.group("encoder", lambda g, x: _encoder(g, x, layers, heads, mlp, dropout), x)
    (y,) = g.group("decoder", lambda g, y, m: _decoder(g, y, m, layers, heads, mlp, dropout), y, memory)
    y = g.add("dot_scores", y, table, name="words", scale=1.0)
    g.output("output", y)
