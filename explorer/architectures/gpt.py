"""GPT-2: a decoder alone, trained to say what comes next. Radford et al. 2019."""

from __future__ import annotations

from explorer.architectures.architecture import architecture
from explorer.architectures.parts import about, check_layers, variant
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor

CATEGORY = "1.2.5 language models"


def gpt2(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    layers: int = 12,
    width: int = 768,
    heads: int = 12,
    positions: int = 1024,
    dropout: float = 0.0,
) -> None:
    """Words and places, causal pre-norm layers, scores by the table of the words."""
    check_layers(width, layers, heads)
    if not 0 <= dropout < 1:
        raise ValueError(f"drops a share from 0 to below 1, not {dropout:g}.")

    def embedding(g: Builder, x: Wire) -> tuple[Wire, ...]:
        x, table = g.add_all("embedding", x, name="words", vocabulary=classes, width=width, table=True)
        return g.add("positional_encoding", x, name="position", kind="learned", length=positions), table

    def stack(g: Builder, x: Wire) -> Wire:
        for number in range(1, layers + 1):
            x = g.add(
                "transformer_encoder_layer",
                x,
                name=f"block{number}",
                heads=heads,
                causal=True,
                activation="gelu_tanh",
                dropout=dropout,
            )
        return x

    x = g.input("text", input)
    x, table = g.group("embedding", embedding, x)
    (x,) = g.group("layers", stack, x)
    x = g.add("layer_norm", x, name="norm")
    g.output("next", g.add("dot_scores", x, table, name="head"))


WORDS = """\
Reads a text of up to 1,024 tokens and says for each of them what may come next; written on and on, that makes
texts. The table that turns tokens into vectors also turns the last states back into scores.

The number of classes is the number of tokens, byte pairs in the paper; their list is not part of the program.

Contribution: a language model alone, not trained for the task, answers, sums up and translates a little."""
REST = """\
Strengths: one network for every task that can be written down; all places of a text are trained at once.
Gaps: sees no further back than 1,024 tokens; tells with the same ease what is true and what is not."""
SIZES = (
    ("gpt2", "GPT-2", 12, 768, 12, 124_439_808, "117 M in the paper, a slip: 124,439,808"),
    ("gpt2_medium", "GPT-2, medium", 24, 1024, 16, 354_823_168, "345 M in the paper: 354,823,168"),
    ("gpt2_large", "GPT-2, large", 36, 1280, 20, 774_030_080, "762 M in the paper: 774,030,080"),
    ("gpt2_xl", "GPT-2 XL", 48, 1600, 25, 1_557_611_200, "1,542 M in the paper: 1,557,611,200"),
)
for id, title, layers, width, heads, parameters, figures in SIZES:
    architecture(
        id,
        title=title,
        category=CATEGORY,
        year=2019,
        source="Radford, Wu, Child, Luan, Amodei & Sutskever 2019, Language models are unsupervised "
        "multitask learners",
        input=(1024,),
        axes="T",
        dtype="int",
        classes=50_257,
        parameters=parameters,
        task="next token",
        also=("language model", "gpt", "decoder only", "openai", "text"),
    )(
        variant(
            gpt2,
            about(
                WORDS,
                f"{layers} layers of width {width:,}, {heads} heads; {figures} parameters.",
                "exact: pre-norm, GELU by its tanh formula, learned places, one table for words in and out; "
                "dropout is left out, as at inference.",
                REST,
            ),
            layers=layers,
            width=width,
            heads=heads,
        )
    )
