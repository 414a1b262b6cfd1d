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
        values = x.to(torch.promote_types(x.dtype, torch.float32))  # no transforms of half precision
        spectrum = torch.fft.fftshift(torch.fft.fft2(values), dim=(-2, -1))
        rows = self.middle(x.shape[-2], self.height)
        columns = self.middle(x.shape[-1], self.width)
        cut = torch.fft.ifftshift(spectrum[..., rows, columns], dim=(-2, -1))
        scale = self.height * self.width / (x.shape[-2] * x.shape[-1])  # the mean stays the same
        # An even size cuts the highest frequency from its mirror image; the real part puts that right.
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
        here = torch.empty(0).device  # where everything else is made
        for name in ("first", "second"):
            places = torch.randint(width, (channels,), generator=drawn, device="cpu")
            signs = torch.randint(2, (channels,), generator=drawn, device="cpu") * 2.0 - 1
            # no part of the weights: they follow from the arguments
            self.register_buffer(f"{name}_place", places.to(here), persistent=False)
            self.register_buffer(f"{name}_sign", signs.to(here), persistent=False)
        self.first_place: Tensor
        self.first_sign: Tensor
        self.second_place: Tensor
        self.second_sign: Tensor

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, C, H, W) to (N, width)."""
        values = x.to(torch.promote_types(x.dtype, torch.float32)).flatten(2).transpose(1, 2)  # (N, H·W, C)
        one = self.spectrum(values, self.first_place, self.first_sign)
        other = self.spectrum(values, self.second_place, self.second_sign)
        y: Tensor = torch.fft.irfft((one * other).sum(1), n=self.width)
        if self.normalise:
            y = y.sign() * (y.abs() + 1e-8).sqrt()  # a plain root would have an infinite slope at 0
            y = F.normalize(y, dim=1, eps=1e-4)
        return y.to(x.dtype)

    def spectrum(self, values: Tensor, places: Tensor, signs: Tensor) -> Tensor:
        """Add the channels of (N, L, C), with their signs, up at their places; transform that."""
        start = values.new_zeros(*values.shape[:2], self.width)
        y: Tensor = torch.fft.rfft(start.index_add(2, places, values * signs.to(values.dtype)))
        return y

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"width={self.width}, normalise={self.normalise}"
