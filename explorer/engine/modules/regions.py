"""Fixed grids of values read from boxes of any size on a feature map.

Boxes are x1, y1, x2, y2 in pixels of the picture; `scale` brings them to the map.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class RoiAlign(nn.Module):
    """Mean of `samples`² points, read bilinearly, in each cell of a grid laid on the box; nothing is rounded.

    Args:
        size: rows and columns of the grid. scale: map pixels in a picture pixel.
        samples: points along each side of a cell. aligned: the place of a pixel is its middle.

    """

    probe: Callable[[dict[str, Tensor]], None] | None = None

    def __init__(self, size: tuple[int, int], scale: float, samples: int = 2, aligned: bool = False) -> None:
        super().__init__()
        self.size, self.scale, self.samples, self.aligned = size, scale, samples, aligned

    def forward(self, x: Tensor, boxes: Tensor) -> Tensor:
        """Take x (N, C, H, W), boxes (N, K, 4) to (N, K, C, rows, columns)."""
        if self.probe is not None:
            self.probe({"boxes": boxes})
        box = boxes.to(torch.promote_types(boxes.dtype, torch.float32)) * self.scale - 0.5 * self.aligned
        (rows, columns), s = self.size, self.samples
        top, bottom, share_y, in_y = self._points(
            box[..., 1], box[..., 3], rows, x.shape[2]
        )  # (N, K, rows · s)
        left, right, share_x, in_x = self._points(box[..., 0], box[..., 2], columns, x.shape[3])
        corners = []
        for place_y, weight_y in ((top, 1 - share_y), (bottom, share_y)):
            for place_x, weight_x in ((left, 1 - share_x), (right, share_x)):
                place = place_y.unsqueeze(-1) * x.shape[3] + place_x.unsqueeze(
                    -2
                )  # (N, K, rows · s, columns · s)
                weight = (weight_y * in_y).unsqueeze(-1) * (weight_x * in_x).unsqueeze(-2)
                index = place.flatten(1).unsqueeze(1).expand(-1, x.shape[1], -1)
                read = x.flatten(2).gather(2, index)  # (N, C, K · rows · s · columns · s)
                corners.append(read * weight.flatten(1).unsqueeze(1))
        y = corners[0] + corners[1] + corners[2] + corners[3]
        y = y.reshape(*x.shape[:2], boxes.shape[1], rows, s, columns, s).mean((4, 6))
        return y.transpose(1, 2)

    def _points(
        self, start: Tensor, end: Tensor, cells: int, size: int
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Both neighbours of each point along one axis, share of the upper, 1 where it is on the map."""
        length = end - start
        if not self.aligned:
            length = length.clamp(min=1)
        steps = torch.arange(cells * self.samples, device=start.device) + 0.5
        at = start.unsqueeze(-1) + steps * (length / (cells * self.samples)).unsqueeze(-1)
        inside = (at >= -1) & (at <= size)
        at = at.clamp(0, size - 1)
        low = at.floor()
        lower = low.long()
        return lower, (lower + 1).clamp(max=size - 1), at - low, inside.to(at.dtype)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"{self.size}, scale={self.scale:g}, samples={self.samples}, aligned={self.aligned}"


def rounded(x: Tensor) -> Tensor:
    """Round halves away from zero, as C does."""
    return torch.where(x < 0, (x - 0.5).ceil(), (x + 0.5).floor())


def tables(x: Tensor, dim: int) -> list[Tensor]:
    """Largest of 1, 2, 4, … values from each place on along `dim`, while that many fit."""
    found, width = [x], 1
    while 2 * width <= x.shape[dim]:
        last = found[-1]
        short = last.narrow(dim, width, last.shape[dim] - width)
        behind = (x.dim() - 1 - dim) * (0, 0)  # axes behind `dim` stay as they are
        found.append(torch.maximum(last, F.pad(short, (*behind, 0, width), value=-math.inf)))
        width *= 2
    return found


class RoiPool(nn.Module):
    """Largest value in each cell of a grid laid on the box; box and cells are rounded to whole pixels.

    The largest value of any rectangle is found from four overlapping ones whose sides are powers of two.

    Args:
        size: rows and columns of the grid. scale: map pixels in a picture pixel.

    """

    probe: Callable[[dict[str, Tensor]], None] | None = None

    def __init__(self, size: tuple[int, int], scale: float) -> None:
        super().__init__()
        self.size, self.scale = size, scale

    def forward(self, x: Tensor, boxes: Tensor) -> Tensor:
        """Take x (N, C, H, W), boxes (N, K, 4) to (N, K, C, rows, columns)."""
        if self.probe is not None:
            self.probe({"boxes": boxes})
        box = rounded(boxes.to(torch.promote_types(boxes.dtype, torch.float32)) * self.scale)
        y_start, y_end, y_level = self._cells(box[..., 1], box[..., 3], self.size[0], x.shape[2])
        x_start, x_end, x_level = self._cells(box[..., 0], box[..., 2], self.size[1], x.shape[3])
        wide = [tables(row, 3) for row in tables(x, 2)]
        table = torch.stack([one for row in wide for one in row], 2).flatten(2)  # (N, C, levels · H · W)
        level = y_level.unsqueeze(-1) * len(wide[0]) + x_level.unsqueeze(-2)  # (N, K, rows, columns)
        corners = []
        for row in (y_start, y_end - 2**y_level):
            for column in (x_start, x_end - 2**x_level):
                row_of, column_of = row.clamp(0, x.shape[2] - 1), column.clamp(0, x.shape[3] - 1)
                place = (level * x.shape[2] + row_of.unsqueeze(-1)) * x.shape[3] + column_of.unsqueeze(-2)
                index = place.flatten(1).unsqueeze(1).expand(-1, x.shape[1], -1)
                corners.append(table.gather(2, index))
        y = torch.maximum(torch.maximum(corners[0], corners[1]), torch.maximum(corners[2], corners[3]))
        empty = (y_end <= y_start).unsqueeze(-1) | (x_end <= x_start).unsqueeze(-2)
        y = torch.where(empty.flatten(1).unsqueeze(1), torch.zeros_like(y), y)
        return y.reshape(*x.shape[:2], boxes.shape[1], *self.size).transpose(1, 2)

    def _cells(self, start: Tensor, end: Tensor, cells: int, size: int) -> tuple[Tensor, Tensor, Tensor]:
        """First place of each cell along one axis, the one behind its last, ⌊log₂ length⌋; (N, K, cells)."""
        length = (end - start + 1).clamp(min=1).unsqueeze(-1) / cells
        number = torch.arange(cells, device=start.device)
        begin = ((number * length).floor() + start.unsqueeze(-1)).clamp(0, size).long()
        behind = (((number + 1) * length).ceil() + start.unsqueeze(-1)).clamp(0, size).long()
        level = torch.zeros_like(begin)
        power = 2
        while power <= size:
            level = level + (behind - begin >= power)
            power *= 2
        return begin, behind, level

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"{self.size}, scale={self.scale:g}"


