"""BERT: an encoder that has learned to fill gaps. Devlin et al. 2018, arXiv:1810.04805."""

from __future__ import annotations

from explorer.architectures.architecture import architecture
from explorer.architectures.parts import check_layers
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor

EPS = 1e-12


@architecture(
    "bert_base",
    title="BERT, base",
    category="1.2.5 language models",
    year=2018,
    source="Devlin, Chang, Lee & Toutanova 2018, arXiv:1810.04805",
    input=(512,),
    axes="T",
    dtype="int",
    classes=30_522,
    parameters=110_106_428,
    task="masked tokens",
    also=("language model", "encoder only", "masked language model", "mlm", "text", "sentences"),
)
def bert_base(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    layers: int = 12,
    width: int = 768,
    heads: int = 12,
    mlp: int = 3072,
    positions: int = 512,
) -> None:
    """Reads a text in which some words are hidden and guesses them from both sides at once. A first token
    speaks for the whole text and says whether the second sentence follows on the first.

    The number of classes is the number of tokens; id 0 only fills and is not looked at. The second input says
    of each token whether it belongs to the first sentence (0) or the second (1).

    Contribution: training by gaps, so that every layer looks left and right; fine-tuned for all tasks alike.
    Figures: 110 M parameters in the paper; 110,106,428 with both heads of the training, 109,482,240 without
        the one for words.
    Form: exact, as released: post-norm, GELU, ε = 10⁻¹², one table for words in and out; dropout left out.
        With 24 layers of width 1,024, 16 heads and 4,096 inside it is BERT, large.
    Strengths: vectors of words in their context, good for classification, search and extraction.
    Gaps: cannot write a text; learns from the hidden 15 % of the words only.
    """
    check_layers(width, layers, heads)

    def embedding(g: Builder, text: Wire, segments: Wire) -> tuple[Wire, ...]:
        x, table = g.add_all("embedding", text, name="words", vocabulary=classes, width=width, table=True)
        kind = g.add("embedding", segments, name="segments", vocabulary=2, width=width)
        x = g.add("add", x, kind, name="add")
        x = g.add("positional_encoding", x, name="position", kind="learned", length=positions)
        return g.add("layer_norm", x, name="norm", eps=EPS), table

    def stack(g: Builder, x: Wire, mask: Wire) -> Wire:
        for number in range(1, layers + 1):
            x = g.add(
                "transformer_encoder_layer",
                x,
                mask,
                name=f"layer{number}",
                heads=heads,
                mlp=mlp,
                norm="post",
                eps=EPS,
            )
        return x

    def words(g: Builder, x: Wire, table: Wire) -> Wire:
        x = g.add("linear", x, name="dense", features=width)
        x = g.add("gelu", x, name="gelu")
        x = g.add("layer_norm", x, name="norm", eps=EPS)
        x = g.add("dot_scores", x, table, name="scores")
        bias = g.add("constant", name="bias", shape=(1, classes), axes="TD", learned=True)
        return g.add("add", x, bias, name="add", broadcast=True)

    def pair(g: Builder, x: Wire) -> Wire:
        x = g.add("slice", x, name="first", axis="T", start=0, stop=1)
        x = g.add("flatten", x, name="flatten")
        x = g.add("linear", x, name="pooler", features=width)
        x = g.add("tanh", x, name="tanh")
        return g.add("linear", x, name="follows", features=2)

    text = g.input("text", input)
    segments = g.input("segments", input)
    mask = g.add("padding_mask", text, name="mask")
    x, table = g.group("embedding", embedding, text, segments)
    (x,) = g.group("encoder", stack, x, mask)
    g.output("words", g.group("masked_words", words, x, table)[0])
    g.output("follows", g.group("next_sentence", pair, x)[0])
