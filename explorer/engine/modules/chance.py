"""Random draws: anew at every step of training, and at inference the same ones every time, by a seed."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn


def mixed(z: Tensor) -> Tensor:
    """Scramble whole numbers below 2³², so that neighbours have nothing in common (lowbias32)."""
    z = ((z ^ (z >> 16)) * 0x7FEB352D) & 0xFFFFFFFF
    z = ((z ^ (z >> 15)) * 0x846CA68B) & 0xFFFFFFFF
    return z ^ (z >> 16)


def uniform(count: int, seed: int, device: torch.device) -> Tensor:
    """Numbers (count) between 0 and 1, both left out: the same on every device, other ones for each seed."""
    places = torch.arange(count, device=device, dtype=torch.int64)
    start = mixed(torch.full((1,), seed, device=device, dtype=torch.int64))
    return ((mixed(mixed(places) ^ start) >> 8).to(torch.float32) + 0.5) / 2**24


def normal(x: Tensor, seed: int) -> Tensor:
    """Numbers of mean 0 and variance 1 in the shape of x (Box and Muller's formula on `uniform` ones)."""
    count = x.numel()
    both = uniform(2 * count, seed, x.device)
    lengths = (-2 * both[:count].log()).sqrt()
    return (lengths * (2 * math.pi * both[count:]).cos()).reshape(x.shape).to(x.dtype)


class Noise(nn.Module):
    """Adds normal noise while training, and at inference too where `always` is on.

    Args:
        std: standard deviation. always: also at inference, by the seed. seed: of what is drawn there.
        relative: the deviation is a share of each value (multiplicative noise).

    """

    def __init__(self, std: float = 0.1, always: bool = False, seed: int = 0, relative: bool = False) -> None:
        super().__init__()
        self.std, self.always, self.seed, self.relative = std, always, seed, relative

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, …) to (N, …)."""
        if not self.training and not self.always:
            return x
        drawn = torch.randn_like(x) if self.training else normal(x, self.seed)
        return x + self.std * (drawn * x if self.relative else drawn)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"{self.std:g}, always={self.always}, seed={self.seed}, relative={self.relative}"


class Reparametrise(nn.Module):
    """Draws from normal distributions so that gradients reach their means and variances.

    Args:
        always: also at inference, by the seed; otherwise the mean is given there. seed: of what is drawn.

    """

    def __init__(self, always: bool = False, seed: int = 0) -> None:
        super().__init__()
        self.always, self.seed = always, seed

    def forward(self, mean: Tensor, log_variance: Tensor) -> Tensor:
        """Take mean (N, …) and log_variance (N, …), bounded to −30 … 20, to draws (N, …)."""
        if not self.training and not self.always:
            return mean
        drawn = torch.randn_like(mean) if self.training else normal(mean, self.seed)
        return mean + (log_variance.clamp(-30, 20) / 2).exp() * drawn

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"always={self.always}, seed={self.seed}"


class RandomMask(nn.Module):
    """Keeps some tokens of every sample, drawn at random, in their order.

    Args:
        kept: how many. seed: of what is drawn at inference.

    """

    def __init__(self, kept: int, seed: int = 0) -> None:
        super().__init__()
        self.kept, self.seed = kept, seed

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Take x (N, T, D) to tokens (N, kept, D), their places (N, kept), and whether hidden (N, T)."""
        count = x.shape[0] * x.shape[1]
        device = x.device
        drawn = torch.rand(count, device=device) if self.training else uniform(count, self.seed, device)
        order = drawn.reshape(x.shape[0], x.shape[1]).argsort(1)
        index = order[:, : self.kept].sort(1)[0]
        hidden = torch.ones(x.shape[:2], dtype=torch.bool, device=x.device).scatter(1, index, False)
        return x.gather(1, index.unsqueeze(-1).expand(-1, -1, x.shape[2])), index, hidden

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"{self.kept}, seed={self.seed}"


class FillMasked(nn.Module):
    """Puts tokens back to their places and a learned token where others are missing."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.token = nn.Parameter(torch.randn(1, 1, width) * 0.02)

    def forward(self, x: Tensor, index: Tensor, hidden: Tensor) -> Tensor:
        """Take x (N, K, D), places (N, K) and hidden (N, T) to (N, T, D)."""
        places = index.clamp(0, hidden.shape[1] - 1).unsqueeze(-1).expand(-1, -1, x.shape[2])
        empty = self.token.expand(x.shape[0], hidden.shape[1], -1)
        return empty.to(x.dtype).scatter(1, places, x)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return str(self.token.shape[2])
