"""A linear recurrence whose numbers depend on the input, as in Mamba."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class SelectiveScan(nn.Module):
    """h_t = exp(Δ_t A) h_{t−1} + Δ_t B_t x_t, y_t = C_t · h_t + D x_t, for every channel by itself.

    Step Δ, input B and output C are linear in x_t, A is learned and negative.

    Args:
        width: D channels. state: S numbers that each channel remembers. rank: width of what Δ is made from.
        parallel: all steps at once in log₂ T rounds, else one after the other.

    """

    def __init__(self, width: int, state: int = 16, rank: int = 1, parallel: bool = True) -> None:
        super().__init__()
        self.state, self.rank, self.parallel = state, rank, parallel
        self.select = nn.Linear(width, rank + 2 * state, bias=False)
        self.step = nn.Linear(rank, width)
        # steps begin between 0.001 and 0.1: the inverse of softplus of such numbers
        steps = torch.exp(torch.rand(width) * (math.log(0.1) - math.log(0.001)) + math.log(0.001))
        with torch.no_grad():
            self.step.bias.copy_(steps + torch.log(-torch.expm1(-steps)))
        rates = torch.arange(1, state + 1, dtype=torch.float32).repeat(width, 1)  # (D, S)
        self.log_rate = nn.Parameter(rates.log())
        self.skip = nn.Parameter(torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, T, D) to (N, T, D)."""
        made = self.select(x)
        step = F.softplus(self.step(made[..., : self.rank]))  # (N, T, D)
        enter, leave = made[..., self.rank :].chunk(2, -1)  # (N, T, S) each
        step = step.to(torch.float32).unsqueeze(-1)  # (N, T, D, 1)
        decay = torch.exp(-step * self.log_rate.exp())  # (N, T, D, S)
        drive = step * (enter.unsqueeze(2) * x.unsqueeze(-1)).to(torch.float32)
        h = self.at_once(decay, drive) if self.parallel else self.in_turn(decay, drive)
        y: Tensor = (h * leave.unsqueeze(2).to(torch.float32)).sum(-1).to(x.dtype)
        return y + self.skip * x

    def in_turn(self, decay: Tensor, drive: Tensor) -> Tensor:
        """Take both (N, T, D, S) to all states (N, T, D, S), step by step."""
        h = torch.zeros_like(drive[:, 0])
        found = []
        for n in range(drive.shape[1]):
            h = decay[:, n] * h + drive[:, n]
            found.append(h)
        return torch.stack(found, 1)

    def at_once(self, decay: Tensor, drive: Tensor) -> Tensor:
        """Take both (N, T, D, S) to all states: two steps become one, then four, then eight."""
        shift = 1
        while shift < drive.shape[1]:
            before = F.pad(drive[:, :-shift], (0, 0, 0, 0, shift, 0))
            drive = drive + decay * before
            decay = decay * F.pad(decay[:, :-shift], (0, 0, 0, 0, shift, 0))
            shift = 2 * shift
        return drive

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"{self.skip.shape[0]}, state={self.state}, rank={self.rank}, parallel={self.parallel}"
