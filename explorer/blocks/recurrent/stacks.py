"""Several recurrent layers, one on top of the other."""

from __future__ import annotations

from explorer.blocks.block import Composite, block
from explorer.blocks.checks import check_sequence
from explorer.blocks.fields import Bool, Choice, Float, Int
from explorer.graph.builder import Builder, Wire


@block("deep_rnn", category="1.1.3", family="recurrent", title="Deep RNN", icon="deep_rnn", stem="stack")
class DeepRNN(Composite):
    r"""Stacks recurrent layers: each reads the states of the one below as its sequence. Higher layers then
    work with what the lower ones have found out, not with the raw input.

    Dense: a layer reads the input and the states of all layers below it side by side, so that nothing has to
    be passed on. The result is what the top layer gives.

    Shapes: x (T, n) → y (T, w·H), states of the top layer; last (w·H); w = 2 both ways, else 1.
    Parameters: Σ over the layers of w·k·((m + H)·H + b·H), where k = 4 for lstm, 3 for gru, 1 for rnn, b = 1
        for lstm (or 2), else 0 (2 for torch's gru), m = n in the first layer, then w·H; dense: m = n +
        w·H·(l − 1) in layer l.
    MACs: T·Σ w·k·(m + H)·H.
    Used in: speech recognition, translation (8 layers in GNMT), tagging with stacked Bi-LSTMs.
    Strengths: higher learning capacity than one wide layer; dense stacks train well even when deep.
    Gaps: needs much data; layers wait for each other at every step; dense stacks grow with each layer.
    Source: Graves, Mohamed & Hinton 2013, arXiv:1303.5778; Ding et al. 2018, arXiv:1802.00889 (dense).
    """

    formula = r"h^l_t = f(h^{l-1}_t, h^l_{t-1}),\quad h^l_t = f([x_t, h^1_t, \dots, h^{l-1}_t], h^l_{t-1})"
    tags = ("stacked lstm", "deep bilstm", "densely connected")
    outputs = ("y", "last")
    cell = Choice("lstm", ("lstm", "gru", "rnn"), doc="kind of the layers")
    layers = Int(2, max=64, doc="how many stand on top of each other")
    hidden = Int(128, label="Hidden units", doc="length of the state of each layer and direction")
    bidirectional = Bool(False, doc="each layer reads in both directions")
    dense = Bool(False, label="Densely connected", doc="each layer reads the input and all layers below")
    variant = Choice("lecture", ("lecture", "torch"), label="GRU", doc="the lecture's form or torch's")
    dropout = Float(0.0, max=0.99, doc="share of values set to zero between layers while training")
    biases = Choice("one", ("one", "two"), label="LSTM biases", doc="one for each gate, or torch's two")

    def expand(self, g: Builder, x: Wire) -> tuple[Wire, Wire]:
        check_sequence(x.tensor)
        read, below = x, [x]
        made: tuple[Wire, ...] = ()
        for number in range(1, self.layers + 1):
            if number > 1:
                read = below[-1]
                if self.dense:
                    read = g.add("concat", *below, name=f"join{number}", axis="D")
                if self.dropout:
                    read = g.add("dropout", read, name=f"drop{number}", p=self.dropout)
            made = g.add_all(
                self.cell,
                read,
                name=f"layer{number}",
                hidden=self.hidden,
                bidirectional=self.bidirectional,
                variant=self.variant if self.cell == "gru" else None,
                biases="two" if self.biases == "two" and self.cell == "lstm" else None,
            )
            below.append(made[0])
        return made[0], made[1]

    def summary(self) -> str:
        words = [f"{self.layers} × {self.cell} {self.hidden}"]
        words += ["both ways"] * self.bidirectional + ["dense"] * self.dense
        return " · ".join(words)
