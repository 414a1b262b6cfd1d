"""Heads of detectors: what they say of every place of a map, and what boxes that makes."""

from __future__ import annotations

from explorer.blocks.block import Block, Call, Composite, block
from explorer.blocks.checks import check_map
from explorer.blocks.convolution.detection_anchors import anchored, numbers, pairs
from explorer.blocks.fields import Bool, Choice, Float, Int, OptionalInt, Shape, Text
from explorer.graph.builder import Builder, Wire
from explorer.graph.catalogue import ShapeError
from explorer.graph.tensor import Tensor, image

OWN = "explorer.engine.modules.boxes"


@block("rpn_head", category="1.1.2", family="conv", title="RPN head", icon="detection", stem="rpn")
class RpnHead(Composite):
    r"""Says for each anchor on each place of a map whether it holds something and how far it is off. It is a
    small network that slides over the map, so that it costs next to nothing once the map is there.

    One score for each anchor, or two as in the first paper: nothing and something.

    Shapes: x (C, H, W) → scores (A or 2·A, H, W), offsets (4·A, H, W).
    Parameters: 9·C·F + F + (s + 4)·(F·A + A), where s is 1 or 2 scores.
    MACs: H·W·(9·C·F + (s + 4)·F·A).
    Used in: Faster and Mask R-CNN: F 512 and A 9 on VGG-16, F 256 and A 3 on a feature pyramid.
    Strengths: proposals for 10 ms per picture; shares all convolutions with the detector.
    Gaps: a second stage has to say what the objects are; proposals overlap and need NMS.
    Source: Ren et al. 2015, arXiv:1506.01497.
    """

    formula = r"z = \mathrm{relu}(W_{3 \times 3} * x),\quad p = W_s z,\quad d = W_d z"
    tags = ("faster r-cnn", "region proposal network")
    outputs = ("scores", "offsets")
    filters = OptionalInt(doc="F, channels of the 3×3 convolution; empty: as many as arrive")
    anchors = Int(9, max=1024, doc="A, boxes on each place")
    scores = Choice("one", ("one", "two"), doc="scores of each anchor: for a sigmoid, or for a softmax")

    def expand(self, g: Builder, x: Wire) -> tuple[Wire, Wire]:
        check_map(x.tensor, 2)
        y = g.add("conv2d", x, name="conv", filters=self.filters or x.channels, kernel=3, padding=1)
        y = g.add("relu", y, name="relu")
        count = self.anchors * (2 if self.scores == "two" else 1)
        scores = g.add("pointwise_conv2d", y, name="score", filters=count, bias=True)
        return scores, g.add("pointwise_conv2d", y, name="offset", filters=4 * self.anchors, bias=True)

    def summary(self) -> str:
        return f"{self.anchors} anchors"


