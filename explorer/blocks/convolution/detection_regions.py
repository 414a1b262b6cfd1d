"""Boxes of any size on a feature map, read into grids of one size."""

from __future__ import annotations

from explorer.blocks.block import Block, Call, block, call, show
from explorer.blocks.checks import check_map, wants, wants_float
from explorer.blocks.convolution.detection_anchors import check_boxes, check_picture
from explorer.blocks.fields import Bool, Float, Int, Size
from explorer.graph.catalogue import ReceptiveField, ShapeError
from explorer.graph.tensor import Tensor, image, sequence

OWN = "explorer.engine.modules.regions"


class _Region(Block):
    """Shape of both."""

    exposes = "boxes"
    example = (image(8, 14, 14), sequence(3, 4))
    size = Size(7, dims=2, max=64, doc="rows and columns of the grid")
    scale = Float(1 / 16, min=1e-4, max=16.0, doc="map pixels in a picture pixel: 1 / stride of the map")

    def infer(self, x: Tensor, boxes: Tensor) -> Tensor:
        check_map(x, 2)
        check_boxes(boxes)
        return Tensor((boxes.shape[0], x.shape[0], *self.size), ("T", "C", "H", "W"))

    def receptive_field(self, x: Tensor, boxes: Tensor) -> ReceptiveField:
        return ReceptiveField(whole=True)

    def summary(self) -> str:
        return f"{show(self.size)} · scale {self.scale:.3g}"


@block(
    "roi_pool",
    target=f"{OWN}:RoiPool",
    category="1.1.2",
    family="pool",
    title="RoI pool",
    icon="roi",
    stem="roi",
)
class RoiPool(_Region):
    r"""Lays a grid on each box and takes the largest value of every cell. Boxes of any size become maps of
    one size, as the fully connected layers after them need it.

    Box and cells are rounded to whole pixels of the map; a cell off the map gives 0.

    Shapes: x (C, H, W), boxes (K, 4) in pixels of the picture → y (K, C, rows, columns).
    Parameters: 0.
    MACs: 0.
    Used in: Fast and Faster R-CNN (7×7).
    Strengths: the convolutions run once for all boxes of a picture.
    Gaps: the rounding shifts the box by up to half a map pixel, 8 pixels of the picture at stride 16; boxes
        get no gradient.
    Source: Girshick 2015, arXiv:1504.08083.
    """

    keeps_inside = 63.0
    formula = r"y_{k,c,a,b} = \max_{(i,j) \in \mathrm{cell}_{k,a,b}} x_{c,i,j}"
    tags = ("region of interest", "fast r-cnn", "pooling")

    def arguments(self, x: Tensor, boxes: Tensor) -> Call:
        return Call((self.size, self.scale), {})


@block(
    "roi_align",
    target=f"{OWN}:RoiAlign",
    category="1.1.2",
    family="pool",
    title="RoI align",
    icon="roi",
    stem="roi",
)
class RoiAlign(_Region):
    r"""Reads the map at a few points in every cell of a grid on each box, between pixels where they fall
    between. So nothing is rounded, and masks fit to the pixel.

    The points are read bilinearly and averaged. Points more than one pixel off the map count as 0, as in
    torchvision's kernels. Their number is fixed here; torchvision's default −1 takes more for larger boxes.

    Shapes: x (C, H, W), boxes (K, 4) in pixels of the picture → y (K, C, rows, columns).
    Parameters: 0.
    MACs: 0; the weighted means are taken value by value.
    Used in: Mask R-CNN (7×7 for classes, 14×14 for masks), all later two-stage detectors.
    Strengths: no shift by rounding; boxes get a gradient too.
    Gaps: large boxes are read at few points only.
    Source: He et al. 2017, arXiv:1703.06870.
    """

    keeps_inside = 22.0
    formula = r"y_{k,c,a,b} = \frac{1}{s^2} \sum_{p \in \mathrm{cell}_{k,a,b}} \mathrm{bilinear}(x_c, p)"
    tags = ("region of interest", "mask r-cnn", "pooling")
    samples = Int(2, max=16, doc="s, points along each side of a cell")
    aligned = Bool(
        False, doc="take the middle of a pixel, not its corner, as its place (torchvision's aligned)"
    )

    def arguments(self, x: Tensor, boxes: Tensor) -> Call:
        more = call(
            defaults={"samples": 2, "aligned": False}, samples=self.samples, aligned=self.aligned
        ).kwargs
        return Call((self.size, self.scale), more)


