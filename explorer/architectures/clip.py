"""CLIP: pictures and sentences in one space. Radford et al. 2021, arXiv:2103.00020."""

from __future__ import annotations

from functools import partial

from explorer.architectures.architecture import architecture
from explorer.architectures.parts import check_layers
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor, tokens

START = 2.6592600
"""Logarithm of 1/0.07, where the learned temperature starts."""


def _layer(g: Builder, x: Wire, *, heads: int, causal: bool) -> Wire:
    """Pre-norm, with a GELU approximated as x · sigmoid(1.702 x)."""
    y = g.add("layer_norm", x, name="norm1")
    y = g.add("multi_head_attention", y, name="attention", heads=heads, causal=causal)
    x = g.add("add", x, y, name="add1")
    y = g.add("layer_norm", x, name="norm2")
    y = g.add("linear", y, name="fc1", features=4 * x.tensor.shape[1])
    gate = g.add("sigmoid", g.add("scale", y, name="steeper", factor=1.702), name="gate")
    y = g.add("multiply", y, gate, name="quick_gelu")
    y = g.add("linear", y, name="fc2", features=x.tensor.shape[1])
    return g.add("add", x, y, name="add2")


def _stack(g: Builder, x: Wire, *, layers: int, heads: int, causal: bool) -> Wire:
    (x,) = g.group("block1", partial(_layer, heads=heads, causal=causal), x)
    for number in range(2, layers + 1):
        (x,) = g.use("block1", x, name=f"block{number}")
    return x


@architecture(
    "clip_vit_b32",
    title="CLIP, ViT-B/32",
    category="1.2.7 sets, graphs, fields",
    year=2021,
    source="Radford et al. 2021, arXiv:2103.00020",
    input=(3, 224, 224),
    classes=512,
    parameters=151_277_313,
    task="self-supervision",
    also=("contrastive", "vision and language", "zero shot", "text and image", "openai"),
)
def clip_vit_b32(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    patch: int = 32,
    width: int = 768,
    layers: int = 12,
    heads: int = 12,
    text_width: int = 512,
    text_layers: int = 12,
    text_heads: int = 8,
    vocabulary: int = 49_408,
    length: int = 77,
) -> None:
    """Turns a picture and a sentence into vectors of one space, so that those which belong together point the
    same way. A picture is then classified by the sentence that is nearest, without any training for the
    classes.

    The number of classes is the length of the vectors. The third input is the place of the token that ends
    the text, where the text's vector is read. `likeness` compares the two of one sample; training compares
    all pictures of a batch with all texts.

    Contribution: learns pictures from 400 million of them with their captions; classes by words.
    Figures: 151,277,313 parameters; 63.2 % top-1 on ImageNet without training for it.
    Form: exact, as released: pre-norm, a norm in front of the picture's layers too, GELU as x·σ(1.702 x),
        causal text, projections without biases, a learned temperature.
    Strengths: any classes that can be named; features for generators and search.
    Gaps: counts badly; learns what captions get wrong.
    """
    check_layers(width, layers, heads)
    check_layers(text_width, text_layers, text_heads)
    if not 1 <= length <= 4096 or not 2 <= vocabulary <= 2_000_000:
        raise ValueError(f"reads 1 to 4,096 tokens of 2 to 2,000,000, not {length} of {vocabulary:,}.")

    def see(g: Builder, x: Wire) -> Wire:
        x = g.add("patch_embedding", x, name="patches", patch=patch, width=width, bias=False)
        x = g.add("class_token", x, name="class_token")
        x = g.add("positional_encoding", x, name="position", kind="learned")
        x = g.add("layer_norm", x, name="norm_before")
        (x,) = g.group("layers", partial(_stack, layers=layers, heads=heads, causal=False), x)
        x = g.add("slice", x, name="first", axis="T", start=0, stop=1)
        x = g.add("layer_norm", g.add("flatten", x, name="flatten"), name="norm")
        return g.add("linear", x, name="project", features=classes, bias=False)

    def read(g: Builder, x: Wire, end: Wire) -> Wire:
        x = g.add("embedding", x, name="words", vocabulary=vocabulary, width=text_width)
        x = g.add("positional_encoding", x, name="position", kind="learned")
        (x,) = g.group("text_layers", partial(_stack, layers=text_layers, heads=text_heads, causal=True), x)
        x = g.add("layer_norm", x, name="norm")
        x = g.add("flatten", g.add("gather", x, end, name="end", axis="T"), name="flatten")
        return g.add("linear", x, name="project", features=classes, bias=False)

    def compare(g: Builder, a: Wire, b: Wire) -> Wire:
        y = g.add(
            "reduce", g.add("multiply", a, b, name="product"), name="cosine", kind="sum", axes="D", keep=True
        )
        steep = g.add("constant", name="log_scale", shape=(1,), axes="D", start=START, learned=True)
        return g.add("multiply", y, g.add("exp", steep, name="exp"), name="scaled", broadcast=True)

    picture = g.input("picture", input)
    text, end = g.input("text", tokens(length)), g.input("end", tokens(1))
    (a,) = g.group("picture_encoder", see, picture)
    (b,) = g.group("text_encoder", read, text, end)
    a, b = g.add("l2_norm", a, name="unit_picture"), g.add("l2_norm", b, name="unit_text")
    g.output("picture_vector", a)
    g.output("text_vector", b)
    g.output("likeness", g.group("compare", compare, a, b)[0])
