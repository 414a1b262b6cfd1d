"""LLaMA: the plain design of today's language models. Touvron et al. 2023, arXiv:2307.09288."""

from __future__ import annotations

from explorer.architectures.architecture import architecture
from explorer.architectures.parts import about, check_layers, variant
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor

CATEGORY = "1.2.5 language models"
PAPER = "Touvron et al. 2023, arXiv:2302.13971 (LLaMA) and arXiv:2307.09288 (Llama 2)"
ALSO = ("language model", "llama 2", "decoder only", "rope", "swiglu", "rms norm", "gqa", "llm")


def _llama(
    g: Builder, text: Wire, classes: int, layers: int, width: int, heads: int, kv_heads: int, mlp: int
) -> None:
    check_layers(width, layers, heads)
    if kv_heads < 1 or heads % kv_heads:
        raise ValueError(f"has heads of keys that divide its {heads} heads, such as {heads}, not {kv_heads}.")

    def stack(g: Builder, x: Wire) -> Wire:
        for number in range(1, layers + 1):
            x = g.add(
                "transformer_encoder_layer",
                x,
                name=f"layer{number}",
                heads=heads,
                kv_heads=kv_heads if kv_heads < heads else None,
                causal=True,
                position="rotary",
                norm_kind="rms",
                activation="swiglu",
                bias=False,
                mlp=mlp,
            )
        return x

    x = g.add("embedding", text, name="words", vocabulary=classes, width=width)
    (x,) = g.group("layers", stack, x)
    x = g.add("rms_norm", x, name="norm", eps=1e-5)
    g.output("next", g.add("linear", x, name="head", features=classes, bias=False))


@architecture(
    "llama_small",
    title="LLaMA, small, on bytes",
    category=CATEGORY,
    year=2023,
    source=f"{PAPER}, scaled down",
    input=(256,),
    axes="T",
    dtype="int",
    classes=256,
    parameters=4_484_352,
    task="next token",
    also=(*ALSO, "bytes"),
)
def llama_small(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    layers: int = 6,
    width: int = 256,
    heads: int = 8,
    kv_heads: int = 4,
    mlp: int = 688,
) -> None:
    """Has every part of a large language model of today at a size that trains on a laptop: turned queries and
    keys, shared heads of keys, gated feed-forward networks, RMS norm, no biases. It reads bytes, so any text.

    Contribution: none of its own; the parts of LLaMA together.
    Figures: none printed; 4.5 M parameters here, where the smallest Llama 2 has 6.7 B.
    Form: variant, scaled down: 6 layers, bytes in place of tokens; inside, each layer is that of Llama 2.
    Strengths: small enough to watch every head; takes every language.
    Gaps: a byte is little, so that a text needs four times the steps; untrained here.
    """
    text = g.input("text", input, **({"vocabulary": "bytes"} if classes == 256 else {}))
    _llama(g, text, classes, layers, width, heads, kv_heads, mlp)


def llama(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    layers: int = 32,
    width: int = 4096,
    heads: int = 32,
    kv_heads: int = 32,
    mlp: int = 11_008,
) -> None:
    """Llama 2 of any size."""
    _llama(g, g.input("text", input), classes, layers, width, heads, kv_heads, mlp)


WORDS = """\
Predicts the next token with the parts on which language models have settled: queries and keys turned by their
place, gated feed-forward networks, RMS norm before each part, and no biases at all.

The number of classes is the number of tokens. Too large to be trained here; it is there to be opened, counted
and changed: `--set layers=4 width=512 heads=8 kv_heads=4 mlp=1376` makes one that runs.

Contribution: weights for everybody that reach those of closed models, by training smaller ones for longer."""
REST = """\
Strengths: keys and values can be kept between steps; texts longer than in training by other angles.
Gaps: weights alone need 2 bytes each; what it knows ends with its training."""
for size, title, layers, width, heads, kv_heads, mlp, parameters, figures in (
    (
        *("7b", "Llama 2, 7B", 32, 4096, 32, 32, 11_008, 6_738_415_616),
        "6,738,415,616 parameters (7B), 32 layers of width 4,096 with 32 heads; 13.5 GB as 16-bit numbers.",
    ),
    (
        *("70b", "Llama 2, 70B", 80, 8192, 64, 8, 28_672, 68_976_648_192),
        "68,976,648,192 parameters (70B), 80 layers of width 8,192 with 64 heads of queries and 8 of keys; "
        "138 GB as 16-bit numbers.",
    ),
):
    architecture(
        f"llama_{size}",
        title=title,
        category=CATEGORY,
        year=2023,
        source=PAPER,
        input=(4096,),
        axes="T",
        dtype="int",
        classes=32_000,
        parameters=parameters,
        task="next token",
        also=ALSO,
    )(
        variant(
            llama,
            about(
                WORDS,
                figures,
                "exact, as released: pairs of RoPE are a value of a head's first half and one of its second, "
                "θ = 10,000, ε = 10⁻⁵, head of its own.",
                REST,
            ),
            layers=layers,
            width=width,
            heads=heads,
            kv_heads=kv_heads,
            mlp=mlp,
        )
    )
