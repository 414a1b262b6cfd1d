"""T5: every task is a text in and a text out. Raffel et al. 2019, arXiv:1910.10683."""

from __future__ import annotations

from functools import partial

from explorer.architectures.architecture import architecture
from explorer.architectures.parts import check_layers
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor


def _attention(
    g: Builder, x: Wire, memory: Wire, bias: Wire | None, *, heads: int, head: int, causal: bool
) -> Wire:
    """Attention without biases and without the division by √d, which T5 leaves to how weights start."""
    q = g.add("linear", x, name="to_q", features=heads * head, bias=False)
    k = g.add("linear", memory, name="to_k", features=heads * head, bias=False)
    v = g.add("linear", memory, name="to_v", features=heads * head, bias=False)
    y = g.add("scaled_dot_product", q, k, v, bias, name="attend", heads=heads, scale=1.0, causal=causal)
    return g.add("linear", y, name="to_out", features=x.tensor.shape[1], bias=False)


def _layer(g: Builder, x: Wire, bias: Wire, *memory: Wire, heads: int, head: int, mlp: int) -> Wire:
    """Look at the own text, in the decoder at the memory too, then the small network: all pre-norm."""
    y = g.add("rms_norm", x, name="norm1")

    def look(g: Builder, y: Wire, bias: Wire) -> Wire:
        return _attention(g, y, y, bias, heads=heads, head=head, causal=bool(memory))

    (y,) = g.group("attention", look, y, bias)
    x = g.add("add", x, y, name="add1")
    if memory:

        def cross(g: Builder, y: Wire, memory: Wire) -> Wire:
            return _attention(g, y, memory, None, heads=heads, head=head, causal=False)

        y = g.add("rms_norm", x, name="norm2")
        (y,) = g.group("cross_attention", cross, y, *memory)
        x = g.add("add", x, y, name="add2")
    y = g.add("rms_norm", x, name="norm3")
    y = g.add("feed_forward", y, name="ffn", hidden=mlp, activation="relu", bias=False)
    return g.add("add", x, y, name="add3")


def _stack(g: Builder, x: Wire, *memory: Wire, layers: int, heads: int, head: int, mlp: int) -> Wire:
    """Layers that all use one table of biases, and the norm behind them."""
    bias = g.add("relative_bias", x, name="relative", heads=heads, causal=bool(memory))
    write = partial(_layer, heads=heads, head=head, mlp=mlp)
    (x,) = g.group("layer1", write, x, bias, *memory)
    for number in range(2, layers + 1):
        (x,) = g.use("layer1", x, bias, *memory, name=f"layer{number}")
    return g.add("rms_norm", x, name="norm")


@architecture(
    "t5_small",
    title="T5, small",
    category="1.2.5 language models",
    year=2019,
    source="Raffel et al. 2019, arXiv:1910.10683",
    input=(512,),
    axes="T",
    dtype="int",
    classes=32_128,
    parameters=60_506_624,
    task="sequence",
    also=("encoder decoder", "text to text", "span corruption", "language model"),
)
def t5_small(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    layers: int = 6,
    width: int = 512,
    heads: int = 8,
    head: int = 64,
    mlp: int = 2048,
) -> None:
    """Takes every task as a text that says what is wanted, and answers with a text. Places are told by a
    learned bias for each distance, one table for all layers of a stack.

    The number of classes is the number of tokens; source and target have the same.

    Contribution: text to text for translation, questions, classification and summaries, with one training by
        gaps of several words.
    Figures: about 60 M parameters in the paper; 60,506,624. With 12 layers, width 768, 12 heads and 3,072
        inside it is T5, base: 222,903,552.
    Form: exact, as released first: ReLU, no biases, RMS norm, one table for words in and out, scores not
        divided by √d; dropout left out.
    Strengths: texts longer than those of the training work; one program for all tasks.
    Gaps: at inference one token after the other; biases hold a number for every pair of places.
    """
    check_layers(width, layers, 1)
    if not 1 <= heads <= 1024 or not 1 <= head <= 4096:
        raise ValueError(f"has 1 or more heads of width 1 or more, such as 8 of 64, not {heads} of {head}.")

    def embedding(g: Builder, source: Wire, target: Wire) -> tuple[Wire, ...]:
        x, table = g.add_all("embedding", source, name="words", vocabulary=classes, width=width, table=True)
        y, _ = g.again("words", target, name="target_words")
        return x, y, table

    source, target = g.input("source", input), g.input("target", input)
    x, y, table = g.group("embedding", embedding, source, target)
    write = partial(_stack, layers=layers, heads=heads, head=head, mlp=mlp)
    (memory,) = g.group("encoder", write, x)
    (y,) = g.group("decoder", write, y, memory)
    y = g.add("dot_scores", y, table, name="head", scale=width**-0.5)
    g.output("output", y)
