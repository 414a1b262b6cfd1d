"""Activations that torch has no module for: hard thresholds whose backward pass can be chosen."""

from __future__ import annotations

from torch import Tensor, nn


def straight(x: Tensor, y: Tensor) -> Tensor:
    """Return y with the gradient of x clipped to [−1, 1] (1 where |x| ≤ 1, else 0)."""
    passed = x.clamp(-1, 1)
    return y.detach() + (passed - passed.detach())  # the bracket is exactly zero


class Sign(nn.Module):
    """−1 below zero, 0 at zero, 1 above."""

    def __init__(self, straight_through: bool = False) -> None:
        super().__init__()
        self.straight_through = straight_through

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, …) to (N, …)."""
        y = x.sign()
        return straight(x, y) if self.straight_through else y

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"straight_through={self.straight_through}"


class Step(nn.Module):
    """0 below zero, 1 from zero on."""

    def __init__(self, straight_through: bool = False) -> None:
        super().__init__()
        self.straight_through = straight_through

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, …) to (N, …)."""
        y = x.clamp(-1, 0).floor() + 1  # floor keeps the (zero) gradient, a comparison would cut it off
        return straight(x, y) if self.straight_through else y

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"straight_through={self.straight_through}"
