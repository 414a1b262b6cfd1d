"""Recurrent networks. Hochreiter & Schmidhuber 1997, Neural Computation 9."""

from __future__ import annotations

from explorer.architectures.architecture import architecture
from explorer.graph.builder import Builder, Wire
from explorer.graph.model import FieldValue
from explorer.graph.tensor import Tensor

CATEGORY = "1.1.3 recurrent"


@architecture(
    "lstm_rows",
    title="LSTM on rows",
    category="1.1.3 recurrent",
    year=1997,
    source="Hochreiter & Schmidhuber 1997",
    input=(28, 28),
    axes="TD",
    dataset="digits_rows",
    run={"epochs": 20, "rate": 0.005},  # 95.2 % of held-out digits; after 5 epochs at 0.002 89.7 %
)
def lstm_rows(g: Builder, input: Tensor, classes: int, *, width: int = 64) -> None:
    """Reads a digit row by row, like a scanner, and answers after the last row.

    All it knows of the rows above has to be in its state.
    """
    x = g.input("input", input)
    _, last = g.add_all("lstm", x, name="lstm", hidden=width)
    x = g.add("linear", last, name="fc", features=classes)
    g.output("output", x)


def _remembering(g: Builder, input: Tensor, classes: int, block: str, width: int) -> None:
    """One layer that is asked after the last step."""
    if not 1 <= width <= 4096:
        raise ValueError(f"has 1 to 4,096 units, such as 32, not {width}.")
    _, last = g.add_all(block, g.input("input", input), name=block, hidden=width)
    g.output("output", g.add("linear", last, name="fc", features=classes))


@architecture(
    "lstm_delay",
    title="LSTM that remembers",
    category=CATEGORY,
    year=1997,
    source="Hochreiter & Schmidhuber 1997, Neural Computation 9",
    input=(40, 5),
    axes="TD",
    classes=4,
    dataset="delay",
    weights="lstm_delay",
    parameters=4_996,
    run={"epochs": 30, "rate": 0.005},
)
def lstm_delay(g: Builder, input: Tensor, classes: int, *, width: int = 32) -> None:
    """Reads forty signals of which one is marked, and says at the end which it was. Its gates let the marked
    one into the cell and keep out all that follow, however many; the plain RNN beside it fails.

    Contribution: the cell is added to, not multiplied through, so that its gradient lasts.
    Figures: see `resources/weights/metrics.json`: right answers by the number of steps since the mark.
    Form: one layer, its size is an option, and a linear layer on the last state.
    Strengths: it trains in a minute, and its gates can be watched while they close.
    Gaps: has to learn when to keep; the steps cannot run in parallel.
    """
    _remembering(g, input, classes, "lstm", width)


@architecture(
    "rnn_delay",
    title="RNN that forgets",
    category=CATEGORY,
    year=1990,
    source="Elman 1990, Cognitive Science 14",
    input=(40, 5),
    axes="TD",
    classes=4,
    dataset="delay",
    weights="rnn_delay",
    parameters=1_316,
    run={"epochs": 30, "rate": 0.005},
)
def rnn_delay(g: Builder, input: Tensor, classes: int, *, width: int = 32) -> None:
    """The same task as for the LSTM that remembers, trained alike. It does little better than a guess, for
    its state is mixed anew at every step and the signals that follow wash the marked one away.

    Contribution: the measure that gates are held against.
    Figures: see `resources/weights/metrics.json`: right answers by the number of steps since the mark.
    Form: one layer, its size is an option, and a linear layer on the last state.
    Strengths: a quarter of the weights.
    Gaps: gradients vanish on their way back over many steps, so that it never learns to keep.
    """
    _remembering(g, input, classes, "rnn", width)


def _layer(g: Builder, input: Tensor, block: str, hidden: int, **fields: FieldValue) -> None:
    """One layer; all its states and the last one leave."""
    x = g.input("input", input)
    states, last = g.add_block(block, (x,), block, {"hidden": hidden, **fields})
    g.output("states", states)
    g.output("last", last)


