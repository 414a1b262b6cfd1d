"""Where tokens stand, told to attention itself: by turning queries and keys, or by adding to the scores."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn


class Rotary(nn.Module):
    """Turns pairs of values of every head by angles that grow with the token's place.

    Pair i of a head with r turned values moves on by theta^(−2i/r) at each place.

    Args:
        heads: parts of D that are turned alike.
        theta: how slow the slowest pair turns.
        turned: how many values of each head are turned, an even number; None is all.
        neighbours: a pair is two neighbours, not a value of the first half and one of the second.

    """

    def __init__(
        self, heads: int = 1, theta: float = 10_000.0, turned: int | None = None, neighbours: bool = False
    ) -> None:
        super().__init__()
        self.heads, self.theta, self.turned, self.neighbours = heads, theta, turned, neighbours

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, T, D) to (N, T, D)."""
        parts = x.reshape(x.shape[0], x.shape[1], self.heads, x.shape[2] // self.heads)
        turned = parts.shape[3] if self.turned is None else self.turned
        a, b = self.pairs(parts[..., :turned])
        place = torch.arange(x.shape[1], device=x.device, dtype=torch.float32).unsqueeze(1)  # (T, 1)
        even = torch.arange(0, turned, 2, device=x.device, dtype=torch.float32)
        angle = (place * torch.exp(even * (-math.log(self.theta) / turned))).unsqueeze(1)  # (T, 1, r/2)
        cos, sin = angle.cos().to(x.dtype), angle.sin().to(x.dtype)
        y = self.joined(a * cos - b * sin, a * sin + b * cos)
        return torch.cat([y, parts[..., turned:]], -1).flatten(2)

    def pairs(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Take x (N, T, heads, r) to the first and the second values of its pairs, (N, T, heads, r/2)."""
        if self.neighbours:
            return x[..., 0::2], x[..., 1::2]
        half = x.shape[3] // 2
        return x[..., :half], x[..., half:]

    def joined(self, a: Tensor, b: Tensor) -> Tensor:
        """Undo `pairs`."""
        return torch.stack([a, b], -1).flatten(3) if self.neighbours else torch.cat([a, b], -1)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        more = "" if self.turned is None else f", turned={self.turned}"
        more += ", neighbours=True" if self.neighbours else ""
        return f"heads={self.heads}, theta={self.theta:g}{more}"


def slopes(heads: int) -> list[float]:
    """ALiBi's factor of every head: 2^(−8/n), 2^(−16/n), …; between powers of two, every second of 2n."""
    power = 2 ** math.floor(math.log2(heads))
    found = [2.0 ** (-8 * n / power) for n in range(1, power + 1)]
    between = [2.0 ** (-4 * n / power) for n in range(1, 2 * power, 2)]
    return found + between[: heads - power]


class LinearBias(nn.Module):
    """ALiBi: a score loses in proportion to the distance of its query and key, each head at its own rate."""

    slopes: Tensor

    def __init__(self, heads: int) -> None:
        super().__init__()
        self.register_buffer("slopes", torch.tensor(slopes(heads)), persistent=False)

    def forward(self, query: Tensor, key: Tensor | None = None) -> Tensor:
        """Take query (N, Tq, D) and key (N, Tk, E), or the query alone, to (N, heads, Tq, Tk)."""
        keys = query.shape[1] if key is None else key.shape[1]
        rows = torch.arange(query.shape[1], device=query.device).unsqueeze(1)  # (Tq, 1)
        away = (torch.arange(keys, device=query.device) - rows).abs().to(query.dtype)  # (Tq, Tk)
        bias = -self.slopes.to(query.dtype).reshape(-1, 1, 1) * away  # (heads, Tq, Tk)
        return bias.expand(query.shape[0], -1, -1, -1)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return str(self.slopes.shape[0])


class RelativeBias(nn.Module):
    """A learned number for each head and each range of distances, as in T5.

    Distances up to half the ranges of one direction have a range each; beyond, ranges grow in proportion to
    the distance, and the last one holds everything from `longest` on.

    Args:
        heads: of the attention. buckets: number of ranges, those of both directions together.
        longest: from this distance on all are alike.
        causal: later keys are not told apart, and all ranges serve earlier ones.

    """

    def __init__(self, heads: int, buckets: int = 32, longest: int = 128, causal: bool = False) -> None:
        super().__init__()
        self.buckets, self.longest, self.causal = buckets, longest, causal
        self.table = nn.Parameter(torch.randn(buckets, heads) * 0.02)

    def forward(self, query: Tensor, key: Tensor | None = None) -> Tensor:
        """Take query (N, Tq, D) and key (N, Tk, E), or the query alone, to (N, heads, Tq, Tk)."""
        keys = query.shape[1] if key is None else key.shape[1]
        rows = torch.arange(query.shape[1], device=query.device).unsqueeze(1)  # (Tq, 1)
        ranges = self.ranges(torch.arange(keys, device=query.device) - rows)  # (Tq, Tk)
        return self.table[ranges].permute(2, 0, 1).expand(query.shape[0], -1, -1, -1)

    def ranges(self, away: Tensor) -> Tensor:
        """Take distances key − query to the numbers of their ranges."""
        count = self.buckets if self.causal else self.buckets // 2
        distance = (-away).clamp(min=0) if self.causal else away.abs()
        exact = count // 2
        share = (distance.clamp(min=1).to(torch.float32) / exact).log() / math.log(self.longest / exact)
        far = exact + (share * (count - exact)).to(torch.long)
        found = torch.where(distance < exact, distance, far.clamp(max=count - 1))
        return found if self.causal else found + count * (away > 0)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        more = ", causal=True" if self.causal else ""
        return f"{self.table.shape[1]}, buckets={self.buckets}, longest={self.longest}{more}"


class PaddingMask(nn.Module):
    """True where a token is a word, false where it only fills the sequence up."""

    def __init__(self, padding: int = 0) -> None:
        super().__init__()
        self.padding = padding

    def forward(self, x: Tensor) -> Tensor:
        """Take ids (N, T) to truth values (N, T)."""
        return x != self.padding

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return str(self.padding)
