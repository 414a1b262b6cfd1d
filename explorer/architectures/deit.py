"""DeiT: a vision transformer that learns from a teacher. Touvron et al. 2020, arXiv:2012.12877."""

from __future__ import annotations

from explorer.architectures.architecture import architecture
from explorer.architectures.parts import about, check_layers, variant
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor

EPS = 1e-6


def deit(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    patch: int = 16,
    width: int = 192,
    layers: int = 12,
    heads: int = 3,
) -> None:
    """Patches with two tokens in front, the encoder, and a linear layer for each of the two."""
    check_layers(width, layers, heads)

    def embedding(g: Builder, x: Wire) -> Wire:
        x = g.add("patch_embedding", x, name="patches", patch=patch, width=width)
        x = g.add("class_token", x, name="teacher_token")
        x = g.add("class_token", x, name="class_token")
        return g.add("positional_encoding", x, name="position", kind="learned")

    def encoder(g: Builder, x: Wire) -> Wire:
        for number in range(1, layers + 1):
            x = g.add("transformer_encoder_layer", x, name=f"block{number}", heads=heads, eps=EPS)
        return g.add("layer_norm", x, name="norm", eps=EPS)

    def answer(g: Builder, x: Wire) -> Wire:
        said = []
        for place, name in enumerate(("head", "teacher_head")):
            y = g.add("slice", x, name=f"{name}_token", axis="T", start=place, stop=place + 1)
            y = g.add("flatten", y, name=f"{name}_flatten")
            said.append(g.add("linear", y, name=name, features=classes))
        return g.add("scale", g.add("add", *said, name="add"), name="mean", factor=0.5)

    (x,) = g.group("embedding", embedding, g.input("input", input))
    (x,) = g.group("encoder", encoder, x)
    g.output("output", g.group("answer", answer, x)[0])


WORDS = """\
Has a second token beside the class token, whose answer is trained to agree with a convolutional teacher. At
inference the two answers are averaged.

Contribution: a vision transformer trained on ImageNet alone; distillation through a token of its own."""
REST = """\
Strengths: accurate without extra pictures; what a teacher knows about neighbours is passed on.
Gaps: needs a good teacher and strong augmentation; bound to its size of picture by the table of positions."""
for size, name, width, heads, parameters, figures in (
    ("tiny", "Ti", 192, 3, 5_910_800, "6 M parameters, top-1 74.5 %"),
    ("small", "S", 384, 6, 22_436_432, "22 M parameters, top-1 81.2 %"),
    ("base", "B", 768, 12, 87_338_192, "87 M parameters, top-1 83.4 %"),
):
    architecture(
        f"deit_{size}_distilled",
        title=f"DeiT-{name}, distilled",
        category="1.2.4 transformers",
        year=2020,
        source="Touvron, Cord, Douze, Massa, Sablayrolles & Jégou 2020, arXiv:2012.12877",
        input=(3, 224, 224),
        classes=1000,
        parameters=parameters,
        also=("distillation token", "vision transformer", "data-efficient"),
    )(
        variant(
            deit,
            about(
                WORDS,
                f"{figures} in the paper.",
                "exact: ViT with two tokens in front and a head for each; the mean of both is given. Without "
                "the second token it is ViT of that size.",
                REST,
            ),
            width=width,
            heads=heads,
        )
    )
