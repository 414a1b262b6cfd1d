"""Attention inside windows that shift from layer to layer, as in Swin. Tokens lie on a map H × W × D."""

from __future__ import annotations

from explorer.blocks.block import Block, Call, Composite, Literal, block, call, show
from explorer.blocks.checks import check_heads, wants, wants_float
from explorer.blocks.fields import Bool, Choice, Float, Int, OptionalInt, Size
from explorer.graph.builder import Builder, Wire
from explorer.graph.catalogue import ReceptiveField, ShapeError
from explorer.graph.tensor import Tensor

OWN = "explorer.engine.modules.windows"
WINDOW = "height and width of a window, in tokens"


def check_token_map(x: Tensor, port: str = "x") -> None:
    """Raise `ShapeError` unless tokens on a map H × W × D arrive."""
    wants_float(x, port)
    wants(x, "H", "W", "D", words="tokens on a map H × W × D", port=port)


def check_windows(size: tuple[int, ...], window: tuple[int, ...]) -> None:
    """Raise `ShapeError` unless the windows divide the map."""
    if any(n % w for n, w in zip(size, window, strict=True)):
        raise ShapeError(
            f"cuts windows of {show(window)}, which do not divide the {show(size)} map that {{source}} "
            "sends.",
            code="divide",
        )