@block(
    "region_proposals",
    category="1.1.2",
    family="conv",
    title="Region proposals",
    icon="detection",
    stem="proposals",
)
class RegionProposals(Composite):
    r"""A whole region proposal network: anchors, what the head says of them, the boxes that makes, and the
    best of these. A detector then looks at a few hundred boxes instead of at every place.

    Shapes: x (C, H, W) → boxes (keep, 4), scores (keep), logits (H·W·A, 1), offsets (H·W·A, 4); the last two
        are what training compares with the truth.
    Parameters: 9·C·F + F + 5·(F·A + A).
    MACs: H·W·(9·C·F + 5·F·A).
    Used in: Faster R-CNN, Mask R-CNN.
    Strengths: replaces selective search, which took seconds per picture.
    Gaps: one size of map only; feature pyramids need one for every level.
    Source: Ren et al. 2015, arXiv:1506.01497.
    """

    formula = r"\mathrm{boxes} = \mathrm{NMS}(a + d,\; \sigma(p))"
    tags = ("faster r-cnn", "rpn")
    outputs = ("boxes", "scores", "logits", "offsets")
    filters = OptionalInt(doc="F, channels of the 3×3 convolution; empty: as many as arrive")
    sizes = Shape((128, 256, 512), longest=16, max=8_192, doc="sides of the square anchors, in pixels")
    ratios = Text("0.5, 1, 2", longest=100, doc="height / width of the shapes")
    stride = Int(16, max=1024, doc="pixels of the picture between two places of the map")
    keep = Int(300, max=1_000, doc="how many proposals there are")
    overlap = Float(0.7, max=1.0, doc="IoU above which two boxes count as the same object")

    def validate(self) -> None:
        """Ratios are numbers."""
        numbers(self.ratios, "ratios")

    def expand(self, g: Builder, x: Wire) -> tuple[Wire, Wire, Wire, Wire]:
        check_map(x.tensor, 2)
        picture = tuple(n * self.stride for n in x.tensor.shape[1:])
        count = len(self.sizes) * len(numbers(self.ratios, "ratios"))
        scores, offsets = g.add_all("rpn_head", x, name="head", filters=self.filters, anchors=count)
        scores = g.add("anchor_rows", scores, name="score_rows", numbers=1)
        offsets = g.add("anchor_rows", offsets, name="offset_rows", numbers=4)
        anchors = g.add(
            "anchor_generator", x, name="anchors", sizes=self.sizes, ratios=self.ratios, stride=self.stride
        )
        boxes = g.add("box_decode", anchors, offsets, name="decode", picture=picture)
        sure = g.add("sigmoid", scores, name="sigmoid")
        best = g.add_all(
            "nms",
            boxes,
            sure,
            name="nms",
            keep=self.keep,
            overlap=self.overlap,
            threshold=0.0,
            candidates=2_000,
        )
        return best[0], best[1], scores, offsets

    def summary(self) -> str:
        return f"{self.keep} boxes"


@block(
    "yolo_decode",
    target=f"{OWN}:YoloDecode",
    category="1.1.2",
    family="shape",
    title="YOLO decode",
    icon="detection",
    stem="decode",
)
class YoloDecode(Block):
    r"""Turns what a YOLO network says of each cell into boxes and scores. Centres are counted from the cell's
    corner, so that a cell can only answer for what lies in it.

    v1: for each box x, y, √w, √h and confidence, then the classes of the cell, all as they come. v2: σ for x,
    y and confidence, softmax for the classes, sizes e^t times an anchor given in cells. v3: σ for the classes
    too, anchors in pixels. A score is confidence · class.

    Shapes: x (A·(5 + classes), H, W), v1 (A·5 + classes, H, W) → boxes (H·W·A, 4), scores (H·W·A, classes).
    Parameters: 0.
    MACs: 0.
    Used in: YOLO v1 to v3.
    Strengths: all answers of a picture in one pass.
    Gaps: v1 has one class for each cell, so crowds of small objects are missed.
    Source: Redmon et al. 2015, arXiv:1506.02640; 2016, arXiv:1612.08242; 2018, arXiv:1804.02767.
    """

    keeps = "inputs"
    keeps_inside = 1.0
    formula = r"b_x = \sigma(t_x) + c_x,\quad b_w = p_w e^{t_w},\quad s_k = \sigma(t_o)\, \sigma(t_k)"
    tags = ("yolo", "you only look once")
    exposes = "boxes"
    outputs = ("boxes", "scores")
    example = (image(75, 4, 4),)
    form = Choice("v3", ("v1", "v2", "v3"), doc="which version's rules hold")
    classes = Int(20, doc="number of classes")
    anchors = Text(
        "116x90 156x198 373x326",
        longest=200,
        doc="width x height of each: pixels (v3), cells (v2); of v1 only their number counts",
    )
    stride = Int(32, max=1024, doc="pixels of the picture between two cells")

    def validate(self) -> None:
        """Anchors are pairs of numbers."""
        pairs(self.anchors, "anchors")

    def infer(self, x: Tensor) -> tuple[Tensor, Tensor]:
        check_map(x, 2)
        each = len(pairs(self.anchors, "anchors"))
        wanted = channels(self.form, each, self.classes)
        if x.shape[0] != wanted:
            raise ShapeError(
                f"reads {wanted} channels, for {each} boxes and {self.classes} classes, "
                f"but {{source}} sends {x.spelled}.",
                code="size",
                wants=f"C {wanted} × H × W",
            )
        boxes = anchored(x, each)
        return boxes, boxes.resized(boxes.shape[0], self.classes)

    def arguments(self, x: Tensor) -> Call:
        return Call((self.form, self.classes, pairs(self.anchors, "anchors"), self.stride), {})

    def summary(self) -> str:
        return f"{self.form} · {self.classes} classes"


