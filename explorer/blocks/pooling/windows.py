"""Pooling: what stands in a window becomes one number."""

from __future__ import annotations

from typing import ClassVar

from explorer.blocks.block import Block, Call, block, call, show
from explorer.blocks.checks import sliding_axes, wants_float
from explorer.blocks.fields import Bool, Choice, OptionalSizes, Sizes
from explorer.graph.catalogue import BadField, ReceptiveField, ShapeError
from explorer.graph.tensor import Tensor, image

OWN = "explorer.engine.modules.pooling"
DEFAULTS = {"stride": None, "padding": 0, "ceil_mode": False, "count_include_pad": True}


def spread(sizes: tuple[int, ...], axes: int, words: str) -> tuple[int, ...]:
    """Return one size for each axis (one stands for all); `ShapeError` when the numbers differ."""
    if len(sizes) == 1:
        return sizes * axes
    if len(sizes) != axes:
        raise ShapeError(
            f"has a {words} of {show(sizes)}, {len(sizes)} numbers, but {{source}} sends {axes} sliding "
            f"{'axis' if axes == 1 else 'axes'}.",
            code="field",
        )
    return sizes


class Window(Block):
    """Shape and reach of a pool whose window slides along one, two or three axes, without padding."""

    example = (image(3, 24, 32),)
    kernel = Sizes(2, doc="size of the window: one number, or one for each sliding axis")
    stride = OptionalSizes(doc="distance between two windows; empty: as large as the window")

    def sizes(self, x: Tensor) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Window and stride, one number for each sliding axis; raises `ShapeError`."""
        axes = sliding_axes(x)
        kernel = spread(self.kernel, axes, "window")
        return kernel, kernel if self.stride is None else spread(self.stride, axes, "stride")

    def infer(self, x: Tensor) -> Tensor:
        kernel, stride = self.sizes(x)
        if any(k > n for k, n in zip(kernel, x.spatial, strict=True)):
            raise ShapeError(
                f"has a {show(kernel)} window, larger than its {show(x.spatial)} input.",
                code="window",
                wants=f"at least {show(kernel)}",
            )
        sizes = ((n - k) // s + 1 for n, k, s in zip(x.spatial, kernel, stride, strict=True))
        return x.resized(x.shape[0], *sizes)

    def receptive_field(self, x: Tensor) -> ReceptiveField | None:
        kernel, stride = self.sizes(x)
        return ReceptiveField(kernel, tuple(map(float, stride)))

    def summary(self) -> str:
        kernel = self.kernel * 2 if len(self.kernel) == 1 else self.kernel
        return show(kernel) + ("" if self.stride is None else f" · stride {show(self.stride)}")


class _Window(Window):
    """A window that may stand over the edge: padding, and a last window that is cut."""

    padding = Sizes(0, min=0, max=256, doc="places added on every side; they hold nothing")
    ceil_mode = Bool(False, label="Round up", doc="a last window may hang over the edge")

    def validate(self) -> None:
        """Padding beyond half the window would make windows of padding alone."""
        count = max(len(self.kernel), len(self.padding))
        if len(self.kernel) in (1, count) and len(self.padding) in (1, count):
            kernel, padding = (n if len(n) == count else n * count for n in (self.kernel, self.padding))
            for k, p in zip(kernel, padding, strict=True):
                if 2 * p > k:
                    raise BadField(
                        f"padding must be at most half the window, {k // 2} for a window of {k}, not {p}."
                    )

    def _sizes(self, x: Tensor) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
        axes = sliding_axes(x)
        kernel = spread(self.kernel, axes, "window")
        stride = kernel if self.stride is None else spread(self.stride, axes, "stride")
        return kernel, stride, spread(self.padding, axes, "padding")

    def infer(self, x: Tensor) -> Tensor:
        kernel, stride, padding = self._sizes(x)
        padded = tuple(n + 2 * p for n, p in zip(x.spatial, padding, strict=True))
        if any(k > n for k, n in zip(kernel, padded, strict=True)):
            raise ShapeError(
                f"has a {show(kernel)} window, larger than its {show(padded)} input.",
                code="window",
                wants=f"at least {show(kernel)}",
            )
        return x.resized(
            x.shape[0],
            *(self._length(*item) for item in zip(x.spatial, kernel, stride, padding, strict=True)),
        )

    def _length(self, n: int, k: int, s: int, p: int) -> int:
        """Windows along one axis; one that hangs over must begin inside the input or its left margin."""
        room = n + 2 * p - k
        if not self.ceil_mode:
            return room // s + 1
        count = -(-room // s) + 1
        return count - 1 if (count - 1) * s >= n + p else count

    def receptive_field(self, x: Tensor) -> ReceptiveField:
        kernel, stride, _ = self._sizes(x)
        return ReceptiveField(kernel, tuple(map(float, stride)))

    def arguments(self, x: Tensor) -> Call:
        kernel, stride, padding = self._sizes(x)
        step = None if stride == kernel else stride
        return call(
            kernel, defaults=DEFAULTS, stride=step, padding=padding, ceil_mode=self.ceil_mode, **self._more()
        )

    def _more(self) -> dict[str, bool]:
        return {}

    def summary(self) -> str:
        kernel = self.kernel * 2 if len(self.kernel) == 1 else self.kernel
        parts = [f"{self.id.partition('_')[0]} {show(kernel)}"]
        if self.stride is not None:
            parts.append(f"stride {show(self.stride)}")
        if any(self.padding):
            parts.append(f"pad {show(self.padding)}")
        return " · ".join(parts)


@block("max_pool", target="torch.nn:MaxPool2d", category="1.1.5", family="pool", icon="max_pool", stem="pool")
class MaxPool(_Window):
    r"""Keeps the largest value in each window and drops the others. That a feature is there then counts more
    than its exact place, and later layers see a larger part of the picture.

    Works along one, two or three axes, whatever the input has. Windows overlap where the stride is smaller
    than the window: 3 with stride 2 in AlexNet.

    With `indices` it also tells where each value stood, counted through all places of a map, for Max unpool.

    Shapes: x (C, n, …) → y (C, n', …), n' = ⌊(n + 2p − k)/s⌋ + 1; index (same, whole numbers) where wanted.
    Parameters: 0.
    MACs: 0.
    Used in: LeNet's successors: AlexNet, VGG, GoogLeNet, the stem of ResNet.
    Strengths: small shifts change little; strong answers stay strong; nothing to learn.
    Gaps: one value of a window gets the whole gradient, the others none; where it stood is lost.
    Source: Ranzato et al. 2007, Computer Vision and Pattern Recognition, doi:10.1109/CVPR.2007.383157.
    """

    formula = r"y_{c,i,j} = \max_{u,v}\; x_{c,\,s i + u,\,s j + v}"
    tags = ("maxpool", "subsampling", "maximum", "shrink", "downsample", "max pooling")
    indices = Bool(False, doc="a second output: where each value stood")

    def validate(self) -> None:
        """The ports depend on whether places are given."""
        super().validate()
        self.outputs = ("y", "index") if self.indices else ("y",)

    def infer(self, x: Tensor) -> Tensor | tuple[Tensor, Tensor]:  # type: ignore[override]
        y = super().infer(x)
        return (y, Tensor(y.shape, y.axes, "int")) if self.indices else y

    def kept_inside(self, x: Tensor) -> int:
        """Where each value stood."""
        return 8 * self.outputs_for((x,))[0].size

    def _more(self) -> dict[str, bool]:
        return {"return_indices": True} if self.indices else {}

    def target_for(self, x: Tensor) -> str:
        """One class for each number of sliding axes."""
        return f"torch.nn:MaxPool{sliding_axes(x)}d"


@block(
    "max_unpool",
    target=f"{OWN}:MaxUnpool",
    category="1.1.5",
    family="pool",
    icon="max_pool",
    stem="unpool",
)
class MaxUnpool(Block):
    r"""Puts values back to the places that a max pool took them from; zeros stand everywhere else. The size
    comes from a third input: what the pool saw.

    Switch on `indices` of the max pool and wire its `index`.

    Shapes: x (C, n', …), index (same, whole numbers), like (any channels, n, …) → y (C, n, …).
    Parameters: 0.
    MACs: 0.
    Used in: SegNet, DeconvNet.
    Strengths: edges come back exactly where they were, without weights.
    Gaps: all other places are empty until a convolution fills them.
    Source: Zeiler & Fergus 2013, arXiv:1311.2901; Badrinarayanan et al. 2015, arXiv:1511.00561.
    """

    keeps = "nothing"
    formula = r"y_{c,\, i_p} = x_{c,\,p},\quad 0 \;\mathrm{elsewhere}"
    tags = ("unpooling", "segnet", "switches", "upsampling")
    example = (image(3, 8, 8), Tensor((3, 8, 8), ("C", "H", "W"), "int"), image(3, 16, 16))

    def infer(self, x: Tensor, index: Tensor, like: Tensor) -> Tensor:
        axes = sliding_axes(x)
        if index.dtype != "int" or index.shape != x.shape:
            raise ShapeError(
                f"needs a place, a whole number, for each of its values ({x.spelled}), "
                f"but {{source}} sends {index.spelled}.",
                code="unequal",
                port="index",
                wants=x.text,
            )
        if sliding_axes(like) != axes:
            raise ShapeError(
                f"takes its size from maps with {axes} sliding axes, but {{source}} sends {like.spelled}.",
                code="axes",
                port="like",
                wants=x.text,
            )
        return x.resized(x.shape[0], *like.shape[1:])

    def receptive_field(self, x: Tensor, index: Tensor, like: Tensor) -> ReceptiveField:
        return ReceptiveField(whole=True)

    def kept_inside(self, x: Tensor, index: Tensor, like: Tensor) -> int:
        """Where each value goes."""
        return 8 * x.size

    def arguments(self, x: Tensor, index: Tensor, like: Tensor) -> Call:
        return call()


@block("min_pool", target=f"{OWN}:MinPool", category="1.1.5", family="pool", icon="min_pool", stem="pool")
class MinPool(_Window):
    r"""Keeps the smallest value in each window, so that dark spots grow. It is max pooling of −x with its
    sign turned back, −max(−x).

    Shapes: x (C, n, …) → y (C, n', …), n' = ⌊(n + 2p − k)/s⌋ + 1.
    Parameters: 0.
    MACs: 0.
    Used in: pictures with dark writing on light ground; erosion in image processing.
    Strengths: keeps thin dark strokes that max pooling would erase.
    Gaps: after a ReLU it is mostly 0; of little use in the middle of a network.
    Source: Serra 1982, Image Analysis and Mathematical Morphology (erosion).
    """

    tags = ("minimum",)
    keeps = "nothing"
    keeps_inside = 6.0
    formula = r"y_{c,i,j} = \min_{u,v}\; x_{c,\,s i + u,\,s j + v}"


@block("avg_pool", target="torch.nn:AvgPool2d", category="1.1.5", family="pool", icon="avg_pool", stem="pool")
class AvgPool(_Window):
    r"""Replaces each window by the mean of its values. Noise of mean zero cancels out that way, and every
    value of the window gets its share of the gradient.

    Shapes: x (C, n, …) → y (C, n', …), n' = ⌊(n + 2p − k)/s⌋ + 1.
    Parameters: 0.
    MACs: 0.
    Used in: LeNet-5 (with a learned factor), transitions of DenseNet, shortcuts of ShuffleNet.
    Strengths: smooth; raises the ratio of signal to noise where all values of a window say the same.
    Gaps: one strong answer among many weak ones is watered down; positive and negative values cancel.
    Source: LeCun et al. 1998, Proceedings of the IEEE 86, doi:10.1109/5.726791 (as subsampling).
    """

    formula = r"y_{c,i,j} = \frac{1}{k^2} \sum_{u,v} x_{c,\,s i + u,\,s j + v}"
    tags = ("mean", "subsampling", "average", "average pooling", "avgpool", "downsample")
    count_include_pad = Bool(True, label="Count padding", doc="padding counts as zeros in the mean")

    def _more(self) -> dict[str, bool]:
        return {"count_include_pad": self.count_include_pad}

    def target_for(self, x: Tensor) -> str:
        """One class for each number of sliding axes."""
        return f"torch.nn:AvgPool{sliding_axes(x)}d"


@block(
    "global_pool",
    target=f"{OWN}:GlobalPool",
    category="1.1.5",
    family="pool",
    icon="global_pool",
    stem="pool",
)
class GlobalPool(Block):
    r"""Makes one number of each whole map: its mean or its largest value. A classifier after it then fits
    pictures of any size and needs few weights.

    It is a pool whose window is as large as the map. Sequences are pooled over their steps.

    Shapes: x (C, n, …) → y (C), or (C, 1, …) when kept; x (T, D) → y (D), or (1, D).
    Parameters: 0.
    MACs: 0.
    Used in: Network in Network, GoogLeNet, ResNet and nearly all classifiers since; inside SE blocks.
    Strengths: replaces large fully connected layers, which overfit; each map becomes evidence for a class.
    Gaps: forgets all places; the mean waters small objects down.
    Source: Lin, Chen & Yan 2013, arXiv:1312.4400.
    """

    keeps = "nothing"
    formula = r"y_c = \frac{1}{H W} \sum_{i,j} x_{c,i,j}"
    tags = ("gap", "global average", "global average pooling", "global max pooling")
    mode = Choice("avg", ("avg", "max"), doc="the mean or the largest value")
    keep = Bool(False, label="Keep axes", doc="leave the axes in place with size 1")

    def infer(self, x: Tensor) -> Tensor:
        if x.axes == ("T", "D"):
            wants_float(x)
            return x.resized(1, x.shape[1]) if self.keep else Tensor(x.shape[1:], ("D",))
        axes = sliding_axes(x)
        return x.resized(x.shape[0], *(1,) * axes) if self.keep else Tensor(x.shape[:1], ("D",))

    def receptive_field(self, x: Tensor) -> ReceptiveField:
        return ReceptiveField(whole=True)

    def arguments(self, x: Tensor) -> Call:
        dims = (1,) if x.axes == ("T", "D") else tuple(range(2, len(x.shape) + 1))
        return Call(
            (dims,), call(defaults={"mode": "avg", "keep": False}, mode=self.mode, keep=self.keep).kwargs
        )

    def summary(self) -> str:
        return self.mode + (" · kept" if self.keep else "")


@block(
    "adaptive_pool",
    target="torch.nn:AdaptiveAvgPool2d",
    category="1.1.5",
    family="pool",
    icon="adaptive_pool",
    stem="pool",
)
class AdaptivePool(Block):
    r"""Divides maps of any size into a fixed grid and keeps the mean or the largest value of each cell. The
    windows follow from the sizes, so that what comes after always gets the same shape.

    Cell i reaches from ⌊i·n/m⌋ to ⌈(i+1)·n/m⌉; cells overlap where m does not divide n.

    Shapes: x (C, n, …) → y (C, m, …).
    Parameters: 0.
    MACs: 0.
    Used in: torchvision's AlexNet and VGG in front of their fully connected layers; spatial pyramids.
    Strengths: any input size with a head of fixed size; keeps a coarse layout.
    Gaps: cells of unequal sizes; what a value covers depends on the picture's size.
    Source: He et al. 2014, arXiv:1406.4729 (one level of its pyramid).
    """

    tags = ("adaptive average pooling",)
    formula = r"y_{c,i} = \mathrm{mean}\; x_{c,\,\lfloor i n / m \rfloor \dots \lceil (i+1) n / m \rceil}"
    modes: ClassVar[dict[str, str]] = {"avg": "Avg", "max": "Max"}
    size = Sizes(7, doc="output size: one number, or one for each sliding axis")
    mode = Choice("avg", ("avg", "max"), doc="the mean or the largest value")

    def infer(self, x: Tensor) -> Tensor:
        sizes = spread(self.size, sliding_axes(x), "size")
        return x.resized(x.shape[0], *sizes)

    def target_for(self, x: Tensor) -> str:
        """One class for each mode and number of sliding axes."""
        return f"torch.nn:Adaptive{self.modes[self.mode]}Pool{sliding_axes(x)}d"

    def receptive_field(self, x: Tensor) -> ReceptiveField:
        sizes = spread(self.size, len(x.spatial), "size")
        cells = tuple(
            max(-(-(i + 1) * n // m) - i * n // m for i in range(m))
            for n, m in zip(x.spatial, sizes, strict=True)
        )
        return ReceptiveField(cells, tuple(n / m for n, m in zip(x.spatial, sizes, strict=True)))

    def arguments(self, x: Tensor) -> Call:
        return call(spread(self.size, sliding_axes(x), "size"))

    def summary(self) -> str:
        return f"{self.mode} · {show(self.size)}"
