"""Language models: decoder-only transformers. Radford et al. 2018 and 2019."""

from __future__ import annotations

from explorer.architectures.architecture import architecture
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor

CATEGORY = "1.2.4 transformers"


@architecture(
    "gpt_shakespeare",
    title="Small GPT on Shakespeare",
    category=CATEGORY,
    year=2018,
    source="Radford, Narasimhan, Salimans & Sutskever 2018, scaled down",
    input=(128,),
    axes="T",
    dtype="int",
    classes=68,
    weights="gpt_shakespeare",
    task="next token",
    also=("language model", "gpt", "generation", "decoder only", "text", "characters", "plays"),
)
def gpt_shakespeare(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    layers: int = 4,
    width: int = 128,
    heads: int = 4,
    dropout: float = 0.0,
) -> None:
    """Reads up to 128 characters of a play and says for each of them what may come next. Every character
    sees only itself and those before it, so that one pass learns from all of them.

    The number of classes is the number of characters it knows.

    Contribution: a transformer without an encoder, trained on plain text to guess the next token.
    Figures: none printed; GPT has 12 layers of width 768, 12 heads and 117 M parameters.
    Form: reconstruction, scaled down: characters in place of byte pairs, pre-norm as from GPT-2 on, waves in
        place of learned positions, so that it reads texts of any length up to what it was trained on.
    Strengths: writes on from any beginning; every head can be watched.
    Gaps: sees no further back than its window; knows the letters of ten plays and nothing of the world.
    """
    if layers < 1:
        raise ValueError(f"has 1 or more layers, such as 4, not {layers}.")
    if width < 1 or heads < 1 or width % heads:
        raise ValueError(f"has a width that its heads divide, such as 128 and 4, not {width} and {heads}.")
    if not 0 <= dropout < 1:
        raise ValueError(f"drops a share from 0 to below 1, not {dropout:g}.")

    def embedding(g: Builder, x: Wire) -> Wire:
        x = g.add("embedding", x, name="characters", vocabulary=classes, width=width)
        return g.add("positional_encoding", x, name="position")

    x = g.input("text", input, vocabulary="plays")
    (x,) = g.group("embedding", embedding, x)
    for number in range(1, layers + 1):
        x = g.add(
            "transformer_encoder_layer",
            x,
            name=f"block{number}",
            heads=heads,
            causal=True,
            dropout=dropout,
        )
    x = g.add("layer_norm", x, name="norm")
    x = g.add("linear", x, name="head", features=classes)
    g.output("next", x)
