"""Boxes that detectors start from, and how offsets turn them into answers."""

from __future__ import annotations

import re
from math import sqrt

from explorer.blocks.block import Block, Call, Literal, block, call, show
from explorer.blocks.checks import check_map, wants, wants_float
from explorer.blocks.fields import Bool, Float, Int, Shape, Size, Text
from explorer.graph.catalogue import BadField, ReceptiveField, ShapeError
from explorer.graph.tensor import Tensor, sequence

OWN = "explorer.engine.modules.boxes"
MOST_BOXES = 2_000_000
_NUMBER = re.compile(r"\d+(\.\d+)?")


def numbers(text: str, words: str) -> tuple[float, ...]:
    """Read `0.5, 1, 2`; raises `BadField` unless there are positive numbers."""
    parts = text.replace(",", " ").split()
    if not parts or not all(_NUMBER.fullmatch(part) and 1e-3 <= float(part) <= 1e5 for part in parts):
        raise BadField(f"{words} must be positive numbers such as 0.5, 1, 2, not “{text[:60]}”.")
    return tuple(float(part) for part in parts)


def pairs(text: str, words: str) -> tuple[tuple[float, float], ...]:
    """Read `10x13 16x30`; raises `BadField` unless there are widths and heights."""
    found: list[tuple[float, ...]] = []
    for part in text.replace(",", " ").replace("×", "x").split():
        sides = part.split("x")
        if len(sides) != 2:
            found = []
            break
        found.append(numbers(" ".join(sides), words))
    if not found or any(len(sides) != 2 for sides in found):
        raise BadField(
            f"{words} must be written as width and height, such as 10x13 16x30, not “{text[:60]}”."
        )
    return tuple((sides[0], sides[1]) for sides in found)


def check_boxes(x: Tensor, port: str = "boxes") -> None:
    """Raise `ShapeError` unless boxes T × 4 arrive."""
    wants_float(x, port)
    if x.axes != ("T", "D") or x.shape[1] != 4:
        raise ShapeError(
            f"needs boxes T × D 4 as x1, y1, x2, y2, but {{source}} sends {x.spelled}.",
            code="axes",
            port=port,
            wants="T × D 4",
        )


def check_picture(picture: Tensor | None) -> None:
    """Raise `ShapeError` unless a picture or nothing arrives."""
    if picture is not None:
        wants(picture, "C", "H", "W", words="a picture C × H × W, whose size is read", port="picture")


def anchored(x: Tensor, each: int) -> Tensor:
    """Boxes on every place of a map; raises `ShapeError` where that would be absurdly many."""
    count = x.shape[1] * x.shape[2] * each
    if count > MOST_BOXES:
        raise ShapeError(f"would put {count:,} boxes on the {x.spelled} that {{source}} sends.", code="size")
    return Tensor((count, 4), ("T", "D"))


