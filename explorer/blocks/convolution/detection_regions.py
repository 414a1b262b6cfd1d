"""Boxes of any size on a feature map, read into grids of one size."""

from __future__ import annotations

from explorer.blocks.block import Block, Call, block, call, show
from explorer.blocks.checks import check_map
from explorer.blocks.convolution.detection_anchors import check_boxes
from explorer.blocks.fields import Bool, Float, Int, Size
from explorer.graph.catalogue import Reach
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

    def reach(self, x: Tensor, boxes: Tensor) -> Reach:
        return Reach(whole=True)

    def summary(self) -> str:
        return f"{show(self.size)} · scale {self.scale:.3g}"


@block(
    "roi_pool", target=f"{OWN}:RoiPool", category="1.1.2", family="pool", title="RoI pool", icon="roi",
    stem="roi",
)  # fmt: skip
class RoiPool(_Region):
    r"""Lays a grid on each box and takes the largest value of every cell. Boxes of any size become maps of
    one size, as the fully connected layers behind them need it.

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

    formula = r"y_{k,c,a,b} = \max_{(i,j) \in \mathrm{cell}_{k,a,b}} x_{c,i,j}"
    tags = ("region of interest", "fast r-cnn", "pooling")

    def arguments(self, x: Tensor, boxes: Tensor) -> Call:
        return Call((self.size, self.scale), {})


@block(
    "roi_align", target=f"{OWN}:RoiAlign", category="1.1.2", family="pool", title="RoI align", icon="roi",
    stem="roi",
)  # fmt: skip
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
