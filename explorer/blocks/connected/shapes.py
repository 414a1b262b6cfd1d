"""Blocks that give values other sizes or places, or leave some out."""

from __future__ import annotations

from math import ceil, prod
from types import MappingProxyType

from explorer.blocks.block import Block, Call, block, call, show
from explorer.blocks.checks import DIMS, sliding_axes, wants, wants_float
from explorer.blocks.fields import Bool, Choice, Float, Int, Shape, Sizes, Text
from explorer.graph.catalogue import BadField, Keeps, ReceptiveField, ShapeError
from explorer.graph.tensor import DEFAULT_AXES, SPATIAL, Tensor, image

OWN = "explorer.engine.modules.plumbing"
AXES = ("auto", "C", "T", "H", "W", "D")


def place_of(axis: str, x: Tensor) -> int:
    """Index of an axis in the sample; `auto` is C where there is one, else the last."""
    if not x.shape:
        raise ShapeError("works along an axis, but {source} sends one number.", code="axes")
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
    r"""Adds a margin round a picture or along any axes: a constant, the mirror image, the edge repeated.
    A convolution after it then also reaches the border, and the size can be kept.

    Margins come in pairs, before and after: for W, then H, then T, as many as are given, or for the `axes`
    that are named. `circular` takes what stands at the other end.

    Shapes: x (C, H, W) → y (C, H + top + bottom, W + left + right), and likewise along any axes.
    Parameters: 0.
    MACs: 0.
    Used in: LeNet on 28×28 pictures, style transfer (mirrored margins), uneven margins anywhere.
    Strengths: margins may differ on all sides; mirrored ones leave no dark frame.
    Gaps: the margin holds no information, and zeros tell the network where the border is.
    Source: plain padding; Johnson et al. 2016, arXiv:1603.08155, mirror the margin for style transfer.
    """

    tags = ("padding", "zero padding", "border", "circular padding", "causal padding", "asymmetric")
    keeps: Keeps = "nothing"
    margin = Shape((1, 1, 1, 1), longest=10, min=0, max=8_192, doc="left, right, top, bottom; or pairs")
    mode = Choice("zeros", ("zeros", "reflect", "replicate", "circular"), doc="what the margin holds")
    value = Float(0.0, min=-1e6, doc="what stands in the margin instead of zeros")
    axes = Text("", longest=5, doc="letters of the axes of the pairs, such as CH; empty: W, H, T in turn")

    def validate(self) -> None:
        """Pairs, and a value only where it stands in the margin."""
        self.keeps = "inputs" if self.mode in ("reflect", "replicate") else "nothing"
        if len(self.margin) % 2:
            raise BadField(f"margin must be pairs, before and after each axis, not {show(self.margin)}.")
        if not set(self.axes) <= set("CHWTD") or len(set(self.axes)) != len(self.axes):
            raise BadField(f"axes must be letters of C H W T D, each once, not “{self.axes}”.")
        if self.axes and 2 * len(self.axes) != len(self.margin):
            raise BadField(
                f"margin must have two numbers for each of the axes {self.axes}, not {show(self.margin)}."
            )

    def _pairs(self, x: Tensor) -> dict[int, tuple[int, int]]:
        """Margins before and after by the index of the axis."""
        if self.axes:
            places = [place_of(letter, x) for letter in self.axes]
        else:
            places = [n for n in reversed(range(len(x.shape))) if x.axes[n] in SPATIAL]
        pairs = list(zip(self.margin[::2], self.margin[1::2], strict=True))
        if len(pairs) > len(places):
            raise ShapeError(
                f"has margins for {len(pairs)} axes ({show(self.margin)}), "
                f"but {{source}} sends {x.spelled}, which has {len(places)} axes of places.",
                code="axes",
                wants="C × H × W",
            )
        return dict(zip(places, pairs, strict=False))

    def infer(self, x: Tensor) -> Tensor:
        pairs = self._pairs(x)
        if self.mode != "zeros":
            self._check_mode(x, pairs)
        return x.resized(*(size + sum(pairs.get(n, (0, 0))) for n, size in enumerate(x.shape)))

    def _check_mode(self, x: Tensor, pairs: dict[int, tuple[int, int]]) -> None:
        """Other margins than constants are made of the places of maps, and no wider than these."""
        wants_float(x)
        if x.axes not in DIMS or 0 in pairs:
            raise ShapeError(
                f"fills its margin by {self.mode}, which is for places behind channels (C × T, C × H × W, "
                f"C × T × H × W), but {{source}} sends {x.spelled}.",
                code="axes",
                wants="C × H × W",
            )
        least = {"reflect": 1, "circular": 0, "replicate": -(10**9)}[self.mode]
        for n, margins in pairs.items():
            if max(margins) > x.shape[n] - least:
                words = "mirrors" if self.mode == "reflect" else "fills from the other end"
                raise ShapeError(
                    f"{words} a margin of {show(self.margin)}, more than the {x.axes[n]} {x.shape[n]} of "
                    f"{{source}} has.",
                    code="size",
                )

    def target_for(self, x: Tensor) -> str:
        return f"{OWN}:PadValue" if self.value and self.mode == "zeros" else f"{OWN}:Pad"

    def arguments(self, x: Tensor) -> Call:
        pairs = self._pairs(x)
        first = 1 if self.mode != "zeros" else min(pairs)  # axes in front of the first margin are left out
        margin = tuple(side for n in range(len(x.shape) - 1, first - 1, -1) for side in pairs.get(n, (0, 0)))
        if self.value and self.mode == "zeros":
            return Call((margin, self.value), {})
        return Call((margin,), {} if self.mode == "zeros" else {"mode": self.mode})