@architecture(
    "rnn_300_500",
    title="RNN, 300 in, 500 hidden",
    category=CATEGORY,
    year=1990,
    source="Elman 1990, Cognitive Science 14",
    input=(20, 300),
    axes="TD",
    classes=500,
    parameters=400_000,
    task="sequence",
)
def rnn_300_500(g: Builder, input: Tensor, classes: int, *, bidirectional: bool = False) -> None:
    """Mixes each word of 300 numbers with a state of 500, and keeps the result as the next state.
    All it knows of earlier words has to pass through that one product.

    The number of classes is the width of the state.

    Contribution: a network with memory.
    Figures: 800 inputs and 500 outputs, 400,000 weights: the lecture's encoder.
    Form: exact, without biases.
    Strengths: small; any length of sequence.
    Gaps: gradients vanish over long sequences, so that early words are forgotten.
    """
    _layer(g, input, "rnn", classes, bidirectional=bidirectional)


@architecture(
    "lstm_300_500",
    title="LSTM, 300 in, 500 hidden",
    category=CATEGORY,
    year=1997,
    source="Hochreiter & Schmidhuber 1997, Neural Computation 9",
    input=(20, 300),
    axes="TD",
    classes=500,
    parameters=1_604_000,
    task="sequence",
)
def lstm_300_500(
    g: Builder, input: Tensor, classes: int, *, bidirectional: bool = False, biases: str = "two"
) -> None:
    """Keeps a cell beside its state, and three gates say what is forgotten, written and read.
    The cell is only multiplied and added to, so that its gradient lasts over many words.

    The number of classes is the width of the state.

    Contribution: a memory that learns when to keep what it has.
    Figures: 4·((300 + 500)·500 + 2·500) = 1,604,000 parameters.
    Form: exact to torch.nn.LSTM, with two biases per gate; the lecture has one (1,602,000), see the option.
    Strengths: long and short dependencies.
    Gaps: four times the weights of a simple RNN; steps cannot run in parallel. The last cell is not an
    output.
    """
    _layer(g, input, "lstm", classes, bidirectional=bidirectional, biases=biases)


@architecture(
    "gru_300_500",
    title="GRU, 300 in, 500 hidden",
    category=CATEGORY,
    year=2014,
    source="Cho et al. 2014, arXiv:1406.1078, as torch computes it",
    input=(20, 300),
    axes="TD",
    classes=500,
    parameters=1_203_000,
    task="sequence",
)
def gru_300_500(g: Builder, input: Tensor, classes: int, *, bidirectional: bool = False) -> None:
    """Has two gates and no separate cell: one updates the state and one resets what is compared with it.
    In torch's form the reset acts after the product, and z says how much of the old state stays.

    The number of classes is the width of the state.

    Contribution: an LSTM's memory for three quarters of its weights.
    Figures: 3·(300 + 500)·500 + 6·500 = 1,203,000 parameters.
    Form: exact to torch.nn.GRU, with two biases; the lecture's form is an entry of its own.
    Strengths: smaller and often as good as an LSTM.
    Gaps: cannot count as a cell can; steps cannot run in parallel.
    """
    _layer(g, input, "gru", classes, bidirectional=bidirectional, variant="torch")


@architecture(
    "gru_lecture_300_500",
    title="GRU as in the lecture",
    category=CATEGORY,
    year=2014,
    source="Cho et al. 2014, arXiv:1406.1078",
    input=(20, 300),
    axes="TD",
    classes=500,
    parameters=1_200_000,
    task="sequence",
)
def gru_lecture_300_500(g: Builder, input: Tensor, classes: int, *, bidirectional: bool = False) -> None:
    """Is the GRU as the lecture writes it: no biases, the state is reset before the product, and z lets the
    new state in. With torch's weights it would give other results, for the same idea.

    The number of classes is the width of the state.

    Contribution: an LSTM's memory for three quarters of its weights.
    Figures: 3·(300 + 500)·500 = 1,200,000 parameters.
    Form: exact to the lecture's four equations.
    Strengths: smaller and often as good as an LSTM.
    Gaps: cannot count as a cell can; steps cannot run in parallel.
    """
    x = g.input("input", input)
    states, _ = g.add_all("gru", x, name="gru", hidden=classes, bidirectional=bidirectional)
    g.output("states", states)


