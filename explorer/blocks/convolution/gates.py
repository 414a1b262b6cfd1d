"""Gates: small networks that decide how much of each channel or place passes."""

from __future__ import annotations

from explorer.blocks.block import Composite, block
from explorer.blocks.checks import check_map
from explorer.blocks.fields import Bool, Choice, Float, Int, OptionalInt
from explorer.graph.builder import Builder, Wire
from explorer.graph.catalogue import BadField, ReceptiveField, ShapeError
from explorer.graph.tensor import image


@block("se", category="1.1.2", family="composite", title="Squeeze and excitation", icon="se", stem="se")
class SqueezeExcite(Composite):
    r"""Weighs whole channels by what all of them hold on average: useful ones pass, others fade.
    It squeezes each map to its mean, and two small layers and a sigmoid turn the means into factors.

    Shapes: x (C, H, W) → y (C, H, W).
    Parameters: 2·C²/r, and C + C/r with biases.
    MACs: 2·C²/r.
    Used in: SE-ResNet, SENet-154, MobileNetV3, EfficientNet.
    Strengths: a generic block that fits into any CNN; models how channels depend on each other.
    Gaps: ignores positions; in a ResNet it weighs channels by the residual alone.
    Correction: a lecture lists SE-Net with 27.5 M parameters and depth 152; SE-ResNet-152 has 66.8 M, and
    27.56 M is SE-ResNeXt-50.
    Source: Hu et al. 2017, arXiv:1709.01507.
    """

    formula = r"y = x \odot \sigma(W_2\, f(W_1\, \mathrm{mean}_{i,j}\, x))"
    tags = ("senet", "channel attention")
    exposes = "gates"
    inside = (("channels", "sigmoid"),)
    reduction = Int(16, max=1024, doc="r: how much narrower the layer in between is")
    squeezed = OptionalInt(doc="channels of the layer in between; empty: C/r")
    activation = Choice("relu", ("relu", "swish", "hard_swish"), doc="between the two layers")
    gate = Choice("sigmoid", ("sigmoid", "hard_sigmoid"), doc="what gives the factors; hard: straight pieces")
    bias = Bool(False, doc="learned numbers added in both layers")

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        inner = self.squeezed or max(1, x.channels // self.reduction)
        y = g.add("global_pool", x, name="squeeze", keep=True)
        y = g.add("pointwise_conv2d", y, name="reduce", filters=inner, bias=self.bias)
        y = g.add(self.activation, y, name=self.activation)
        y = g.add("pointwise_conv2d", y, name="restore", filters=x.channels, bias=self.bias)
        y = g.add(self.gate, y, name="sigmoid")
        return g.add("multiply", x, y, name="scale", broadcast=True)

    def summary(self) -> str:
        return f"→ {self.squeezed}" if self.squeezed else f"r {self.reduction}"


class _Gated(Composite):
    """A factor for each channel or place, times the input."""

    exposes = "gates"


def _bottleneck(g: Builder, x: Wire, inner: int, *, bias: bool, activation: str = "relu") -> Wire:
    """Two 1×1 convolutions, the first narrower: a small network that all places share."""
    y = g.add("pointwise_conv2d", x, name="reduce", filters=inner, bias=bias)
    y = g.add(activation, y, name=activation)
    return g.add("pointwise_conv2d", y, name="restore", filters=x.channels, bias=bias)


@block("cse", category="1.1.2", family="composite", title="Channel excitation cSE", icon="se", stem="cse")
class ChannelExcite(_Gated):
    r"""Weighs whole channels by their means: squeezes space, excites channels.
    It is squeeze and excitation under the name that its spatial counterpart made necessary, and narrows by
    half.

    Shapes: x (C, H, W) → y (C, H, W).
    Parameters: 2·C²/r, and C + C/r with biases.
    MACs: 2·C²/r.
    Used in: segmentation networks for medical images (U-Net, SD-Net, DenseNet) as part of scSE.
    Strengths: tells which maps matter.
    Gaps: gives all places of a map the same factor.
    Source: Roy, Navab & Wachinger 2018, arXiv:1803.02579.
    """

    formula = r"y = x \odot \sigma(W_2\, f(W_1\, \mathrm{mean}_{i,j}\, x))"
    tags = ("scse", "channel attention", "squeeze")
    inside = (("channels", "sigmoid"),)
    reduction = Int(2, max=1024, doc="r: how much narrower the layer in between is")
    bias = Bool(False, doc="learned numbers added in both layers")

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        y = g.add("global_pool", x, name="squeeze", keep=True)
        y = _bottleneck(g, y, max(1, x.channels // self.reduction), bias=self.bias)
        y = g.add("sigmoid", y, name="sigmoid")
        return g.add("multiply", x, y, name="scale", broadcast=True)

    def summary(self) -> str:
        return f"r {self.reduction}"


@block(
    "eca",
    category="1.1.2",
    family="composite",
    title="Efficient channel attention ECA",
    icon="se",
    stem="eca",
)
class EfficientChannelAttention(_Gated):
    r"""Weighs each channel by its own mean and those of its neighbours in the list of channels.
    One small filter slides over the list of means, so that nothing is squeezed and a few weights are enough.

    An empty kernel is the odd number nearest to log₂(C)/2 + 1/2, of two the larger: 3 for C = 64, 5 for 256.

    Shapes: x (C, H, W) → y (C, H, W).
    Parameters: k.
    MACs: k·C.
    Used in: ECA-ResNet, ECA-MobileNetV2.
    Strengths: a handful of weights where squeeze and excitation has 2·C²/r; no narrow layer loses anything.
    Gaps: channels have no natural order, yet only those side by side are compared; sees no places.
    Source: Wang et al. 2019, arXiv:1910.03151.
    """

    formula = r"y = x \odot \sigma(w * \mathrm{mean}_{i,j}\, x)"
    tags = ("eca-net", "channel attention", "squeeze")
    inside = (("channels", "sigmoid"),)
    example = (image(3, 48, 64),)
    kernel = OptionalInt(max=31, doc="k: neighbours looked at together, odd; empty: worked out from C")

    def validate(self) -> None:
        """Even kernels would change the number of channels."""
        if self.kernel is not None and self.kernel % 2 == 0:
            raise BadField(f"kernel must be odd, so that padding keeps the channels, not {self.kernel}.")

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        channels = x.channels
        kernel = self.kernel or (channels.bit_length() // 2) | 1  # ⌊(log₂ C + 1)/2⌋; an even one plus 1
        y = g.add("global_pool", x, name="squeeze")
        y = g.add("reshape", y, name="row", shape=(1, channels), axes="CT")
        y = g.add("conv1d", y, name="conv", filters=1, kernel=kernel, padding=kernel // 2, bias=False)
        y = g.add("reshape", y, name="column", shape=(channels, 1, 1), axes="CHW")
        y = g.add("sigmoid", y, name="sigmoid")
        return g.add("multiply", x, y, name="scale", broadcast=True)


@block(
    "sse",
    category="1.1.2",
    family="composite",
    title="Spatial excitation sSE",
    icon="spatial_attention",
    stem="sse",
)
class SpatialExcite(_Gated):
    r"""Weighs places: a 1×1 convolution to a single map and a sigmoid say how much of each place passes.
    It squeezes the channels and excites space, the reverse of squeeze and excitation.

    Shapes: x (C, H, W) → y (C, H, W).
    Parameters: C, and 1 with a bias.
    MACs: C·H·W.
    Used in: segmentation networks for medical images, as part of scSE.
    Strengths: C weights only; sharpens where things are, which segmentation needs.
    Gaps: looks at one place at a time, without its surroundings.
    Source: Roy, Navab & Wachinger 2018, arXiv:1803.02579.
    """

    formula = r"y_{c,i,j} = s_{i,j}\, x_{c,i,j},\quad s_{i,j} = \sigma(w \cdot x_{i,j})"
    tags = ("scse", "spatial attention", "squeeze")
    inside = (("places", "sigmoid"),)
    bias = Bool(False, doc="a learned number added to the map")

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        y = g.add("pointwise_conv2d", x, name="squeeze", filters=1, bias=self.bias)
        y = g.add("sigmoid", y, name="sigmoid")
        return g.add("multiply", x, y, name="scale", broadcast=True)


@block(
    "scse", category="1.1.2", family="composite", title="Concurrent excitation scSE", icon="se", stem="scse"
)
class ConcurrentExcite(_Gated):
    r"""Weighs channels and places side by side and joins both results.
    A value stays large if its channel or its place matters, so that the network learns what and where at
    once.

    The results are added as first published; the larger one, the product, or both side by side came later.

    Shapes: x (C, H, W) → y (C, H, W), or (2·C, H, W) with concat.
    Parameters: 2·C²/r + C, and C + C/r + 1 with biases.
    MACs: 2·C²/r + C·H·W.
    Used in: medical segmentation (MALC brain MRI, Visceral CT), winning U-Nets of competitions.
    Strengths: spatial and channel attention in parallel; raises Dice scores for few weights.
    Gaps: two copies of the maps; the sum may grow to twice the input.
    Source: Roy, Navab & Wachinger 2018, arXiv:1803.02579; 2018, arXiv:1808.08127 (ways to join).
    """

    formula = r"y = \mathrm{cSE}(x) + \mathrm{sSE}(x)"
    tags = ("squeeze", "attention", "segmentation")
    inside = (("channels", "channels.sigmoid"), ("places", "places.sigmoid"))
    reduction = Int(2, max=1024, doc="r: how much narrower the layer in between is")
    bias = Bool(False, doc="learned numbers added in all layers")
    join = Choice("add", ("add", "max", "multiply", "concat"), doc="how both results become one")

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        channels = g.add("cse", x, name="channels", reduction=self.reduction, bias=self.bias)
        places = g.add("sse", x, name="places", bias=self.bias)
        if self.join == "max":  # max(a, b) = b + relu(a − b)
            opposite = g.add("scale", places, name="opposite", factor=-1.0)
            more = g.add("relu", g.add("add", channels, opposite, name="difference"), name="relu")
            return g.add("add", places, more, name="join")
        return g.add(self.join, channels, places, name="join")

    def summary(self) -> str:
        return f"r {self.reduction} · {self.join}"


@block("channel_attention", category="1.1.2", family="composite", icon="se", stem="channels")
class ChannelAttention(_Gated):
    r"""Weighs channels by their mean and by their largest value, which one small network judges alike.
    Both answers are added before the sigmoid, since a single strong spot says something else than the
    average.

    Mean and maximum lie side by side as two places of one map, so that the same 1×1 convolutions serve both.

    Shapes: x (C, H, W) → y (C, H, W).
    Parameters: 2·C²/r, and C + C/r with biases.
    MACs: 4·C²/r.
    Used in: CBAM, ResNets and detectors with CBAM.
    Strengths: helps to see what to focus on; the maximum adds what the mean blurs away.
    Gaps: no notion of place.
    Correction: a text gives the formula of squeeze and excitation for it, with the average alone; CBAM's sums
    a shared network over average and maximum.
    Source: Woo et al. 2018, arXiv:1807.06521 (section 3).
    """

    formula = r"y = x \odot \sigma(\mathrm{MLP}(\mathrm{mean}\, x) + \mathrm{MLP}(\max\, x))"
    tags = ("cbam", "attention", "squeeze")
    inside = (("channels", "sigmoid"),)
    reduction = Int(16, max=1024, doc="r: how much narrower the layer in between is")
    bias = Bool(False, doc="learned numbers added in both layers")

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        mean = g.add("global_pool", x, name="mean", keep=True)
        largest = g.add("global_pool", x, name="max", mode="max", keep=True)
        both = g.add("concat", mean, largest, name="both", axis="H")
        both = _bottleneck(g, both, max(1, x.channels // self.reduction), bias=self.bias)
        one, other = g.add_all("split", both, name="split", parts=2, axis="H")
        y = g.add("sigmoid", g.add("add", one, other, name="sum"), name="sigmoid")
        return g.add("multiply", x, y, name="scale", broadcast=True)

    def summary(self) -> str:
        return f"r {self.reduction}"


@block("spatial_attention", category="1.1.2", family="composite", icon="spatial_attention", stem="places")
class SpatialAttention(_Gated):
    r"""Weighs places: mean and maximum over the channels make two maps, from which a 7×7 convolution reads a
    factor for each place. The large window lets the surroundings decide what matters.

    Shapes: x (C, H, W) → y (C, H, W).
    Parameters: 2·k², and 2 with batch norm.
    MACs: 2·k²·H·W.
    Used in: CBAM.
    Strengths: helps to see where to focus; under a hundred weights.
    Gaps: gives all channels of a place the same factor.
    Source: Woo et al. 2018, arXiv:1807.06521 (section 3).
    """

    formula = r"y = x \odot \sigma(W_{7 \times 7} * [\mathrm{max}_c\, x,\; \mathrm{mean}_c\, x])"
    tags = ("cbam", "attention")
    inside = (("places", "sigmoid"),)
    kernel = Int(7, max=31, doc="height and width of the window, odd")
    norm = Bool(False, label="Batch norm", doc="after the convolution, as in the authors' code")
    momentum = Float(0.1, max=1.0, doc="of the batch norm: share of the newest batch in its averages")

    def validate(self) -> None:
        """Even kernels would change the size."""
        if self.kernel % 2 == 0:
            raise BadField(f"kernel must be odd, so that padding keeps the size, not {self.kernel}.")

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        channels, height, width = x.tensor.shape
        # Channels take the place of steps, so that the pools run over them.
        rows = g.add("reshape", x, name="rows", shape=(channels, height * width), axes="TD")
        mean = g.add("global_pool", rows, name="mean", keep=True)
        largest = g.add("global_pool", rows, name="max", mode="max", keep=True)
        both = g.add("concat", largest, mean, name="both", axis="T")  # in the order of the authors' weights
        maps = g.add("reshape", both, name="maps", shape=(2, height, width), axes="CHW")
        y = g.add(
            "conv2d", maps, name="conv", filters=1, kernel=self.kernel, padding=self.kernel // 2, bias=False
        )
        if self.norm:
            y = g.add("batch_norm", y, name="bn", momentum=self.momentum)
        y = g.add("sigmoid", y, name="sigmoid")
        return g.add("multiply", x, y, name="scale", broadcast=True)

    def receptive_field_around(self, inside: ReceptiveField | None) -> ReceptiveField:
        """The pools run over channels, which only look like steps on the way."""
        return ReceptiveField((self.kernel,) * 2, (1.0, 1.0))

    def summary(self) -> str:
        return f"{self.kernel}×{self.kernel}"


@block("cbam", category="1.1.2", family="composite", title="CBAM", icon="spatial_attention", stem="cbam")
class Cbam(_Gated):
    r"""First weighs the channels, then the places of what is left.
    Split in two, attention over channels and places costs little and fits into any network.

    Shapes: x (C, H, W) → y (C, H, W).
    Parameters: 2·C²/r + 2·k², and C + C/r with biases, 2 with batch norm.
    MACs: 4·C²/r + 2·k²·H·W.
    Used in: ResNet, WideResNet, MobileNet and ResNeXt with CBAM, detectors on MS COCO.
    Strengths: a generic block for feed-forward networks: what, then where; average and maximum at once.
    Gaps: adds some computational load; the order (channels first) was found by trial.
    Source: Woo et al. 2018, arXiv:1807.06521.
    """

    formula = r"z = M_c(x) \odot x,\quad y = M_s(z) \odot z"
    tags = ("convolutional block attention module", "attention")
    inside = (("channels", "channels.sigmoid"), ("places", "places.sigmoid"))
    reduction = Int(16, max=1024, doc="r: how much narrower the layer in between is")
    kernel = Int(7, max=31, doc="height and width of the window over places, odd")
    bias = Bool(False, doc="learned numbers added in the channel part")
    norm = Bool(False, label="Batch norm", doc="after the convolution of the spatial part")
    momentum = Float(0.1, max=1.0, doc="of the batch norm: share of the newest batch in its averages")

    def validate(self) -> None:
        """Even kernels would change the size."""
        SpatialAttention(kernel=self.kernel)

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        y = g.add("channel_attention", x, name="channels", reduction=self.reduction, bias=self.bias)
        return g.add(
            "spatial_attention",
            y,
            name="places",
            kernel=self.kernel,
            norm=self.norm,
            momentum=self.momentum,
        )

    def summary(self) -> str:
        return f"r {self.reduction} · {self.kernel}×{self.kernel}"


@block("bam", category="1.1.2", family="composite", title="BAM", icon="spatial_attention", stem="bam")
class Bam(_Gated):
    r"""Adds up a factor for each channel and a factor for each place, squashes the sum and strengthens the
    input by it. Dilated convolutions let the spatial branch see wide surroundings for few weights.

    It stands at the bottlenecks of a network, where maps are about to be halved. The input itself passes too,
    so the block can only strengthen.

    Shapes: x (C, H, W) → y (C, H, W).
    Parameters: with w = C/r: 2·C·w + w + C + 2·C for channels; C·w + 18·w² + w + 6·w + 2 for places.
    MACs: 2·C·w + (C·w + 18·w² + w)·H·W.
    Used in: ResNet, WideResNet, ResNeXt and MobileNet, between their stages.
    Strengths: three modules per network are enough; both branches run at the same time.
    Gaps: batch norm over single values needs batches in training.
    Source: Park et al. 2018, arXiv:1807.06514.
    """

    formula = r"y = x + x \odot \sigma(M_c(x) + M_s(x))"
    tags = ("bottleneck attention module", "attention", "dilated")
    inside = (("gate", "sigmoid"),)
    reduction = Int(16, max=1024, doc="r: how much narrower both branches are inside")
    dilation = Int(4, max=64, doc="d: distance between the weights of the 3×3 filters")

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        inner = max(1, x.channels // self.reduction)
        channels = g.add("global_pool", x, name="squeeze", keep=True)
        channels = _bottleneck(g, channels, inner, bias=True)
        channels = g.add("batch_norm", channels, name="channels_bn")
        places = self._step(g, x, "places_reduce", inner, 1)
        for number in (1, 2):
            places = self._step(g, places, f"dilated{number}", inner, 3)
        places = g.add("pointwise_conv2d", places, name="places_end", filters=1, bias=False)
        places = g.add("batch_norm", places, name="places_bn")
        both = g.add("add", channels, places, name="sum", broadcast=True)
        gate = g.add("sigmoid", both, name="sigmoid")
        return g.add("add", x, g.add("multiply", x, gate, name="scale"), name="add")

    def _step(self, g: Builder, x: Wire, name: str, filters: int, kernel: int) -> Wire:
        dilation = self.dilation if kernel > 1 else 1
        x = g.add(
            "conv2d",
            x,
            name=name,
            filters=filters,
            kernel=kernel,
            dilation=dilation,
            padding=dilation * (kernel // 2),
            bias=False,
        )
        x = g.add("batch_norm", x, name=f"{name}_bn")
        return g.add("relu", x, name=f"{name}_relu")

    def summary(self) -> str:
        return f"r {self.reduction} · dilation {self.dilation}"


@block(
    "cmpe_se",
    category="1.1.2",
    family="composite",
    title="Competitive squeeze and excitation",
    icon="se",
    stem="cmpe",
)
class CompetitiveSqueezeExcite(_Gated):
    r"""Weighs the channels of a residual by what residual and identity hold together.
    Where the identity carries a feature already, the residual need not repeat it: the two compete.

    `double_fc` narrows both statistics apart. The others stack them as an image of two rows (inner imaging)
    and scan it with filters of 2×1, a pair at a time, or 1×1; the scans are averaged before the two layers.

    Shapes: residual (C, H, W), identity (C, H, W) → y (C, H, W).
    Parameters: double_fc: 4·C²/r; pair_2x1: 2·C²/r + 4·C/r; pair_1x1: 3·C²/r + 3·C/r.
    MACs: double_fc: 4·C²/r; pair_2x1: 2·C²/r + 2·C²/r; pair_1x1: 3·C²/r + 2·C²/r.
    Used in: CMPE-SE-WRN-28 for CIFAR, wide and pyramidal residual networks.
    Strengths: uses statistics of residual and identity features, so that shortcuts carry less twice.
    Gaps: not a form of attention: neither places nor single features are chosen.
    Correction: a lecture's table gives CMPE-SE-WRN-28 depth 152; it is 28 layers deep.
    Source: Hu et al. 2018, arXiv:1807.08920.
    """

    formula = r"y = x + s \odot u,\quad s = \sigma(W_2\, f(W_1 [\mathrm{mean}\, u,\; \mathrm{mean}\, x]))"
    tags = ("squeeze", "inner imaging", "attention")
    inside = (("channels", "factors"),)
    form = Choice("double_fc", ("double_fc", "pair_2x1", "pair_1x1"), doc="how both statistics are joined")
    reduction = Int(16, max=1024, doc="r: how much narrower the layers in between are")
    join = Bool(True, label="Add identity", doc="adds the identity; off: the weighed residual alone")

    def expand(self, g: Builder, residual: Wire, identity: Wire) -> Wire:
        check_map(residual.tensor, 2)
        if identity.tensor != residual.tensor:
            raise ShapeError(
                f"needs residual and identity of one shape, but gets {residual.tensor.spelled} and "
                f"{identity.tensor.spelled}.",
                code="unequal",
                port="identity",
                wants=residual.tensor.text,
            )
        channels = residual.channels
        inner = max(1, channels // self.reduction)
        means = [
            g.add("global_pool", wire, name=f"squeeze_{name}")
            for name, wire in (("residual", residual), ("identity", identity))
        ]
        y = self._apart(g, means, inner) if self.form == "double_fc" else self._image(g, means, inner)
        y = g.add("linear", y, name="restore", features=channels, bias=False)
        y = g.add("sigmoid", y, name="sigmoid")
        y = g.add("reshape", y, name="factors", shape=(channels, 1, 1), axes="CHW")
        y = g.add("multiply", residual, y, name="scale", broadcast=True)
        return g.add("add", identity, y, name="add") if self.join else y

    def _apart(self, g: Builder, means: list[Wire], inner: int) -> Wire:
        reduced = []
        for name, mean in zip(("residual", "identity"), means, strict=True):
            y = g.add("linear", mean, name=f"reduce_{name}", features=inner, bias=False)
            reduced.append(g.add("relu", y, name=f"relu_{name}"))
        return g.add("concat", *reduced, name="concat")

    def _image(self, g: Builder, means: list[Wire], inner: int) -> Wire:
        channels = means[0].channels
        columns = [  # pairs lie side by side and follow one another when flattened, as in the authors' code
            g.add("reshape", mean, name=f"column_{name}", shape=(1, channels, 1), axes="CHW")
            for name, mean in zip(("residual", "identity"), means, strict=True)
        ]
        y = g.add("concat", *columns, name="image", axis="W")
        kernel = (1, 2) if self.form == "pair_2x1" else (1, 1)
        y = g.add("conv2d", y, name="scan", filters=inner, kernel=kernel, bias=False)
        y = g.add("batch_norm", y, name="scan_bn")
        y = g.add("reshape", y, name="scans", shape=(inner, y.tensor.size // inner), axes="TD")
        y = g.add("global_pool", y, name="fold")
        y = g.add("linear", y, name="reduce", features=inner, bias=False)
        return g.add("relu", y, name="relu")

    def summary(self) -> str:
        return f"{self.form.replace('_', ' ')} · r {self.reduction}"
