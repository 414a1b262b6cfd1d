"""Convolutions whose kernels are not the same everywhere."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class TiledConv2d(nn.Module):
    """Convolution with `period[0]`·`period[1]` kernels that take turns along the rows and columns.

    Place (i, j) of the output uses kernel (i mod period[0], j mod period[1]). One product of matrices
    serves all places; where the periods do not divide the output, it runs over the next full tile.
    """

    def __init__(
        self,
        channels: int,
        filters: int,
        kernel: tuple[int, int],
        period: tuple[int, int],
        stride: tuple[int, int] = (1, 1),
        padding: tuple[int, int] = (0, 0),
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.kernel, self.period, self.stride, self.padding = kernel, period, stride, padding
        inputs = channels * kernel[0] * kernel[1]
        bound = 1 / math.sqrt(inputs)  # as in torch.nn.Conv2d
        self.weight = nn.Parameter(torch.empty(*period, filters, channels, *kernel).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.empty(*period, filters).uniform_(-bound, bound)) if bias else None

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, C, H, W) to (N, filters, H', W')."""
        sizes = [
            (n + 2 * p - k) // s + 1
            for n, k, s, p in zip(x.shape[2:], self.kernel, self.stride, self.padding, strict=True)
        ]
        height, width = sizes
        rows, columns = self.period
        down, across = -(-height // rows), -(-width // columns)  # tiles, the last may hang over
        patches = F.unfold(x, self.kernel, padding=self.padding, stride=self.stride)
        patches = patches.reshape(*patches.shape[:2], height, width)
        patches = F.pad(patches, (0, across * columns - width, 0, down * rows - height))
        patches = patches.reshape(x.shape[0], -1, down, rows, across, columns).permute(3, 5, 0, 2, 4, 1)
        weight = self.weight.flatten(3).flatten(0, 1)
        y = torch.bmm(patches.reshape(rows * columns, -1, weight.shape[2]), weight.transpose(1, 2))
        if self.bias is not None:
            y = y + self.bias.flatten(0, 1)[:, None].to(y.dtype)
        y = y.reshape(rows, columns, x.shape[0], down, across, -1).permute(2, 5, 3, 0, 4, 1)
        y = y.reshape(x.shape[0], -1, down * rows, across * columns)
        return y[:, :, :height, :width]

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        filters, channels = self.weight.shape[2:4]
        return (
            f"{channels}, {filters}, kernel={self.kernel}, period={self.period}, stride={self.stride}, "
            f"padding={self.padding}, bias={self.bias is not None}"
        )


class LocallyConnected2d(TiledConv2d):
    """Convolution with a kernel of its own for each place of the output, which has the given size."""

    def __init__(
        self,
        channels: int,
        filters: int,
        kernel: tuple[int, int],
        size: tuple[int, int],
        stride: tuple[int, int] = (1, 1),
        padding: tuple[int, int] = (0, 0),
        bias: bool = True,
    ) -> None:
        super().__init__(channels, filters, kernel, size, stride, padding, bias)