@block(
    "pyramid_roi_align",
    target=f"{OWN}:PyramidRoiAlign",
    category="1.1.2",
    family="pool",
    title="Pyramid RoI align",
    icon="roi",
    stem="roi",
)
class PyramidRoiAlign(Block):
    r"""Is RoI align on four maps of a feature pyramid: small boxes are read from fine maps, large ones from
    coarse maps. So every object is seen at about the same size, however near it is.

    A box as large as `usual` belongs to p4, one of half its sides to p3, and so on.

    Shapes: p2 (C, H, W), p3, p4, p5 of the same C, boxes (K, 4) in pixels → y (K, C, rows, columns).
    Parameters: 0.
    MACs: 0; the weighted means are taken value by value.
    Used in: Faster and Mask R-CNN on a feature pyramid.
    Strengths: small objects keep their details, large ones their context.
    Gaps: the map is chosen by size alone; a box just below a limit is read quite differently.
    Source: Lin et al. 2017, arXiv:1612.03144.
    """

    keeps = "nothing"
    keeps_inside = 24.7
    formula = r"k = \left\lfloor 4 + \log_2 \left( \sqrt{w h} / 224 \right) \right\rfloor"
    tags = ("region of interest", "feature pyramid", "fpn", "pooling")
    exposes = "boxes"
    example = (image(8, 16, 16), image(8, 8, 8), image(8, 4, 4), image(8, 2, 2), sequence(3, 4))
    size = Size(7, dims=2, max=64, doc="rows and columns of the grid")
    stride = Int(4, max=1024, doc="picture pixels between two places of p2")
    samples = Int(2, max=16, doc="points along each side of a cell")
    usual = Float(224.0, min=1.0, max=1e5, doc="side of a box that is read from p4, in pixels")

    def infer(self, p2: Tensor, p3: Tensor, p4: Tensor, p5: Tensor, boxes: Tensor) -> Tensor:
        for port, x in (("p2", p2), ("p3", p3), ("p4", p4), ("p5", p5)):
            wants_float(x, port)
            wants(x, "C", "H", "W", words="a map C × H × W", port=port)
            if x.shape[0] != p2.shape[0]:
                raise ShapeError(
                    f"needs maps of equally many channels, but p2 is {p2.spelled} and {port} {x.spelled}.",
                    code="unequal",
                    port=port,
                )
        check_boxes(boxes)
        return Tensor((boxes.shape[0], p2.shape[0], *self.size), ("T", "C", "H", "W"))

    def receptive_field(
        self, p2: Tensor, p3: Tensor, p4: Tensor, p5: Tensor, boxes: Tensor
    ) -> ReceptiveField:
        return ReceptiveField(whole=True)

    def arguments(self, p2: Tensor, p3: Tensor, p4: Tensor, p5: Tensor, boxes: Tensor) -> Call:
        more = call(
            defaults={"stride": 4, "samples": 2, "usual": 224.0},
            stride=self.stride,
            samples=self.samples,
            usual=self.usual,
        ).kwargs
        return Call((self.size,), more)

    def summary(self) -> str:
        return show(self.size)


