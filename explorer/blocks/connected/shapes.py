"""Blocks that give values other sizes or places, or leave some out."""

from __future__ import annotations

from math import ceil, prod
from types import MappingProxyType

from explorer.blocks.block import Block, Call, block, call, show
from explorer.blocks.checks import sliding_axes, wants, wants_float
from explorer.blocks.fields import Bool, Choice, Float, Int, Shape, Size, Text
from explorer.graph.catalogue import BadField, ReceptiveField, ShapeError
from explorer.graph.tensor import DEFAULT_AXES, Tensor, image

OWN = "explorer.engine.modules.plumbing"
AXES = ("auto", "C", "T", "H", "W", "D")


def place_of(axis: str, x: Tensor) -> int:
    """Index of an axis in the sample; `auto` is C where there is one, else the last."""
    if axis == "auto":
        return x.channels
    if axis not in x.axes:
        raise ShapeError(f"works along {axis}, but {{source}} sends {x.spelled}.", code="axes", wants=axis)
    return x.axes.index(axis)


@block("flatten", target="torch.nn:Flatten", category="1.1.1", family="shape", icon="flatten")
class Flatten(Block):
    r"""Writes all values of a sample one after the other into one long row.
    A linear layer reads one row only, so this joins feature maps and classifier.

    Shapes: x (any) → y (D = product of the sizes).
    Parameters: 0.
    MACs: 0.
    Used in: LeNet, AlexNet, VGG in front of their fully connected layers.
    Strengths: loses no value.
    Gaps: neighbourhood is forgotten, and the linear layer after it grows with the size of the maps.
    Source: LeCun et al. 1998, doi:10.1109/5.726791, join maps and classifier this way.
    """

    tags = ("to vector", "to a list", "unroll", "ravel")
    keeps = "nothing"
    is_view = True
    passes = True
    formula = r"y_{(c H + i) W + j} = x_{c,i,j}"

    def infer(self, x: Tensor) -> Tensor:
        return Tensor((x.size,), ("D",), x.dtype)

    def receptive_field(self, x: Tensor) -> ReceptiveField | None:
        return ReceptiveField(whole=True) if len(x.shape) > 1 else None


