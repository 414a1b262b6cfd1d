"""Boxes as x1, y1, x2, y2: anchors, offsets, overlaps, and the choice of the best.

While `probe` is set on a module it gets `boxes` (N, K, 4) in pixels of the picture and, where there are any,
`scores` (N, K).
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Anchors(nn.Module):
    """The same boxes on every place of a map; of the input only its sizes are read.

    Args:
        shapes: width and height of each box.
        stride: pixels between two rows and between two columns; a picture gives its own, rounded down.
        offset: where in its cell a box stands.

    """

    probe: Callable[[dict[str, Tensor]], None] | None = None
    corners: Tensor

    def __init__(
        self,
        shapes: tuple[tuple[float, float], ...],
        stride: tuple[float, float] = (1.0, 1.0),
        offset: float = 0.0,
    ) -> None:
        super().__init__()
        self.stride, self.offset = stride, offset
        corners = torch.tensor([[-w / 2, -h / 2, w / 2, h / 2] for w, h in shapes])  # (A, 4)
        self.register_buffer("corners", corners, persistent=False)

    def forward(self, x: Tensor, picture: Tensor | None = None) -> Tensor:
        """Take x (N, C, H, W), and maybe a picture, to boxes (N, H·W·A, 4)."""
        down, across = self.stride
        if picture is not None:
            down, across = picture.shape[2] // x.shape[2], picture.shape[3] // x.shape[3]
        row = (torch.arange(x.shape[2], device=x.device, dtype=torch.float32) + self.offset) * down
        column = (torch.arange(x.shape[3], device=x.device, dtype=torch.float32) + self.offset) * across
        row, column = torch.meshgrid(row, column, indexing="ij")
        places = torch.stack([column, row, column, row], -1).reshape(-1, 1, 4)
        boxes = (places + self.corners).reshape(-1, 4).expand(x.shape[0], -1, -1)
        if self.probe is not None:
            self.probe({"boxes": boxes})
        return boxes

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"{len(self.corners)} shapes, stride={self.stride}, offset={self.offset:g}"


class AnchorRows(nn.Module):
    """One row of `numbers` values for each anchor, place after place."""

    def __init__(self, numbers: int) -> None:
        super().__init__()
        self.numbers = numbers

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, A·n, H, W) to (N, H·W·A, n)."""
        return x.permute(0, 2, 3, 1).reshape(x.shape[0], -1, self.numbers)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return str(self.numbers)


class BoxDecode(nn.Module):
    """Anchors moved by offsets in widths and heights, and stretched by their exponentials.

    Args:
        centre, size: what the offsets of centres and of sizes are divided by.
        picture: height and width at which boxes are cut off; None: those of a picture that is given, if any.

    """

    probe: Callable[[dict[str, Tensor]], None] | None = None
    most = math.log(1000 / 16)  # a stretched box is at most this many times as large

    def __init__(
        self, centre: float = 1.0, size: float = 1.0, picture: tuple[int, int] | None = None
    ) -> None:
        super().__init__()
        self.centre, self.size, self.picture = centre, size, picture

    def forward(self, anchors: Tensor, offsets: Tensor, picture: Tensor | None = None) -> Tensor:
        """Take anchors (N, K, 4), offsets (N, K, 4·C) for each of C classes to boxes (N, K·C, 4)."""
        low, high = anchors.unsqueeze(-2).chunk(2, -1)
        sides = high - low
        offsets = offsets.reshape(*offsets.shape[:2], -1, 4)  # (N, K, C, 4)
        moved = low + sides / 2 + offsets[..., :2] / self.centre * sides
        half = sides * (offsets[..., 2:] / self.size).clamp(max=self.most).exp() / 2
        boxes = torch.cat([moved - half, moved + half], -1).flatten(1, 2)
        height, width = self.picture or (0, 0)
        if picture is not None:
            height, width = picture.shape[2], picture.shape[3]
        if height > 0:
            x, y = boxes[..., 0::2].clamp(0, width), boxes[..., 1::2].clamp(0, height)
            boxes = torch.stack([x[..., 0], y[..., 0], x[..., 1], y[..., 1]], -1)
        if self.probe is not None:
            self.probe({"boxes": boxes})
        return boxes

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"centre={self.centre:g}, size={self.size:g}, picture={self.picture}"


