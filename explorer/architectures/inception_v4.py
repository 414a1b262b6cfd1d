"""Inception-v4 and Inception-ResNet. Szegedy, Ioffe, Vanhoucke & Alemi 2016, arXiv:1602.07261."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from explorer.architectures.architecture import architecture
from explorer.architectures.options import numbers
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor

DEPTH = "1.2.1 (2) depth"
SZEGEDY = "Szegedy, Ioffe, Vanhoucke & Alemi 2016, arXiv:1602.07261"
LAST = {"scale": 1.0, "activation": False}
"""The last module of the released networks is neither scaled nor rectified."""

Step = str | tuple[str, dict[str, Any]]


def _counts(text: str) -> list[int]:
    found = numbers(text)
    if len(found) != 3 or not all(1 <= number <= 100 for number in found):
        raise ValueError(f"has modules for three stages, such as 4 7 3, not “{text[:40]}”.")
    return found


def _stage(
    g: Builder, x: Wire, letter: str, block: str, count: int, width: float, last: Mapping[str, Any]
) -> Wire:
    """Add a group of `count` equal modules; `last` changes the last one."""

    def write(g: Builder, x: Wire) -> Wire:
        for number in range(1, count + 1):
            more = last if number == count else {}
            x = g.add(block, x, name=f"{letter}{number}", multiplier=width, **more)
        return x

    return g.group(f"stage_{letter}", write, x)[0]


def _stages(
    g: Builder,
    x: Wire,
    kind: str,
    modules: str,
    width: float,
    reductions: Sequence[Step],
    last: Mapping[str, Any] | None = None,
    extra: int = 0,
) -> Wire:
    """Add stages a, b and c with a reduction between them; `extra` modules more in c."""
    counts = _counts(modules)
    counts[2] += extra
    for place, letter in enumerate("abc"):
        final = last if last is not None and letter == "c" else {}
        x = _stage(g, x, letter, f"{kind}_{letter}", counts[place], width, final)
        if letter != "c":
            step = reductions[place]
            block, fields = (step, {}) if isinstance(step, str) else step
            x = g.add(block, x, name=f"reduction_{letter}", multiplier=width, **fields)
    return x


def _head(g: Builder, x: Wire, *steps: Step) -> None:
    def write(g: Builder, x: Wire) -> Wire:
        return g.chain(x, *steps)

    g.output("output", g.group("head", write, x)[0])


def _dropout(dropout: float) -> Step:
    if not 0 <= dropout <= 0.99:
        raise ValueError(f"drops 0 to 0.99 of the last values, not {dropout:g}.")
    return ("dropout", {"p": dropout})


@architecture(
    "inception_v4",
    title="Inception-v4",
    category=DEPTH,
    year=2016,
    source=SZEGEDY,
    input=(3, 299, 299),
    classes=1000,
    parameters=42_679_816,
)
def inception_v4(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    modules: str = "4 7 3",
    width: float = 1.0,
    dropout: float = 0.2,
) -> None:
    """Inception-v3 drawn anew: one plan for the modules of each stage, more of them, and a better stem.
    It shows that Inception gets as good without shortcuts as with them, if it is made large enough.

    `modules` are those of the three stages; `width` multiplies all widths.

    Contribution: a uniform Inception; a stem and reductions in which pool and convolution stand side by side.
    Figures: a lecture prints 35 M in one table and 48 M in another, with 4.01 % error and depth 70. It has
    42.68 M parameters.
    Form: exact: stem, 4 modules A, 7 B and 3 C.
    Strengths: deep hierarchies of features on many levels.
    Gaps: slow in learning, compared with Inception-ResNet.
    """
    dropped = _dropout(dropout)
    x = g.add("stem_v4", g.input("input", input), name="stem", multiplier=width)
    x = _stages(g, x, "inception_v4", modules, width, ["reduction_v4_a", "reduction_v4_b"])
    _head(g, x, "global_pool", dropped, ("linear", {"features": classes}))


@architecture(
    "inception_resnet_v1",
    title="Inception-ResNet-v1",
    category=DEPTH,
    year=2016,
    source=f"{SZEGEDY}; Schroff et al. 2015, arXiv:1503.03832 (embedding)",
    input=(3, 299, 299),
    classes=1000,
    parameters=23_995_624,
)
def inception_resnet_v1(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    modules: str = "5 10 5",
    width: float = 1.0,
    embedding: int = 512,
    dropout: float = 0.6,
) -> None:
    """Inception modules learn what to add to a shortcut, at about the cost of Inception-v3.
    What is added is scaled down to a tenth or two, because wide sums otherwise grow until learning dies.

    A linear layer brings the maps' means to `embedding` values, in which faces can be compared.

    Contribution: joins Inception with residual learning, which makes it learn much faster.
    Figures: a lecture prints 55.8 M parameters, 3.52 % error and depth 572 for Inception-ResNet; those are of
    v2 and of several networks together. This one has 24.00 M, and 23.48 M up to its embedding.
    Form: exact, as released for faces (FaceNet): modules 5, 10 and 5 with 256, 896 and 1,792 channels, one
    more C without scale and ReLU, then 512 values without bias, normalised, and the classes.
    Strengths: the power of residual learning and of Inception blocks together.
    Gaps: the scale of what is added has to be chosen by hand.
    """
    dropped = _dropout(dropout)
    first = {"k": 192, "l": 192, "m": 256, "n": 384}
    second = {"first": 384, "second": 256, "middle": 256, "long": 256}
    x = g.add("stem_ir_v1", g.input("input", input), name="stem", multiplier=width)
    x = _stages(
        g,
        x,
        "inception_resnet_v1",
        modules,
        width,
        [("reduction_ir_a", first), ("reduction_ir_b", second)],
        LAST,
        extra=1,
    )
    embed: list[Step] = [("linear", {"features": embedding, "bias": False}), ("batch_norm", {"eps": 1e-3})]
    _head(g, x, "global_pool", dropped, *embed, ("linear", {"features": classes}))


@architecture(
    "inception_resnet_v2",
    title="Inception-ResNet-v2",
    category=DEPTH,
    year=2016,
    source=SZEGEDY,
    input=(3, 299, 299),
    classes=1000,
    parameters=55_843_464,
)
def inception_resnet_v2(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    modules: str = "10 20 10",
    width: float = 1.0,
    dropout: float = 0.2,
) -> None:
    """Forty Inception modules, each of which learns what to add to a shortcut.
    It costs about as much as Inception-v4 and learns faster to a slightly smaller error.

    `modules` are those of the three stages; the last of all is neither scaled nor followed by a ReLU.

    Contribution: the largest joint of Inception and residual learning; scaling of residuals.
    Figures: 55.8 M parameters, 3.52 % error, depth 572. The count is right: 55.84 M; 572 counts norms and
    activations, and the error is one of several settings.
    Form: exact, as released: the stem of v3, one module 5b, 10, 20 and 10 modules, 1,536 maps at the end. The
    paper itself has the stem of v4 and 5, 10 and 5 modules.
    Strengths: the power of residual learning and of Inception blocks together.
    Gaps: the scale of what is added has to be chosen by hand; expensive to train.
    """
    dropped = _dropout(dropout)
    x = g.add("stem_v3", g.input("input", input), name="stem", multiplier=width)
    x = g.add(
        "inception_v3_a",
        x,
        name="mixed_5b",
        one=96,
        pool_features=64,
        count_padding=False,
        multiplier=width,
    )
    kind = "inception_resnet_v2"
    x = _stages(g, x, kind, modules, width, ["reduction_ir_a", "reduction_ir_b"], LAST)
    wide: list[Step] = [
        ("conv2d", {"filters": max(1, round(1536 * width)), "kernel": 1, "bias": False}),
        ("batch_norm", {"eps": 1e-3}),
        "relu",
    ]
    _head(g, x, *wide, "global_pool", dropped, ("linear", {"features": classes}))