@architecture(
    "deep_bilstm_2x",
    title="Deep Bi-LSTM",
    category=CATEGORY,
    year=2013,
    source="Graves, Mohamed & Hinton 2013, arXiv:1303.5778",
    input=(20, 300),
    axes="TD",
    classes=500,
    parameters=9_216_000,
    task="sequence",
)
def deep_bilstm_2x(
    g: Builder, input: Tensor, classes: int, *, layers: int = 2, dropout: float = 0.0, biases: str = "two"
) -> None:
    """Stacks two layers of LSTMs, each of which reads the sequence in both directions.
    The upper layer reads what the lower one made of every word in its sentence.

    The number of classes is the width of the state in each direction.

    Contribution: depth in space beside depth in time.
    Figures: none printed; 300 in, 500 hidden, two layers.
    Form: exact to torch.nn.LSTM, with two biases per gate; with the lecture's one it has 9,208,000.
    Strengths: higher capacity than one wide layer; past and future of each word.
    Gaps: the whole sequence has to be there; layers wait for each other.
    """
    if not 1 <= layers <= 64:
        raise ValueError(f"has 1 to 64 layers, such as 2, not {layers}.")
    x = g.input("input", input)
    for number in range(1, layers + 1):
        if number > 1 and dropout:
            x = g.add("dropout", x, name=f"drop{number}", p=dropout)
        x, last = g.add_all(
            "lstm", x, name=f"layer{number}", hidden=classes, bidirectional=True, biases=biases
        )
    g.output("states", x)
    g.output("last", last)


@architecture(
    "dense_bilstm",
    title="Densely connected Bi-LSTM",
    category=CATEGORY,
    year=2018,
    source="Ding, Xia, Yu, Li & Yang 2018, arXiv:1802.00889",
    input=(20, 300),
    axes="TD",
    classes=5,
    parameters=1_407_565,
)
def dense_bilstm(
    g: Builder, input: Tensor, classes: int, *, layers: int = 15, width: int = 13, top: int = 100
) -> None:
    """Lets each recurrent layer read the words and the states of all layers below, side by side.
    So layers can be narrow, and fifteen of them train as well as one.

    Contribution: dense connections for recurrent networks, which make twenty layers trainable.
    Figures: 1.4 M parameters in the paper for 15 layers of 13 units and a top one of 100.
    Form: exact to the paper's sizes, one bias per gate; means over time and a linear layer give the classes.
        Its dropout is left out.
    Strengths: deep, small, no vanishing gradients.
    Gaps: all states stay in memory; every layer reads more than the one below.
    """
    if not 0 <= layers <= 64:
        raise ValueError(f"has 0 to 64 dense layers, such as 15, not {layers}.")

    def dense(g: Builder, x: Wire) -> Wire:
        for number in range(1, layers + 1):
            y = g.add("lstm", x, name=f"layer{number}", hidden=width, bidirectional=True)
            x = g.add("concat", x, y, name=f"join{number}", axis="D")
        return x

    x = g.input("input", input)
    if layers:
        (x,) = g.group("dense", dense, x)
    x = g.add("lstm", x, name="top", hidden=top, bidirectional=True)
    x = g.add("global_pool", x, name="pool")
    x = g.add("linear", x, name="fc", features=classes)
    g.output("output", x)