@block("reshape", target=f"{OWN}:Reshape", category="1.1.1", family="shape", icon="reshape")
class Reshape(Block):
    r"""Gives the same values, in the same order, other sizes.
    Nothing is computed: the row of values is only cut into other pieces.

    One of the sizes may be −1: what the others leave.

    Shapes: x (any) → y (shape), with as many values.
    Parameters: 0.
    MACs: 0.
    Used in: generators that turn a vector into maps, patches into tokens, heads of attention.
    Strengths: free of cost.
    Gaps: does not swap axes; to turn C × H × W into H × W × C use permute.
    Source: plain reshaping; Radford et al. 2015, arXiv:1511.06434, begin their generator with it.
    """

    tags = ("view", "unflatten")
    keeps = "nothing"
    is_view = True
    passes = True
    example = (image(1, 14, 56),)
    shape = Shape((1, 28, 28), min=-1, doc="the new sizes; −1 is what the others leave")
    axes = Text("", longest=4, doc="one letter per size")

    def validate(self) -> None:
        """One size can be left open."""
        if 0 in self.shape or self.shape.count(-1) > 1:
            raise BadField(f"sizes are 1 or more, and one may be −1, not {show(self.shape)}.")

    def _sizes(self, x: Tensor) -> tuple[int, ...]:
        known = prod(size for size in self.shape if size != -1)
        return tuple(max(1, x.size // known) if size == -1 else size for size in self.shape)

    def infer(self, x: Tensor) -> Tensor:
        sizes = self._sizes(x)
        if prod(sizes) != x.size:
            raise ShapeError(
                f"makes {show(sizes)} = {prod(sizes):,} values, "
                f"but {{source}} sends {x.spelled} = {x.size:,}.",
                code="size",
            )
        letters = self.axes or DEFAULT_AXES[len(self.shape)]
        if len(letters) != len(self.shape):
            raise ShapeError(f"has {len(self.shape)} sizes but {len(letters)} axis letters.", code="field")
        return Tensor(sizes, tuple(letters), x.dtype)

    def arguments(self, x: Tensor) -> Call:
        return Call(tuple(self.shape), {})

    def summary(self) -> str:
        return show(self.shape)


@block("permute", target=f"{OWN}:Permute", category="1.1.1", family="shape", icon="permute")
class Permute(Block):
    r"""Puts the axes in another order, for instance feature maps C × H × W as H × W × C.
    Layers read their channels from one fixed axis, so the axes have to be brought there.

    Shapes: x (n₀ … nₖ) → y (n at order₀ … n at orderₖ).
    Parameters: 0.
    MACs: 0.
    Used in: channel shuffle, Swin, every place where maps become tokens.
    Strengths: no value is changed or lost; the inverse order undoes it.
    Gaps: the values then lie scattered in memory, and the next layer may have to copy them.
    Source: plain reordering; Zhang et al. 2017, arXiv:1707.01083, shuffle channels with it.
    """

    tags = ("transpose", "swap axes", "change order")
    keeps = "nothing"
    is_view = True
    passes = True
    order = Shape((1, 0), longest=5, min=0, max=4, doc="which old axis stands where, counted from 0")
    axes = Text("", longest=5, doc="new axis letters, when they mean something else afterwards")

    def infer(self, x: Tensor) -> Tensor:
        if sorted(self.order) != list(range(len(x.shape))):
            order = ", ".join(map(str, self.order))
            raise ShapeError(
                f"orders {len(self.order)} axes as {order}, but {{source}} sends {x.spelled}.",
                code="axes",
            )
        letters = tuple(self.axes) or tuple(x.axes[i] for i in self.order)
        if len(letters) != len(x.shape):
            raise ShapeError(f"has {len(x.shape)} sizes but {len(letters)} axis letters.", code="field")
        return Tensor(tuple(x.shape[i] for i in self.order), letters, x.dtype)

    def arguments(self, x: Tensor) -> Call:
        return Call(tuple(i + 1 for i in self.order), {})

    def summary(self) -> str:
        return show(self.order).replace("×", " ")


@block("slice", target=f"{OWN}:Slice", category="1.1.1", family="shape", icon="slice")
class Slice(Block):
    r"""Keeps a piece of one axis, from index start up to but not including index stop.
    Negative numbers count from the end, as in Python.

    Shapes: x → y (that axis shortened).
    Parameters: 0.
    MACs: 0.
    Used in: ViT (the class token alone is read), the last step of a sequence, crops.
    Strengths: free of cost.
    Gaps: values outside the piece get no gradient.
    Source: plain indexing, as in Python.
    """

    tags = ("crop", "cut", "index", "select")
    keeps = "nothing"
    is_view = True
    passes = True
    example_fields = MappingProxyType({"axis": "W", "start": 16, "stop": 48})
    axis = Choice("auto", AXES, doc="auto: channels, else the last axis")
    start = Int(0, min=-65_536, doc="first index kept; negative counts from the end")
    stop = Int(0, min=-65_536, doc="first index left out; 0 means up to the end")

    def _bounds(self, size: int) -> tuple[int, int]:
        begin, end, _ = slice(self.start, self.stop or None).indices(size)
        return begin, end

    def infer(self, x: Tensor) -> Tensor:
        place = place_of(self.axis, x)
        begin, end = self._bounds(x.shape[place])
        if end <= begin:
            raise ShapeError(
                f"keeps indices {self.start} to {self.stop or 'the end'} of {x.axes[place]}, "
                f"but {{source}} sends only {x.shape[place]}.",
                code="empty",
            )
        return x.resized(*x.shape[:place], end - begin, *x.shape[place + 1 :])

    def arguments(self, x: Tensor) -> Call:
        place = place_of(self.axis, x)
        begin, end = self._bounds(x.shape[place])
        # counted from the end it stays so: the same program then runs on other sizes
        first = self.start if self.start < 0 else begin
        return call(place + 1, first, None if self.stop == 0 else self.stop if self.stop < 0 else end)


@block("pad", target=f"{OWN}:Pad", category="1.1.1", family="shape", icon="pad")
class Pad(Block):
    r"""Adds a margin round a picture: zeros, the mirror image, or the edge repeated.
    A convolution after it then also reaches the border, and the size can be kept.

    Maps of tokens H × W × D get a margin of zeros.

    Shapes: x (C, H, W) → y (C, H + top + bottom, W + left + right), or (H, W, D) likewise.
    Parameters: 0.
    MACs: 0.
    Used in: LeNet on 28×28 pictures, style transfer (mirrored margins), uneven margins anywhere.
    Strengths: margins may differ on the four sides; mirrored ones leave no dark frame.
    Gaps: the margin holds no information, and zeros tell the network where the border is.
    Source: plain padding; Johnson et al. 2016, arXiv:1603.08155, mirror the margin for style transfer.
    """

    tags = ("padding", "zero padding", "border")
    keeps = "nothing"
    margin = Shape((1, 1, 1, 1), min=0, max=512, doc="left, right, top, bottom")
    mode = Choice("zeros", ("zeros", "reflect", "replicate"), doc="what the margin holds")

    def infer(self, x: Tensor) -> Tensor:
        if len(self.margin) != 4:
            raise ShapeError("needs four margins: left, right, top, bottom.", code="field")
        left, right, top, bottom = self.margin
        if x.axes == ("H", "W", "D") and self.mode == "zeros":
            return x.resized(x.shape[0] + top + bottom, x.shape[1] + left + right, x.shape[2])
        wants(x, "C", "H", "W", words="a picture C × H × W")
        channels, height, width = x.shape
        if self.mode == "reflect" and (max(left, right) >= width or max(top, bottom) >= height):
            raise ShapeError(
                f"mirrors a margin of {show(self.margin)}, more than the {height}×{width} picture has.",
                code="size",
            )
        return x.resized(channels, height + top + bottom, width + left + right)

    def arguments(self, x: Tensor) -> Call:
        margin = (0, 0, *self.margin) if x.axes[-1] == "D" else self.margin
        return Call((margin,), {} if self.mode == "zeros" else {"mode": self.mode})


@block("resize", target=f"{OWN}:Resize", category="1.1.1", family="shape", icon="resize")
class Resize(Block):
    r"""Enlarges or shrinks maps without weights, to the nearest value or bilinearly between four.
    It only resamples what is there, so a convolution usually follows and learns the details.

    With other maps at the second input it takes their height and width.

    Shapes: x (C, H, W) → y (C, ⌊H·scale⌋, ⌊W·scale⌋), or (C, *size), or (C, H, W of like).
    Parameters: 0.
    MACs: 0.
    Used in: FCN, feature pyramids, U-Net decoders, YOLOv3.
    Strengths: no chequerboard, unlike transposed convolution; any factor.
    Gaps: adds no detail; shrinking by large factors skips values, where pooling would average them.
    Source: Long et al. 2014, arXiv:1411.4038, enlarge class maps this way.
    """

    tags = (
        "upsample",
        "upsampling",
        "downsample",
        "interpolate",
        "interpolation",
        "bilinear",
        "nearest",
        "bicubic",
        "scale up",
        "enlarge",
    )
    keeps = "nothing"
    passes = True
    scale = Float(2.0, min=0.01, max=64, doc="factor, when no size is given")
    size = Size(0, dims=2, min=0, max=8_192, doc="fixed height and width; 0 means use the factor")
    mode = Choice("nearest", ("nearest", "bilinear"), doc="how values between are found")
    corners = Bool(False, label="Align corners", doc="bilinear: corner pixels stay corner pixels")

    def _sizes(self, x: Tensor, like: Tensor | None) -> tuple[int, int]:
        if like is not None:
            return like.axis("H"), like.axis("W")
        if all(self.size):
            return self.size[0], self.size[1]
        return int(x.shape[1] * self.scale), int(x.shape[2] * self.scale)

    def infer(self, x: Tensor, like: Tensor | None = None) -> Tensor:
        wants(x, "C", "H", "W", words="maps C × H × W")
        if like is not None:
            wants(like, "C", "H", "W", words="maps C × H × W, whose size is taken", port="like")
        return x.resized(x.shape[0], *self._sizes(x, like))

    def receptive_field(self, x: Tensor, like: Tensor | None = None) -> ReceptiveField:
        sizes = self._sizes(x, like)
        steps = tuple(n / m for n, m in zip(x.shape[1:], sizes, strict=True))
        return ReceptiveField(tuple(max(1 if self.mode == "nearest" else 2, ceil(s)) for s in steps), steps)

    def arguments(self, x: Tensor, like: Tensor | None = None) -> Call:
        size = (self._sizes(x, None),) if like is None else ()
        if self.mode == "nearest":
            return call(*size)
        return call(
            *size,
            defaults={"mode": "nearest", "corners": False},
            mode=self.mode,
            corners=self.corners,
        )

    def summary(self) -> str:
        return (show(self.size) if all(self.size) else f"×{self.scale:g}") + f" · {self.mode}"


@block("dropout", target="torch.nn:Dropout", category="1.1.1", family="norm", icon="dropout")
class Dropout(Block):
    r"""While training, sets each value to zero with probability p and scales the rest by 1/(1−p).
    No unit can rely on a single other one, and at inference the layer changes nothing.

    With `channels` whole maps are set to zero, since neighbouring values of a map nearly say the same.

    Shapes: x (any) → y (same); (C, …) with `channels`.
    Parameters: 0.
    MACs: 0.
    Used in: AlexNet, VGG, GoogLeNet (0.4 and 0.7), transformers (0.1).
    Strengths: a cheap remedy against overfitting; like averaging many thinned networks.
    Gaps: training takes longer; agrees badly with batch norm after it.
    Source: Srivastava et al. 2014, Journal of Machine Learning Research 15.
    """

    tags = ("regularisation", "regularization", "drop", "spatial dropout", "dropout1d", "dropout2d")
    keeps = "nothing"
    keeps_inside = 1.0
    passes = True
    formula = r"y = \frac{m \odot x}{1-p},\quad m_i \sim \mathrm{Bernoulli}(1-p)"
    random = True
    p = Float(0.5, max=0.99, label="Probability", doc="share of values set to zero while training")
    whole = Choice(
        "values", ("values", "channels"), label="What is dropped", doc="single values, or whole maps"
    )

    def infer(self, x: Tensor) -> Tensor:
        if self.whole == "channels":
            sliding_axes(x)
        wants_float(x)
        return x

    def target_for(self, x: Tensor) -> str | None:
        """One class for each number of sliding axes drops whole maps."""
        return f"torch.nn:Dropout{sliding_axes(x)}d" if self.whole == "channels" else self.target

    def arguments(self, x: Tensor) -> Call:
        return call(defaults={"p": 0.5}, p=self.p)

    def summary(self) -> str:
        return f"p {self.p:g}" + (" · channels" if self.whole == "channels" else "")
