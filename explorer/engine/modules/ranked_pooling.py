"""Pools that weigh the values of a window: by a power, by chance, by rank, by place, by what they are."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def patches(x: Tensor, kernel: tuple[int, ...], stride: tuple[int, ...]) -> Tensor:
    """Cut x (N, C, …) into windows: (N, C, …, k) with the places of each window last.

    Values come in single precision at least: sums, powers and tiny divisors need it.
    """
    x = x.to(torch.promote_types(x.dtype, torch.float32))
    for axis, (size, step) in enumerate(zip(kernel, stride, strict=True)):
        x = x.unfold(axis + 2, size, step)
    return x.flatten(-len(kernel))


class PowerPool(nn.Module):
    """(mean or sum of |x|ᵖ)^(1/p) of each window; large p is safe, since windows are scaled first."""

    def __init__(
        self, kernel: tuple[int, ...], stride: tuple[int, ...], p: float = 2.0, average: bool = True
    ) -> None:
        super().__init__()
        self.kernel, self.stride, self.p, self.average = kernel, stride, p, average

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, C, …) to (N, C, shorter …); an empty window gives 0 and no gradient."""
        size = patches(x, self.kernel, self.stride).abs()
        # y does not depend on the scale, so it may be held constant in the backward pass
        top = size.detach().amax(-1, keepdim=True)
        top = torch.where(top > 0, top, 1.0)
        powers = (size / top) ** self.p
        total = powers.mean(-1) if self.average else powers.sum(-1)
        some = total > 0
        root = torch.where(some, total, 1.0) ** (1 / self.p)  # no root of 0: its slope is infinite
        return (torch.where(some, root, 0.0) * top.squeeze(-1)).to(x.dtype)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"{self.kernel}, stride={self.stride}, p={self.p}, average={self.average}"


class StochasticPool(nn.Module):
    """Takes one value of each window, drawn in proportion to the values; in use their expectation."""

    def __init__(self, kernel: tuple[int, ...], stride: tuple[int, ...]) -> None:
        super().__init__()
        self.kernel, self.stride = kernel, stride

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, C, …) to (N, C, shorter …); values below 0 count as 0, an empty window gives 0."""
        places = F.relu(patches(x, self.kernel, self.stride))  # (N, C, …, k)
        if not self.training:
            total = places.sum(-1)
            filled = torch.where(total > 0, total, 1.0)
            return (places.square().sum(-1) / filled).to(x.dtype)
        sums = places.detach().cumsum(-1)
        drawn = torch.rand_like(sums[..., :1]) * sums[..., -1:]
        chosen = (sums <= drawn).sum(-1, keepdim=True).clamp_max(places.shape[-1] - 1)
        return places.gather(-1, chosen).squeeze(-1).to(x.dtype)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"{self.kernel}, stride={self.stride}"


class RankPool(nn.Module):
    """Sorts each window and takes from its largest values.

    Args:
        kernel, stride: one number for each sliding axis.
        mode: `average` of the `top` largest; `weighted` by α(1 − α)^(rank − 1), divided by the sum of
            these; `stochastic`: one value, its rank drawn with these weights (their expectation in use).
        top: how many are averaged; more than there are means all. alpha: weight of the first.

    """

    def __init__(
        self,
        kernel: tuple[int, ...],
        stride: tuple[int, ...],
        mode: str = "average",
        top: int = 2,
        alpha: float = 0.5,
    ) -> None:
        super().__init__()
        self.kernel, self.stride, self.mode, self.top, self.alpha = kernel, stride, mode, top, alpha

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, C, …) to (N, C, shorter …)."""
        ranked = patches(x, self.kernel, self.stride).sort(-1, descending=True).values
        if self.mode == "average":
            return ranked[..., : self.top].mean(-1).to(x.dtype)
        ranks = torch.arange(ranked.shape[-1], device=x.device, dtype=ranked.dtype)
        weights = self.alpha * (1 - self.alpha) ** ranks
        weights = weights / weights.sum()
        if self.mode == "stochastic" and self.training:
            drawn = torch.rand_like(ranked[..., :1])
            chosen = (weights.cumsum(0) <= drawn).sum(-1, keepdim=True)
            chosen = chosen.clamp_max(ranked.shape[-1] - 1)  # the weights may add up to a hair less than 1
            return ranked.gather(-1, chosen).squeeze(-1).to(x.dtype)
        return (ranked * weights).sum(-1).to(x.dtype)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"{self.kernel}, stride={self.stride}, mode={self.mode!r}, top={self.top}, alpha={self.alpha}"


class WeightedPool(nn.Module):
    """Σ w_i x_i of each window, with weights that add up to 1.

    Args:
        channels: of the input. kernel, stride: one number for each sliding axis.
        weights: `place`: one learned weight for each place; `channel`: for each place of each channel;
            `data`: softmax of βx with one learned β for each channel. All begin uniform.

    """

    def __init__(
        self, channels: int, kernel: tuple[int, ...], stride: tuple[int, ...], weights: str = "place"
    ) -> None:
        super().__init__()
        self.kernel, self.stride, self.weights = kernel, stride, weights
        count = 1
        for size in kernel:
            count *= size
        shape = {"place": (1, count), "channel": (channels, count), "data": (channels, 1)}[weights]
        self.logits = nn.Parameter(torch.zeros(shape))

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, C, …) to (N, C, shorter …)."""
        places = patches(x, self.kernel, self.stride)  # (N, C, …, k)
        given = self.logits.reshape(self.logits.shape[0], *[1] * (places.dim() - 3), -1)
        scores = given * places if self.weights == "data" else given
        return (places * scores.softmax(-1)).sum(-1).to(x.dtype)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"{self.kernel}, stride={self.stride}, weights={self.weights!r}"
