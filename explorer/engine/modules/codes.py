"""Codes: of a time as waves, of vectors as entries of a learned table."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class TimeWaves(nn.Module):
    """A number as sines and cosines of it, from fast to slow.

    Args:
        width: of the code. longest: about the period of the slowest wave, in units of the number.
        cosines_first: the cosines are the first half.

    """

    def __init__(self, width: int, longest: float = 10_000.0, cosines_first: bool = False) -> None:
        super().__init__()
        self.width, self.longest, self.cosines_first = width, longest, cosines_first

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, 1) to (N, width); an odd width ends in 0."""
        half = self.width // 2
        place = torch.arange(half, device=x.device, dtype=torch.float32)
        rate = torch.exp(place * (-math.log(self.longest) / max(half, 1)))
        angle = x.to(torch.float32) * rate  # (N, half)
        waves = [angle.cos(), angle.sin()] if self.cosines_first else [angle.sin(), angle.cos()]
        kind = x.dtype if x.is_floating_point() else torch.float32
        return F.pad(torch.cat(waves, -1), (0, self.width - 2 * half)).to(kind)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        more = ", cosines_first=True" if self.cosines_first else ""
        return f"{self.width}, longest={self.longest:g}{more}"


class VectorQuantizer(nn.Module):
    """Replaces every vector by the nearest entry of a table; gradients pass straight through.

    The loss is (e − x)² with x fixed, plus `commitment` times the same with e fixed, mean over the values.

    Args:
        codes: entries of the table. width: D. commitment: how strongly vectors are drawn to their codes.
        dim: where the vectors' values stand, 1 (maps) or −1 (tokens).

    """

    def __init__(self, codes: int, width: int, commitment: float = 0.25, dim: int = -1) -> None:
        super().__init__()
        self.commitment, self.dim = commitment, dim
        self.table = nn.Parameter(torch.empty(codes, width).uniform_(-1 / codes, 1 / codes))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Take x (N, T, D) or (N, C, …) to y like x, the codes' numbers (N, T) or (N, …), the loss (N)."""
        last = x.movedim(self.dim, -1)  # (N, …, D)
        products = last @ self.table.t()  # (N, …, codes)
        index = (self.table.square().sum(1) - 2 * products).argmin(-1)  # nearest, as x² is the same for all
        nearest = self.table[index].to(x.dtype)
        pull = (nearest - last.detach()).square() + self.commitment * (nearest.detach() - last).square()
        y = last + (nearest - last).detach()
        return y.movedim(-1, self.dim), index, pull.flatten(1).mean(1)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        codes, width = self.table.shape
        return f"{codes}, {width}, commitment={self.commitment:g}, dim={self.dim}"