@architecture(
    "timedistributed_cnn_lstm",
    title="CNN for each frame, then LSTM",
    category=CATEGORY,
    year=2014,
    source="Donahue et al. 2014, arXiv:1411.4389, scaled down",
    input=(8, 3, 32, 32),
    axes="TCHW",
    parameters=546_666,
)
def timedistributed_cnn_lstm(
    g: Builder, input: Tensor, classes: int, *, width: int = 16, hidden: int = 64
) -> None:
    """Runs the same small CNN over every frame of a video, and an LSTM over what it found.
    The weights do not depend on how many frames there are.

    Contribution: pictures become words, and a video becomes a sentence.
    Figures: none printed.
    Form: schematic: two convolutions a frame and 64 LSTM units; the paper has a CaffeNet and 256 units.
    Strengths: any number of frames; the CNN can be trained on single pictures before.
    Gaps: motion is seen only in what is left of each frame.
    """
    if not 1 <= width <= 1024:
        raise ValueError(f"has 1 to 1,024 filters, such as 16, not {width}.")
    x = g.input("input", input)
    for number, filters in enumerate((width, 2 * width), 1):
        conv = f"conv2d(filters={filters}, kernel=3, padding=1)"
        x = g.add("time_distributed", x, name=f"conv{number}", inner=conv)
        x = g.add("relu", x, name=f"relu{number}")
        x = g.add("time_distributed", x, name=f"pool{number}", inner="max_pool(kernel=2)")
    x = g.add("time_distributed", x, name="flatten", inner="flatten")
    _, last = g.add_all("lstm", x, name="lstm", hidden=hidden)
    x = g.add("linear", last, name="fc", features=classes)
    g.output("output", x)
    g.frame("each frame", "conv1", "relu1", "pool1", "conv2", "relu2", "pool2", "flatten")


@architecture(
    "convlstm_digits",
    title="ConvLSTM that looks ahead",
    category=CATEGORY,
    year=2015,
    source="Shi et al. 2015, arXiv:1506.04214, scaled down",
    input=(8, 1, 28, 28),
    axes="TCHW",
    classes=1,
    dataset="digits_moving",
    weights="convlstm_digits",
    parameters=12_321,
    task="prediction",
    also=("next frame", "video"),
    run={"epochs": 15, "rate": 0.005},
)
def convlstm_digits(g: Builder, input: Tensor, classes: int, *, width: int = 16) -> None:
    """Watches a digit fly for eight frames and draws the ninth. From one frame nobody could tell where it
    flies; the state has to hold shape and speed at every place.

    The number of classes is the number of channels of the frame.

    Contribution: memory that stays a map, so that motion is learned once for all places.
    Figures: see `resources/weights/metrics.json`: squared error, beside that of the last frame copied.
    Form: one layer without peepholes and two convolutions that draw; the paper stacks layers and forecasts
        several frames.
    Strengths: small; knows the walls, where the digit bounces.
    Gaps: draws a blur where it is unsure; motion up to two pixels a frame.
    """
    if not 1 <= width <= 512:
        raise ValueError(f"has 1 to 512 channels, such as 16, not {width}.")
    x = g.input("film", input)
    _, x = g.add_all("conv_lstm2d", x, name="conv_lstm", filters=width, kernel=3, peepholes=False)
    x = g.add("conv2d", x, name="conv1", filters=width, kernel=3, padding=1)
    x = g.add("leaky_relu", x, name="leaky_relu")
    g.output("next", g.add("conv2d", x, name="conv2", filters=classes, kernel=3, padding=1))


@architecture(
    "convlstm_64x64",
    title="ConvLSTM",
    category=CATEGORY,
    year=2015,
    source="Shi et al. 2015, arXiv:1506.04214",
    input=(10, 1, 64, 64),
    axes="TCHW",
    classes=64,
    parameters=1_202_688,
    task="sequence",
)
def convlstm_64x64(
    g: Builder, input: Tensor, classes: int, *, kernel: int = 5, peepholes: bool = True
) -> None:
    """Is an LSTM whose products are convolutions, so that state and cell are maps and places stay places.
    Weather radar moves from place to place, and the filters move with it.

    The number of classes is the number of channels of the state.

    Contribution: recurrence on maps, made for rain forecasts.
    Figures: the lecture's five equations; k = 5 and 64 hidden channels here.
    Form: exact layer, with peepholes of the shape of the state, and the output gate looks at the new cell;
        the paper stacks several of them to an encoder and a forecaster.
    Strengths: shares weights over places; keeps the picture's layout.
    Gaps: fast motion needs large filters; peepholes bind it to one size.
    """
    if kernel < 1 or kernel % 2 == 0:
        raise ValueError(f"has filters of odd size, such as 5, not {kernel}.")
    x = g.input("input", input)
    states, _ = g.add_all(
        "conv_lstm2d", x, name="conv_lstm", filters=classes, kernel=kernel, peepholes=peepholes
    )
    g.output("states", states)
