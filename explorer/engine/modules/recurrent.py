"""Recurrent modules: torch's fused kernels where they fit, a plain loop over the steps elsewhere.

Weights carry torch's names (`weight_ih_l0`, `weight_hh_l0`, `…_reverse`). While `probe` is set on a
module, the loop runs in any case and hands it every gate as (N, T, H), or (N, T, 2H) when bidirectional.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def squashed(name: str, x: Tensor) -> Tensor:
    """Apply the activation called `name`."""
    match name:
        case "tanh":
            return x.tanh()
        case "relu":
            return x.relu()
        case "sigmoid":
            return x.sigmoid()
        case "sign":
            return x.sign()
        case "identity":
            return x
    raise ValueError(f"no activation is called {name}")


def final(states: Tensor) -> Tensor:
    """Take the last states (directions, N, H) to (N, directions · H)."""
    return states.transpose(0, 1).flatten(1)


def both_ways(
    rnn: nn.RNNBase, run: Callable[[Tensor, str], dict[str, Tensor]], x: Tensor
) -> dict[str, Tensor]:
    """Run a loop forwards, and backwards too when `rnn` is bidirectional; join what it recorded.

    Args:
        rnn: whose direction counts.
        run: takes x (N, T, n) and the suffix of the weights; returns (N, T, H) by name.
        x: (N, T, n).

    Returns:
        By name, (N, T, H), or (N, T, 2H): the backward half is put back in the order of x.

    """
    forward = run(x, "")
    if not rnn.bidirectional:
        return forward
    backward = run(x.flip(1), "_reverse")
    return {name: torch.cat([forward[name], backward[name].flip(1)], -1) for name in forward}


def ends(rnn: nn.RNNBase, hidden: Tensor) -> Tensor:
    """Take all states (N, T, H or 2H) to the last of each direction, (N, H or 2H)."""
    if not rnn.bidirectional:
        return hidden[:, -1]
    forward, backward = hidden.chunk(2, -1)
    return torch.cat([forward[:, -1], backward[:, 0]], -1)


class SimpleRNN(nn.RNN):
    """h_t = f(V h_{t−1} + U x_t), and o_t = g(W h_t) when there is an output layer; no biases.

    Args:
        inputs, hidden: sizes of x_t and h_t. outputs: size of o_t; None leaves h_t as the output.
        f, g: tanh, relu, sigmoid, sign or identity. bidirectional: a second one from the end.

    """

    probe: Callable[[dict[str, Tensor]], None] | None = None

    def __init__(
        self,
        inputs: int,
        hidden: int,
        outputs: int | None = None,
        f: str = "tanh",
        g: str = "identity",
        bidirectional: bool = False,
    ) -> None:
        super().__init__(
            inputs,
            hidden,
            nonlinearity="relu" if f == "relu" else "tanh",
            bias=False,
            batch_first=True,
            bidirectional=bidirectional,
        )
        self.f, self.g = f, g
        self.readouts = nn.ModuleList()
        if outputs is not None:
            self.readouts.extend(nn.Linear(hidden, outputs, bias=False) for _ in range(1 + bidirectional))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:  # type: ignore[override]
        """Take x (N, T, n) to y (N, T, H or outputs) and the last state (N, H), twice as wide both ways."""
        if self.probe is None and self.f in ("tanh", "relu"):
            hidden, states = super().forward(x)
            return self._read(hidden), final(states)
        gates = both_ways(self, self._loop, x)
        if self.probe is not None:
            self.probe(gates)
        return self._read(gates["hidden"]), ends(self, gates["hidden"])

    def _read(self, hidden: Tensor) -> Tensor:
        if not self.readouts:
            return hidden
        halves = hidden.chunk(len(self.readouts), -1)
        read = [readout(half) for readout, half in zip(self.readouts, halves, strict=True)]
        return squashed(self.g, torch.cat(read, -1))

    def _loop(self, x: Tensor, suffix: str) -> dict[str, Tensor]:
        state_weight = getattr(self, "weight_hh_l0" + suffix)  # (H, H)
        drive = F.linear(x, getattr(self, "weight_ih_l0" + suffix))  # (N, T, H)
        h = drive.new_zeros(x.shape[0], self.hidden_size)
        hidden = []
        for step in drive.unbind(1):
            h = squashed(self.f, F.linear(h, state_weight) + step)
            hidden.append(h)
        return {"hidden": torch.stack(hidden, 1)}


class LSTM(nn.LSTM):
    """torch's LSTM with one bias for each gate, as in the paper, or with torch's two.

    Args:
        inputs, hidden: sizes of x_t and h_t. biases: `one` or `two` (the second is then learned too).
        bidirectional: a second one from the end.

    """

    probe: Callable[[dict[str, Tensor]], None] | None = None

    def __init__(self, inputs: int, hidden: int, biases: str = "one", bidirectional: bool = False) -> None:
        super().__init__(inputs, hidden, batch_first=True, bidirectional=bidirectional)
        if biases == "one":  # the fused kernel wants a second bias: zeros that are never learned
            for suffix in ("", "_reverse")[: 1 + bidirectional]:
                del self._parameters["bias_hh_l0" + suffix]
                self.register_buffer("bias_hh_l0" + suffix, torch.zeros(4 * hidden), persistent=False)
            self._init_flat_weights()

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:  # type: ignore[override]
        """Take x (N, T, n) to all states (N, T, H) and the last one (N, H), twice as wide both ways."""
        if self.probe is None:
            hidden, (states, _) = super().forward(x)
            return hidden, final(states)
        gates = both_ways(self, self._loop, x)
        self.probe(gates)
        return gates["hidden"], ends(self, gates["hidden"])

    def _loop(self, x: Tensor, suffix: str) -> dict[str, Tensor]:
        state_weight = getattr(self, "weight_hh_l0" + suffix)  # (4H, H)
        bias = getattr(self, "bias_ih_l0" + suffix) + getattr(self, "bias_hh_l0" + suffix)
        drive = F.linear(x, getattr(self, "weight_ih_l0" + suffix), bias)  # (N, T, 4H)
        h = c = drive.new_zeros(x.shape[0], self.hidden_size)
        names = ("input", "forget", "candidate", "output", "cell", "hidden")
        record: dict[str, list[Tensor]] = {name: [] for name in names}
        for step in drive.unbind(1):
            i, f, g, o = (F.linear(h, state_weight) + step).chunk(4, -1)  # (N, H) each
            i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
            c = f * c + i * g
            h = o * c.tanh()
            for name, value in zip(names, (i, f, g, o, c, h), strict=True):
                record[name].append(value)
        return {name: torch.stack(values, 1) for name, values in record.items()}


class LSTMWithCell(LSTM):
    """An LSTM that also gives the last state of its cell."""

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:  # type: ignore[override]
        """Take x (N, T, n) to all states (N, T, H), the last one and the last of the cell (N, H)."""
        if self.probe is None:
            hidden, (states, cells) = nn.LSTM.forward(self, x)
            return hidden, final(states), final(cells)
        gates = both_ways(self, self._loop, x)
        self.probe(gates)
        return gates["hidden"], ends(self, gates["hidden"]), ends(self, gates["cell"])


class GRU(nn.GRU):
    """The lecture's GRU (no biases, reset before the matrix product), or torch's.

    lecture: h' = tanh(W x + U (r ∘ h)), h ← (1 − z) ∘ h + z ∘ h'.
    torch:   h' = tanh(W x + b + r ∘ (U h + c)), h ← z ∘ h + (1 − z) ∘ h'.

    Args:
        inputs, hidden: sizes of x_t and h_t. variant: `lecture` or `torch`.
        bidirectional: a second one from the end.

    """

    probe: Callable[[dict[str, Tensor]], None] | None = None

    def __init__(
        self, inputs: int, hidden: int, variant: str = "lecture", bidirectional: bool = False
    ) -> None:
        super().__init__(
            inputs, hidden, bias=variant == "torch", batch_first=True, bidirectional=bidirectional
        )
        self.variant = variant

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:  # type: ignore[override]
        """Take x (N, T, n) to all states (N, T, H) and the last one (N, H), twice as wide both ways."""
        if self.probe is None and self.variant == "torch":
            hidden, states = super().forward(x)
            return hidden, final(states)
        gates = both_ways(self, self._lecture if self.variant == "lecture" else self._torch, x)
        if self.probe is not None:
            self.probe(gates)
        return gates["hidden"], ends(self, gates["hidden"])

    def _lecture(self, x: Tensor, suffix: str) -> dict[str, Tensor]:
        state_weight = getattr(self, "weight_hh_l0" + suffix)  # (3H, H): r, z, h'
        gate_weight, candidate_weight = state_weight.tensor_split([2 * self.hidden_size])
        drive = F.linear(x, getattr(self, "weight_ih_l0" + suffix))  # (N, T, 3H)
        h = drive.new_zeros(x.shape[0], self.hidden_size)
        steps = []
        for step in drive.unbind(1):
            gates, candidate = step.tensor_split([2 * self.hidden_size], -1)
            r, z = (F.linear(h, gate_weight) + gates).sigmoid().chunk(2, -1)  # (N, H) each
            new = (F.linear(r * h, candidate_weight) + candidate).tanh()
            h = (1 - z) * h + z * new
            steps.append((r, z, new, h))
        return self._record(steps)

    def _torch(self, x: Tensor, suffix: str) -> dict[str, Tensor]:
        state_weight, state_bias = (getattr(self, f"{name}_hh_l0{suffix}") for name in ("weight", "bias"))
        input_weight, input_bias = (getattr(self, f"{name}_ih_l0{suffix}") for name in ("weight", "bias"))
        drive = F.linear(x, input_weight, input_bias)  # (N, T, 3H)
        h = drive.new_zeros(x.shape[0], self.hidden_size)
        steps = []
        for step in drive.unbind(1):
            from_input, from_state = step.chunk(3, -1), F.linear(h, state_weight, state_bias).chunk(3, -1)
            r = (from_input[0] + from_state[0]).sigmoid()  # (N, H)
            z = (from_input[1] + from_state[1]).sigmoid()
            new = (from_input[2] + r * from_state[2]).tanh()
            h = z * h + (1 - z) * new
            steps.append((r, z, new, h))
        return self._record(steps)

    @staticmethod
    def _record(steps: list[tuple[Tensor, Tensor, Tensor, Tensor]]) -> dict[str, Tensor]:
        names = ("reset", "update", "candidate", "hidden")
        return {
            name: torch.stack(values, 1) for name, values in zip(names, zip(*steps, strict=True), strict=True)
        }
