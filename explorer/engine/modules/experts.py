"""Small networks of which every token uses a few."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class MixtureOfExperts(nn.Module):
    """Sends each token to the networks that its router rates highest, and mixes what they give.

    Each expert works on the tokens of a sample that rate it highest, `capacity` at most; a token that finds
    no room is left out there.

    While `probe` is set, it is handed the weights of all experts for every token (`router`, (N, T, E), 0
    where one is not used) and the share of tokens that each works on (`load`, (N, E)).

    Args:
        width: D. experts: E. used: k, experts of one token. hidden: M inside each.
        capacity: tokens an expert takes of one sample. gated: swish-gated networks, else GELU.

    """

    probe: Callable[[dict[str, Tensor]], None] | None = None

    def __init__(
        self, width: int, experts: int, used: int, hidden: int, capacity: int, gated: bool = False
    ) -> None:
        super().__init__()
        self.used, self.capacity, self.gated = used, capacity, gated
        self.router = nn.Linear(width, experts, bias=False)
        self.up = nn.Parameter(torch.empty(experts, width, hidden).uniform_(-1, 1) * width**-0.5)
        self.down = nn.Parameter(torch.empty(experts, hidden, width).uniform_(-1, 1) * hidden**-0.5)
        self.gate = (
            nn.Parameter(torch.empty(experts, width, hidden).uniform_(-1, 1) * width**-0.5) if gated else None
        )

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Take x (N, T, D) to (N, T, D) and how unequally experts are used, (N): 1 when all are alike."""
        rated = self.router(x).to(torch.float32).softmax(-1)  # (N, T, E)
        best, index = rated.topk(self.used, -1)
        chosen = torch.zeros_like(rated).scatter(2, index, 1.0)
        shares = chosen * rated / best.sum(-1, keepdim=True)  # (N, T, E), each row adds up to 1
        rank, place = shares.topk(self.capacity, 1)  # (N, capacity, E): the tokens of each expert
        weight, place = rank.transpose(1, 2), place.transpose(1, 2)  # (N, E, capacity)
        if self.probe is not None:
            taken = torch.zeros_like(shares).scatter(1, place.transpose(1, 2), rank)
            self.probe({"router": taken, "load": (taken > 0).to(x.dtype).mean(1)})
        everywhere = place.flatten(1).unsqueeze(-1).expand(-1, -1, x.shape[2])  # (N, E·capacity, D)
        given = x.gather(1, everywhere).reshape(place.shape + x.shape[2:])  # (N, E, capacity, D)
        made = self.work(given) * weight.unsqueeze(-1).to(x.dtype)
        y = torch.zeros_like(x).scatter_add(1, everywhere, made.flatten(1, 2).to(x.dtype))
        unequal = (chosen.mean(1) * rated.mean(1)).sum(-1) * (rated.shape[2] / self.used)
        return y, unequal.to(x.dtype)

    def work(self, x: Tensor) -> Tensor:
        """Take x (N, E, capacity, D) through each expert's own network."""
        rows = x.transpose(0, 1).flatten(1, 2)  # (E, N·capacity, D)
        y = torch.bmm(rows, self.up)
        y = F.gelu(y) if self.gate is None else F.silu(torch.bmm(rows, self.gate)) * y
        y = torch.bmm(y, self.down).reshape(x.shape[1], x.shape[0], x.shape[2], x.shape[3])
        return y.transpose(0, 1)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"used={self.used}, capacity={self.capacity}, gated={self.gated}"
