"""Pools that work on Fourier transforms."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class SpectralPool(nn.Module):
    """Keeps the low frequencies of a map: its spectrum is cut to the size of the output."""

    def __init__(self, height: int, width: int) -> None:
        super().__init__()
        self.height, self.width = height, width

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, C, H, W) to (N, C, height, width)."""
        spectrum = torch.fft.fftshift(torch.fft.fft2(x.float()), dim=(-2, -1))
        rows = self.middle(x.shape[-2], self.height)
        columns = self.middle(x.shape[-1], self.width)
        cut = torch.fft.ifftshift(spectrum[..., rows, :][..., columns], dim=(-2, -1))
        scale = self.height * self.width / (x.shape[-2] * x.shape[-1])  # the mean stays the same
        y: Tensor = torch.fft.ifft2(cut).real * scale
        return y.to(x.dtype)

    def middle(self, have: int, wanted: int) -> slice:
        """Places of the lowest frequencies in a shifted spectrum."""
        first = have // 2 - wanted // 2
        return slice(first, first + wanted)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"{self.height}, {self.width}"


class CompactBilinearPool(nn.Module):
    """A short sketch of all products of two channels, summed over places.

    Two count sketches with random places and signs are convolved; the dot product of two results is in
    expectation the square of the dot product of the channels.

    Args:
        channels: of the input. width: of the sketch. seed: of the random places and signs.
        normalise: signed root and length 1 afterwards.

    """

    def __init__(self, channels: int, width: int, seed: int = 0, normalise: bool = True) -> None:
        super().__init__()
        self.width, self.normalise = width, normalise
        drawn = torch.Generator().manual_seed(seed)
        for name in ("first", "second"):
            places = torch.randint(width, (channels,), generator=drawn, device="cpu")
            signs = torch.randint(2, (channels,), generator=drawn, device="cpu") * 2.0 - 1
            here = torch.empty(0).device  # where everything else is made
            self.register_buffer(f"{name}_place", places.to(here))
            self.register_buffer(f"{name}_sign", signs.to(here))

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, C, H, W) to (N, width)."""
        values = x.float().flatten(2).transpose(1, 2)  # (N, H·W, C)
        one, other = (torch.fft.rfft(self.sketch(values, name)) for name in ("first", "second"))
        y = torch.fft.irfft(one * other, n=self.width).sum(1)
        if self.normalise:
            y = F.normalize(y.sign() * (y.abs() + 1e-12).sqrt(), dim=1)
        return y.to(x.dtype)

    def sketch(self, values: Tensor, name: str) -> Tensor:
        """Add the channels, with their signs, up at their places: (N, L, C) to (N, L, width)."""
        places, signs = getattr(self, f"{name}_place"), getattr(self, f"{name}_sign")
        start = values.new_zeros(*values.shape[:2], self.width)
        return start.index_add(2, places, values * signs)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"width={self.width}, normalise={self.normalise}"
