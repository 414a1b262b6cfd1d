"""Convolution whose places of reading are moved by what it sees."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class DeformableConv(nn.Module):
    """A convolution that reads each of its k² values at a place that another convolution moves.

    The other convolution starts at 0, so that at first it is a plain convolution (times ½ where values are
    weighed too). Its channels are the moves down and to the right of one place of the kernel after the
    other, then the weights. Values between pixels are bilinear, those outside 0.

    Args:
        channels, filters: in, out. kernel, stride, padding, dilation: for both axes.
        weighed: every value is also multiplied by a share between 0 and 1 (version 2).
        bias: a number added to each output channel.

    """

    def __init__(
        self,
        channels: int,
        filters: int,
        kernel: int = 3,
        stride: int = 1,
        padding: int = 0,
        dilation: int = 1,
        weighed: bool = True,
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.kernel, self.stride, self.padding, self.dilation = kernel, stride, padding, dilation
        self.weighed = weighed
        self.weight = nn.Parameter(torch.empty(filters, channels, kernel, kernel))
        nn.init.kaiming_uniform_(self.weight, a=5**0.5)
        self.bias = nn.Parameter(torch.zeros(filters)) if bias else None
        moves = (3 if weighed else 2) * kernel**2
        self.offset = nn.Conv2d(channels, moves, kernel, stride, padding, dilation)
        nn.init.zeros_(self.offset.weight)
        nn.init.zeros_(self.offset.bias)  # type: ignore[arg-type]

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, C, H, W) to (N, F, H', W')."""
        moves: Tensor = self.offset(x)  # (N, 2k² or 3k², H', W')
        count, places = self.kernel * self.kernel, moves.shape[2:]
        moved = moves[:, : 2 * count].reshape(x.shape[0], count, 2, places[0], places[1])
        grid = self.grid(moved, x.shape[2], x.shape[3]).to(x.dtype)  # (N, k²·H', W', 2)
        read = F.grid_sample(x, grid, align_corners=True)  # (N, C, k²·H', W')
        read = read.reshape(x.shape[0], x.shape[1], count, -1)  # (N, C, k², H'·W')
        if self.weighed:
            shares = moves[:, 2 * count :].sigmoid().reshape(x.shape[0], 1, count, -1)
            read = read * shares.to(read.dtype)
        y = self.weight.flatten(1) @ read.flatten(1, 2)  # (N, F, H'·W')
        y = y.reshape(y.shape[:2] + places)
        return y if self.bias is None else y + self.bias.reshape(-1, 1, 1)

    def grid(self, moved: Tensor, height: int, width: int) -> Tensor:
        """Take moves (N, k², 2, H', W') to places (N, k²·H', W', 2): x and y from −1 to 1."""
        rows, columns = moved.shape[3:]
        device, kind = moved.device, torch.float32
        taps = torch.arange(self.kernel, device=device, dtype=kind) * self.dilation - self.padding
        down = taps.reshape(-1, 1, 1, 1) + self.stride * torch.arange(rows, device=device).reshape(-1, 1)
        right = taps.reshape(1, -1, 1, 1) + self.stride * torch.arange(columns, device=device)
        down = down.expand(-1, self.kernel, -1, columns).flatten(0, 1)  # (k², H', W')
        right = right.expand(self.kernel, -1, rows, -1).flatten(0, 1)
        y = (down + moved[:, :, 0]) * (2 / max(height - 1, 1)) - 1
        x = (right + moved[:, :, 1]) * (2 / max(width - 1, 1)) - 1
        return torch.stack([x, y], -1).flatten(1, 2)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        filters, channels, kernel, _ = self.weight.shape
        sizes = f"stride={self.stride}, padding={self.padding}, dilation={self.dilation}"
        return f"{channels}, {filters}, {kernel}, {sizes}, weighed={self.weighed}"
