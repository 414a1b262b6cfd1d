"""Windows on a map of tokens: cutting, rolling, attention inside them, and merging of neighbours."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def cut_windows(x: Tensor, window: tuple[int, int]) -> Tensor:
    """Take x (N, H, W, D) to (N, windows, tokens, D)."""
    (m, n), (batch, height, width, depth) = window, x.shape
    x = x.reshape(batch, height // m, m, width // n, n, depth).transpose(2, 3)
    return x.reshape(batch, -1, m * n, depth)


class WindowPartition(nn.Module):
    """Cuts a map into windows, row after row."""

    def __init__(self, window: tuple[int, int]) -> None:
        super().__init__()
        self.window = window

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, H, W, D) to (N, windows, tokens, D)."""
        return cut_windows(x, self.window)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"{self.window}"


class WindowMerge(nn.Module):
    """Puts windows back to a map of `size` = (height, width)."""

    def __init__(self, size: tuple[int, int], window: tuple[int, int]) -> None:
        super().__init__()
        self.size, self.window = size, window

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, windows, tokens, D) to (N, H, W, D)."""
        (height, width), (m, n) = self.size, self.window
        x = x.reshape(x.shape[0], height // m, width // n, m, n, x.shape[-1]).transpose(2, 3)
        return x.reshape(x.shape[0], height, width, x.shape[-1])

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"{self.size}, {self.window}"


class CyclicShift(nn.Module):
    """Rolls a map down and to the right."""

    def __init__(self, shift: tuple[int, int]) -> None:
        super().__init__()
        self.shift = shift

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, H, W, D) to (N, H, W, D)."""
        return x.roll(self.shift, (1, 2))

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"{self.shift}"


class RelativePositionBias(nn.Module):
    """A learned number for every offset between two tokens of a window, for each head."""

    places: Tensor

    def __init__(self, window: tuple[int, int], heads: int) -> None:
        super().__init__()
        rows, columns = window
        self.window = window
        self.table = nn.Parameter(torch.randn((2 * rows - 1) * (2 * columns - 1), heads) * 0.02)
        grid = torch.meshgrid(torch.arange(rows), torch.arange(columns), indexing="ij")
        row, column = (axis.flatten() for axis in grid)
        down = row[:, None] - row[None, :] + rows - 1  # (T, T), from 0
        across = column[:, None] - column[None, :] + columns - 1
        self.register_buffer("places", down * (2 * columns - 1) + across, persistent=False)

    def forward(self) -> Tensor:
        """Return (1, heads, T, T)."""
        return self.table[self.places].permute(2, 0, 1).unsqueeze(0)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"{self.window}, heads={self.table.shape[1]}"


class WindowAttend(nn.Module):
    """Attention inside windows with a bias; a mask keeps apart what only the shift brought together.

    While `probe` is set it gets `weights` (N, windows · heads, T, T): each window shows as heads of its own.

    Args:
        heads: parts of D that attend on their own. size: height and width of the map. window: of a window.
        shift: by how much the map was rolled up and to the left before it was cut.

    """

    probe: Callable[[dict[str, Tensor]], None] | None = None
    apart: Tensor

    def __init__(
        self, heads: int, size: tuple[int, int], window: tuple[int, int], shift: tuple[int, int] = (0, 0)
    ) -> None:
        super().__init__()
        self.heads, self.size, self.window, self.shift = heads, size, window, shift
        row, column = (
            (torch.arange(n) >= n - s).long() for n, s in zip(size, shift, strict=True)
        )  # 1 where the roll has brought the other border
        region = cut_windows((2 * row[:, None] + column)[None, :, :, None], window)[
            0, :, :, 0
        ]  # (windows, T)
        apart = region[:, :, None] != region[:, None, :]
        self.register_buffer("apart", apart if any(shift) else None, persistent=False)

    def forward(self, query: Tensor, key: Tensor, value: Tensor, bias: Tensor) -> Tensor:
        """Take three (N, windows, T, D) and bias (1, heads, T, T) to (N, windows, T, D)."""
        q, k, v = (self.split(x) for x in (query, key, value))
        scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1]) + bias.unsqueeze(1)
        if self.apart is not None:
            scores = scores.masked_fill(self.apart.unsqueeze(1), -math.inf)
        weights = scores.softmax(-1)  # (N, windows, heads, T, T)
        if self.probe is not None:
            self.probe({"weights": weights.flatten(1, 2)})
        return (weights @ v).transpose(2, 3).flatten(-2)

    def split(self, x: Tensor) -> Tensor:
        """Take x (N, windows, T, D) to (N, windows, heads, T, D/heads)."""
        return x.reshape(*x.shape[:3], self.heads, x.shape[3] // self.heads).transpose(2, 3)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"heads={self.heads}, size={self.size}, window={self.window}, shift={self.shift}"


class PatchNeighbours(nn.Module):
    """Joins the tokens of each 2×2 square: top left, bottom left, top right, bottom right."""

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, H, W, D) to (N, ⌈H/2⌉, ⌈W/2⌉, 4D)."""
        x = F.pad(x, (0, 0, 0, x.shape[2] % 2, 0, x.shape[1] % 2))
        squares = [x[:, row::2, column::2] for column in (0, 1) for row in (0, 1)]
        return torch.cat(squares, -1)
