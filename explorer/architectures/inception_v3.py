"""Inception-v3: large windows taken apart into small ones. Szegedy et al. 2015, arXiv:1512.00567."""

from __future__ import annotations

from explorer.architectures.architecture import architecture
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor

DEPTH = "1.2.1 (2) depth"
SZEGEDY = "Szegedy, Vanhoucke, Ioffe, Shlens & Wojna 2015, arXiv:1512.00567"
LINES = (128, 160, 160, 192)
"""Widths inside the four modules on 17×17 maps."""


def _write(g: Builder, input: Tensor, classes: int, width: float, dropout: float, *, aux: bool) -> None:
    if not 0 <= dropout <= 0.99:
        raise ValueError(f"drops 0 to 0.99 of the last values, not {dropout:g}.")

    def stage_a(g: Builder, x: Wire) -> Wire:
        for name, pooled in zip("bcd", (32, 64, 64), strict=True):
            x = g.add("inception_v3_a", x, name=f"mixed5{name}", pool_features=pooled, multiplier=width)
        return x

    def stage_b(g: Builder, x: Wire) -> Wire:
        for name, lines in zip("bcde", LINES, strict=True):
            x = g.add("inception_v3_b", x, name=f"mixed6{name}", width=lines, multiplier=width)
        return x

    def stage_c(g: Builder, x: Wire) -> Wire:
        for name in "bc":
            x = g.add("inception_v3_c", x, name=f"mixed7{name}", multiplier=width)
        return x

    def head(g: Builder, x: Wire) -> Wire:
        return g.chain(x, "global_pool", ("dropout", {"p": dropout}), ("linear", {"features": classes}))

    x = g.add("stem_v3", g.input("input", input), name="stem", multiplier=width)
    (x,) = g.group("stage_a", stage_a, x)
    x = g.add("reduction_v3_a", x, name="reduction_a", multiplier=width)
    (x,) = g.group("stage_b", stage_b, x)
    guess = g.add("aux_classifier", x, name="auxiliary", form="v3", classes=classes) if aux else None
    x = g.add("reduction_v3_b", x, name="reduction_b", multiplier=width)
    (x,) = g.group("stage_c", stage_c, x)
    (x,) = g.group("head", head, x)
    g.output("output", x)
    if guess is not None:
        g.output("aux", guess)


@architecture(
    "inception_v3",
    title="Inception-v3",
    category=DEPTH,
    year=2015,
    source=SZEGEDY,
    input=(3, 299, 299),
    classes=1000,
    parameters=23_834_568,
)
def inception_v3(
    g: Builder, input: Tensor, classes: int, *, width: float = 1.0, dropout: float = 0.2
) -> None:
    """Three kinds of Inception modules, each for its size of maps: small windows, long lines, wide forks.
    A 7×7 window becomes a line of 1×7 and one of 7×1, which see the same and cost two sevenths.

    `width` multiplies all widths.

    Contribution: asymmetric windows; reductions whose pool never stands alone, against a representational
    bottleneck.
    Figures: 23.6 M parameters; 3.5 % (3.58 %) top-5 error with many crops of four networks, 5.6 % with one
    crop; depth 159. It has 23.83 M, and 48 layers with weights; 159 counts norms and activations.
    Form: exact, as released: the main branch, norms that add 1e-3.
    Strengths: asymmetric filters and bottlenecks lessen the cost of depth.
    Gaps: a complex design that lacks homogeneity.
    """
    _write(g, input, classes, width, dropout, aux=False)


@architecture(
    "inception_v3_aux",
    title="Inception-v3 with an auxiliary head",
    category=DEPTH,
    year=2015,
    source=SZEGEDY,
    input=(3, 299, 299),
    classes=1000,
    parameters=27_161_264,
    task="deep supervision",
)
def inception_v3_aux(
    g: Builder, input: Tensor, classes: int, *, width: float = 1.0, dropout: float = 0.2
) -> None:
    """Inception-v3 as it was trained: a small classifier reads its 17×17 maps and guesses the classes too.
    Its loss counts 0.4, and its norms turned out to help more than its early gradient.

    `output` is the answer; `aux` is that of the head, which evaluation leaves out.

    Contribution: finds that such a head regularises, rather than speeding up the start.
    Figures: the texts print none for this form. It has 27.16 M parameters, 3.33 M of them in the head.
    Form: exact: mean over 5×5 with stride 3, 1×1 to 128, 5×5 to 768, linear; norms add 1e-3.
    Strengths: a little less error at the end of training; costs nothing at inference.
    Gaps: helps only late; one more weight to choose.
    """
    _write(g, input, classes, width, dropout, aux=True)
