"""Sequences turned round, and steps as samples of their own."""

from __future__ import annotations

from torch import Tensor, nn


class Reverse(nn.Module):
    """Turns the order along `dim` round, counted with the batch axis."""

    def __init__(self, dim: int = 1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, …) to (N, …)."""
        return x.flip(self.dim)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"dim={self.dim}"


class FoldTime(nn.Module):
    """Makes a sample of every step."""

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, T, …) to (N·T, …)."""
        return x.flatten(0, 1)


class UnfoldTime(nn.Module):
    """Makes one sequence of every `steps` samples."""

    def __init__(self, steps: int) -> None:
        super().__init__()
        self.steps = steps

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N·T, …) to (N, T, …)."""
        return x.reshape(-1, self.steps, *x.shape[1:])

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"steps={self.steps}"
