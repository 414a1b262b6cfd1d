"""Convolutions along time: WaveNet and TCN. van den Oord et al. 2016; Bai, Kolter & Koltun 2018."""

from __future__ import annotations

from functools import partial

from explorer.architectures.architecture import architecture
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor

CATEGORY = "1.2.7 sets, graphs, fields"


def _causal(g: Builder, x: Wire, name: str, *, filters: int, kernel: int, dilation: int = 1) -> Wire:
    """A convolution that sees the last steps only."""
    x = g.add("pad", x, name=f"{name}_past", margin=((kernel - 1) * dilation, 0))
    return g.add("conv1d", x, name=name, filters=filters, kernel=kernel, dilation=dilation)


@architecture(
    "wavenet",
    title="WaveNet",
    category="1.2.5 language models",
    year=2016,
    source="van den Oord et al. 2016, arXiv:1609.03499",
    input=(1024,),
    axes="T",
    dtype="int",
    classes=256,
    parameters=549_696,
    task="next token",
    also=("audio", "speech synthesis", "dilated causal convolution", "gated activation", "sound"),
)
def wavenet(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    stacks: int = 3,
    layers: int = 10,
    width: int = 32,
    skip: int = 256,
) -> None:
    """Writes sound sample by sample, 16,000 a second, each as one of 256 steps. Filters of two samples lie
    twice as far apart from layer to layer, so that thirty layers hear 3,070 samples.

    The number of classes is the number of steps of a sample.

    Contribution: dilated causal convolutions and gates, for raw sound.
    Figures: dilations of 1 to 512, repeated; sizes of the layers are not printed.
    Form: reconstruction: three times ten layers of 32 channels and 256 on the way to the answer, chosen here;
        one table in place of the first convolution over one-hot samples.
    Strengths: all samples of a recording are trained at once; natural voices.
    Gaps: writes one sample after the other, far slower than speech.
    """
    if not 1 <= stacks <= 16 or not 1 <= layers <= 12:
        raise ValueError(f"has 1 to 16 stacks of 1 to 12 layers, not {stacks} of {layers}.")
    if not 1 <= width <= 4096 or not 1 <= skip <= 4096:
        raise ValueError(f"has 1 to 4,096 channels, such as 32 and 256, not {width} and {skip}.")

    def layer(g: Builder, x: Wire, dilation: int) -> tuple[Wire, ...]:
        signal = _causal(g, x, "signal", filters=width, kernel=2, dilation=dilation)
        gate = _causal(g, x, "gate", filters=width, kernel=2, dilation=dilation)
        y = g.add(
            "multiply",
            g.add("tanh", signal, name="tanh"),
            g.add("sigmoid", gate, name="sigmoid"),
            name="gated",
        )
        on = g.add("conv1d", y, name="on", filters=width, kernel=1)
        return g.add("add", x, on, name="add"), g.add("conv1d", y, name="skip", filters=skip, kernel=1)

    def stack(g: Builder, x: Wire) -> tuple[Wire, ...]:
        said = []
        for number in range(layers):
            x, y = g.group(f"layer{number + 1}", partial(layer, dilation=2**number), x)
            said.append(y)
        return x, g.add("add", *said, name="skips") if len(said) > 1 else said[0]

    def end(g: Builder, *said: Wire) -> Wire:
        x = g.add("add", *said, name="skips") if len(said) > 1 else said[0]
        x = g.add("conv1d", g.add("relu", x, name="relu1"), name="conv1", filters=skip, kernel=1)
        x = g.add("conv1d", g.add("relu", x, name="relu2"), name="conv2", filters=classes, kernel=1)
        return g.add("permute", x, name="steps_first", order=(1, 0), axes="TD")

    x = g.add("embedding", g.input("sound", input), name="samples", vocabulary=classes, width=width)
    x = g.add("permute", x, name="channels_first", order=(1, 0), axes="CT")
    x, y = g.group("stack1", stack, x)
    said = [y]
    for number in range(2, stacks + 1):
        x, y = g.use("stack1", x, name=f"stack{number}")
        said.append(y)
    g.output("next", g.group("answer", end, *said)[0])


@architecture(
    "tcn_pixels",
    title="TCN on rows of pixels",
    category="1.1.3 recurrent",
    year=2018,
    source="Bai, Kolter & Koltun 2018, arXiv:1803.01271",
    input=(1, 784),
    axes="CT",
    classes=10,
    parameters=66_910,
    also=("temporal convolutional network", "sequence", "sequential mnist", "dilated causal convolution"),
)
def tcn_pixels(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    layers: int = 8,
    width: int = 25,
    kernel: int = 7,
    dropout: float = 0.05,
) -> None:
    """Reads a picture pixel by pixel as one long sequence and says at the end what it was. Filters lie twice
    as far apart from level to level, so that the last step has seen all 784 pixels.

    Contribution: shows that plain convolutions along time remember longer than recurrent networks.
    Figures: about 70,000 parameters; 99.0 % on sequential MNIST, where an LSTM of this size has 87.2 %.
    Form: exact to the authors' code: two weight-normed causal convolutions a level, ReLU, dropout, 8 levels
        of 25 channels, kernel 7.
    Strengths: all steps at once; a memory whose length is known.
    Gaps: the past has to be kept at inference; its length is fixed.
    """
    if not 1 <= layers <= 16 or not 1 <= width <= 4096 or not 1 <= kernel <= 64:
        raise ValueError(f"has 1 to 16 levels of 1 to 4,096 channels, not {layers} of {width}.")
    if not 0 <= dropout < 1:
        raise ValueError(f"drops a share from 0 to below 1, not {dropout:g}.")

    def level(g: Builder, x: Wire, dilation: int) -> Wire:
        y = x
        for number in (1, 2):
            y = g.add("pad", y, name=f"past{number}", margin=((kernel - 1) * dilation, 0))
            inner = f"conv1d(filters={width}, kernel={kernel}, dilation={dilation})"
            y = g.add("weight_norm", y, name=f"conv{number}", inner=inner)
            y = g.add("relu", y, name=f"relu{number}")
            if dropout:
                y = g.add("dropout", y, name=f"drop{number}", p=dropout)
        if x.channels != width:
            x = g.add("conv1d", x, name="shortcut", filters=width, kernel=1)
        return g.add("relu", g.add("add", x, y, name="add"), name="relu")

    x = g.input("pixels", input)
    for number in range(layers):
        (x,) = g.group(f"level{number + 1}", partial(level, dilation=2**number), x)
    x = g.add("flatten", g.add("slice", x, name="last", axis="T", start=-1, stop=0), name="flatten")
    g.output("output", g.add("linear", x, name="fc", features=classes))