def overlap(one: Tensor, many: Tensor) -> Tensor:
    """Intersection over union of one box (N, 1, 4) with many (N, K, 4), (N, K)."""
    low = torch.maximum(one[..., :2], many[..., :2])
    high = torch.minimum(one[..., 2:], many[..., 2:])
    shared = (high - low).clamp(min=0).prod(-1)
    areas = [(boxes[..., 2:] - boxes[..., :2]).clamp(min=0).prod(-1) for boxes in (one, many)]
    return shared / (areas[0] + areas[1] - shared)


class NonMaximumSuppression(nn.Module):
    """The best box, then the best of those that overlap no chosen one of their class too much, and so on.

    Args:
        keep: how many answers; missing ones are zeros with class −1.
        limit: overlap above which a box is dropped; at 1 the best scores are taken as they are.
        threshold: scores up to this are no answers. candidates: how many of the best scores are looked at.
        background: leave class 0 out. smallest: boxes with a shorter side are no answers.

    """

    probe: Callable[[dict[str, Tensor]], None] | None = None
    few = 2048  # candidates up to which all pairs are compared at once

    def __init__(
        self,
        keep: int,
        limit: float,
        threshold: float,
        candidates: int = 1_000,
        background: bool = False,
        smallest: float = 0.0,
    ) -> None:
        super().__init__()
        self.keep, self.limit, self.threshold = keep, limit, threshold
        self.candidates, self.background, self.smallest = candidates, background, smallest

    def forward(
        self, boxes: Tensor, scores: Tensor, labels: Tensor | None = None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Take boxes, scores and maybe labels to boxes (N, keep, 4), scores (N, keep) and ids (N, keep).

        scores are (N, K, classes); boxes (N, K, 4), or (N, K · classes, 4) where each class has its own.
        With labels (N, K) there is one score for each box, (N, K, 1), and the label is its class.
        """
        first = 1 if self.background else 0
        classes = scores.shape[2] - first
        flat = scores[:, :, first:].flatten(1)  # (N, K · classes)
        best, place = flat.topk(min(self.candidates, flat.shape[1]), 1)
        row, kinds = place // classes, place % classes + first
        each = boxes.shape[1] // scores.shape[1]  # boxes of a row: one, or one for each class
        at = row if each == 1 else row * each + kinds
        boxes = boxes.gather(1, at.unsqueeze(-1).expand(-1, -1, 4))  # (N, M, 4)
        if labels is not None:
            kinds = labels.gather(1, row)
        with torch.no_grad():
            chosen, found = self._choose(boxes, best, kinds)
        kept = boxes.gather(1, chosen.unsqueeze(-1).expand(-1, -1, 4))
        kept = torch.where(found.unsqueeze(-1), kept, torch.zeros_like(kept))
        values = best.gather(1, chosen)
        values = torch.where(found, values, torch.zeros_like(values))
        if self.probe is not None:
            self.probe({"boxes": kept, "scores": values})
        return kept, values, kinds.gather(1, chosen).masked_fill(~found, -1)

    def _choose(self, boxes: Tensor, scores: Tensor, kinds: Tensor) -> tuple[Tensor, Tensor]:
        """Places of the answers among the candidates, and which of them there are; both (N, keep)."""
        sides = (boxes[..., 2:] - boxes[..., :2]).amin(-1)
        left = scores.masked_fill((scores <= self.threshold) | (sides < self.smallest), -math.inf)
        if self.limit >= 1:  # nothing overlaps more than wholly
            value, best = left.topk(min(self.keep, left.shape[1]), 1)
            missing = (0, self.keep - best.shape[1])
            return F.pad(best, missing), F.pad(value > -math.inf, missing)
        few = left.shape[1] <= self.few  # each pair is compared once, instead of anew for each answer
        rows, columns = (boxes.unsqueeze(2), boxes.unsqueeze(1)), (kinds.unsqueeze(2), kinds.unsqueeze(1))
        table = self._same(*rows, *columns) if few else None
        chosen, found = [], []
        for _ in range(self.keep):
            value, best = left.max(1, keepdim=True)  # (N, 1)
            chosen.append(best)
            found.append(value > -math.inf)
            place = best.unsqueeze(-1)
            if table is None:
                same = self._same(
                    boxes.gather(1, place.expand(-1, -1, 4)), boxes, kinds.gather(1, best), kinds
                )
            else:
                same = table.gather(1, place.expand(-1, -1, left.shape[1])).squeeze(1)
            left = left.masked_fill(same, -math.inf).scatter(1, best, -math.inf)
        return torch.cat(chosen, 1), torch.cat(found, 1)

    def _same(self, one: Tensor, many: Tensor, kind: Tensor, kinds: Tensor) -> Tensor:
        """Whether boxes overlap so much that they stand for one thing."""
        return (overlap(one, many) > self.limit) & (kind == kinds)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return (
            f"keep={self.keep}, limit={self.limit:g}, threshold={self.threshold:g}, "
            f"candidates={self.candidates}, background={self.background}, smallest={self.smallest:g}"
        )


class YoloDecode(nn.Module):
    """Boxes and class scores from what a YOLO network says of each cell.

    v1: for each box x, y in the cell, √w and √h as shares of the picture, confidence; then the classes.
    v2, v3: for each anchor x, y, w, h, confidence, classes; anchors in cells (v2) or pixels (v3).

    Args:
        form: v1, v2 or v3. classes: number of classes.
        anchors: (width, height) of each; of v1 only their number counts.
        stride: pixels of the picture between two cells.

    """

    probe: Callable[[dict[str, Tensor]], None] | None = None
    most = math.log(1000)  # a stretched anchor is at most this many times as large
    sides: Tensor

    def __init__(
        self, form: str, classes: int, anchors: tuple[tuple[float, float], ...], stride: int
    ) -> None:
        super().__init__()
        self.form, self.classes, self.anchors, self.stride = form, classes, anchors, stride
        scale = stride if form == "v2" else 1
        self.register_buffer("sides", torch.tensor(anchors, dtype=torch.float32) * scale, persistent=False)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Take x (N, channels, H, W) to boxes (N, H·W·A, 4) and scores (N, H·W·A, classes)."""
        batch, _, height, width = x.shape
        x = x.permute(0, 2, 3, 1)  # (N, H, W, channels)
        each = len(self.anchors)
        if self.form == "v1":
            said = x[..., : 5 * each].reshape(batch, height, width, each, 5)
            sure, kinds = said[..., 4:], x[..., 5 * each :].unsqueeze(-2)
            centre = said[..., :2]
            sides = said[..., 2:4].square() * (self.stride * x.new_tensor([width, height]))
        else:
            said = x.reshape(batch, height, width, each, -1)
            sure, kinds = said[..., 4:5].sigmoid(), said[..., 5:]
            kinds = kinds.softmax(-1) if self.form == "v2" else kinds.sigmoid()
            centre, sides = said[..., :2].sigmoid(), said[..., 2:4].clamp(max=self.most).exp() * self.sides
        rows = torch.arange(height, device=x.device)[:, None].expand(height, width)
        columns = torch.arange(width, device=x.device)[None, :].expand(height, width)
        cell = torch.stack([columns, rows], -1).unsqueeze(-2)  # (H, W, 1, 2)
        centre = (centre + cell) * self.stride
        boxes = torch.cat([centre - sides / 2, centre + sides / 2], -1).reshape(batch, -1, 4)
        scores = (sure * kinds).reshape(batch, -1, self.classes)
        if self.probe is not None:
            self.probe({"boxes": boxes, "scores": scores.amax(-1)})
        return boxes, scores

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"{self.form}, classes={self.classes}, anchors={self.anchors}, stride={self.stride}"