def channels(form: str, each: int, classes: int) -> int:
    """How many channels a YOLO network gives."""
    return each * 5 + classes if form == "v1" else each * (5 + classes)


@block("yolo_head", category="1.1.2", family="conv", title="YOLO head", icon="detection", stem="yolo")
class YoloHead(Composite):
    r"""A 1×1 convolution says for each cell of the map where boxes lie, how sure it is and what they hold;
    decoding makes boxes in pixels of it. There is no second stage, which makes it fast.

    v1's channels come from a fully connected layer instead: switch the convolution off there, and reshape.

    Shapes: x (C, H, W) → boxes (H·W·A, 4), scores (H·W·A, classes).
    Parameters: (C + 1)·A·(5 + classes), or 0 without the convolution; v1 A·5 + classes in place of A·(5 +
        classes).
    MACs: H·W·C·A·(5 + classes), or 0.
    Used in: YOLO v1 (7×7×30), v2 (13×13×125), v3 (255 channels on three maps).
    Strengths: one pass for a picture; 45 or more pictures a second.
    Gaps: boxes are less exact than those of two stages; small objects in groups are missed by v1.
    Source: Redmon et al. 2015, arXiv:1506.02640; 2016, arXiv:1612.08242; 2018, arXiv:1804.02767.
    """

    formula = r"b_x = \sigma(t_x) + c_x,\quad b_w = p_w e^{t_w},\quad s_k = \sigma(t_o)\, \sigma(t_k)"
    tags = ("you only look once", "detection")
    outputs = ("boxes", "scores")
    form = Choice("v3", ("v1", "v2", "v3"), doc="which version's rules hold")
    classes = Int(20, doc="number of classes")
    anchors = Text(
        "116x90 156x198 373x326",
        longest=200,
        doc="width x height of each: pixels (v3), cells (v2); of v1 only their number counts",
    )
    stride = Int(32, max=1024, doc="pixels of the picture between two cells")
    project = Bool(
        True, label="1×1 convolution", doc="makes the channels; off: they arrive as they should be"
    )

    def validate(self) -> None:
        """Anchors are pairs of numbers."""
        pairs(self.anchors, "anchors")

    def expand(self, g: Builder, x: Wire) -> tuple[Wire, Wire]:
        check_map(x.tensor, 2)
        if self.project:
            count = channels(self.form, len(pairs(self.anchors, "anchors")), self.classes)
            x = g.add("pointwise_conv2d", x, name="project", filters=count, bias=True)
        boxes, scores = g.add_all(
            "yolo_decode",
            x,
            name="decode",
            form=self.form,
            classes=self.classes,
            anchors=self.anchors,
            stride=self.stride,
        )
        return boxes, scores

    def summary(self) -> str:
        return f"{self.form} · {self.classes} classes"


