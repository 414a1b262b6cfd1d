"""Windows on a map of tokens: cutting, rolling, attention inside them, and merging of neighbours."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def cut_windows(x: Tensor, window: tuple[int, int]) -> Tensor:
    """Take x (N, H, W, D) to (N, windows, tokens, D)."""
    m, n = window
    x = x.reshape(x.shape[0], x.shape[1] // m, m, x.shape[2] // n, n, x.shape[3]).transpose(2, 3)
    return x.flatten(3, 4).flatten(1, 2)


def put_windows(x: Tensor, rows: int, columns: int, window: tuple[int, int]) -> Tensor:
    """Take x (N, windows, tokens, D) to a map (N, rows, columns, D)."""
    m, n = window
    x = x.reshape(x.shape[0], rows // m, columns // n, m, n, x.shape[3]).transpose(2, 3)
    return x.flatten(3, 4).flatten(1, 2)


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
        return put_windows(x, self.size[0], self.size[1], self.window)

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


def split_heads(x: Tensor, heads: int) -> Tensor:
    """Take x (N, windows, T, D) to (N, windows · heads, T, D/heads)."""
    x = x.reshape(x.shape[0], x.shape[1], x.shape[2], heads, x.shape[3] // heads)
    return x.transpose(2, 3).flatten(1, 2)


class WindowScores(nn.Module):
    """Scaled dot products of queries and keys of the same window, for each head."""

    def __init__(self, heads: int) -> None:
        super().__init__()
        self.heads = heads

    def forward(self, query: Tensor, key: Tensor) -> Tensor:
        """Take query and key (N, windows, T, D) to (N, windows · heads, T, T)."""
        q, k = split_heads(query, self.heads), split_heads(key, self.heads)
        return q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"heads={self.heads}"


class RelativePositionBias(nn.Module):
    """Adds a learned number for every offset between two tokens of a window, for each head."""

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

    def forward(self, x: Tensor) -> Tensor:
        """Take scores (N, windows · heads, T, T) to (N, windows · heads, T, T)."""
        bias = self.table[self.places].permute(2, 0, 1)  # (heads, T, T)
        return x + bias.repeat(x.shape[1] // bias.shape[0], 1, 1)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"{self.window}, heads={self.table.shape[1]}"


class ShiftSoftmax(nn.Module):
    """Softmax inside windows; pairs that only the shift of the map brought together get 0.

    While `probe` is set it gets `weights` (N, windows · heads, T, T): each window shows as heads of its own.

    Args:
        size: height and width of the map. window: of a window.
        shift: by how much the map was rolled up and to the left before it was cut.

    """

    probe: Callable[[dict[str, Tensor]], None] | None = None
    apart: Tensor

    def __init__(
        self, size: tuple[int, int], window: tuple[int, int], shift: tuple[int, int] = (0, 0)
    ) -> None:
        super().__init__()
        self.size, self.window, self.shift = size, window, shift
        row, column = (  # 1 where the roll has brought the other border
            (torch.arange(n) >= n - s % n).long() if s % n else torch.zeros(n, dtype=torch.long)
            for n, s in zip(size, shift, strict=True)
        )
        region = (2 * row[:, None] + column).reshape(1, *size, 1)
        region = cut_windows(region, window)[0, :, :, 0]  # (windows, T)
        self.register_buffer("apart", region[:, :, None] != region[:, None, :], persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """Take scores (N, windows · heads, T, T) to weights (N, windows · heads, T, T)."""
        apart = self.apart.repeat_interleave(x.shape[1] // self.apart.shape[0], 0)
        weights = x.masked_fill(apart, -math.inf).softmax(-1)
        if self.probe is not None:
            self.probe({"weights": weights})
        return weights

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"{self.size}, {self.window}, shift={self.shift}"


class WindowMix(nn.Module):
    """Values of each window mixed by weights, for each head."""

    def forward(self, weights: Tensor, value: Tensor) -> Tensor:
        """Take weights (N, windows · heads, T, T), value (N, windows, T, D) to (N, windows, T, D)."""
        heads = weights.shape[1] // value.shape[1]
        y = weights @ split_heads(value, heads)  # (N, windows · heads, T, D/heads)
        y = y.reshape(value.shape[0], value.shape[1], heads, *y.shape[2:])
        return y.transpose(2, 3).flatten(-2)


class ShiftedWindowAttention(nn.Module):
    """Attention of tokens on a map inside windows, which may stand shifted.

    A map that the windows do not divide gets a margin of zeros at the right and the bottom, which is cut off
    at the end. Along an axis where one window covers the map nothing is shifted.

    Args:
        width: of a token. heads: parts of it that attend on their own. window: rows and columns.
        shift: by how much windows are moved down and to the right. bias: of all linear layers.

    """

    def __init__(
        self,
        width: int,
        heads: int,
        window: tuple[int, int],
        shift: tuple[int, int] = (0, 0),
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.heads, self.window, self.shift = heads, window, shift
        self.to_q = nn.Linear(width, width, bias=bias)
        self.to_k = nn.Linear(width, width, bias=bias)
        self.to_v = nn.Linear(width, width, bias=bias)
        self.position_bias = RelativePositionBias(window, heads)
        self.to_out = nn.Linear(width, width, bias=bias)

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, H, W, D) to (N, H, W, D)."""
        height, width = x.shape[1], x.shape[2]
        m, n = self.window
        below, beside = (height + m - 1) // m, (width + n - 1) // n  # windows
        rows, columns = below * m, beside * n
        x = F.pad(x, (0, 0, 0, columns - width, 0, rows - height))
        down = self.shift[0] * (1 - 1 // below)  # 0 where one window is enough
        across = self.shift[1] * (1 - 1 // beside)
        x = cut_windows(x.roll((-down, -across), (1, 2)), self.window)  # (N, windows, T, D)
        q = split_heads(self.to_q(x), self.heads)  # (N, windows · heads, T, d)
        k = split_heads(self.to_k(x), self.heads)
        v = split_heads(self.to_v(x), self.heads)
        scores = self.position_bias(q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1]))
        apart = self.apart(rows, columns, down, across, x.device).repeat_interleave(self.heads, 0)
        y = scores.masked_fill(apart, -math.inf).softmax(-1) @ v
        y = y.reshape(x.shape[0], x.shape[1], self.heads, x.shape[2], v.shape[3]).transpose(2, 3).flatten(-2)
        y = put_windows(self.to_out(y), rows, columns, self.window).roll((down, across), (1, 2))
        return y.narrow(1, 0, height).narrow(2, 0, width)

    def apart(self, rows: int, columns: int, down: int, across: int, device: torch.device) -> Tensor:
        """Pairs of tokens in one window that only the shift has brought together, (windows, T, T)."""
        row = torch.arange(rows, device=device) >= rows - down
        column = torch.arange(columns, device=device) >= columns - across
        region = (2 * row.long()[:, None] + column.long()).reshape(1, rows, columns, 1)
        region = cut_windows(region, self.window)[0, :, :, 0]  # (windows, T)
        return region[:, :, None] != region[:, None, :]

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"heads={self.heads}, window={self.window}, shift={self.shift}"


class PatchNeighbours(nn.Module):
    """Joins the tokens of each 2×2 square: top left, bottom left, top right, bottom right."""

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, H, W, D) to (N, ⌈H/2⌉, ⌈W/2⌉, 4D)."""
        x = F.pad(x, (0, 0, 0, x.shape[2] % 2, 0, x.shape[1] % 2))
        top, bottom = x[:, 0::2], x[:, 1::2]
        return torch.cat([top[:, :, 0::2], bottom[:, :, 0::2], top[:, :, 1::2], bottom[:, :, 1::2]], -1)
