"""Context: what surrounds a place at several scales, for segmentation."""

from __future__ import annotations

from explorer.blocks.block import Composite, block, show
from explorer.blocks.checks import check_map
from explorer.blocks.fields import Float, Int, OptionalInt, Shape
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import image


def _unit(g: Builder, x: Wire, name: str, filters: int, dilation: int = 0) -> Wire:
    """Convolution, batch norm and ReLU: 1×1, or 3×3 with a dilation."""
    if dilation:
        x = g.add(
            "dilated_conv2d", x, name=name, filters=filters, dilation=dilation, padding=dilation, bias=False
        )
    else:
        x = g.add("pointwise_conv2d", x, name=name, filters=filters, bias=False)
    x = g.add("batch_norm", x, name=f"{name}_bn")
    return g.add("relu", x, name=f"{name}_relu")


@block("aspp", category="1.1.2", family="composite", title="ASPP", icon="dilated", stem="aspp")
class Aspp(Composite):
    r"""Looks at every place through dilated filters of several widths at once, and at the mean of the map.
    Objects of all sizes thus find a filter that fits, at full resolution and without pooling.

    The name stands for atrous spatial pyramid pooling. Parallel paths are a 1×1, a dilated 3×3 for each rate,
    and the image's mean, resized; a 1×1 joins them. Rates 12, 24, 36 suit maps of 1/8, and 6, 12, 18 of 1/16.

    Shapes: x (C, H, W) → y (filters, H, W).
    Parameters: with f filters and n rates: C·f·(2 + 9·n) + (n + 2)·f² + 2·f·(n + 3).
    MACs: (C·f·(1 + 9·n) + (n + 2)·f²)·H·W + C·f.
    Used in: DeepLabv3 and DeepLabv3+ for segmentation.
    Strengths: a large field of view at several scales; the mean brings in the whole scene.
    Gaps: on small maps wide filters see mostly padding; the path of the mean needs batches in training.
    Source: Chen et al. 2017, arXiv:1706.05587.
    """

    formula = r"y = W [W_1 x,\; W_{12} *_{12} x,\; W_{24} *_{24} x,\; W_{36} *_{36} x,\; \mathrm{mean}\, x]"
    tags = ("deeplab", "atrous", "segmentation", "pyramid")
    example = (image(16, 24, 32),)
    filters = Int(256, doc="output channels, and those of each path")
    rates = Shape((12, 24, 36), longest=6, max=512, doc="dilation of each 3×3 path")
    drop = Float(0.5, max=0.99, label="Dropout", doc="share of joined values set to zero in training")

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        paths = [_unit(g, x, "conv1", self.filters)]
        for number, rate in enumerate(self.rates, 1):
            paths.append(_unit(g, x, f"dilated{number}", self.filters, rate))
        mean = g.add("global_pool", x, name="mean", keep=True)
        mean = _unit(g, mean, "mean_conv", self.filters)
        paths.append(g.add("resize", mean, name="spread", size=x.tensor.shape[1:], mode="bilinear"))
        y = g.add("concat", *paths, name="concat", axis="C")
        y = _unit(g, y, "project", self.filters)
        return g.add("dropout", y, name="drop", p=self.drop) if self.drop else y

    def summary(self) -> str:
        return f"{self.filters} · rates {', '.join(map(str, self.rates))}"


@block("ppm", category="1.1.2", family="composite", title="Pyramid pooling", icon="pyramid", stem="ppm")
class Ppm(Composite):
    r"""Pools the map into grids of 1×1, 2×2, 3×3 and 6×6 cells and lays what they say beside the map.
    Every place thus knows what stands elsewhere in the picture, such as that a boat lies on water.

    Each grid gets a 1×1 convolution to a share of the channels and is enlarged bilinearly.

    Shapes: x (C, H, W) → y (C + n·filters, H, W), with n grids.
    Parameters: n·(C·filters + 2·filters).
    MACs: Σ C·filters·b² over the grids of b×b cells.
    Used in: PSPNet, UPerNet, ICNet for segmentation of scenes.
    Strengths: global context at several scales; hardly any cost, as its convolutions run on tiny maps.
    Gaps: the grid is coarse and fixed; the 1×1 grid needs batches in training.
    Source: Zhao et al. 2016, arXiv:1612.01105.
    """

    formula = r"y = [x,\; \mathrm{up}(W_1\, p_{1}(x)),\; \mathrm{up}(W_2\, p_{2}(x)),\; \dots]"
    tags = ("pspnet", "pyramid pooling module", "segmentation")
    example = (image(16, 24, 32),)
    bins = Shape((1, 2, 3, 6), longest=6, max=64, doc="cells of each grid along both axes")
    filters = OptionalInt(doc="channels for each grid; empty: those that arrive / number of grids")

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        filters = self.filters or max(1, x.channels // len(self.bins))
        levels = [x]
        for number, cells in enumerate(self.bins, 1):
            y = g.add("adaptive_pool", x, name=f"pool{number}", size=cells)
            y = _unit(g, y, f"conv{number}", filters)
            levels.append(g.add("resize", y, name=f"up{number}", size=x.tensor.shape[1:], mode="bilinear"))
        return g.add("concat", *levels, name="concat", axis="C")

    def summary(self) -> str:
        return "grids " + ", ".join(show((n, n)) for n in self.bins)
