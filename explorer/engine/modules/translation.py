"""Parts of a decoder that attends: states that begin somewhere, weighted states, their sums."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn


class DecoderStates(nn.Module):
    """A recurrent layer of torch that begins with a given state."""

    def __init__(self, inputs: int, hidden: int, cell: str = "gru") -> None:
        super().__init__()
        kinds: dict[str, Any] = {"gru": nn.GRU, "lstm": nn.LSTM, "rnn": nn.RNN}
        self.rnn: nn.RNNBase = kinds[cell](inputs, hidden, batch_first=True)

    def forward(self, x: Tensor, start: Tensor) -> Tensor:
        """Take x (N, T, n), start (N, H) to all states (N, T, H)."""
        first = start.to(x.dtype).unsqueeze(0).contiguous()
        cell = isinstance(self.rnn, nn.LSTM)
        states: Tensor = self.rnn(x, (first, first.new_zeros(first.shape)) if cell else first)[0]
        return states


class AlignmentVectors(nn.Module):
    """Each encoder state times each of its weights."""

    def forward(self, weights: Tensor, encoder: Tensor) -> Tensor:
        """Take weights (N, Tq, Tk), encoder (N, Tk, H) to (N, Tq, Tk, H)."""
        return weights.unsqueeze(-1) * encoder.unsqueeze(1)


class ContextVectors(nn.Module):
    """The sum over the source."""

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, Tq, Tk, H) to (N, Tq, H)."""
        return x.sum(2)
