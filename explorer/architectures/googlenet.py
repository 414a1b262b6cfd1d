"""GoogLeNet and its successor with batch norm. Szegedy et al. 2014, arXiv:1409.4842."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from explorer.architectures.architecture import architecture
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor

SPATIAL = "1.2.1 (1) spatial exploitation"
DEPTH = "1.2.1 (2) depth"
SZEGEDY = "Szegedy et al. 2014, arXiv:1409.4842"

FIELDS_V1 = ("one", "reduce3", "three", "reduce5", "five", "pooled")
MODULES_V1 = {  # table 1 of the paper
    "3a": (64, 96, 128, 16, 32, 32),
    "3b": (128, 128, 192, 32, 96, 64),
    "4a": (192, 96, 208, 16, 48, 64),
    "4b": (160, 112, 224, 24, 64, 64),
    "4c": (128, 128, 256, 24, 64, 64),
    "4d": (112, 144, 288, 32, 64, 64),
    "4e": (256, 160, 320, 32, 128, 128),
    "5a": (256, 160, 320, 32, 128, 128),
    "5b": (384, 192, 384, 48, 128, 128),
}
FIELDS_V2 = ("one", "reduce3", "three", "reduce_double", "double", "pooled")
MODULES_V2 = {  # figure 5 of the paper with batch norm; 3c and 4e halve the maps
    "3a": (64, 64, 64, 64, 96, 32),
    "3b": (64, 64, 96, 64, 96, 64),
    "3c": (0, 128, 160, 64, 96, 0),
    "4a": (224, 64, 96, 96, 128, 128),
    "4b": (192, 96, 128, 96, 128, 128),
    "4c": (160, 128, 160, 128, 160, 128),
    "4d": (96, 128, 192, 160, 192, 128),
    "4e": (0, 128, 192, 192, 256, 0),
    "5a": (352, 192, 320, 160, 224, 128),
    "5b": (352, 192, 320, 192, 224, 128),
}
HALVING: tuple[str, dict[str, Any]] = ("max_pool", {"kernel": 3, "stride": 2, "ceil_mode": True})
LRN: tuple[str, dict[str, Any]] = ("local_response_norm", {"alpha": 2e-5, "k": 1.0})
"""The released network divides 1e-4 by its five neighbours."""


def _scaled(published: int, width: float) -> int:
    return max(1, round(published * width))


def _check(width: float, dropout: float) -> None:
    if not 0.01 <= width <= 4:
        raise ValueError(f"multiplies its widths by 0.01 to 4, not {width:g}.")
    if not 0 <= dropout <= 0.99:
        raise ValueError(f"drops 0 to 0.99 of the last values, not {dropout:g}.")


def _head(g: Builder, x: Wire, classes: int, dropout: float) -> None:
    def write(g: Builder, x: Wire) -> Wire:
        return g.chain(x, "global_pool", ("dropout", {"p": dropout}), ("linear", {"features": classes}))

    g.output("output", g.group("head", write, x)[0])


def _stage(
    g: Builder, x: Wire, number: str, block: str, fields: Mapping[str, Mapping[str, Any]], *kept: str
) -> tuple[Wire, ...]:
    """Add the modules of a stage as a group; the outputs of the modules `kept` leave it too."""

    def write(g: Builder, x: Wire) -> tuple[Wire, ...]:
        seen = {}
        for name, values in fields.items():
            if name.startswith(number):
                x = seen[name] = g.add(block, x, name=f"inception{name}", **values)
        if block == "inception_v1" and number != "5":
            x = g.chain(x, HALVING)
        return (x, *(seen[name] for name in kept))

    return g.group(f"stage{number}", write, x)


def _googlenet(
    g: Builder, input: Tensor, classes: int, width: float, dropout: float, *, norm: bool, aux: bool
) -> None:
    _check(width, dropout)

    def unit(filters: int, kernel: int, **more: int) -> list[str | tuple[str, dict[str, Any]]]:
        conv = {"filters": _scaled(filters, width), "kernel": kernel, "padding": kernel // 2, **more}
        if not norm:
            return [("conv2d", conv), "relu"]
        return [("conv2d", {**conv, "bias": False}), ("batch_norm", {"eps": 1e-3}), "relu"]

    def stem(g: Builder, x: Wire) -> Wire:
        damp = [] if norm else [LRN]
        x = g.chain(x, *unit(64, 7, stride=2), HALVING, *damp)
        return g.chain(x, *unit(64, 1), *unit(192, 3), *damp, HALVING)

    fields = {
        name: {k: _scaled(v, width) for k, v in zip(FIELDS_V1, widths, strict=True)} | {"norm": norm}
        for name, widths in MODULES_V1.items()
    }
    (x,) = g.group("stem", stem, g.input("input", input))
    (x,) = _stage(g, x, "3", "inception_v1", fields)
    if aux:
        x, first, second = _stage(g, x, "4", "inception_v1", fields, "4a", "4d")
        heads = [
            g.add("aux_classifier", wire, name=f"auxiliary{number}", classes=classes, norm=norm)
            for number, wire in enumerate((first, second), 1)
        ]
    else:
        (x,) = _stage(g, x, "4", "inception_v1", fields)
        heads = []
    (x,) = _stage(g, x, "5", "inception_v1", fields)
    _head(g, x, classes, dropout)
    for number, wire in enumerate(heads, 1):
        g.output(f"aux{number}", wire)


@architecture(
    "googlenet",
    title="GoogLeNet",
    category=SPATIAL,
    year=2014,
    source=SZEGEDY,
    input=(3, 224, 224),
    classes=1000,
    parameters=6_998_552,
)
def googlenet(
    g: Builder, input: Tensor, classes: int, *, width: float = 1.0, dropout: float = 0.4, norm: bool = False
) -> None:
    """Nine Inception modules look through windows of 1, 3 and 5 and a pool side by side, at every depth.
    1×1 convolutions narrow the maps in front of large windows, and a mean over places replaces linear layers.

    `width` multiplies all widths; `norm` puts batch norm in the place of biases and local response norm.

    Contribution: the block as a unit of design; split, transform and merge; the bottleneck of 1×1.
    Figures: a lecture prints 4 M parameters, 6.7 % error and depth 22. It has 7.0 M, with auxiliary heads
    13.4 M; 6.7 % is the top-5 error of seven networks together.
    Form: exact: the main branch with biases, true 5×5 windows and no batch norm. Libraries often ship another
    one, with batch norm and 3×3 windows.
    Strengths: windows of many sizes within a layer; nearly nine times fewer weights than AlexNet (the paper
    says twelve).
    Gaps: tedious choice of widths in a heterogeneous topology; the bottlenecks may lose information.
    """
    _googlenet(g, input, classes, width, dropout, norm=norm, aux=False)


@architecture(
    "googlenet_aux",
    title="GoogLeNet with auxiliary heads",
    category=SPATIAL,
    year=2014,
    source=SZEGEDY,
    input=(3, 224, 224),
    classes=1000,
    parameters=13_378_280,
    task="deep supervision",
)
def googlenet_aux(
    g: Builder, input: Tensor, classes: int, *, width: float = 1.0, dropout: float = 0.4, norm: bool = False
) -> None:
    """GoogLeNet as it was trained: two small classifiers read its middle and have to guess the classes too.
    Each adds 0.3 of its loss, and thus sends a strong gradient straight to the early layers.

    `output` is the answer; `aux1` and `aux2` are the answers of the heads, which evaluation leaves out.

    Contribution: auxiliary classifiers against the vanishing gradient.
    Figures: a lecture prints 4 M parameters for GoogLeNet. It has 13.38 M with both heads, 7.0 M without.
    Form: exact: mean over 5×5 with stride 3, 1×1 to 128, linear to 1,024, dropout of 0.7, linear.
    Strengths: heads improve convergence and regularise, and cost nothing once training is over.
    Gaps: the heads hold nearly half of all weights; batch norm and shortcuts made them rare.
    """
    _googlenet(g, input, classes, width, dropout, norm=norm, aux=True)


@architecture(
    "bn_inception_v2",
    title="BN-Inception (Inception v2)",
    category=DEPTH,
    year=2015,
    source="Ioffe & Szegedy 2015, arXiv:1502.03167",
    input=(3, 224, 224),
    classes=1000,
    parameters=11_295_240,
)
def bn_inception_v2(
    g: Builder, input: Tensor, classes: int, *, width: float = 1.0, dropout: float = 0.0
) -> None:
    """GoogLeNet with batch norm after each convolution, and two 3×3 windows in the place of each 5×5.
    Values keep their range while the layers before them change, so that it may learn many times faster.

    `width` multiplies all widths.

    Contribution: the first network with batch norm; as good as GoogLeNet after a fourteenth of the steps.
    Figures: the texts print none; 4.82 % top-5 error in the paper for six networks together. It has 11.30 M
    parameters.
    Form: exact, as the weights in circulation: convolutions keep their biases, pools round up, the norms add
    1e-5, and dropout is gone.
    Strengths: large learning rates; no need for local response norm; less for dropout.
    Gaps: widths chosen one by one; needs batches that are not too small.
    """
    _check(width, dropout)
    norm: dict[str, Any] = {"bias": True, "eps": 1e-5}
    fields: dict[str, dict[str, Any]] = {}
    for name, widths in MODULES_V2.items():
        fields[name] = {k: _scaled(v, width) for k, v in zip(FIELDS_V2, widths, strict=True)} | norm
    fields["3c"] |= {"stride": 2, "ceil_mode": True}
    fields["4e"] |= {"stride": 2, "ceil_mode": True}
    fields["5b"] |= {"pool": "max"}

    def unit(filters: int, kernel: int, **more: int) -> list[str | tuple[str, dict[str, Any]]]:
        conv = {"filters": _scaled(filters, width), "kernel": kernel, "padding": kernel // 2, **more}
        return [("conv2d", conv), "batch_norm", "relu"]

    def stem(g: Builder, x: Wire) -> Wire:
        x = g.chain(x, *unit(64, 7, stride=2), HALVING)
        return g.chain(x, *unit(64, 1), *unit(192, 3), HALVING)

    (x,) = g.group("stem", stem, g.input("input", input))
    for number in "345":
        (x,) = _stage(g, x, number, "inception_v2", fields)
    _head(g, x, classes, dropout)
