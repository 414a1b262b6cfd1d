"""Speech: convolutions, gates and recurrence over a sequence."""

from __future__ import annotations

from explorer.blocks.block import Composite, block
from explorer.blocks.checks import check_sequence
from explorer.blocks.fields import Float, Int
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import sequence


@block("cbhg", category="1.1.2", family="composite", title="CBHG", icon="cbhg", stem="cbhg")
class Cbhg(Composite):
    r"""Reads a sequence through filters of every length from 1 to K, refines it by highway layers and joins
    past and future by a bidirectional GRU. The bank of filters finds what stands close together, such as
    syllables, and the recurrent layer what spans the sentence.

    The results of all filters are pooled without losing steps, projected to the width of the input and added
    to it. K is 16 in the encoder of Tacotron and 8 after its decoder.

    Shapes: x (T, D) → y (T, 2·hidden).
    Parameters: bank F·D·K·(K+1)/2 + 2·F·K; projections 3·K·F·P + 2·P + 3·P·D + 2·D; D·H where D ≠ H;
    highways·2·(H² + H); GRU 2·(6·H² + 6·H), with F filters, P projected and H hidden.
    MACs: the weights of all parts at every one of T steps; filters of even length run one step more.
    Used in: Tacotron (text encoder and post-net), voice conversion, diacritisation of Arabic.
    Strengths: context of all lengths; the residual and highway layers ease training; little overfitting.
    Gaps: slow, as the GRU runs step by step; Tacotron 2 replaced it by plain convolutions and an LSTM.
    Source: Wang et al. 2017, arXiv:1703.10135; Lee, Cho & Hofmann 2016, arXiv:1610.03017.
    """

    formula = r"y = \mathrm{biGRU}(\mathrm{highway}(x + P_2 * f(P_1 * \max_2 [W_1 * x, \dots, W_K * x])))"
    tags = ("tacotron", "conv bank", "highway", "gru", "text to speech")
    example = (sequence(16, 32),)
    bank = Int(16, max=32, label="K", doc="longest filter of the bank, which has all lengths up to it")
    filters = Int(128, max=4_096, doc="F: filters of each length")
    projection = Int(128, max=4_096, doc="P: width between the two projections")
    highways = Int(4, min=0, max=32, doc="number of highway layers")
    hidden = Int(
        128, max=4_096, label="Hidden units", doc="H: of the GRU in each direction and of the highways"
    )
    gate_bias = Float(-1.0, min=-20, max=0, doc="bias of the highway gates before training")

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_sequence(x.tensor)
        steps, width = x.tensor.shape
        rows = g.add("permute", x, name="channels_first", order=(1, 0), axes="CT")
        found = [self._unit(g, rows, f"bank{k}", self.filters, k) for k in range(1, self.bank + 1)]
        y = found[0] if len(found) == 1 else g.add("concat", *found, name="bank", axis="C")
        y = g.add("max_pool", y, name="pool", kernel=2, stride=1, padding=1)
        y = g.add("slice", y, name="pool_cut", axis="T", stop=steps)
        y = self._unit(g, y, "project1", self.projection, 3)
        y = self._unit(g, y, "project2", width, 3, activate=False)
        y = g.add("permute", y, name="steps_first", order=(1, 0), axes="TD")
        y = g.add("add", x, y, name="add")
        if width != self.hidden:
            y = g.add("linear", y, name="fit", features=self.hidden, bias=False)
        for number in range(1, self.highways + 1):
            y = g.add("highway", y, name=f"highway{number}", form="dense", gate_bias=self.gate_bias)
        return g.add("gru", y, name="gru", hidden=self.hidden, bidirectional=True, variant="torch")

    def _unit(
        self, g: Builder, x: Wire, name: str, filters: int, kernel: int, *, activate: bool = True
    ) -> Wire:
        """Convolution over time, cut to the length of its input; ReLU and batch norm as in common code."""
        steps = x.tensor.shape[1]
        x = g.add("conv1d", x, name=name, filters=filters, kernel=kernel, padding=kernel // 2, bias=False)
        if kernel % 2 == 0:
            x = g.add("slice", x, name=f"{name}_cut", axis="T", stop=steps)
        x = g.add("relu", x, name=f"{name}_relu") if activate else x
        return g.add("batch_norm", x, name=f"{name}_bn")

    def summary(self) -> str:
        return f"K {self.bank} → {2 * self.hidden}"