class PyramidRoiAlign(nn.Module):
    """`RoiAlign` on a pyramid of maps: large boxes are read from coarse maps, small ones from fine maps.

    A box as large as `usual` is read from the third map, one of half its sides from the second, and so on.

    Args:
        size: rows and columns of the grid.
        stride: picture pixels between two places of the first map; it doubles from map to map.
        samples: points along each side of a cell. usual: side of a box that belongs to the third map.

    """

    probe: Callable[[dict[str, Tensor]], None] | None = None

    def __init__(
        self, size: tuple[int, int], stride: int = 4, samples: int = 2, usual: float = 224.0
    ) -> None:
        super().__init__()
        self.size, self.stride, self.samples, self.usual = size, stride, samples, usual

    def forward(self, p2: Tensor, p3: Tensor, p4: Tensor, p5: Tensor, boxes: Tensor) -> Tensor:
        """Take maps (N, C, H, W) of halving sides, boxes (N, K, 4) to (N, K, C, rows, columns)."""
        if self.probe is not None:
            self.probe({"boxes": boxes})
        maps = (p2, p3, p4, p5)
        box = boxes.to(torch.promote_types(boxes.dtype, torch.float32))
        level = self.levels(box)  # (N, K)
        heights, widths, starts = self._layout(maps, box.device)
        box = box / (self.stride * 2.0**level).unsqueeze(-1)
        flat = torch.cat([x.flatten(2) for x in maps], 2)  # (N, C, all places)
        (rows, columns), s = self.size, self.samples
        ys = self._points(box[..., 1], box[..., 3], rows, heights[level])
        xs = self._points(box[..., 0], box[..., 2], columns, widths[level])
        y = flat.new_zeros(*flat.shape[:2], boxes.shape[1] * rows * s * columns * s)
        for row, weight_y in ys:
            for column, weight_x in xs:
                place = row.unsqueeze(-1) * widths[level][..., None, None] + column.unsqueeze(-2)
                place = place + starts[level][..., None, None]  # (N, K, rows · s, columns · s)
                weight = weight_y.unsqueeze(-1) * weight_x.unsqueeze(-2)
                index = place.flatten(1).unsqueeze(1).expand(-1, flat.shape[1], -1)
                y = y + flat.gather(2, index) * weight.flatten(1).unsqueeze(1).to(flat.dtype)
        y = y.reshape(*flat.shape[:2], boxes.shape[1], rows, s, columns, s).mean((4, 6))
        return y.transpose(1, 2)

    def levels(self, boxes: Tensor) -> Tensor:
        """Number of the map (0 the finest) from which each box (N, K, 4) is read."""
        area = (boxes[..., 2:] - boxes[..., :2]).clamp(min=0).prod(-1)
        return (2 + torch.log2(area.sqrt() / self.usual) + 1e-6).floor().clamp(0, 3).long()

    def _layout(self, maps: tuple[Tensor, ...], device: torch.device) -> tuple[Tensor, Tensor, Tensor]:
        """Heights and widths of the maps, and where each begins when they stand one after another."""
        sides = [x.shape[2:] for x in maps]
        starts = [sum(h * w for h, w in sides[:number]) for number in range(len(sides))]
        heights, widths = (torch.tensor([side[axis] for side in sides], device=device) for axis in (0, 1))
        return heights, widths, torch.tensor(starts, device=device)

    def _points(self, start: Tensor, end: Tensor, cells: int, size: Tensor) -> list[tuple[Tensor, Tensor]]:
        """Both neighbours of each point along one axis, with their weights (0 off the map)."""
        steps = torch.arange(cells * self.samples, device=start.device) + 0.5
        length = (end - start).clamp(min=1) / (cells * self.samples)
        at = start.unsqueeze(-1) + steps * length.unsqueeze(-1)
        size = size.unsqueeze(-1)
        inside = ((at >= -1) & (at <= size)).to(at.dtype)
        at = at.clamp(min=0).minimum((size - 1).to(at.dtype))
        low = at.floor()
        share = at - low
        lower = low.long()
        return [(lower, (1 - share) * inside), ((lower + 1).minimum(size - 1), share * inside)]

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"{self.size}, stride={self.stride}, samples={self.samples}, usual={self.usual:g}"
