"""Mixtral: a language model whose tokens use two of eight experts. Jiang et al. 2024, arXiv:2401.04088."""

from __future__ import annotations

from explorer.architectures.architecture import architecture
from explorer.architectures.parts import check_layers
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor

CATEGORY = "1.2.5 language models"
PAPER = "Jiang et al. 2024, arXiv:2401.04088"
ALSO = ("language model", "mixture of experts", "moe", "sparse", "decoder only", "llm", "mistral")
EPS = 1e-5
THETA = 1e6


def _mixtral(
    g: Builder,
    text: Wire,
    classes: int,
    layers: int,
    width: int,
    heads: int,
    kv_heads: int,
    mlp: int,
    experts: int,
    used: int,
) -> None:
    check_layers(width, layers, heads)
    if kv_heads < 1 or heads % kv_heads:
        raise ValueError(f"has heads of keys that divide its {heads} heads, such as {heads}, not {kv_heads}.")

    def layer(g: Builder, x: Wire) -> Wire:
        y = g.add("rms_norm", x, name="norm1", eps=EPS)
        y = g.add(
            "multi_head_attention",
            y,
            name="attention",
            heads=heads,
            kv_heads=kv_heads if kv_heads < heads else None,
            causal=True,
            position="rotary",
            theta=THETA,
            bias=False,
        )
        x = g.add("add", x, y, name="add1")
        y = g.add("rms_norm", x, name="norm2", eps=EPS)
        y, _ = g.add_all(
            "mixture_of_experts",
            y,
            name="experts",
            experts=experts,
            used=used,
            hidden=mlp,
            activation="swiglu",
        )
        return g.add("add", x, y, name="add2")

    def stack(g: Builder, x: Wire) -> Wire:
        (x,) = g.group("layer1", layer, x)
        for number in range(2, layers + 1):
            (x,) = g.use("layer1", x, name=f"layer{number}")
        return x

    x = g.add("embedding", text, name="words", vocabulary=classes, width=width)
    (x,) = g.group("layers", stack, x)
    x = g.add("rms_norm", x, name="norm", eps=EPS)
    g.output("next", g.add("linear", x, name="head", features=classes, bias=False))


@architecture(
    "mixtral_small",
    title="Mixtral, small, on bytes",
    category=CATEGORY,
    year=2024,
    source=f"{PAPER}, scaled down",
    input=(128,),
    axes="T",
    dtype="int",
    classes=256,
    parameters=6_692_544,
    task="next token",
    also=(*ALSO, "bytes"),
)
def mixtral_small(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    layers: int = 4,
    width: int = 192,
    heads: int = 6,
    kv_heads: int = 2,
    mlp: int = 336,
    experts: int = 8,
    used: int = 2,
) -> None:
    """Sends every byte to two of eight small networks in each layer, chosen by a router that learns with
    them. Which byte goes where can be watched, as the router's shares are shown as gates.

    Contribution: none of its own; Mixtral at a size that trains on a laptop.
    Figures: none printed; 6.7 M parameters here, of which a byte uses 2.0 M.
    Form: variant, scaled down: 4 layers, bytes in place of tokens; inside, each layer is that of Mixtral. The
        balance of the experts is not part of what is minimised: wire it to a loss of its own for that.
    Strengths: shows what experts specialise in.
    Gaps: all experts are held in memory, and small ones gain little.
    """
    text = g.input("text", input, **({"vocabulary": "bytes"} if classes == 256 else {}))
    _mixtral(g, text, classes, layers, width, heads, kv_heads, mlp, experts, used)


@architecture(
    "mixtral_8x7b",
    title="Mixtral 8×7B",
    category=CATEGORY,
    year=2024,
    source=PAPER,
    input=(4096,),
    axes="T",
    dtype="int",
    classes=32_000,
    parameters=46_702_792_704,
    task="next token",
    also=ALSO,
)
def mixtral_8x7b(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    layers: int = 32,
    width: int = 4096,
    heads: int = 32,
    kv_heads: int = 8,
    mlp: int = 14_336,
    experts: int = 8,
    used: int = 2,
) -> None:
    """Has eight feed-forward networks in every layer, of which a router picks two for each token. So it knows
    as much as a model of 47 billion weights and works as hard as one of 13 billion.

    The number of classes is the number of tokens. Too large to be trained here; it is there to be opened,
    counted and changed.

    Contribution: open weights of a sparse mixture that matches dense models five times as costly.
    Figures: 47 B parameters, of which a token uses 13 B, in the paper; 46,702,792,704, and 12,879,925,248.
    Form: exact, as released: experts gated by swish, shares of the two best add up to 1, θ = 10⁶, no window.
        MACs here are those of all eight experts with room for all tokens, the most that can be needed.
    Strengths: quality of a large model at the work of a small one.
    Gaps: all experts have to be held in memory; tokens of a batch go different ways, which is hard to run
        fast.
    """
    _mixtral(g, g.input("text", input), classes, layers, width, heads, kv_heads, mlp, experts, used)
