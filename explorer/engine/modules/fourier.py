"""Convolution by multiplication of spectra, as in Fourier neural operators."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class SpectralConv(nn.Module):
    """Mixes channels at each of the lowest frequencies by a complex matrix of its own; drops the others.

    Args:
        channels: C in. filters: F out.
        modes: frequencies kept along each axis of places: as many positive as negative ones, but only
            positive ones along the last, whose spectrum is the mirror image.

    """

    def __init__(self, channels: int, filters: int, modes: tuple[int, ...]) -> None:
        super().__init__()
        self.modes = tuple(modes)
        kept = [2 * m for m in self.modes[:-1]] + [self.modes[-1]]
        start = torch.rand(2, channels, filters, *kept) / (channels * filters)
        self.weight = nn.Parameter(start)  # real parts, imaginary parts

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, C, H, W) or (N, C, T) to (N, F, H, W) or (N, F, T)."""
        dims = list(range(2, x.dim()))
        seen = torch.fft.rfftn(x.to(torch.float32), dim=dims, norm="ortho")
        kept = self.low(seen)
        equation = "ncw,cfw->nfw" if x.dim() == 3 else "nchw,cfhw->nfhw"
        a, b = self.weight[0].to(torch.float32), self.weight[1].to(torch.float32)
        real = torch.einsum(equation, kept.real, a) - torch.einsum(equation, kept.imag, b)
        imaginary = torch.einsum(equation, kept.real, b) + torch.einsum(equation, kept.imag, a)
        mixed = torch.complex(real.to(torch.float32), imaginary.to(torch.float32))
        spectrum = self.whole(mixed, seen.shape[2:])
        y: Tensor = torch.fft.irfftn(spectrum, s=x.shape[2:], dim=dims, norm="ortho")
        return y.to(x.dtype)

    def low(self, spectrum: Tensor) -> Tensor:
        """Take a spectrum (N, C, H, W') to its lowest frequencies (N, C, 2·modes, modes)."""
        spectrum = spectrum[..., : self.modes[-1]]
        if spectrum.dim() == 3:
            return spectrum
        rows = self.modes[0]
        return torch.cat([spectrum[:, :, :rows], spectrum[:, :, spectrum.shape[2] - rows :]], 2)

    def whole(self, kept: Tensor, shape: torch.Size) -> Tensor:
        """Undo `low`: zeros at all other frequencies."""
        wide = kept.new_zeros(kept.shape[0], kept.shape[1], *kept.shape[2:-1], shape[-1] - kept.shape[-1])
        kept = torch.cat([kept, wide], -1)
        if kept.dim() == 3:
            return kept
        rows = self.modes[0]
        gap = kept.new_zeros(kept.shape[0], kept.shape[1], shape[0] - 2 * rows, shape[1])
        return torch.cat([kept[:, :, :rows], gap, kept[:, :, rows:]], 2)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"{self.weight.shape[1]}, {self.weight.shape[2]}, modes={self.modes}"
