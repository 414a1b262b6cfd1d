"""Reading maps at places that the network chooses."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class AffineHead(nn.Linear):
    """A linear layer to the six numbers of an affine map; it starts at the identity for every input."""

    def __init__(self, features: int) -> None:
        super().__init__(features, 6)
        with torch.no_grad():
            self.weight.zero_()
            self.bias.copy_(torch.tensor([1.0, 0.0, 0.0, 0.0, 1.0, 0.0]))


class AffineGrid(nn.Module):
    """Places to read at: the pixels of a map of `height` × `width`, moved by an affine map."""

    probe: Callable[[dict[str, Tensor]], None] | None = None

    def __init__(self, height: int, width: int) -> None:
        super().__init__()
        self.height, self.width = height, width

    def forward(self, theta: Tensor) -> Tensor:
        """Take theta (N, 6) to places (N, H, W, 2), x and y from −1 to 1."""
        # torch's affine_grid is a product of matrices, which autocast rounds so far that pixels are missed.
        a, b = theta.to(torch.promote_types(theta.dtype, torch.float32)).reshape(-1, 2, 3).unbind(1)
        x = self.centres(self.width, a)
        y = self.centres(self.height, a).unsqueeze(1)
        grid = torch.stack([self.moved(a, x, y), self.moved(b, x, y)], -1)
        if self.probe is not None:
            self.probe({"grid": grid})
        return grid

    def centres(self, count: int, like: Tensor) -> Tensor:
        """Return the middles of `count` pixels between −1 and 1, (count,)."""
        places = torch.arange(count, device=like.device, dtype=like.dtype)
        return (2 * places + 1) / count - 1

    def moved(self, row: Tensor, x: Tensor, y: Tensor) -> Tensor:
        """Take a row (N, 3) of the affine map, x (W,), y (H, 1) to coordinates (N, H, W)."""
        a, b, c = row[:, :, None, None].unbind(1)
        return a * x + b * y + c

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"{self.height}, {self.width}"


class GridSample(nn.Module):
    """Reads maps bilinearly at given places; `padding` says what lies outside: `zeros` or `border`."""

    def __init__(self, padding: str = "zeros") -> None:
        super().__init__()
        self.padding = padding

    def forward(self, x: Tensor, grid: Tensor) -> Tensor:
        """Take x (N, C, H, W), grid (N, H', W', 2) to (N, C, H', W')."""
        dtype = torch.promote_types(x.dtype, grid.dtype)
        return F.grid_sample(x.to(dtype), grid.to(dtype), padding_mode=self.padding, align_corners=False)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"padding={self.padding!r}"
