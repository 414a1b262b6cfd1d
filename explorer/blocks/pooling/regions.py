"""Pools over regions that are no windows."""

from __future__ import annotations

from explorer.blocks.block import Block, Call, Literal, block, call, show
from explorer.blocks.checks import check_map, sliding_axes
from explorer.blocks.fields import Choice, Float, Int, Shape
from explorer.graph.catalogue import ReceptiveField, ShapeError
from explorer.graph.tensor import Tensor

OWN = "explorer.engine.modules.region_pooling"


@block(
    "intermap_pool",
    target=f"{OWN}:InterMapPool",
    category="1.1.5",
    family="pool",
    icon="intermap_pool",
    stem="pool",
)
class InterMapPool(Block):
    r"""Keeps, at every place, the largest value of a few neighbouring maps. Filters of a group become
    variants of one feature, and the answer no longer depends on which of them fits.

    With groups of linear maps this is the maxout unit.

    Shapes: x (C, …) → y (C/maps, …).
    Parameters: 0.
    MACs: 0.
    Used in: speech recognition, where filters then tolerate spectral shifts; maxout networks.
    Strengths: invariance across filters instead of places; nothing is lost in resolution.
    Gaps: several filters are paid for one map; the groups are fixed beforehand.
    Source: Lee et al. 2016, arXiv:1606.03207; Goodfellow et al. 2013, arXiv:1302.4389 (maxout).
    """

    keeps = "both"
    formula = r"y_{g,i,j} = \max_{c \in g} x_{c,i,j}"
    tags = ("maxout", "channel pooling")
    maps = Int(2, max=1024, doc="maps in a group")

    def infer(self, x: Tensor) -> Tensor:
        sliding_axes(x)
        if x.shape[0] % self.maps:
            raise ShapeError(
                f"pools groups of {self.maps} maps, and {self.maps} does not divide the {x.shape[0]} that "
                "{source} sends.",
                code="divide",
            )
        return x.resized(x.shape[0] // self.maps, *x.shape[1:])

    def arguments(self, x: Tensor) -> Call:
        return call(x.shape[0] // self.maps)

    def summary(self) -> str:
        return f"{self.maps} to 1"


@block(
    "rowwise_max_pool",
    target=f"{OWN}:RowwiseMaxPool",
    category="1.1.5",
    family="pool",
    title="Row-wise max pool",
    icon="rowwise_max_pool",
    stem="pool",
)
class RowwiseMaxPool(Block):
    r"""Keeps the largest value of each row of each map. On a panorama a turn of the object moves values
    along rows only, so the result does not change.

    Shapes: x (C, H, W) → y (C, H, 1).
    Parameters: 0.
    MACs: 0.
    Used in: DeepPano, which recognises 3-D shapes from panoramic views.
    Strengths: exactly invariant to a circular shift along the row.
    Gaps: forgets where in the row something was; invariant to one direction only.
    Source: Shi et al. 2015, IEEE Signal Processing Letters 22, doi:10.1109/LSP.2015.2480802.
    """

    keeps = "both"
    formula = r"y_{c,i} = \max_j x_{c,i,j}"
    tags = ("panorama", "rotation invariant")

    def infer(self, x: Tensor) -> Tensor:
        check_map(x, 2)
        return x.resized(x.shape[0], x.shape[1], 1)

    def receptive_field(self, x: Tensor) -> ReceptiveField:
        return ReceptiveField((1, x.shape[2]), (1.0, float(x.shape[2])))


@block(
    "lead_asymmetric_pool",
    target=f"{OWN}:LeadAsymmetricPool",
    category="1.1.5",
    family="pool",
    icon="lead_asymmetric_pool",
    stem="pool",
)
class LeadAsymmetricPool(Block):
    r"""Pools each lead of an electrocardiogram over time with a window of its own length. Leads look at the
    same heart from different sides, and what matters in one may be shorter than in another.

    The map has the leads as its rows. Windows repeat where there are more leads than windows; all begin at
    the same time steps, so that leads stay aligned. The paper describes the idea, the exact windows are a
    choice.

    Shapes: x (C, leads, n) → y (C, leads, ⌊(n − widest)/stride⌋ + 1).
    Parameters: 0.
    MACs: 0.
    Used in: ML-CNN, which detects myocardial infarction from several leads.
    Strengths: several scales of time at once; keeps leads apart and aligned.
    Gaps: windows are chosen by hand; made for one kind of signal.
    Source: Liu et al. 2018, IEEE Journal of Biomedical and Health Informatics 22,
        doi:10.1109/JBHI.2017.2771768.
    """

    keeps_inside = 1.0
    formula = r"y_{c,l,t} = \max_{u < k_l} x_{c,l,\,s t + u}"
    tags = ("ecg", "lap", "signal")
    example = (Tensor((1, 6, 96), ("C", "H", "W")),)
    windows = Shape((2, 4, 6), longest=16, max=512, doc="lengths of the windows, lead by lead")
    stride = Int(2, max=512, doc="time steps between two windows")

    def infer(self, x: Tensor) -> Tensor:
        check_map(x, 2)
        widest = max(self.windows[: x.shape[1]])
        if widest > x.shape[2]:
            raise ShapeError(
                f"has a window of {widest} time steps, longer than the {x.shape[2]} that {{source}} sends.",
                code="window",
                wants=f"W at least {widest}",
            )
        return x.resized(*x.shape[:2], (x.shape[2] - widest) // self.stride + 1)

    def receptive_field(self, x: Tensor) -> ReceptiveField:
        return ReceptiveField((1, max(self.windows[: x.shape[1]])), (1.0, float(self.stride)))

    def arguments(self, x: Tensor) -> Call:
        return Call((self.windows, self.stride), {})

    def summary(self) -> str:
        return f"{', '.join(map(str, self.windows))} · stride {self.stride}"


@block(
    "superpixel_pool",
    target=f"{OWN}:SuperpixelPool",
    category="1.1.5",
    family="pool",
    icon="superpixel_pool",
    stem="regions",
)
class SuperpixelPool(Block):
    r"""Takes the mean or the largest value of each region of a map, whatever its outline. Regions that
    follow the picture keep what belongs together, where a grid would cut it.

    Labels come from a second input, or the block keeps its own: a grid at first, and after fitting regions of
    similar values that lie together (k-means over place and values, as in SLIC).

    An empty region gives 0, and places whose label is no region belong to none. Where labels are wired,
    fitting changes nothing.

    Shapes: x (C, H, W), labels (H, W) of ids → y (T = regions, D = C).
    Parameters: 0.
    MACs: 0.
    Used in: weakly supervised segmentation; graphs over regions.
    Strengths: follows borders; permuting pixels inside a region changes nothing.
    Gaps: quality depends on the regions; one set of fitted regions serves all pictures, so that fitting suits
        pictures that are alike.
    Source: Kwak, Hong & Han 2017, AAAI; Achanta et al. 2012, IEEE TPAMI 34 (SLIC).
    """

    keeps = "both"
    formula = r"y_r = \frac{1}{|R_r|} \sum_{i \in R_r} x_i"
    tags = ("slic", "regions", "segmentation")
    fits = True
    regions = Int(16, max=4096, doc="how many regions there are")
    mode = Choice("mean", ("mean", "max"), doc="what is taken of each region")
    compactness = Float(1.0, max=100.0, doc="how much position counts beside similarity when fitting")

    def infer(self, x: Tensor, labels: Tensor | None = None) -> Tensor:
        check_map(x, 2)
        if labels is not None and (labels.dtype != "int" or labels.shape != x.shape[1:]):
            raise ShapeError(
                f"needs a region number for each of its {show(x.shape[1:])} places, but {{source}} sends "
                f"{labels.spelled}.",
                code="unequal",
                port="labels",
                wants=f"ids H {x.shape[1]} × W {x.shape[2]}",
            )
        return Tensor((self.regions, x.shape[0]), ("T", "D"))

    def receptive_field(self, x: Tensor, labels: Tensor | None = None) -> ReceptiveField:
        return ReceptiveField(whole=True)

    def arguments(self, x: Tensor, labels: Tensor | None = None) -> Call:
        known: dict[str, Literal] = {"mode": "mean", "compactness": 1.0}
        more = call(defaults=known, mode=self.mode, compactness=self.compactness)
        return Call((self.regions, x.shape[1:]), more.kwargs)

    def summary(self) -> str:
        return f"{self.regions} regions · {self.mode}"


@block(
    "mop_pool",
    target=f"{OWN}:OrderlessPool",
    category="1.1.5",
    family="pool",
    title="Multi-scale orderless pool",
    icon="mop_pool",
    stem="pool",
)
class OrderlessPool(Block):
    r"""Describes a map at three scales: its mean as a whole, and of its patches at two finer scales how they
    differ from the nearest word of a vocabulary. Patches are counted, not placed, so their order does
    not matter.

    The vocabularies are found by fitting (k-means). The paper takes patches of the picture through the
    network and shortens the vectors with principal components; here patches are means of the map and stay
    whole.

    Shapes: x (C, H, W) → y (D = C + 2·words·C).
    Parameters: 0; the vocabularies are fitted, not trained.
    MACs: 0.
    Used in: scene classification and retrieval over features of a trained network.
    Strengths: tolerates moved and turned parts; global and local at once.
    Gaps: long vectors; the vocabulary is fixed before training; forgets layout.
    Source: Gong et al. 2014, arXiv:1403.1840; Jégou et al. 2010, CVPR (VLAD).
    """

    keeps_inside = 3.4
    formula = r"y = [\bar x,\; V_{1/2}(x),\; V_{1/4}(x)],\quad V = \mathrm{flat} \sum_{p \in k} (p - w_k)"
    tags = ("mop", "vlad", "orderless")
    fits = True
    words = Int(8, max=1024, doc="words of the vocabulary at each finer scale")

    def infer(self, x: Tensor) -> Tensor:
        check_map(x, 2)
        return Tensor((x.shape[0] * (1 + 2 * self.words),), ("D",))

    def receptive_field(self, x: Tensor) -> ReceptiveField:
        return ReceptiveField(whole=True)

    def arguments(self, x: Tensor) -> Call:
        return call(x.shape[0], self.words)

    def summary(self) -> str:
        return f"{self.words} words"
