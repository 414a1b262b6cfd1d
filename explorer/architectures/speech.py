"""Speech: the encoder of Tacotron. Wang et al. 2017, arXiv:1703.10135."""

from __future__ import annotations

from explorer.architectures.architecture import architecture
from explorer.graph.builder import Builder
from explorer.graph.tensor import Tensor


@architecture(
    "cbhg_encoder",
    title="CBHG encoder",
    category="1.1.3 recurrent",
    year=2017,
    source="Wang et al. 2017, arXiv:1703.10135",
    input=(20, 128),
    axes="TD",
    classes=256,
    parameters=3_398_656,
    task="sequence",
)
def cbhg_encoder(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    bank: int = 16,
    filters: int = 128,
    projection: int = 128,
    highways: int = 4,
) -> None:
    """Reads the letters of a sentence through filters of every length from 1 to 16, refines what they find by
    highway layers and joins past and future by a GRU in both directions. Each step ends up knowing its sound
    in its word.

    The number of classes is the width of the result, half of it for each direction.

    Contribution: a module for sequences that overfits less than a stack of recurrent layers.
    Figures: K = 16 in the encoder and 8 after the decoder; 128 units in each direction.
    Form: as in common code: convolutions without biases, then ReLU, then batch norm (the paper leaves
        the order open), and torch's GRU with both biases. Letters
        are embedded and passed through two linear layers before, which are not part of it.
    Strengths: context of all lengths; highway and residual connections ease training.
    Gaps: slow, as the GRU runs step by step.
    """
    if classes % 2:
        raise ValueError(f"gives as many features in both directions, an even number, not {classes}.")
    x = g.input("input", input)
    x = g.add(
        "cbhg",
        x,
        name="cbhg",
        bank=bank,
        filters=filters,
        projection=projection,
        highways=highways,
        hidden=classes // 2,
    )
    g.output("output", x)
