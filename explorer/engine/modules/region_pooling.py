"""Pools over regions that are no windows: groups of maps, rows, leads, super-pixels, patches by likeness."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class InterMapPool(nn.Module):
    """The largest of each group of neighbouring maps, at every place."""

    def __init__(self, groups: int) -> None:
        super().__init__()
        self.groups = groups

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, C, …) to (N, groups, …)."""
        return x.reshape(x.shape[0], self.groups, -1, *x.shape[2:]).amax(2)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"groups={self.groups}"


class RowwiseMaxPool(nn.Module):
    """The largest value of each row of each map."""

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, C, H, W) to (N, C, H, 1)."""
        return x.amax(-1, keepdim=True)


class LeadAsymmetricPool(nn.Module):
    """Maximum over time with a window of its own for each lead.

    Args:
        windows: of the leads in turn; they repeat where there are more leads. stride: in time.

    """

    def __init__(self, windows: tuple[int, ...], stride: int) -> None:
        super().__init__()
        self.windows, self.stride = windows, stride

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, C, leads, T) to (N, C, leads, shorter T); all windows begin at the same moments."""
        widest = max(self.windows[: x.shape[2]])
        count = (x.shape[3] - widest) // self.stride + 1
        rows = [
            x[:, :, lead]
            .unfold(-1, self.windows[lead % len(self.windows)], self.stride)[..., :count, :]
            .amax(-1)
            for lead in range(x.shape[2])
        ]
        return torch.stack(rows, 2)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"windows={self.windows}, stride={self.stride}"


