"""Pools that are fitted to data without gradients: principal components, a genetic search."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class PCANet(nn.Module):
    """Two stages of principal-component filters, then signs as binary numbers and histograms of them.

    Args:
        channels: of the input. filters: of the two stages. kernel: side of the filters, odd.
        blocks: along each side, of the grid in whose cells histograms are made.

    """

    def __init__(self, channels: int, filters: tuple[int, int], kernel: int, blocks: int) -> None:
        super().__init__()
        self.filters, self.kernel, self.blocks = filters, kernel, blocks
        self.register_buffer("first", self.fresh(filters[0], channels * kernel * kernel))
        self.register_buffer("second", self.fresh(filters[1], kernel * kernel))
        self.first: Tensor
        self.second: Tensor

    def fresh(self, count: int, size: int) -> Tensor:
        """Orthonormal filters (count, size) to begin with."""
        return nn.init.orthogonal_(torch.empty(count, size))

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, C, H, W) to histograms (N, filters1 · 2^filters2 · blocks²); no gradient flows."""
        with torch.no_grad():
            stage1 = self.filtered(x.float(), self.first)  # (N, L1, H, W)
            maps = stage1.flatten(0, 1).unsqueeze(1)
            stage2 = self.filtered(maps, self.second)  # (N·L1, L2, H, W)
            powers = 2 ** torch.arange(self.filters[1], device=x.device)
            codes = ((stage2 > 0).long() * powers.reshape(1, -1, 1, 1)).sum(1)  # (N·L1, H, W)
            return self.histograms(codes).reshape(x.shape[0], -1).to(x.dtype)

    def filtered(self, x: Tensor, filters: Tensor) -> Tensor:
        """Take the mean off every patch of x (N, c, H, W) and project it: (N, filters, H, W)."""
        kernel = filters.reshape(len(filters), -1, self.kernel, self.kernel)
        centred = kernel - kernel.mean((1, 2, 3), keepdim=True)  # filtering less the patch's mean, in one
        return F.conv2d(x, centred.float(), padding=self.kernel // 2)

    def histograms(self, codes: Tensor) -> Tensor:
        """Count codes (M, H, W) in a grid of cells: (M, blocks², 2^L2)."""
        bins, count = 2 ** self.filters[1], self.blocks
        down = torch.arange(codes.shape[1], device=codes.device) * count // codes.shape[1]
        across = torch.arange(codes.shape[2], device=codes.device) * count // codes.shape[2]
        cell = down.unsqueeze(1) * count + across  # (H, W)
        places = (cell * bins + codes).flatten(1)
        empty = torch.zeros(codes.shape[0], count * count * bins, device=codes.device)
        return empty.scatter_add(1, places, torch.ones_like(places, dtype=empty.dtype))

    def fit(self, x: Tensor, progress: Callable[[int, int], None]) -> None:
        """Find both stages' filters from x (N, C, H, W); `progress` may raise, then nothing changes."""
        steps = 2 * len(x)
        first = self.components(x.float(), self.filters[0], progress, 0, steps)
        maps = self.filtered(x.float(), first).flatten(0, 1).unsqueeze(1)
        second = self.components(maps, self.filters[1], progress, len(x), steps)
        self.first.copy_(first)
        self.second.copy_(second)

    def components(
        self, x: Tensor, count: int, progress: Callable[[int, int], None], done: int, steps: int
    ) -> Tensor:
        """The `count` leading eigenvectors of the patches of x (M, c, H, W): (count, c·k·k)."""
        size = x.shape[1] * self.kernel**2
        if count > size:
            raise ValueError(f"{count} filters are wanted of patches with {size} values.")
        scatter = torch.zeros(size, size, device=x.device, dtype=torch.float64)
        for number, one in enumerate(x):
            if number % 16 == 0:
                progress(done + number * (steps // 2) // len(x), steps)
            patch = F.unfold(one.unsqueeze(0), self.kernel, padding=self.kernel // 2)[0].double()
            patch = patch - patch.mean(0, keepdim=True)
            scatter += patch @ patch.T
        vectors: Tensor = torch.linalg.eigh(scatter).eigenvectors[:, -count:].flip(1).T  # ascending before
        largest = vectors.gather(1, vectors.abs().argmax(1, keepdim=True))
        return (vectors * largest.sign()).float()  # either sign would do; one has to be chosen

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"filters={self.filters}, kernel={self.kernel}, blocks={self.blocks}"


class GeneticPool(nn.Module):
    """Pools each region of a map in the way that a genetic search found for it.

    Args:
        kernel, stride: of the windows. regions: along each side. population, seed: of the search.

    """

    WAYS = 4  # largest, mean, smallest, root mean square

    def __init__(self, kernel: int, stride: int, regions: int, population: int = 16, seed: int = 0) -> None:
        super().__init__()
        self.kernel, self.stride, self.regions = kernel, stride, regions
        self.population, self.seed = population, seed
        self.register_buffer("genes", torch.zeros(regions, regions, dtype=torch.long))
        self.register_buffer("history", torch.zeros(0), persistent=False)
        self.genes: Tensor
        self.history: Tensor

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, C, H, W) to (N, C, shorter H, W)."""
        ways = self.ways(x)  # (ways, N, C, h, w)
        chosen = self.genes.flatten()[self.cells(ways)]  # (h, w)
        return ways.gather(0, chosen.expand(1, *ways.shape[1:])).squeeze(0).to(x.dtype)

    def cells(self, ways: Tensor) -> Tensor:
        """Number of the region in which each output of (…, h, w) lies: (h, w)."""
        down = torch.arange(ways.shape[-2], device=ways.device) * self.regions // ways.shape[-2]
        across = torch.arange(ways.shape[-1], device=ways.device) * self.regions // ways.shape[-1]
        return down.unsqueeze(1) * self.regions + across

    def ways(self, x: Tensor) -> Tensor:
        """All ways of pooling x (N, C, H, W), one behind the other: (ways, N, C, h, w)."""
        values = x.to(torch.promote_types(x.dtype, torch.float32))
        largest = F.max_pool2d(values, self.kernel, self.stride)
        mean = F.avg_pool2d(values, self.kernel, self.stride)
        smallest = -F.max_pool2d(-values, self.kernel, self.stride)
        square = F.avg_pool2d(values.square(), self.kernel, self.stride)
        return torch.stack([largest, mean, smallest, (square + 1e-12).sqrt()])

    def fit(self, x: Tensor, progress: Callable[[int, int], None], generations: int = 20) -> None:
        """Search the genes under which the samples x (N, C, H, W) differ most from each other.

        Fitness is the standard deviation over the samples, relative to the mean size, averaged over all
        regions. The best always survives. `progress` may raise, then nothing changes.
        """
        if len(x) < 2:
            raise ValueError("one sample differs from no other; take more.")
        scores = self.scores(x.float()).cpu()  # (ways, regions²)
        drawn = torch.Generator().manual_seed(self.seed)
        shape = (self.population, self.regions**2)
        crowd = torch.randint(self.WAYS, shape, generator=drawn)
        crowd[0] = self.genes.flatten().cpu()
        best = []
        for number in range(generations):
            progress(number, generations)
            fitness = scores.gather(0, crowd).mean(1)
            order = fitness.argsort(descending=True, stable=True)
            best.append(float(fitness[order[0]]))
            parents = crowd[order[: max(2, self.population // 2)]]
            pairs = torch.randint(len(parents), (2, self.population), generator=drawn)
            mix = torch.rand(shape, generator=drawn) < 0.5
            crowd = torch.where(mix, parents[pairs[0]], parents[pairs[1]])
            changed = torch.rand(shape, generator=drawn) < 1 / self.regions**2 / 2  # every second child
            crowd = torch.where(changed, torch.randint(self.WAYS, shape, generator=drawn), crowd)
            crowd[0] = parents[0]
        fitness = scores.gather(0, crowd).mean(1)
        best.append(float(fitness.max()))
        self.genes.copy_(crowd[fitness.argmax()].reshape(self.regions, self.regions))
        self.history = torch.tensor(best, device=self.genes.device)

    def scores(self, x: Tensor) -> Tensor:
        """How well each way tells samples apart in each region: (ways, regions²)."""
        ways = self.ways(x)
        spread = ways.std(1, correction=0) / (ways.abs().mean(1) + 1e-6)  # (ways, C, h, w)
        cells = self.cells(ways).flatten()
        total = spread.new_zeros(self.WAYS, self.regions**2).index_add(1, cells, spread.mean(1).flatten(1))
        return total / torch.bincount(cells, minlength=self.regions**2).clamp_min(1)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"{self.kernel}, stride={self.stride}, regions={self.regions}"
