"""Masks of things: the one of the right class, and its place in the picture."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class MaskOfClass(nn.Module):
    """Of the masks for all classes, the one of each box's class; a mask of zeros where the class is −1."""

    def forward(self, masks: Tensor, labels: Tensor) -> Tensor:
        """Take masks (N, K, classes, h, w), labels (N, K) to (N, K, 1, h, w)."""
        at = labels.clamp(min=0)[..., None, None, None].expand(-1, -1, 1, *masks.shape[3:])
        return masks.gather(2, at) * (labels >= 0)[..., None, None, None].to(masks.dtype)


class PasteMasks(nn.Module):
    """Each mask stretched over its box in a picture of zeros.

    Boxes are cut to whole pixels; a border of zeros round the mask makes it fade over the edge. Stretching is
    linear along both axes, so it is two products of matrices.

    Args:
        picture: height and width, where no picture is given.

    """

    def __init__(self, picture: tuple[int, int] = (1, 1)) -> None:
        super().__init__()
        self.picture = picture

    def forward(self, masks: Tensor, boxes: Tensor, picture: Tensor | None = None) -> Tensor:
        """Take masks (N, K, 1, h, w), boxes (N, K, 4) and maybe a picture to (N, K, 1, height, width)."""
        height, width = self.picture
        if picture is not None:
            height, width = picture.shape[2], picture.shape[3]
        middle, half = (boxes[..., 2:] + boxes[..., :2]) / 2, (boxes[..., 2:] - boxes[..., :2]) / 2
        share = half.new_tensor([(side + 2) / side for side in (masks.shape[4], masks.shape[3])])
        low, high = (middle - half * share).trunc(), (middle + half * share).trunc()
        padded = nn.functional.pad(masks.squeeze(2), (1, 1, 1, 1))  # (N, K, h + 2, w + 2)
        down = self._stretch(low[..., 1], high[..., 1], height, padded.shape[2])
        across = self._stretch(low[..., 0], high[..., 0], width, padded.shape[3])
        return (down @ padded @ across.transpose(-2, -1)).unsqueeze(2)

    def _stretch(self, low: Tensor, high: Tensor, pixels: int, cells: int) -> Tensor:
        """How much each of `cells` counts at each of `pixels`, (N, K, pixels, cells); 0 outside the box."""
        at = torch.arange(pixels, device=low.device, dtype=low.dtype)
        low, high = low.unsqueeze(-1), high.unsqueeze(-1)
        count = (high - low + 1).clamp(min=1)
        read = ((at - low + 0.5) * (cells / count) - 0.5).clamp(0, cells - 1).unsqueeze(-1)
        near = (1 - (read - torch.arange(cells, device=low.device)).abs()).clamp(min=0)
        inside = (at >= low) & (at <= torch.maximum(high, low))
        return near * inside.unsqueeze(-1).to(near.dtype)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return str(self.picture)
