"""Recurrent layers: one step after the other, with a state that remembers."""

from __future__ import annotations

from explorer.blocks.block import Block, Call, block, call
from explorer.blocks.checks import check_sequence
from explorer.blocks.fields import Bool, Choice, Int, OptionalInt
from explorer.graph.catalogue import ReceptiveField
from explorer.graph.tensor import Tensor

OWN = "explorer.engine.modules.recurrent"
SQUASH = ("relu", "tanh", "sigmoid", "sign", "identity")


class _Recurrent(Block):
    """Shapes and reach of all recurrent layers; `_weights` counts those of one direction."""

    outputs: tuple[str, ...] = ("y", "last")
    exposes = "gates"
    uncompiled = "it leaves torch's recurrent layers out and compiles what stands around them"
    hidden = Int(128, label="Hidden units", doc="length of the state that is carried along")
    bidirectional = Bool(False, doc="a second layer reads from the end; both states stand side by side")

    @property
    def _ways(self) -> int:
        return 1 + self.bidirectional

    def _width(self) -> int:
        """Length of what one direction gives at each step."""
        return self.hidden

    def infer(self, x: Tensor) -> tuple[Tensor, Tensor]:
        check_sequence(x)
        last = Tensor((self.hidden * self._ways,), ("D",))
        return x.resized(x.shape[0], self._width() * self._ways), last

    def _weights(self, n: int) -> int:
        """Weights of the matrices that are used at every step, one direction."""
        raise NotImplementedError

    def _biases(self) -> int:
        return 0

    def parameters(self, x: Tensor) -> int:
        return (self._weights(x.shape[1]) + self._biases()) * self._ways

    def macs(self, x: Tensor) -> int:
        return x.shape[0] * self._weights(x.shape[1]) * self._ways

    def receptive_field(self, x: Tensor) -> ReceptiveField:
        return ReceptiveField(whole=True)

    def summary(self) -> str:
        return f"{self.hidden}" + (" · both ways" if self.bidirectional else "")


@block("rnn", target=f"{OWN}:SimpleRNN", category="1.1.3", family="recurrent", title="Simple RNN", icon="rnn")
class SimpleRNN(_Recurrent):
    r"""The state mixes the new input with the state before; the same two matrices serve every step. So the
    layer reads sequences of any length and keeps a short memory of what came before.

    An optional third matrix reads an output from each state. There are no biases.

    Shapes: x (T, n) → y (T, H), or (T, outputs); last (H), the last state; twice as wide both ways.
    Parameters: H·n + H², and outputs·H with an output layer; twice as many both ways.
    MACs: T·(H·n + H²), and T·outputs·H with an output layer; twice as many both ways.
    Used in: short sequences of samples; language models before the LSTM.
    Strengths: few weights, whatever the length; a set of non-linear first-order difference equations.
    Gaps: gradients fade or explode over many steps, so that long dependencies are not learned; steps cannot
        run in parallel.
    Source: Elman 1990, Cognitive Science 14.
    """

    keeps = "nothing"
    keeps_inside = 1.1
    formula = r"h_t = f(V h_{t-1} + U x_t),\quad o_t = g(W h_t)"
    tags = ("elman", "recurrent", "recurrent network", "sequence")
    f = Choice("tanh", SQUASH, label="f", doc="what the new state passes through")
    out = OptionalInt(
        label="Outputs", doc="length of the output read from each state; empty: the state itself"
    )
    g = Choice(
        "identity", SQUASH, label="g", doc="what the output passes through, when there is an output layer"
    )

    def _width(self) -> int:
        return self.out or self.hidden

    def _weights(self, n: int) -> int:
        return (n + self.hidden + (self.out or 0)) * self.hidden

    def arguments(self, x: Tensor) -> Call:
        known = {"outputs": None, "f": "tanh", "g": "identity", "bidirectional": False}
        return call(
            x.shape[1],
            self.hidden,
            defaults=known,
            outputs=self.out,
            f=self.f,
            g=self.g,
            bidirectional=self.bidirectional,
        )


