"""LSTMs whose products of matrices are convolutions, with peepholes.

While `probe` is set on a module it gets every gate of every step as (N, T, F, H, W), or (N, T, F, D, H, W).
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class ConvLSTM2d(nn.Module):
    """Shi's ConvLSTM: gates and candidate come from convolutions of the input and of the state.

    Args:
        channels, filters: of the input and of the state. kernel: odd, a number or one for each axis.
        size: height and width of the maps, for peepholes with a weight at every place; None: no peepholes.

    """

    probe: Callable[[dict[str, Tensor]], None] | None = None
    dims = 2

    def __init__(
        self, channels: int, filters: int, kernel: int | tuple[int, ...], size: tuple[int, ...] | None = None
    ) -> None:
        super().__init__()
        self.channels, self.filters = channels, filters
        self.kernel = (kernel,) * self.dims if isinstance(kernel, int) else kernel
        bound = 1 / math.sqrt((channels + filters) * math.prod(self.kernel))
        inputs = torch.empty(4 * filters, channels, *self.kernel).uniform_(-bound, bound)
        states = torch.empty(4 * filters, filters, *self.kernel).uniform_(-bound, bound)
        self.weight_x, self.weight_h = nn.Parameter(inputs), nn.Parameter(states)
        self.bias = nn.Parameter(torch.zeros(4 * filters))
        self.peepholes = None if size is None else nn.Parameter(torch.zeros(3, filters, *size))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Take x (N, T, C, H, W) to all states (N, T, F, H, W) and the last one (N, F, H, W)."""
        if x.dim() == self.dims + 2:  # volumes of one channel
            x = x.unsqueeze(2)
        drive = self._convolved(x.flatten(0, 1), self.weight_x, self.bias)
        drive = drive.reshape(*x.shape[:2], *drive.shape[1:])  # (N, T, 4F, H, W)
        h = c = drive.new_zeros(x.shape[0], self.filters, *x.shape[3:])
        names = ("input", "forget", "candidate", "output", "cell", "hidden")
        steps = []
        for step in drive.unbind(1):
            i, f, g, o = (step + self._convolved(h, self.weight_h, None)).chunk(4, 1)
            if self.peepholes is not None:
                i, f = i + self.peepholes[0] * c, f + self.peepholes[1] * c
            i, f, g = i.sigmoid(), f.sigmoid(), g.tanh()
            c = f * c + i * g
            if self.peepholes is not None:
                o = o + self.peepholes[2] * c  # the new cell
            o = o.sigmoid()
            h = o * c.tanh()
            steps.append((i, f, g, o, c, h))
        record = [torch.stack(values, 1) for values in zip(*steps, strict=True)]
        if self.probe is not None:
            self.probe(dict(zip(names, record, strict=True)))
        return record[-1], h

    def _convolved(self, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        return F.conv2d(x, weight, bias, padding=tuple(k // 2 for k in self.kernel))

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        size = None if self.peepholes is None else tuple(self.peepholes.shape[2:])
        return f"{self.channels}, {self.filters}, kernel={self.kernel}, size={size}"


class ConvLSTM3d(ConvLSTM2d):
    """The same for volumes: (N, T, C, D, H, W) or, of one channel, (N, T, D, H, W)."""

    dims = 3

    def _convolved(self, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        return F.conv3d(x, weight, bias, padding=tuple(k // 2 for k in self.kernel))