@block(
    "anchor_generator",
    target=f"{OWN}:Anchors",
    category="1.1.2",
    family="shape",
    icon="anchors",
    stem="anchors",
)
class AnchorGenerator(Block):
    r"""Puts boxes of several sizes and shapes on every place of a feature map. A detector then only has to
    say which of them hold something and how far they are off, instead of finding boxes from scratch.

    One box for every size and ratio (height / width), its area the square of the size. They depend on the
    size of the map only. With the picture at the second input the stride is what its sides give, rounded
    down. Centres stand at multiples of the stride; an offset of 0.5 moves them to the middle
    of a cell.

    Shapes: x (C, H, W) → boxes (H·W·A, 4) as x1, y1, x2, y2 in pixels of the picture; A = sizes · ratios.
    Parameters: 0.
    MACs: 0.
    Used in: Faster R-CNN (9 on each place), RetinaNet, Mask R-CNN.
    Strengths: many sizes and shapes are tried in one pass.
    Gaps: sizes and ratios are chosen by hand; nearly all anchors are background.
    Source: Ren et al. 2015, arXiv:1506.01497.
    """

    keeps = "nothing"
    formula = r"w = \frac{s}{\sqrt{r}},\quad h = s \sqrt{r}"
    tags = ("faster r-cnn", "prior boxes")
    exposes = "boxes"
    outputs = ("boxes",)
    sizes = Shape((128, 256, 512), longest=16, max=8_192, doc="sides of the square anchors, in pixels")
    ratios = Text("0.5, 1, 2", longest=100, doc="height / width of the shapes")
    stride = Size(16, dims=2, max=1024, doc="pixels of the picture between two places of the map")
    offset = Float(0.0, max=1.0, doc="where in its cell an anchor stands: 0 the corner, 0.5 the middle")
    rounded = Bool(True, doc="sides rounded to whole pixels, as in torchvision")

    def validate(self) -> None:
        """Ratios are numbers."""
        numbers(self.ratios, "ratios")

    def _shapes(self) -> tuple[tuple[float, float], ...]:
        found = []
        for ratio in numbers(self.ratios, "ratios"):
            for size in self.sizes:
                width, height = size / sqrt(ratio), size * sqrt(ratio)
                if self.rounded:
                    width, height = 2.0 * round(width / 2), 2.0 * round(height / 2)
                found.append((width, height))
        return tuple(found)

    def infer(self, x: Tensor, picture: Tensor | None = None) -> Tensor:
        check_map(x, 2)
        check_picture(picture)
        return anchored(x, len(self._shapes()))

    def arguments(self, x: Tensor, picture: Tensor | None = None) -> Call:
        down, across = self.stride
        stride = () if picture is not None else ((float(down), float(across)),)
        return Call((self._shapes(), *stride), {"offset": self.offset} if self.offset else {})

    def summary(self) -> str:
        return f"{len(self._shapes())} a place · stride {show(self.stride)}"


@block(
    "default_boxes", target=f"{OWN}:Anchors", category="1.1.2", family="shape", icon="anchors", stem="boxes"
)
class DefaultBoxes(Block):
    r"""SSD's boxes on one feature map: two squares and a pair of flat and tall ones for each ratio. Coarse
    maps get large boxes and fine maps small ones, so that each map looks for objects of its own size.

    The second square is √(size · next size) wide. Sides are at most those of the picture. Centres stand in
    the middle of the cells.

    Shapes: x (C, H, W) → boxes (H·W·A, 4) as x1, y1, x2, y2 in pixels of the picture; A = 2 + 2·ratios.
    Parameters: 0.
    MACs: 0.
    Used in: SSD; its six maps of a 300×300 picture carry 8,732 of them.
    Strengths: objects of all sizes in one pass.
    Gaps: sizes and ratios are chosen by hand; small objects have few boxes.
    Source: Liu et al. 2016, arXiv:1512.02325.
    """

    keeps = "nothing"
    formula = r"w = s \sqrt{a},\quad h = \frac{s}{\sqrt{a}}"
    tags = ("ssd", "prior boxes", "anchors")
    exposes = "boxes"
    outputs = ("boxes",)
    size = Float(60.0, min=1.0, max=8_192.0, doc="side of the first square, in pixels")
    next_size = Float(111.0, min=1.0, max=8_192.0, doc="size on the next, coarser map")
    ratios = Text("2, 3", longest=100, doc="width / height of the flat boxes; tall ones get the inverse")
    image = Int(300, max=8_192, label="Picture", doc="height and width of the picture, in pixels")

    def validate(self) -> None:
        """Ratios are numbers."""
        numbers(self.ratios, "ratios")

    def _shapes(self) -> tuple[tuple[float, float], ...]:
        between = sqrt(self.size * self.next_size)
        found = [(self.size, self.size), (between, between)]
        for ratio in numbers(self.ratios, "ratios"):
            wide, low = self.size * sqrt(ratio), self.size / sqrt(ratio)
            found += [(wide, low), (low, wide)]
        most = float(self.image)
        return tuple((min(width, most), min(height, most)) for width, height in found)

    def infer(self, x: Tensor) -> Tensor:
        check_map(x, 2)
        return anchored(x, len(self._shapes()))

    def arguments(self, x: Tensor) -> Call:
        stride = self.image / x.shape[1], self.image / x.shape[2]
        return Call((self._shapes(), stride), {"offset": 0.5})

    def summary(self) -> str:
        return f"{len(self._shapes())} a place · {self.size:g}"