@block("lstm", target=f"{OWN}:LSTM", category="1.1.3", family="recurrent", title="LSTM", icon="lstm")
class LSTM(_Recurrent):
    r"""A cell carries what is worth remembering; gates decide what is forgotten, written and read. The cell
    is only multiplied and added to, so that its gradient survives many steps.

    One bias for each gate, as in the papers; torch.nn.LSTM adds two that always act as one: choose
    two biases for that.

    With `cell` on, the last state of the cell leaves too.

    Shapes: x (T, n) → y (T, H), all states; last (H), the last state; cell (H); twice as wide both ways.
    Parameters: 4·((n + H)·H + H), and 4·H more with two biases; twice as many both ways.
    MACs: 4·T·(n + H)·H; twice as many both ways.
    Used in: speech recognition, translation, handwriting, time series.
    Strengths: keeps short and long dependencies; four layers that interact through one state.
    Gaps: four times the weights of a simple RNN; steps cannot run in parallel.
    Source: Hochreiter & Schmidhuber 1997, Neural Computation 9; Gers et al. 1999 (forget gate).
    """

    keeps = "outputs"
    keeps_inside = 16.1
    formula = (
        r"c_t = f_t \odot c_{t-1} + i_t \odot \tanh(W_c [h_{t-1}, x_t] + b_c),"
        r"\quad h_t = o_t \odot \tanh c_t"
    )
    tags = ("long short-term memory", "recurrent", "sequence", "memory")
    biases = Choice("one", ("one", "two"), doc="one for each gate, or torch's two")
    cell = Bool(False, label="Cell state", doc="a third output: the last state of the cell")

    def validate(self) -> None:
        """The ports depend on whether the cell leaves too."""
        self.outputs = ("y", "last", "cell") if self.cell else ("y", "last")

    def infer(self, x: Tensor) -> tuple[Tensor, ...]:  # type: ignore[override]
        y, last = super().infer(x)
        return (y, last, last) if self.cell else (y, last)

    def target_for(self, x: Tensor) -> str:
        return f"{OWN}:{'LSTMWithCell' if self.cell else 'LSTM'}"

    def _weights(self, n: int) -> int:
        return 4 * (n + self.hidden) * self.hidden

    def _biases(self) -> int:
        return 4 * self.hidden * (2 if self.biases == "two" else 1)

    def arguments(self, x: Tensor) -> Call:
        return call(
            x.shape[1],
            self.hidden,
            defaults={"biases": "one", "bidirectional": False},
            biases=self.biases,
            bidirectional=self.bidirectional,
        )


@block("gru", target=f"{OWN}:GRU", category="1.1.3", family="recurrent", title="GRU", icon="gru")
class GRU(_Recurrent):
    r"""Like an LSTM with two gates and no separate cell: one updates the state, one resets it. The update
    gate stands for forget and input gate at once, which makes it simpler and smaller.

    The lecture's form resets the state before the matrix product, has no biases, and z lets the new
    state in. torch's form resets after the product, has two biases, and z keeps the old state.

    Shapes: x (T, n) → y (T, H), all states; last (H), the last state; twice as wide both ways.
    Parameters: 3·(n + H)·H, and 6·H more in torch's form; twice as many both ways.
    MACs: 3·T·(n + H)·H; twice as many both ways.
    Used in: translation, speech, time series; wherever an LSTM is too heavy.
    Strengths: three quarters of an LSTM's weights and often as good.
    Gaps: cannot count as an LSTM's cell can; steps cannot run in parallel.
    Correction: the lecture writes z, r and h̃ without biases, h = (1 − z)·h' + z·h̃, and resets before the
        matrix product. torch.nn.GRU resets after the product, has biases, and its z keeps the old state: same
        weights, other results. Both forms are here.
    Source: Cho et al. 2014, arXiv:1406.1078 (there z keeps the old state, as in torch); Chung et al. 2014,
        arXiv:1412.3555 (z lets the new state in, as here).
    """

    keeps_inside = 5.5
    formula = (
        r"\tilde h_t = \tanh(W [r_t \odot h_{t-1}, x_t]),"
        r"\quad h_t = (1 - z_t) \odot h_{t-1} + z_t \odot \tilde h_t"
    )
    tags = ("gated recurrent unit", "recurrent", "sequence")
    variant = Choice("lecture", ("lecture", "torch"), doc="where the reset acts, biases, meaning of z")

    def _weights(self, n: int) -> int:
        return 3 * (n + self.hidden) * self.hidden

    def _biases(self) -> int:
        return 6 * self.hidden if self.variant == "torch" else 0

    def arguments(self, x: Tensor) -> Call:
        return call(
            x.shape[1],
            self.hidden,
            defaults={"variant": "lecture", "bidirectional": False},
            variant=self.variant,
            bidirectional=self.bidirectional,
        )
