"""Channel boosted networks. Khan, Sohail & Ali 2018, arXiv:1804.08528."""

from __future__ import annotations

from explorer.architectures.architecture import architecture
from explorer.architectures.parts import conv_norm, stage
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor


@architecture(
    "channel_boosted_cnn",
    title="Channel boosted CNN",
    category="1.2.1 (6) channel exploitation",
    year=2018,
    source="Khan, Sohail & Ali 2018, arXiv:1804.08528",
    input=(3, 224, 224),
    classes=2,
)
def channel_boosted_cnn(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    learners: int = 3,
    channels: int = 1,
    keep: bool = True,
    width: int = 32,
    stages: int = 4,
) -> None:
    """Auxiliary learners, trained before and then frozen, draw further channels beside those of the picture.

    The network after them learns from a richer input than the data alone would give it.

    Contribution: boosting of the original channels with additional, artificial channels rich in information.
    Figures: the lecture prints none; its figure has CB-CNN1, where two auxiliary channels replace channels of
        the input, and CB-CNN2, where three are concatenated (`keep`).
    Form: schematic. The paper uses deep networks trained on other data; here each learner is a small stack of
        frozen convolutions, and a plain network of `stages` stages classifies. Load trained weights into the
        learners: as they begin, they are random features.
    Strengths: more input channels for a richer representation; transfer learning builds the boosted input.
    Gaps: generating the auxiliary channels takes computation.
    """
    if not 1 <= stages <= 6:
        raise ValueError(f"has 1 to 6 stages, not {stages}.")
    if not 1 <= width <= 512:
        raise ValueError(f"has a width of 1 to 512 filters, not {width}.")
    x = g.input("input", input)
    x = g.add("channel_boost", x, name="boost", learners=learners, channels=channels, keep=keep)
    for number in range(1, stages + 1):

        def block(g: Builder, x: Wire, n: int, *, filters: int = width << (number - 1)) -> Wire:
            x = conv_norm(g, x, str(n), filters=filters)
            return x if n == 1 else g.add("max_pool", x, name="pool", kernel=2)

        x = stage(g, x, f"stage{number}", 2, block)
    x = g.add("global_pool", x, name="pool")
    x = g.add("linear", x, name="fc", features=classes)
    g.output("output", x)
