"""What several families share: presets, pieces of a stem, options that hold several numbers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from explorer.architectures import options
from explorer.architectures.architecture import Option
from explorer.graph.builder import Builder, Wire


def variant(write: Callable[..., None], about: str, **defaults: Option) -> Callable[..., None]:
    """Make a preset of a family: `write` with other defaults and with a description of its own."""
    preset = partial(write, **defaults)
    preset.__doc__ = about
    return preset


def about(sentences: str, figures: str, form: str, rest: str) -> str:
    """Put a description together: what a family shares, and what is said of one member."""
    lines = [sentences, "", *([f"Figures: {figures}"] if figures else []), f"Form: {form}", rest]
    return "\n".join(lines)


def numbers(text: str, count: int, name: str, most: int = 512) -> tuple[int, ...]:
    """Read an option such as `6-12-24-16`: as many numbers as there are stages, each from 1 to `most`."""
    found = options.numbers(text)
    if len(found) != count or not all(1 <= number <= most for number in found):
        example = "-".join(["3", "4", "6", "3"][:count])
        raise ValueError(f"has {count} numbers of {name}, such as {example}, not {text[:40]}.")
    return tuple(found)


def check_layers(width: int, layers: int, heads: int, most: int = 512) -> None:
    """Raise `ValueError` unless a stack of transformer layers can have these sizes."""
    if not 1 <= layers <= most:
        raise ValueError(f"has 1 to {most} layers, such as 12, not {layers}.")
    if heads < 1 or width < 1 or width % heads:
        raise ValueError(f"has a width that its heads divide, such as 768 and 12, not {width} and {heads}.")


def rounded(channels: float, step: int = 8) -> int:
    """Round to a multiple of `step` that is not more than a tenth smaller, as mobile networks do."""
    near = max(step, int(channels + step / 2) // step * step)
    return near + step if near < 0.9 * channels else near


def conv_norm(
    g: Builder,
    x: Wire,
    end: str = "",
    *,
    filters: int,
    kernel: int = 3,
    stride: int = 1,
    padding: int | None = None,
    groups: int = 1,
    activation: str = "relu",
    eps: float | None = None,
    momentum: float | None = None,
) -> Wire:
    """Convolution, batch norm and activation; `end` is put after their names."""
    pad = kernel // 2 if padding is None else padding
    x = g.add(
        "conv2d",
        x,
        name=f"conv{end}",
        filters=filters,
        kernel=kernel,
        stride=stride,
        padding=pad,
        groups=groups,
        bias=False,
    )
    x = g.add("batch_norm", x, name=f"norm{end}", eps=eps, momentum=momentum)
    return g.add(activation, x, name=f"{activation}{end}") if activation else x


def imagenet_stem(g: Builder, x: Wire, *, filters: int = 64, ceil_mode: bool = False) -> Wire:
    """7×7 convolution and max pooling, both of stride 2."""

    def write(g: Builder, x: Wire) -> Wire:
        x = conv_norm(g, x, filters=filters, kernel=7, stride=2)
        if ceil_mode:
            return g.add("max_pool", x, name="pool", kernel=3, stride=2, ceil_mode=True)
        return g.add("max_pool", x, name="pool", kernel=3, stride=2, padding=1)

    return g.group("stem", write, x)[0]


def stage(g: Builder, x: Wire, name: str, count: int, write: Callable[[Builder, Wire, int], Wire]) -> Wire:
    """Put `count` blocks into a group; `write` adds one of them, told its number from 1 on."""

    def blocks(g: Builder, x: Wire) -> Wire:
        for number in range(1, count + 1):
            x = write(g, x, number)
        return x

    return g.group(name, blocks, x)[0]


def unit(g: Builder, x: Wire, name: str, write: Callable[[Builder, Wire], Wire], like: str = "") -> Wire:
    """Put a block into a group of its own, or use the equal group `like` where that is there already."""
    return (g.use(like, x, name=name) if like in g.groups else g.group(name, write, x))[0]


def head(g: Builder, x: Wire, classes: int, *, norm: bool = False, dropout: float = 0.0) -> None:
    """Mean of each map, one linear layer; in front of them norm and activation where blocks end without."""

    def write(g: Builder, x: Wire) -> Wire:
        if norm:
            x = g.add("relu", g.add("batch_norm", x, name="norm"), name="relu")
        x = g.add("global_pool", x, name="pool")
        if dropout:
            x = g.add("dropout", x, name="drop", p=dropout)
        return g.add("linear", x, name="fc", features=classes)

    g.output("output", g.group("head", write, x)[0])