@block(
    "mask_of_class",
    target="explorer.engine.modules.masks:MaskOfClass",
    category="1.1.2",
    family="shape",
    title="Mask of the class",
    icon="slice",
    stem="mask",
)
class MaskOfClass(Block):
    r"""Takes, of the masks that a network draws for every class, the one of the class that each box has. So
    masks of different classes need not compete while they are learned.

    A box without a class (−1) gets a mask of zeros.

    Shapes: masks (K, classes, h, w), labels (K ids) → y (K, 1, h, w).
    Parameters: 0.
    MACs: 0.
    Used in: Mask R-CNN.
    Strengths: what an object is and where its edge runs are learned apart.
    Gaps: one mask is drawn for each class, though only one of them is used.
    Source: He et al. 2017, arXiv:1703.06870.
    """

    formula = r"y_k = m_{k, l_k}"
    tags = ("instance segmentation", "mask r-cnn", "gather")
    example = (Tensor((3, 4, 8, 8), ("T", "C", "H", "W")), Tensor((3,), ("T",), "int"))

    def infer(self, masks: Tensor, labels: Tensor) -> Tensor:
        wants_float(masks, "masks")
        wants(masks, "T", "C", "H", "W", words="masks T × C × H × W, one for each class", port="masks")
        if labels.dtype != "int" or labels.shape != masks.shape[:1]:
            raise ShapeError(
                f"needs a label for each of {masks.shape[0]:,} boxes, but {{source}} sends {labels.spelled}.",
                code="unequal",
                port="labels",
            )
        return Tensor((masks.shape[0], 1, *masks.shape[2:]), masks.axes)

    def arguments(self, masks: Tensor, labels: Tensor) -> Call:
        return call()


@block(
    "paste_masks",
    target="explorer.engine.modules.masks:PasteMasks",
    category="1.1.2",
    family="shape",
    title="Paste masks",
    icon="add_image",
    stem="paste",
)
class PasteMasks(Block):
    r"""Stretches each mask over its box in a picture of zeros. So a small mask, drawn inside a box, tells of
    every pixel of the picture whether it belongs to the object.

    Boxes are cut to whole pixels; a border of zeros lets the mask fade out over the edge, as in torchvision.
    The size of the picture is a field, or that of the picture at the third input.

    Shapes: masks (K, 1, h, w), boxes (K, 4) in pixels of the picture → y (K, 1, H, W).
    Parameters: 0.
    MACs: K·H·(w + 2)·(h + 2 + W), two matrix products for each mask.
    Used in: Mask R-CNN, after its last layer.
    Strengths: masks of one small size serve objects of all sizes.
    Gaps: the edge of a large object stays as coarse as the mask.
    Source: He et al. 2017, arXiv:1703.06870.
    """

    keeps = "nothing"
    keeps_inside = 1.2
    formula = r"y_k(p) = m_k\left( \frac{p - a_k}{b_k - a_k} \right)"
    tags = ("instance segmentation", "mask r-cnn", "resize")
    example = (Tensor((3, 1, 8, 8), ("T", "C", "H", "W")), sequence(3, 4))
    picture = Size(64, dims=2, max=8_192, doc="height and width of the picture")

    def infer(self, masks: Tensor, boxes: Tensor, picture: Tensor | None = None) -> Tensor:
        check_picture(picture)
        wants_float(masks, "masks")
        wants(masks, "T", "C", "H", "W", words="masks T × C 1 × H × W, one for each box", port="masks")
        check_boxes(boxes)
        if masks.shape[1] != 1 or masks.shape[0] != boxes.shape[0]:
            raise ShapeError(
                f"needs a mask for each of {boxes.shape[0]:,} boxes, but {{source}} sends {masks.spelled}.",
                code="unequal",
                port="masks",
            )
        return Tensor((masks.shape[0], 1, *self._sides(picture)), masks.axes)

    def _sides(self, picture: Tensor | None) -> tuple[int, ...]:
        return self.picture if picture is None else picture.shape[1:]

    def macs(self, masks: Tensor, boxes: Tensor, picture: Tensor | None = None) -> int:
        count, _, rows, columns = masks.shape
        height, width = self._sides(picture)
        return count * height * (columns + 2) * (rows + 2 + width)

    def receptive_field(self, masks: Tensor, boxes: Tensor, picture: Tensor | None = None) -> ReceptiveField:
        steps = (n / m for n, m in zip(masks.shape[2:], self._sides(picture), strict=True))
        return ReceptiveField((1, 2, 2), (1.0, *steps))  # a pixel lies between two cells along each axis

    def arguments(self, masks: Tensor, boxes: Tensor, picture: Tensor | None = None) -> Call:
        return Call((self.picture,), {}) if picture is None else call()

    def summary(self) -> str:
        return show(self.picture)
