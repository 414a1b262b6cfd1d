"""Vision transformers. Dosovitskiy et al. 2020, arXiv:2010.11929."""

from __future__ import annotations

from explorer.architectures.architecture import architecture
from explorer.graph.builder import Builder
from explorer.graph.tensor import Tensor


@architecture(
    "vit_mnist", title="ViT, small", category="1.2.4 transformers", year=2020,
    source="Dosovitskiy et al. 2020, arXiv:2010.11929, scaled down", input=(1, 28, 28),
    dataset="mnist5k", weights="vit_mnist",
)  # fmt: skip
def vit_mnist(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    patch: int = 4,
    width: int = 64,
    layers: int = 4,
    heads: int = 4,
) -> None:
    """Cuts the picture into patches, reads them like the words of a sentence, and lets each look at all.

    A class token collects what the patches tell; its last state decides.
    """
    x = g.input("input", input)
    x = g.add("patch_embedding", x, name="patches", patch=patch, width=width)
    x = g.add("class_token", x, name="class_token")
    x = g.add("positional_encoding", x, name="position", kind="learned")
    g.frame("tokens", "input", "patches", "class_token", "position")
    names = []
    for number in range(1, layers + 1):
        names.append(f"encoder{number}")
        x = g.add("transformer_encoder_layer", x, name=names[-1], heads=heads, mlp=width * 2)
    g.frame("encoder", *names)
    x = g.add("layer_norm", x, name="norm")
    x = g.add("slice", x, name="first", axis="T", start=0, stop=1)
    x = g.add("flatten", x, name="flatten")
    x = g.add("linear", x, name="head", features=classes)
    g.output("output", x)
    g.frame("answer", "norm", "first", "flatten", "head", "output")