LINEAR = {1: "linear", 2: "bilinear", 3: "trilinear"}
"""torch's name of the linear mode by the number of axes of places."""


@block("resize", target=f"{OWN}:Resize", category="1.1.1", family="shape", icon="resize")
class Resize(Block):
    r"""Enlarges or shrinks maps without weights, to the nearest value or by a curve through those around it.
    It only resamples what is there, so a convolution usually follows and learns the details.

    With other maps at the second input it takes their places. `linear` is along one, two or three axes,
    `area` the mean of what falls into a place. By its factor, places are computed with the factor itself, as
    torch does for a scale factor; otherwise with both sizes.

    Shapes: x (C, H, W) → y (C, ⌊H·scale⌋, ⌊W·scale⌋), or (C, *size), or (C, H, W of like); signals C × T and
        videos likewise.
    Parameters: 0.
    MACs: 0.
    Used in: FCN, feature pyramids, U-Net decoders, YOLOv3.
    Strengths: no chequerboard, unlike transposed convolution; any factor.
    Gaps: adds no detail; shrinking skips values, unless it is smooth or by area.
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
        "trilinear",
        "antialias",
        "scale up",
        "enlarge",
    )
    keeps: Keeps = "nothing"
    passes = True
    scale = Float(2.0, min=0.01, max=64, doc="factor, when no size is given")
    size = Sizes(0, min=0, max=8_192, doc="fixed places, one number for each axis; 0 means use the factor")
    mode = Choice(
        "nearest",
        ("nearest", "nearest-exact", "bilinear", "bicubic", "area"),
        doc="how values between are found",
    )
    corners = Bool(False, label="Align corners", doc="bilinear and bicubic: corner pixels stay corner pixels")
    by_factor = Bool(
        False, label="By the factor", doc="places by the factor itself, as with torch's scale_factor"
    )
    smooth = Bool(False, label="Antialias", doc="bilinear and bicubic: all values that a place covers count")

    def validate(self) -> None:
        """A mean over an area looks at its input on the way back."""
        self.keeps = "inputs" if self.mode == "area" else "nothing"

    def _sizes(self, x: Tensor, like: Tensor | None) -> tuple[int, ...]:
        if like is not None:
            return like.shape[1:]
        if all(self.size):
            return self.size if len(self.size) > 1 else self.size * (len(x.shape) - 1)
        return tuple(int(n * self.scale) for n in x.shape[1:])

    def infer(self, x: Tensor, like: Tensor | None = None) -> Tensor:
        dims = sliding_axes(x)
        if like is not None:
            wants(like, *x.axes, words=f"maps {' × '.join(x.axes)}, whose size is taken,", port="like")
        sizes = self._sizes(x, like)
        if len(sizes) != dims:
            raise ShapeError(
                f"has a size of {show(self.size)}, but {{source}} sends {x.spelled}.",
                code="axes",
                wants="C × H × W",
            )
        if not all(sizes):
            raise ShapeError(f"leaves nothing of {x.text} at ×{self.scale:g}.", code="empty")
        if (self.mode == "bicubic" or self._is_smooth) and dims != 2:
            what = "cubic" if self.mode == "bicubic" else "smoothed"
            raise ShapeError(
                f"is {what}, which is for maps C × H × W, but {{source}} sends {x.spelled}.",
                code="axes",
                wants="C × H × W",
            )
        return x.resized(x.shape[0], *sizes)

    @property
    def _is_smooth(self) -> bool:
        return self.smooth and self.mode in ("bilinear", "bicubic")

    def receptive_field(self, x: Tensor, like: Tensor | None = None) -> ReceptiveField:
        sizes = self._sizes(x, like)
        steps = tuple(n / m for n, m in zip(x.shape[1:], sizes, strict=True))
        if self.mode == "area":
            return ReceptiveField(tuple(ceil(s) + (not s.is_integer()) for s in steps), steps)
        reach = {"bilinear": 2, "bicubic": 4}.get(self.mode, 1)
        if self._is_smooth:
            return ReceptiveField(tuple(ceil(reach * max(1.0, s)) + 1 for s in steps), steps)
        return ReceptiveField(tuple(max(reach, ceil(s)) for s in steps), steps)

    def target_for(self, x: Tensor, like: Tensor | None = None) -> str:
        return f"{OWN}:{'Interpolate' if self._is_smooth or self._factor(like) else 'Resize'}"

    def _factor(self, like: Tensor | None) -> float | None:
        return self.scale if self.by_factor and like is None and not all(self.size) else None

    def arguments(self, x: Tensor, like: Tensor | None = None) -> Call:
        factor, sizes = self._factor(like), self._sizes(x, None if like is None else like)
        size = (sizes,) if like is None and factor is None else ()
        linear = self.mode in ("bilinear", "bicubic")
        return call(
            *size,
            defaults={"mode": "nearest", "corners": False, "factor": None, "smooth": False},
            mode=LINEAR[len(sizes)] if self.mode == "bilinear" else self.mode,
            corners=self.corners and linear,
            factor=factor,
            smooth=self._is_smooth,
        )

    def summary(self) -> str:
        return (show(self.size) if all(self.size) else f"×{self.scale:g}") + f" · {self.mode}"


@block("roll", target=f"{OWN}:Roll", category="1.1.1", family="shape", icon="cyclic_shift")
class Roll(Block):
    r"""Moves all values along an axis by some places, and lets what leaves on one side come in on the other.
    Nothing is lost, and the opposite shift undoes it.

    Shapes: x (any) → y (same).
    Parameters: 0.
    MACs: 0.
    Used in: shifted windows, targets that are one step ahead, periodic signals.
    Strengths: free of weights; exact for signals that go round.
    Gaps: both ends meet, which most signals do not.
    Source: plain moving; Liu et al. 2021, arXiv:2103.14030, shift windows this way.
    """

    tags = ("shift", "cyclic", "rotate")
    keeps = "nothing"
    formula = r"y_i = x_{(i - s) \,\mathrm{mod}\, n}"
    example_fields = MappingProxyType({"axis": "W", "shift": 16})
    axis = Choice("auto", AXES, doc="auto: channels, else the last axis")
    shift = Int(1, min=-65_536, doc="places towards the end; negative: towards the beginning")

    def infer(self, x: Tensor) -> Tensor:
        place_of(self.axis, x)
        return x

    def receptive_field(self, x: Tensor) -> ReceptiveField | None:
        place = place_of(self.axis, x)
        moved = self.shift % x.shape[place] and x.axes[place] in SPATIAL
        return ReceptiveField(whole=True) if moved else None

    def arguments(self, x: Tensor) -> Call:
        return call(self.shift, defaults={"dim": 1}, dim=place_of(self.axis, x) + 1)


@block("repeat", target=f"{OWN}:Repeat", category="1.1.1", family="shape", icon="concat")
class Repeat(Block):
    r"""Repeats a tensor along an axis: the whole row again and again, or each value several times. One vector
    becomes a sequence of equal ones that way, once it has an axis of size 1.

    Shapes: x (any) → y (that axis n times as long).
    Parameters: 0.
    MACs: 0.
    Used in: tokens for every place, keys shared by several heads, enlarging by whole factors.
    Strengths: no weights; each copy passes its gradient back.
    Gaps: memory grows n times, where broadcasting would need none.
    Source: plain repeating; Ainslie et al. 2023, arXiv:2305.13245, repeat heads of keys.
    """

    tags = ("tile", "expand", "repeat interleave", "copy")
    keeps = "nothing"
    formula = r"y_{k n + i} = x_i,\quad \mathrm{or}\quad y_{i t + k} = x_i"
    axis = Choice("auto", AXES, doc="auto: channels, else the last axis")
    times = Int(2, max=4_096, doc="how often")
    order = Choice("whole", ("whole", "each"), doc="the whole row again, or each value by itself")

    def infer(self, x: Tensor) -> Tensor:
        place = place_of(self.axis, x)
        return x.resized(*x.shape[:place], x.shape[place] * self.times, *x.shape[place + 1 :])

    def arguments(self, x: Tensor) -> Call:
        defaults = {"dim": 1, "each": False}
        return call(self.times, defaults=defaults, dim=place_of(self.axis, x) + 1, each=self.order == "each")

    def summary(self) -> str:
        return f"×{self.times}"


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

    def kept_inside(self, x: Tensor) -> int:
        """A factor for each value, or for each map."""
        return 4 * (x.shape[0] if self.whole == "channels" else x.size)

    def target_for(self, x: Tensor) -> str | None:
        """One class for each number of sliding axes drops whole maps."""
        return f"torch.nn:Dropout{sliding_axes(x)}d" if self.whole == "channels" else self.target

    def arguments(self, x: Tensor) -> Call:
        return call(defaults={"p": 0.5}, p=self.p)

    def summary(self) -> str:
        return f"p {self.p:g}" + (" · channels" if self.whole == "channels" else "")
