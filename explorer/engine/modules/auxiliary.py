"""What an auxiliary classifier needs beside ordinary layers."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor, nn


class AuxiliaryLoss(nn.Module):
    """Marks scores whose loss training adds, times `loss_weight`, to the main loss; passes them on."""

    probe: Callable[[dict[str, Tensor]], None] | None = None

    def __init__(self, loss_weight: float = 0.3) -> None:
        super().__init__()
        self.loss_weight = loss_weight

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, …) to the same x."""
        if self.probe is not None:
            self.probe({"scores": x})
        return x

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"loss_weight={self.loss_weight:g}"