class SuperpixelPool(nn.Module):
    """The mean or the largest value of each region of a map.

    Without labels at its second input it uses its own: a grid at first, after `fit` regions that follow
    likeness and place (k-means, as in SLIC).

    Args:
        regions: how many there are. size: height and width of the maps.
        mode: `mean` or `max`. compactness: how much place counts beside likeness when fitting.

    """

    def __init__(
        self, regions: int, size: tuple[int, int], mode: str = "mean", compactness: float = 1.0
    ) -> None:
        super().__init__()
        self.regions, self.size, self.mode, self.compactness = regions, size, mode, compactness
        self.register_buffer("labels", self.grid())
        self.labels: Tensor

    def grid(self) -> Tensor:
        """Labels (H, W) of nearly square cells; some rows have one cell more, so that all are used."""
        height, width = self.size
        rows = max(1, min(self.regions, height, round(math.sqrt(self.regions * height / width))))
        row = (torch.arange(height) * rows // height).unsqueeze(1)
        first, after = row * self.regions // rows, (row + 1) * self.regions // rows
        return first + torch.arange(width) * (after - first) // width

    def forward(self, x: Tensor, labels: Tensor | None = None) -> Tensor:
        """Take x (N, C, H, W) and labels (N, H, W) to (N, regions, C).

        An empty region gives 0; places with a label that is no region belong to none.
        """
        given = self.labels.expand(x.shape[0], -1, -1) if labels is None else labels
        known = (given >= 0) & (given < self.regions)
        places = torch.where(known, given, self.regions).flatten(1).unsqueeze(-1)  # (N, H·W, 1)
        values = x.flatten(2).transpose(1, 2)  # (N, H·W, C)
        start = values.new_zeros(x.shape[0], self.regions + 1, x.shape[1])
        how = "amax" if self.mode == "max" else "mean"
        y: Tensor = start.scatter_reduce(1, places.expand_as(values), values, how, include_self=False)
        return y[:, : self.regions]

    def fit(self, x: Tensor, progress: Callable[[int, int], None], rounds: int = 10) -> None:
        """Cut the mean of x (N, C, H, W) into regions; `progress` may raise, then nothing changes."""
        height, width = x.shape[2:]
        mean = x.float().mean(0).flatten(1).T  # (H·W, C)
        mean = (mean - mean.mean(0)) / mean.std(0, correction=0).clamp_min(1e-6) / mean.shape[1] ** 0.5
        down, across = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
        place = torch.stack([down, across], -1).flatten(0, 1).to(mean) / max(height, width)
        points = torch.cat([mean, place * self.compactness * self.regions**0.5], 1)
        labels = self.grid().flatten().to(x.device)
        for number in range(rounds):
            progress(number, rounds)
            places = labels.unsqueeze(1).expand_as(points)
            middle = points.new_zeros(self.regions, points.shape[1])
            middle = middle.scatter_reduce(0, places, points, "mean", include_self=False)
            empty = torch.bincount(labels, minlength=self.regions) == 0
            labels = torch.cdist(points, middle).masked_fill(empty, float("inf")).argmin(1)
        self.labels.copy_(labels.reshape(height, width))

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"{self.regions}, mode={self.mode!r}"


class OrderlessPool(nn.Module):
    """The mean of the whole map, and of patches at two finer scales how they differ from the nearest words.

    Args:
        channels: of the input. words: size of the vocabulary at each of the two finer scales.

    """

    def __init__(self, channels: int, words: int) -> None:
        super().__init__()
        self.register_buffer("words2", torch.randn(words, channels) * 0.1)
        self.register_buffer("words4", torch.randn(words, channels) * 0.1)
        self.words2: Tensor
        self.words4: Tensor

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, C, H, W) to (N, C + 2·words·C)."""
        values = x.to(torch.promote_types(x.dtype, torch.float32))
        fine = [self.vlad(self.descriptors(values, part), words) for part, words in self.scales()]
        return torch.cat([self.shortened(values.mean((2, 3))), *fine], 1).to(x.dtype)

    def scales(self) -> list[tuple[int, Tensor]]:
        """Pairs of a divisor of the side and the vocabulary for patches of that size."""
        return [(2, self.words2), (4, self.words4)]

    def descriptors(self, x: Tensor, part: int) -> Tensor:
        """Means of all patches of side H/part at half steps: (N, patches, C)."""
        sides = [max(1, n // part) for n in x.shape[2:]]
        steps = [max(1, side // 2) for side in sides]
        return F.avg_pool2d(x, sides, steps).flatten(2).transpose(1, 2)

    def vlad(self, points: Tensor, words: Tensor) -> Tensor:
        """Sum of differences to the nearest word, (N, words·C), of length 1: no order of patches matters."""
        words = words.to(points.dtype)
        nearest = torch.cdist(points.detach(), words.expand(len(points), -1, -1)).argmin(-1)  # (N, patches)
        away = points - words[nearest]  # (N, patches, C)
        start = away.new_zeros(away.shape[0], words.shape[0], away.shape[2])
        return self.shortened(start.scatter_add(1, nearest.unsqueeze(-1).expand_as(away), away).flatten(1))

    def shortened(self, y: Tensor) -> Tensor:
        """Bring vectors (N, D) to length 1; tiny ones stay short, so that slopes do not explode at 0."""
        return F.normalize(y, dim=1, eps=1e-4)

    def fit(self, x: Tensor, progress: Callable[[int, int], None], rounds: int = 10) -> None:
        """Find the words by k-means among the patches of x; `progress` may raise, then nothing changes."""
        found = []
        for scale, (part, words) in enumerate(self.scales()):
            points = self.descriptors(x.float(), part).flatten(0, 1)
            if len(points) < len(words):
                raise ValueError(f"{len(points)} patches cannot give {len(words)} words; take more samples.")
            middle = points[torch.linspace(0, len(points) - 1, len(words)).long()]
            for number in range(rounds):
                progress(scale * rounds + number, 2 * rounds)
                labels = torch.cdist(points, middle).argmin(1)
                places = labels.unsqueeze(1).expand_as(points)
                # a word that no patch is nearest to stays what it was
                middle = middle.scatter_reduce(0, places, points, "mean", include_self=False)
            found.append(middle)
        self.words2.copy_(found[0])
        self.words4.copy_(found[1])

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"words={len(self.words2)}"
