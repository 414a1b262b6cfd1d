"""Pooling that torch has no module for."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F


class MinPool(nn.Module):
    """The smallest value in each window, along one, two or three sliding axes."""

    def __init__(
        self,
        kernel_size: int | tuple[int, ...],
        stride: int | tuple[int, ...] | None = None,
        padding: int | tuple[int, ...] = 0,
        ceil_mode: bool = False,
    ) -> None:
        super().__init__()
        self.kernel_size, self.stride = kernel_size, stride
        self.padding, self.ceil_mode = padding, ceil_mode

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, C, …) to (N, C, shorter …); what padding adds never wins."""
        pool = (F.max_pool1d, F.max_pool2d, F.max_pool3d)[x.dim() - 3]
        y: Tensor = pool(-x, self.kernel_size, self.stride, self.padding, ceil_mode=self.ceil_mode)
        return -y

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class GlobalPool(nn.Module):
    """One number for all places: their mean or their largest value.

    Args:
        dims: axes that are pooled, counted with the batch axis.
        mode: `avg` or `max`. keep: leave the axes in place with size 1.

    """

    def __init__(self, dims: tuple[int, ...], mode: str = "avg", keep: bool = False) -> None:
        super().__init__()
        self.dims, self.mode, self.keep = dims, mode, keep

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, C, H, W) to (N, C), or (N, C, 1, 1) when kept; (N, T, D) likewise."""
        if self.mode == "max":
            return x.amax(self.dims, self.keep)
        return x.mean(self.dims, self.keep)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"{self.dims}, mode={self.mode!r}, keep={self.keep}"


class MaxUnpool(nn.Module):
    """Puts values back to the places that a max pool took them from; zeros stand everywhere else."""

    def forward(self, x: Tensor, index: Tensor, like: Tensor) -> Tensor:
        """Take x (N, C, …), its places (N, C, …) counted through, and like (N, …) to (N, C, as like …)."""
        places = like.shape[2:]
        empty = x.new_zeros(x.shape[:2] + places).flatten(2)
        at = index.flatten(2).clamp(0, empty.shape[2] - 1)
        return empty.scatter(2, at, x.flatten(2)).reshape(x.shape[:2] + places)