@block(
    "window_partition",
    target=f"{OWN}:WindowPartition",
    category="1.1.2",
    family="shape",
    icon="windows",
    stem="windows",
)
class WindowPartition(Block):
    r"""Cuts a map of tokens into windows that do not overlap, each a short sequence of its own. Attention
    inside them costs in proportion to the area of the picture instead of to its square.

    Shapes: x (H, W, D) → y (W = number of windows, T = tokens of a window, D), row after row.
    Parameters: 0.
    MACs: 0.
    Used in: Swin, SAM's encoder, MaxViT.
    Strengths: nothing is computed or lost; window merge undoes it.
    Gaps: windows do not see each other; the map must be a multiple of the window.
    Source: Liu et al. 2021, arXiv:2103.14030.
    """

    keeps = "nothing"
    formula = r"y_{n,\,t} = x_{i,j},\quad n = \lfloor i / M \rfloor \tfrac{W}{M} + \lfloor j / M \rfloor"
    tags = ("swin",)
    window = Size(7, dims=2, doc=WINDOW)
    example = (Tensor((14, 14, 8), ("H", "W", "D")),)

    def infer(self, x: Tensor) -> Tensor:
        check_token_map(x)
        check_windows(x.shape[:2], self.window)
        tokens = self.window[0] * self.window[1]
        return Tensor((x.shape[0] * x.shape[1] // tokens, tokens, x.shape[2]), ("W", "T", "D"))

    def arguments(self, x: Tensor) -> Call:
        return Call((self.window,), {})

    def summary(self) -> str:
        return show(self.window)


@block(
    "window_merge",
    target=f"{OWN}:WindowMerge",
    category="1.1.2",
    family="shape",
    icon="windows",
    stem="merge",
)
class WindowMerge(Block):
    r"""Puts windows back to the map they were cut from. It undoes Window partition.

    Shapes: x (W = number of windows, T = tokens of a window, D) → y (H, W, D).
    Parameters: 0.
    MACs: 0.
    Used in: Swin, SAM's encoder, MaxViT.
    Strengths: nothing is computed or lost.
    Gaps: the size of the map has to be told.
    Source: Liu et al. 2021, arXiv:2103.14030.
    """

    keeps = "nothing"
    formula = r"y_{i,j} = x_{n,\,t},\quad n = \lfloor i / M \rfloor \tfrac{W}{M} + \lfloor j / M \rfloor"
    tags = ("swin",)
    size = Size(14, dims=2, max=8_192, doc="height and width of the map")
    window = Size(7, dims=2, doc=WINDOW)
    example = (Tensor((4, 49, 8), ("W", "T", "D")),)

    def infer(self, x: Tensor) -> Tensor:
        wants_float(x)
        wants(x, "W", "T", "D", words="windows W × T × D")
        check_windows(self.size, self.window)
        tokens = self.window[0] * self.window[1]
        count = self.size[0] * self.size[1] // tokens
        if x.shape[:2] != (count, tokens):
            raise ShapeError(
                f"puts {count} windows of {tokens} tokens together to a {show(self.size)} map, "
                f"but {{source}} sends {x.spelled}.",
                code="size",
            )
        return Tensor((*self.size, x.shape[2]), ("H", "W", "D"))

    def arguments(self, x: Tensor) -> Call:
        return Call((self.size, self.window), {})

    def summary(self) -> str:
        return show(self.size)


@block(
    "cyclic_shift",
    target=f"{OWN}:CyclicShift",
    category="1.1.2",
    family="shape",
    icon="cyclic_shift",
    stem="shift",
)
class CyclicShift(Block):
    r"""Moves a map of tokens and lets what leaves on one side come in on the other. So windows can stand
    across the borders of the former ones without becoming more or smaller.

    Shapes: x (H, W, D) → y (H, W, D).
    Parameters: 0.
    MACs: 0.
    Used in: Swin.
    Strengths: as many equal windows as without a shift; the opposite shift undoes it.
    Gaps: opposite borders meet in one window; a mask must keep them apart.
    Source: Liu et al. 2021, arXiv:2103.14030.
    """

    keeps = "nothing"
    formula = r"y_{i,j} = x_{(i - a) \,\mathrm{mod}\, H,\; (j - b) \,\mathrm{mod}\, W}"
    tags = ("swin", "roll")
    shift = Size(-3, dims=2, min=-4_096, max=4_096, doc="tokens down and to the right; negative: up and left")
    example = (Tensor((14, 14, 8), ("H", "W", "D")),)

    def infer(self, x: Tensor) -> Tensor:
        check_token_map(x)
        return x

    def receptive_field(self, x: Tensor) -> ReceptiveField | None:
        return (
            ReceptiveField(whole=True)
            if any(s % n for s, n in zip(self.shift, x.shape, strict=False))
            else None
        )

    def arguments(self, x: Tensor) -> Call:
        return Call((self.shift,), {})

    def summary(self) -> str:
        return show(self.shift)


def check_windowed(x: Tensor, port: str) -> None:
    """Raise `ShapeError` unless windows of tokens arrive."""
    wants_float(x, port)
    wants(x, "W", "T", "D", words="windows W × T × D", port=port)


def check_scores(x: Tensor, tokens: int, port: str = "x") -> None:
    """Raise `ShapeError` unless a score for each pair of `tokens` tokens arrives."""
    wants_float(x, port)
    wants(x, "C", "H", "W", words="scores C × H × W", port=port)
    if x.shape[1:] != (tokens, tokens):
        raise ShapeError(
            f"has windows of {tokens} tokens and needs scores {tokens} × {tokens}, "
            f"but {{source}} sends {x.spelled}.",
            code="size",
            port=port,
            wants=f"C × H {tokens} × W {tokens}",
        )


@block(
    "window_scores",
    target=f"{OWN}:WindowScores",
    category="1.1.2",
    family="attention",
    icon="windows",
    stem="scores",
)
class WindowScores(Block):
    r"""Compares every query with every key of the same window, head by head. Dividing by √d keeps the scores
    small.

    The scores of the first window's heads come first, then those of the second window.

    Shapes: query, key (W = windows, T, D) → y (C = windows · heads, H = T, W = T).
    Parameters: 0.
    MACs: windows·T²·D.
    Used in: Swin.
    Strengths: cost grows with the number of tokens, not with its square.
    Gaps: no score at all for tokens of other windows.
    Source: Liu et al. 2021, arXiv:2103.14030.
    """

    keeps = "nothing"
    keeps_inside = 0.16
    formula = r"e_{ij} = \frac{q_i \cdot k_j}{\sqrt{d}}"
    tags = ("swin", "w-msa")
    heads = Int(3, max=1024, doc="parts of the width that attend on their own")
    example = (Tensor((4, 49, 12), ("W", "T", "D")), Tensor((4, 49, 12), ("W", "T", "D")))

    def infer(self, query: Tensor, key: Tensor) -> Tensor:
        check_windowed(query, "query")
        check_windowed(key, "key")
        if key.shape != query.shape:
            raise ShapeError(
                f"compares queries {query.spelled} with as many keys, but {{source}} sends {key.spelled}.",
                code="unequal",
                port="key",
                wants=query.text,
            )
        check_heads(query.shape[2], self.heads, "query")
        windows, tokens, _ = query.shape
        return Tensor((windows * self.heads, tokens, tokens), ("C", "H", "W"))

    def macs(self, query: Tensor, key: Tensor) -> int:
        return query.size * query.shape[1]

    def macs_attention(self, query: Tensor, key: Tensor) -> int:
        return self.macs(query, key)

    def receptive_field(self, query: Tensor, key: Tensor) -> ReceptiveField:
        return ReceptiveField(whole=True)

    def arguments(self, query: Tensor, key: Tensor) -> Call:
        return call(self.heads)


@block(
    "relative_position_bias",
    target=f"{OWN}:RelativePositionBias",
    category="1.1.2",
    family="attention",
    icon="relative_position_bias",
    stem="bias",
)
class RelativePositionBias(Block):
    r"""Adds to every score a learned number for the way in which the two tokens lie to each other. All pairs
    with the same offset share it, so that it knows distance and direction but not the place.

    Shapes: x (C = windows · heads, H = T, W = T) → y (same), T = M² tokens in a window.
    Parameters: (2·M − 1)²·heads, for a window M × M.
    MACs: 0.
    Used in: Swin, CoAtNet; T5 has one for sentences.
    Strengths: few numbers; better than positions added to the tokens in Swin's tests.
    Gaps: bound to the size of the window; another size needs it resampled.
    Source: Liu et al. 2021, arXiv:2103.14030.
    """

    keeps = "nothing"
    formula = r"y_{ij} = e_{ij} + B_{\,p_i - p_j}"
    tags = ("swin", "position")
    window = Size(7, dims=2, max=64, doc=WINDOW)
    heads = Int(3, max=1024, doc="heads of the attention, each with numbers of its own")
    example = (Tensor((12, 49, 49), ("C", "H", "W")),)

    def infer(self, x: Tensor) -> Tensor:
        check_scores(x, self.window[0] * self.window[1])
        if x.shape[0] % self.heads:
            raise ShapeError(
                f"has {self.heads} heads, which do not divide the {x.shape[0]} channels "
                "that {source} sends.",
                code="heads",
            )
        return x

    def parameters(self, x: Tensor) -> int:
        return (2 * self.window[0] - 1) * (2 * self.window[1] - 1) * self.heads

    def arguments(self, x: Tensor) -> Call:
        return Call((self.window, self.heads), {})

    def summary(self) -> str:
        return f"{show(self.window)} · {self.heads} heads"


@block(
    "shift_softmax",
    target=f"{OWN}:ShiftSoftmax",
    category="1.1.2",
    family="attention",
    icon="softmax",
    stem="weights",
)
class ShiftSoftmax(Block):
    r"""Turns the scores of each token into weights that add up to 1. Pairs of tokens that only a cyclic shift
    brought into one window get the weight 0, as if each of them were alone.

    Shapes: x (C = windows · heads, H = T, W = T) → y (same).
    Parameters: 0.
    MACs: 0.
    Used in: Swin.
    Strengths: windows may hold pieces of opposite borders without mixing them.
    Gaps: size of the map and shift have to be told.
    Source: Liu et al. 2021, arXiv:2103.14030.
    """

    keeps = "outputs"
    formula = r"w_{ij} = \mathrm{softmax}_j(e_{ij} + m_{ij}),\quad m_{ij} \in \{0, -\infty\}"
    tags = ("swin", "sw-msa", "mask")
    exposes = "attention"
    size = Size(14, dims=2, max=8_192, doc="height and width of the map the windows were cut from")
    window = Size(7, dims=2, doc=WINDOW)
    shift = Size(0, dims=2, min=0, max=512, doc="by how much the map was moved up and to the left before")
    example = (Tensor((12, 49, 49), ("C", "H", "W")),)

    def infer(self, x: Tensor) -> Tensor:
        check_windows(self.size, self.window)
        check_scores(x, self.window[0] * self.window[1])
        count = self.size[0] * self.size[1] // (self.window[0] * self.window[1])
        if x.shape[0] % count:
            raise ShapeError(
                f"has {count} windows, which do not divide the {x.shape[0]} channels that {{source}} sends.",
                code="divide",
            )
        return x

    def receptive_field(self, x: Tensor) -> ReceptiveField:
        return ReceptiveField(whole=True)

    def arguments(self, x: Tensor) -> Call:
        return Call((self.size, self.window), {"shift": self.shift} if any(self.shift) else {})


@block(
    "window_mix", target=f"{OWN}:WindowMix", category="1.1.2", family="attention", icon="windows", stem="mix"
)
class WindowMix(Block):
    r"""Mixes the values of each window by the weights, head by head. Every token takes what it looked for
    from the tokens in its window.

    Shapes: weights (C = windows · heads, H = T, W = T), value (W = windows, T, D) → y (W = windows, T, D).
    Parameters: 0.
    MACs: windows·T²·D.
    Used in: Swin.
    Strengths: one small matrix product for each window and head.
    Gaps: nothing arrives from other windows.
    Source: Liu et al. 2021, arXiv:2103.14030.
    """

    keeps_inside = 1.0
    formula = r"y_i = \sum_j w_{ij} v_j"
    tags = ("swin", "w-msa")
    example = (Tensor((12, 49, 49), ("C", "H", "W")), Tensor((4, 49, 12), ("W", "T", "D")))

    def infer(self, weights: Tensor, value: Tensor) -> Tensor:
        check_windowed(value, "value")
        check_scores(weights, value.shape[1], "weights")
        if weights.shape[0] % value.shape[0]:
            raise ShapeError(
                f"mixes {value.shape[0]} windows, which do not divide the {weights.shape[0]} channels "
                "that {source} sends.",
                code="divide",
                port="weights",
            )
        check_heads(value.shape[2], weights.shape[0] // value.shape[0], "value")
        return value

    def macs(self, weights: Tensor, value: Tensor) -> int:
        return value.size * value.shape[1]

    def macs_attention(self, weights: Tensor, value: Tensor) -> int:
        return self.macs(weights, value)

    def receptive_field(self, weights: Tensor, value: Tensor) -> ReceptiveField:
        return ReceptiveField(whole=True)


@block(
    "shifted_window_attention",
    category="1.1.2",
    family="attention",
    title="Shifted window attention",
    icon="windows",
    stem="attention",
)
class ShiftedWindowAttention(Composite):
    r"""Tokens attend to those in their own window only; every second layer the windows stand half a window
    further. So cost stays in proportion to the picture, and neighbours across a border still meet.

    The shift is done by rolling the map. Where that brings opposite borders into one window, a mask keeps
    them apart: what is masked has no influence at all. A shift is left out along an axis where a single
    window covers the map. A map that windows do not divide gets a margin of zeros at the right and the
    bottom, which is cut off at the end.

    Shapes: x (H, W, D) → y (H, W, D).
    Parameters: 4·(D² + D) + (2·M − 1)²·heads.
    MACs: 4·H·W·D² + 2·H·W·M²·D.
    Used in: Swin (two after each other: without and with shift).
    Strengths: linear in the number of tokens; maps of several sizes, as detection and segmentation need them.
    Gaps: far places meet only after many layers; tokens of the margin are attended to as well.
    Source: Liu et al. 2021, arXiv:2103.14030.
    """

    written = f"{OWN}:ShiftedWindowAttention"
    formula = r"y = \mathrm{softmax}\left(\frac{Q K^{\top}}{\sqrt{d}} + B + m\right) V"
    tags = ("swin", "w-msa", "sw-msa", "local attention")
    heads = Int(3, max=1024, doc="parts of the width that attend on their own")
    window = Size(7, dims=2, max=64, doc=WINDOW)
    shift = Size(0, dims=2, min=0, max=63, doc="how far the windows are moved; Swin: 0 or half a window")
    bias = Bool(True, doc="learned numbers added to queries, keys, values and output")
    example = (Tensor((14, 14, 12), ("H", "W", "D")),)

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_token_map(x.tensor)
        check_heads(x.tensor.shape[2], self.heads)
        own, width = x.tensor.shape[:2], x.tensor.shape[2]
        bottom, right = (-n % w for n, w in zip(own, self.window, strict=True))
        if bottom or right:
            x = g.add("pad", x, name="pad", margin=(0, right, 0, bottom))
        size = x.tensor.shape[:2]
        shift = tuple(0 if n == w else s % w for n, w, s in zip(size, self.window, self.shift, strict=True))
        if any(shift):
            x = g.add("cyclic_shift", x, name="roll", shift=tuple(-s for s in shift))
        x = g.add("window_partition", x, name="partition", window=self.window)
        q, k, v = (g.add("linear", x, name=f"to_{p}", features=width, bias=self.bias) for p in "qkv")
        scores = g.add("window_scores", q, k, name="scores", heads=self.heads)
        scores = g.add(
            "relative_position_bias", scores, name="position_bias", window=self.window, heads=self.heads
        )
        weights = g.add("shift_softmax", scores, name="softmax", size=size, window=self.window, shift=shift)
        y = g.add("window_mix", weights, v, name="mix")
        y = g.add("linear", y, name="to_out", features=width, bias=self.bias)
        y = g.add("window_merge", y, name="merge", size=size, window=self.window)
        if any(shift):
            y = g.add("cyclic_shift", y, name="roll_back", shift=shift)
        for axis, more in (("H", bottom), ("W", right)):
            if more:
                y = g.add("slice", y, name=f"crop_{axis.lower()}", axis=axis, stop=-more)
        return y

    def arguments(self, x: Tensor) -> Call:
        more: dict[str, Literal] = {"shift": self._shift} if any(self._shift) else {}
        return Call((x.shape[2], self.heads, self.window), more | ({} if self.bias else {"bias": False}))

    @property
    def _shift(self) -> tuple[int, ...]:
        return tuple(s % w for w, s in zip(self.window, self.shift, strict=True))

    def summary(self) -> str:
        moved = f" · shifted {show(self.shift)}" if any(self.shift) else ""
        return f"{self.heads} heads · {show(self.window)}{moved}"


@block(
    "swin_block", category="1.1.2", family="attention", title="Swin block", icon="transformer", stem="block"
)
class SwinBlock(Composite):
    r"""A transformer layer whose attention stays inside windows. Two of them after each other, the second
    with shifted windows, let what is known travel over the borders.

    Shapes: x (H, W, D) → y (H, W, D).
    Parameters: 4·(D² + D) + (2·M − 1)²·heads + 2·D·F + F + D + 4·D, where F is the MLP width.
    MACs: 4·H·W·D² + 2·H·W·M²·D + 2·H·W·D·F.
    Used in: Swin-T (2, 2, 6 and 2 blocks in its four stages), -S, -B, -L.
    Strengths: a backbone like a ResNet: maps of 1/4 to 1/32 of the size.
    Gaps: rolling and cutting windows cost time on devices; sizes must fit.
    Source: Liu et al. 2021, arXiv:2103.14030.
    """

    formula = (
        r"z = x + \mathrm{attend}_{\mathrm{win}}(\mathrm{LN}(x)),\quad y = z + \mathrm{MLP}(\mathrm{LN}(z))"
    )
    tags = ("swin layer",)
    heads = Int(3, max=1024, doc="parts of the width that attend on their own")
    window = Size(7, dims=2, max=64, doc=WINDOW)
    shift = Size(0, dims=2, min=0, max=63, doc="how far the windows are moved; Swin: 0 or half a window")
    mlp = OptionalInt(label="MLP width", doc="hidden width of the small network; empty: 4·D")
    activation = Choice("gelu", ("gelu", "relu"), doc="inside the small network")
    dropout = Float(0.0, max=0.99, doc="share of values set to zero while training")
    eps = Float(1e-5, max=1.0, doc="keeps the root in the normalisation away from zero")
    example = (Tensor((14, 14, 12), ("H", "W", "D")),)

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_token_map(x.tensor)
        width = x.tensor.shape[2]
        y = g.add("layer_norm", x, name="norm1", eps=self.eps)
        y = g.add(
            "shifted_window_attention",
            y,
            name="attention",
            heads=self.heads,
            window=self.window,
            shift=self.shift,
        )
        x = g.add("add", x, self._drop(g, y, "drop1"), name="add1")
        y = g.add("layer_norm", x, name="norm2", eps=self.eps)
        y = g.add("linear", y, name="fc1", features=self.mlp or 4 * width)
        y = self._drop(g, g.add(self.activation, y, name=self.activation), "drop_mlp")
        y = g.add("linear", y, name="fc2", features=width)
        return g.add("add", x, self._drop(g, y, "drop2"), name="add2")

    def _drop(self, g: Builder, x: Wire, name: str) -> Wire:
        return g.add("dropout", x, name=name, p=self.dropout) if self.dropout else x

    def summary(self) -> str:
        moved = f" · shifted {show(self.shift)}" if any(self.shift) else ""
        return f"{self.heads} heads · {show(self.window)}{moved}"


@block(
    "patch_neighbours",
    target=f"{OWN}:PatchNeighbours",
    category="1.1.2",
    family="shape",
    icon="patch_merging",
    stem="neighbours",
)
class PatchNeighbours(Block):
    r"""Writes the tokens of every 2×2 square one after the other into one. The map becomes half as high and
    wide and four times as deep, and nothing is lost.

    Order in the new token: top left, bottom left, top right, bottom right. Odd sizes get a last row or column
    of zeros.

    Shapes: x (H, W, D) → y (⌈H/2⌉, ⌈W/2⌉, 4·D).
    Parameters: 0.
    MACs: 0.
    Used in: Swin's patch merging.
    Strengths: free of cost.
    Gaps: four times the width, so a linear layer follows to halve it.
    Source: Liu et al. 2021, arXiv:2103.14030.
    """

    keeps = "nothing"
    formula = r"y_{i,j} = [x_{2i,2j},\, x_{2i+1,2j},\, x_{2i,2j+1},\, x_{2i+1,2j+1}]"
    tags = ("swin", "space to depth", "pixel unshuffle")
    example = (Tensor((8, 8, 6), ("H", "W", "D")),)

    def infer(self, x: Tensor) -> Tensor:
        check_token_map(x)
        return x.resized((x.shape[0] + 1) // 2, (x.shape[1] + 1) // 2, 4 * x.shape[2])

    def receptive_field(self, x: Tensor) -> ReceptiveField:
        return ReceptiveField((2, 2), (2.0, 2.0))


@block("patch_merging", category="1.1.2", family="attention", icon="patch_merging", stem="merge")
class PatchMerging(Composite):
    r"""Joins the tokens of every 2×2 square and brings them to twice the width with one linear layer. It is
    to a Swin transformer what a convolution with stride 2 is to a ResNet.

    Shapes: x (H, W, D) → y (⌈H/2⌉, ⌈W/2⌉, m), m = 2·D if nothing else is said.
    Parameters: 8·D (norm) + 4·D·m.
    MACs: ⌈H/2⌉·⌈W/2⌉·4·D·m.
    Used in: Swin between its four stages.
    Strengths: a pyramid of maps, as detection needs it; a quarter of the tokens is left to the later layers.
    Gaps: fine detail is mixed at once.
    Source: Liu et al. 2021, arXiv:2103.14030.
    """

    formula = r"y_{i,j} = W\, \mathrm{LN}([x_{2i,2j},\, x_{2i+1,2j},\, x_{2i,2j+1},\, x_{2i+1,2j+1}])"
    tags = ("swin", "downsampling")
    width = OptionalInt(label="Token width", doc="width of the new tokens; empty: twice the old one")
    eps = Float(1e-5, max=1.0, doc="keeps the root in the normalisation away from zero")
    example = (Tensor((8, 8, 6), ("H", "W", "D")),)

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_token_map(x.tensor)
        y = g.add("patch_neighbours", x, name="neighbours")
        y = g.add("layer_norm", y, name="norm", eps=self.eps)
        return g.add("linear", y, name="reduce", features=self.width or 2 * x.tensor.shape[2], bias=False)