@block("ssd_head", category="1.1.2", family="conv", title="SSD head", icon="detection", stem="ssd")
class SsdHead(Composite):
    r"""Two 3×3 convolutions on each of several maps score the default boxes and move them; all answers join
    in one table. Fine maps find small objects and coarse maps large ones, in one pass.

    Class 0 is the background. The first map's boxes have 0.1 of the picture's side when there are six maps
    (SSD300), the others 0.2 to 0.9 in equal steps; with another number of maps all go from 0.2 to 0.9.

    Shapes: x1 … x7 (Cₖ, Hₖ, Wₖ), one to seven maps → scores (K, classes), offsets (K, 4), boxes (K, 4); K = Σ
        Hₖ·Wₖ·Aₖ.
    Parameters: Σ (9·Cₖ + 1)·Aₖ·(classes + 4).
    MACs: Σ 9·Hₖ·Wₖ·Cₖ·Aₖ·(classes + 4).
    Used in: SSD300 (38², 19², 10², 5², 3² and 1 place: 8,732 boxes), SSD512.
    Strengths: one stage, several sizes; 59 pictures a second on SSD300.
    Gaps: small objects are found on the finest map only, which knows least; nearly all boxes are background.
    Source: Liu et al. 2016, arXiv:1512.02325.
    """

    formula = (
        r"s_k = s_{\min} + \frac{s_{\max} - s_{\min}}{m - 1} (k - 1),\quad A = 2 + 2\,n_{\mathrm{ratios}}"
    )
    tags = ("single shot detector", "detection")
    outputs = ("scores", "offsets", "boxes")
    classes = Int(21, min=2, doc="number of classes, with the background")
    picture = Int(300, max=8_192, doc="height and width of the picture, in pixels")
    ratios = Text(
        "2; 2 3; 2 3; 2 3; 2; 2",
        longest=200,
        doc="width / height of the flat boxes on each map, maps separated by ;, the last for all others",
    )

    def validate(self) -> None:
        """Ratios are numbers."""
        self._ratios(1)

    def _ratios(self, maps: int) -> list[tuple[float, ...]]:
        found = [numbers(part, "ratios") for part in self.ratios.split(";")]
        return [found[min(number, len(found) - 1)] for number in range(maps)]

    def _sizes(self, maps: int) -> list[float]:
        """Sides on each map and on the one that would follow, in pixels."""
        first = [0.1] if maps == 6 else []
        rest = maps - len(first)
        # The paper's steps, 17.5 %, are cut to whole percents in its code, which made SSD300.
        step = int(70 / (rest - 1)) / 100 if first else 0.7 / max(1, rest - 1)
        shares = [*first, *(0.2 + step * number for number in range(rest + 1))]
        return [share * self.picture for share in shares]

    def expand(
        self,
        g: Builder,
        x1: Wire,
        x2: Wire | None = None,
        x3: Wire | None = None,
        x4: Wire | None = None,
        x5: Wire | None = None,
        x6: Wire | None = None,
        x7: Wire | None = None,
    ) -> tuple[Wire, Wire, Wire]:
        xs = [x for x in (x1, x2, x3, x4, x5, x6, x7) if x is not None]
        sizes, ratios = self._sizes(len(xs)), self._ratios(len(xs))
        scores: list[Wire] = []
        offsets: list[Wire] = []
        anchors: list[Wire] = []
        for number, x in enumerate(xs, 1):
            check_map(x.tensor, 2)
            each = 2 + 2 * len(ratios[number - 1])
            for rows, width, word in ((scores, self.classes, "score"), (offsets, 4, "offset")):
                y = g.add("conv2d", x, name=f"{word}{number}", filters=each * width, kernel=3, padding=1)
                rows.append(g.add("anchor_rows", y, name=f"{word}_rows{number}", numbers=width))
            boxes = g.add(
                "default_boxes",
                x,
                name=f"boxes{number}",
                image=self.picture,
                size=sizes[number - 1],
                next_size=sizes[number],
                ratios=", ".join(f"{ratio:g}" for ratio in ratios[number - 1]),
            )
            anchors.append(boxes)
        said, moved, start = (
            g.add("concat", *rows, name=f"all_{word}", axis="T") if len(rows) > 1 else rows[0]
            for word, rows in (("scores", scores), ("offsets", offsets), ("anchors", anchors))
        )
        boxes = g.add("box_decode", start, moved, name="decode", centre=10.0, size=5.0)
        return said, moved, boxes

    def summary(self) -> str:
        return f"{self.classes} classes"
