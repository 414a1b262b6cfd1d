"""Reversible residual layers: the backward pass computes activations again instead of keeping them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class ResidualFunction(nn.Module):
    """Convolutions with batch norm and ReLU that keep the shape.

    Args:
        channels: in and out. kernel: odd. convs: how many convolutions.
        order: `bn_relu_conv` or `conv_bn_relu`, of each of them.

    """

    def __init__(self, channels: int, kernel: int = 3, convs: int = 2, order: str = "bn_relu_conv") -> None:
        super().__init__()
        self.order = order
        self.norms = nn.ModuleList(nn.BatchNorm2d(channels) for _ in range(convs))
        self.convs = nn.ModuleList(
            nn.Conv2d(channels, channels, kernel, padding=kernel // 2, bias=False) for _ in range(convs)
        )

    def forward(self, x: Tensor, again: bool = False) -> Tensor:
        """Take x (N, C, H, W) to (N, C, H, W).

        `again` repeats an earlier pass: running averages have seen the batch and stay.
        """
        for norm, conv in zip(self.norms, self.convs, strict=True):
            if self.order == "conv_bn_relu":
                x = self.normed(norm, conv(x), again).relu()
            else:
                x = conv(self.normed(norm, x, again).relu())
        return x

    def normed(self, norm: nn.Module, x: Tensor, again: bool) -> Tensor:
        """Take x (N, C, H, W) through a batch norm."""
        if again and norm.training:
            return F.batch_norm(x, None, None, norm.weight, norm.bias, True, 0.0, norm.eps)  # type: ignore[arg-type]
        y: Tensor = norm(x)
        return y


class Reversible(nn.Module):
    """Coupled residual layers on two halves of the channels: y1 = x1 + F(x2), y2 = x2 + G(y1).

    Only the last output is kept for the backward pass, whatever the number of layers. Under
    `torch.compile` they are ordinary layers, and the compiler decides what is kept.

    Args:
        channels: in and out, even. layers: how many couplings.
        kernel, convs, order: of F and G (see `ResidualFunction`).

    """

    def __init__(
        self, channels: int, layers: int = 1, kernel: int = 3, convs: int = 2, order: str = "bn_relu_conv"
    ) -> None:
        super().__init__()
        half = channels // 2
        self.f = nn.ModuleList(ResidualFunction(half, kernel, convs, order) for _ in range(layers))
        self.g = nn.ModuleList(ResidualFunction(half, kernel, convs, order) for _ in range(layers))

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, C, H, W) to (N, C, H, W)."""
        x = x.to(torch.promote_types(x.dtype, torch.float32))  # half precision cannot be undone exactly
        if torch.compiler.is_compiling() or x.is_meta or not torch.is_grad_enabled():
            return self.couple(x)
        y: Tensor = Recomputed.apply(self, x, *self.parameters())  # type: ignore[no-untyped-call]
        return y

    def couple(self, x: Tensor) -> Tensor:
        """Take x (N, C, H, W) to y (N, C, H, W)."""
        x1, x2 = x.chunk(2, 1)
        for f, g in zip(self.f, self.g, strict=True):
            x1 = x1 + f(x2)
            x2 = x2 + g(x1)
        return torch.cat([x1, x2], 1)

    def inverse(self, y: Tensor) -> Tensor:
        """Take y (N, C, H, W) back to x (N, C, H, W)."""
        y1, y2 = y.chunk(2, 1)
        for f, g in self.backwards():
            y2 = y2 - g(y1, again=True)
            y1 = y1 - f(y2, again=True)
        return torch.cat([y1, y2], 1)

    def backwards(self) -> Iterator[tuple[nn.Module, nn.Module]]:
        """Yield F and G of each layer, the last first."""
        return zip(reversed(self.f), reversed(self.g), strict=True)

    def gradients(self, y: Tensor, dy: Tensor) -> tuple[Tensor, dict[nn.Parameter, Tensor]]:
        """Take y and its gradient (N, C, H, W) to the gradients of x and of the weights."""
        y1, y2 = y.chunk(2, 1)
        d1, d2 = dy.chunk(2, 1)
        found: dict[nn.Parameter, Tensor] = {}
        for f, g in self.backwards():
            made, d = self.pulled(g, y1, d2, found)
            y2, d1 = y2 - made, d1 + d
            made, d = self.pulled(f, y2, d1, found)
            y1, d2 = y1 - made, d2 + d
        return torch.cat([d1, d2], 1), found

    def pulled(
        self, function: nn.Module, x: Tensor, d: Tensor, found: dict[nn.Parameter, Tensor]
    ) -> tuple[Tensor, Tensor]:
        """Run F or G again on x; return what it gives and the gradient of x, both (N, C/2, H, W)."""
        trained = [p for p in function.parameters() if p.requires_grad]
        with torch.enable_grad():
            x = x.detach().requires_grad_()
            y = function(x, again=True)
        dx, *rest = torch.autograd.grad(y, [x, *trained], d.to(y.dtype))
        found.update(zip(trained, rest, strict=True))
        return y.detach(), dx

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"layers={len(self.f)}"


class Recomputed(torch.autograd.Function):
    """Runs coupled layers without keeping what lies between them."""

    @staticmethod
    def forward(ctx: Any, layers: Reversible, x: Tensor, *parameters: Tensor) -> Tensor:
        """Take x (N, C, H, W) to y (N, C, H, W)."""
        y = layers.couple(x)
        kind = x.device.type
        ctx.layers = layers
        ctx.autocast = (kind, torch.get_autocast_dtype(kind), torch.is_autocast_enabled(kind))
        ctx.save_for_backward(y)
        return y

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, dy: Tensor) -> tuple[Tensor | None, ...]:
        """Take the gradient of y to that of x and of the weights."""
        (y,) = ctx.saved_tensors
        kind, dtype, enabled = ctx.autocast
        with torch.autocast(kind, dtype=dtype, enabled=enabled):
            dx, found = ctx.layers.gradients(y, dy)
        return (None, dx, *(found.get(p) for p in ctx.layers.parameters()))
