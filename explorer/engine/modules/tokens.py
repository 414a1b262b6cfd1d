"""Ids and places of tokens as numbers, and the class token."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class SharedEmbedding(nn.Embedding):
    """A table of vectors that hands all of them out as well, for a layer that shares them."""

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:  # type: ignore[override]
        """Take ids (N, …) to (N, …, D) and the table (N, vocabulary, D)."""
        return F.embedding(x, self.weight), self.weight.clone().expand(x.shape[0], -1, -1)


class OneHot(nn.Module):
    """Turns an id into a row of zeros with a one at its place; an id outside the classes gives zeros."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.classes = classes

    def forward(self, x: Tensor) -> Tensor:
        """Take ids (N, …) to (N, …, classes)."""
        places = torch.arange(self.classes, device=x.device)
        return (x.unsqueeze(-1) == places).to(torch.get_default_dtype())

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"classes={self.classes}"


def sinusoids(steps: int, width: int, device: torch.device | None = None) -> Tensor:
    """Table (steps, width): sines at even and cosines at odd places, ever slower along the width."""
    place = torch.arange(steps, device=device, dtype=torch.float32).unsqueeze(1)  # (T, 1)
    even = torch.arange(0, width, 2, device=device, dtype=torch.float32)
    rate = torch.exp(even * (-math.log(10_000.0) / width))
    angle = place * rate  # (T, ⌈D/2⌉)
    return torch.stack([angle.sin(), angle.cos()], -1).flatten(1)[:, :width]


class SinusoidalEncoding(nn.Module):
    """Adds to every step sines and cosines that tell its place; for sequences of any length."""

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, T, D) to (N, T, D)."""
        return x + sinusoids(x.shape[1], x.shape[2], x.device)


class LearnedEncoding(nn.Module):
    """Adds to every step a learned vector that tells its place.

    Args:
        steps: places in the table, T or more. width: D.

    """

    def __init__(self, steps: int, width: int) -> None:
        super().__init__()
        self.table = nn.Parameter(torch.randn(steps, width) * 0.02)

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, T, D) to (N, T, D)."""
        return x + self.table[: x.shape[1]]

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"{tuple(self.table.shape)}"


class ClassToken(nn.Module):
    """Puts one learned token in front of a sequence."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.token = nn.Parameter(torch.randn(1, 1, width) * 0.02)

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, T, D) to (N, 1 + T, D)."""
        return torch.cat([self.token.expand(x.shape[0], -1, -1), x], 1)
