"""Mamba: a language model without attention. Gu & Dao 2023, arXiv:2312.00752."""

from __future__ import annotations

from explorer.architectures.architecture import architecture
from explorer.architectures.parts import check_layers
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor


@architecture(
    "mamba_130m",
    title="Mamba-130M",
    category="1.2.5 language models",
    year=2023,
    source="Gu & Dao 2023, arXiv:2312.00752",
    input=(1024,),
    axes="T",
    dtype="int",
    classes=50_280,
    parameters=129_135_360,
    task="next token",
    also=("language model", "state space model", "ssm", "s6", "selective scan", "linear recurrence"),
)
def mamba_130m(
    g: Builder, input: Tensor, classes: int, *, layers: int = 24, width: int = 768, state: int = 16
) -> None:
    """Carries a small state along the text in place of looking back at all of it: each token decides what the
    state keeps, what it forgets and what is read. Cost grows with the length of the text and no faster.

    The number of classes is the number of tokens, rounded up to a multiple of 8 as released.

    Contribution: a recurrence that selects by content and can yet be computed for all steps at once.
    Figures: 130 M parameters in the paper; 129,135,360 with 50,280 tokens.
    Form: exact: RMS norm before and addition after every block, width doubled inside, 16 numbers of state for
        each channel, one table for words in and out.
    Strengths: long texts; the same little work and memory for every further token.
    Gaps: recalls exact passages worse than attention does; the plain form here is slower than fused kernels.
    """
    check_layers(width, layers, 1)

    def embedding(g: Builder, x: Wire) -> tuple[Wire, ...]:
        return g.add_all("embedding", x, name="words", vocabulary=classes, width=width, table=True)

    def layer(g: Builder, x: Wire) -> Wire:
        y = g.add("rms_norm", x, name="norm", eps=1e-5)
        y = g.add("mamba_block", y, name="mixer", state=state)
        return g.add("add", x, y, name="add")

    def stack(g: Builder, x: Wire) -> Wire:
        (x,) = g.group("layer1", layer, x)
        for number in range(2, layers + 1):
            (x,) = g.use("layer1", x, name=f"layer{number}")
        return x

    x, table = g.group("embedding", embedding, g.input("text", input))
    (x,) = g.group("layers", stack, x)
    x = g.add("rms_norm", x, name="norm", eps=1e-5)
    g.output("next", g.add("dot_scores", x, table, name="head"))