@block(
    "anchor_rows", target=f"{OWN}:AnchorRows", category="1.1.2", family="shape", icon="reshape", stem="rows"
)
class AnchorRows(Block):
    r"""Writes what a convolution says of each anchor as one row. Rows then stand in the order of the anchors,
    place after place.

    The channels hold the numbers of the first anchor, then those of the second.

    Shapes: x (A·n, H, W) → y (H·W·A, n).
    Parameters: 0.
    MACs: 0.
    Used in: the heads of SSD, RetinaNet and region proposal networks.
    Strengths: maps of any size join in one table.
    Gaps: the plane of the map is lost.
    Source: Liu et al. 2016, arXiv:1512.02325.
    """

    keeps = "nothing"
    formula = r"y_{(i W + j) A + a,\; k} = x_{a n + k,\, i,\, j}"
    numbers = Int(4, doc="n, how many channels belong to one anchor")

    def infer(self, x: Tensor) -> Tensor:
        check_map(x, 2)
        if x.shape[0] % self.numbers:
            raise ShapeError(
                f"reads {self.numbers} numbers for each anchor, which does not divide the {x.shape[0]} "
                "channels that {source} sends.",
                code="divide",
            )
        return Tensor((x.size // self.numbers, self.numbers), ("T", "D"))

    def arguments(self, x: Tensor) -> Call:
        return call(self.numbers)


@block(
    "box_decode", target=f"{OWN}:BoxDecode", category="1.1.2", family="shape", icon="anchors", stem="boxes"
)
class BoxDecode(Block):
    r"""Moves and stretches anchors by predicted offsets. Shifts are counted in widths of the anchor and sizes
    on a logarithmic scale, so that large and small boxes are equally easy to learn.

    Offsets are divided by the two weights first. Boxes can be cut off at the border of the picture, whose
    size is a field or comes with the picture at the third input. With offsets for each of C classes, every
    anchor gives C boxes.

    Shapes: anchors (K, 4), offsets (K, 4·C) as dx, dy, dw, dh → boxes (K·C, 4) as x1, y1, x2, y2.
    Parameters: 0.
    MACs: 0.
    Used in: all R-CNNs, SSD, RetinaNet.
    Strengths: an offset of 0 is the anchor itself.
    Gaps: the exponential can blow up, so that dw and dh are bounded.
    Source: Girshick et al. 2014, arXiv:1311.2524.
    """

    keeps = "nothing"
    keeps_inside = 2.0
    formula = r"x = x_a + w_a d_x,\quad w = w_a e^{d_w}"
    tags = ("bounding box regression", "offsets")
    example = (sequence(12, 4), sequence(12, 4))
    exposes = "boxes"
    outputs = ("boxes",)
    centre = Float(1.0, min=1e-3, max=1e3, doc="what dx and dy are divided by; SSD 10")
    size = Float(1.0, min=1e-3, max=1e3, doc="what dw and dh are divided by; SSD 5")
    picture = Size(
        0, dims=2, min=0, max=65_536, doc="height and width at which boxes are cut off; 0: not at all"
    )

    def infer(self, anchors: Tensor, offsets: Tensor, picture: Tensor | None = None) -> Tensor:
        check_picture(picture)
        check_boxes(anchors, "anchors")
        wants_float(offsets, "offsets")
        wants(offsets, "T", "D", words="offsets T × D, four for each class", port="offsets")
        (count, _), (rows, numbers) = anchors.shape, offsets.shape
        if rows != count or numbers % 4:
            raise ShapeError(
                f"needs four offsets for each of its {count:,} anchors, or four for each class, "
                f"but {{source}} sends {offsets.spelled}.",
                code="unequal",
                port="offsets",
                wants=anchors.text,
            )
        return Tensor((count * numbers // 4, 4), ("T", "D"))

    def arguments(self, anchors: Tensor, offsets: Tensor, picture: Tensor | None = None) -> Call:
        given = picture is None and all(self.picture)
        more: dict[str, Literal] = {"picture": self.picture} if given else {}
        return Call((self.centre, self.size), more)

    def summary(self) -> str:
        return f"cut at {show(self.picture)}" if all(self.picture) else ""


@block(
    "nms", target=f"{OWN}:NonMaximumSuppression", category="1.1.2", family="shape", title="NMS", icon="nms"
)
class NonMaximumSuppression(Block):
    r"""Keeps the best box and drops all that overlap it too much, then the best of those left, and so on. So
    one answer remains where a detector has found the same object many times.

    Each class is treated by itself. There are always `keep` answers; those that are missing are boxes of
    zeros with score 0 and class −1. The gradient goes to the boxes and scores that were kept. With labels at
    the third input there is one score for each box, and its label is its class.

    Shapes: boxes (K, 4) or, each class having its own, (K·classes, 4), scores (K, classes), labels (K ids) if
        wired → boxes (keep, 4), scores (keep), classes (keep ids).
    Parameters: 0.
    MACs: 0.
    Used in: nearly every detector before DETR.
    Strengths: simple; nothing to learn.
    Gaps: drops true neighbours that overlap; the limit is chosen by hand; works one box after the other, so
        it is slow on GPUs.
    Source: Felzenszwalb et al. 2010, doi:10.1109/TPAMI.2009.167.
    """

    keeps_inside = 0.9
    formula = r"\mathrm{IoU}(a, b) = \frac{|a \cap b|}{|a \cup b|} > t \;\Rightarrow\; \mathrm{drop}\; b"
    tags = ("non-maximum suppression", "iou", "detection")
    example = (sequence(12, 4), sequence(12, 3))
    exposes = "boxes"
    outputs = ("boxes", "scores", "classes")
    keep = Int(100, max=1_000, doc="how many answers there are")
    overlap = Float(0.5, max=1.0, doc="IoU above which two boxes count as the same object")
    threshold = Float(0.05, max=1.0, doc="boxes with scores up to this are dropped")
    candidates = Int(1_000, max=100_000, doc="how many of the best scores are looked at")
    background = Bool(False, doc="class 0 is the background and is left out")
    smallest = Float(0.0, max=1e4, doc="boxes with a shorter side are dropped, in pixels")

    def infer(
        self, boxes: Tensor, scores: Tensor, labels: Tensor | None = None
    ) -> tuple[Tensor, Tensor, Tensor]:
        check_boxes(boxes)
        wants_float(scores, "scores")
        wants(scores, "T", "D", words="scores T × D, one for each class", port="scores")
        if labels is not None:
            self._check_labels(scores, labels)
        if boxes.shape[0] not in (scores.shape[0], scores.shape[0] * scores.shape[1]):
            raise ShapeError(
                f"needs scores for each of its {boxes.shape[0]:,} boxes, "
                f"but {{source}} sends {scores.spelled}.",
                code="unequal",
                port="scores",
            )
        if self.background and scores.shape[1] < 2:
            raise ShapeError(
                "leaves class 0 out and needs another one, but {source} sends one class only.",
                code="size",
                port="scores",
            )
        count = (self.keep,)
        return Tensor((self.keep, 4), ("T", "D")), Tensor(count, ("T",)), Tensor(count, ("T",), "int")

    def _check_labels(self, scores: Tensor, labels: Tensor) -> None:
        count, classes = scores.shape
        if classes != 1 or self.background:
            raise ShapeError(
                f"is told classes by labels, so it needs one score a box and no background, not {classes}.",
                code="size",
                port="scores",
            )
        if labels.dtype != "int" or labels.shape != (count,):
            raise ShapeError(
                f"needs a label for each of its {count:,} boxes, but {{source}} sends {labels.spelled}.",
                code="unequal",
                port="labels",
            )

    def receptive_field(self, boxes: Tensor, scores: Tensor, labels: Tensor | None = None) -> ReceptiveField:
        return ReceptiveField(whole=True)

    def arguments(self, boxes: Tensor, scores: Tensor, labels: Tensor | None = None) -> Call:
        return call(
            self.keep,
            self.overlap,
            self.threshold,
            defaults={"candidates": 1_000, "background": False, "smallest": 0.0},
            candidates=self.candidates,
            background=self.background,
            smallest=self.smallest,
        )

    def summary(self) -> str:
        return f"{self.keep} · overlap {self.overlap:g}"
