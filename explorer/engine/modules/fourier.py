"""Convolution by multiplication of spectra, as in Fourier neural operators."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


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
        exact = torch.promote_types(x.dtype, torch.float32)  # there is no transform in 16 bits
        seen = torch.fft.rfftn(x.to(exact), dim=dims, norm="ortho")
        kept = self.low(seen)
        a, b = self.weight.flatten(3).permute(0, 3, 1, 2).unbind(0)  # (frequencies, C, F) each
        rows = kept.flatten(2).permute(2, 0, 1).contiguous()  # (frequencies, N, C)
        real = torch.bmm(rows.real, a) - torch.bmm(rows.imag, b)
        imaginary = torch.bmm(rows.real, b) + torch.bmm(rows.imag, a)  # (frequencies, N, F)
        mixed = torch.complex(real.to(exact), imaginary.to(exact)).permute(1, 2, 0)
        mixed = mixed.reshape(mixed.shape[:2] + kept.shape[2:])
        spectrum = self.whole(mixed, list(seen.shape[2:]))
        y: Tensor = torch.fft.irfftn(spectrum, s=x.shape[2:], dim=dims, norm="ortho")
        return y.to(x.dtype)

    def low(self, spectrum: Tensor) -> Tensor:
        """Take a spectrum (N, C, H, W') to its lowest frequencies (N, C, 2·modes, modes)."""
        spectrum = spectrum[..., : self.modes[-1]]
        if spectrum.dim() == 3:
            return spectrum
        rows = self.modes[0]
        return torch.cat([spectrum[:, :, :rows], spectrum[:, :, spectrum.shape[2] - rows :]], 2)

    def whole(self, kept: Tensor, shape: list[int]) -> Tensor:
        """Undo `low`: zeros at all other frequencies."""
        kept = F.pad(kept, (0, shape[-1] - kept.shape[-1]))
        if kept.dim() == 3:
            return kept
        rows = self.modes[0]
        gap = kept.new_zeros([kept.shape[0], kept.shape[1], shape[0] - 2 * rows, shape[1]])
        return torch.cat([kept[:, :, :rows], gap, kept[:, :, rows:]], 2)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"{self.weight.shape[1]}, {self.weight.shape[2]}, modes={self.modes}"
