"""The parts of a loop over the steps of a sequence."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class EachStep(nn.Module):
    """Takes a sequence apart."""

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        """Take x (N, T, …) to T tensors (N, …)."""
        return x.unbind(1)


class State(nn.Module):
    """Zeros of a shape for every sample, to begin with."""

    def __init__(self, *shape: int) -> None:
        super().__init__()
        self.shape = shape

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, …) to zeros (N, *shape)."""
        kind = x.dtype if x.is_floating_point() else torch.get_default_dtype()
        return torch.zeros(x.shape[0], *self.shape, device=x.device, dtype=kind)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return ", ".join(map(str, self.shape))


class Collect(nn.Module):
    """Puts steps together."""

    def forward(self, steps: list[Tensor]) -> Tensor:
        """Take T tensors (N, …) to (N, T, …)."""
        return torch.stack(steps, 1)
