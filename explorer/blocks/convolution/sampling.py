"""Upscaling, and reading maps at places that the network chooses."""

from __future__ import annotations

from explorer.blocks.block import Block, Call, Composite, block, call, show
from explorer.blocks.checks import check_map, wants, wants_float
from explorer.blocks.convolution.mobile import odd_kernel
from explorer.blocks.fields import Bool, Choice, Int, Size
from explorer.graph.builder import Builder, Wire
from explorer.graph.catalogue import ReceptiveField, ShapeError
from explorer.graph.tensor import Tensor, image, vector

OWN = "explorer.engine.modules.sampling"


@block(
    "srgan_residual",
    category="1.1.2",
    family="composite",
    title="SRGAN residual block",
    icon="residual",
    stem="block",
)
class SrganResidual(Composite):
    r"""Two convolutions with batch norm and a learned leaky ReLU between them, added to the input.
    Nothing is activated after the addition, so that details of a picture pass through many blocks untouched.

    Shapes: x (C, H, W) → y (C, H, W).
    Parameters: 2·k²·C² + 4·C + 1, or + C with one slope per channel, and 2·C more with biases.
    MACs: 2·k²·C²·H·W.
    Used in: the generator of SRGAN (16 blocks of 64 channels), SRResNet.
    Strengths: keeps full resolution; PReLU lets negative values through.
    Gaps: batch norm can leave artefacts in pictures; EDSR and ESRGAN dropped it.
    Source: Ledig et al. 2016, arXiv:1609.04802.
    """

    formula = r"y = x + \mathrm{BN}(W_2 * f(\mathrm{BN}(W_1 * x)))"
    tags = ("super resolution", "gan", "skip", "prelu")
    kernel = Int(3, max=31, doc="height and width of the filters, odd")
    slopes = Choice("one", ("one", "channel"), doc="one slope for all negative values, or one a channel")
    bias = Bool(False, doc="learned numbers added by the convolutions, which batch norm takes out again")

    def validate(self) -> None:
        """Even kernels would change the size."""
        odd_kernel(self.kernel)

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        y = self._conv(g, x, 1)
        y = g.add("prelu", y, name="prelu", slopes=self.slopes)
        return g.add("add", x, self._conv(g, y, 2), name="add")

    def _conv(self, g: Builder, x: Wire, number: int) -> Wire:
        x = g.add(
            "conv2d",
            x,
            name=f"conv{number}",
            filters=x.channels,
            kernel=self.kernel,
            padding=self.kernel // 2,
            bias=self.bias,
        )
        return g.add("batch_norm", x, name=f"bn{number}")


@block(
    "pixel_shuffle",
    target="torch.nn:PixelShuffle",
    category="1.1.2",
    family="shape",
    icon="pixel_shuffle",
    stem="upscale",
)
class PixelShuffle(Block):
    r"""Makes maps larger by laying r² channels out as squares of r × r pixels.
    A convolution in front of it thus computes all new pixels at the small size, where it is cheap.

    Shapes: x (C·r², H, W) → y (C, r·H, r·W).
    Parameters: 0.
    MACs: 0.
    Used in: ESPCN, SRGAN and most networks for super-resolution.
    Strengths: no zeros are computed with, as in transposed convolution; nothing is lost.
    Gaps: neighbours come from different filters, which can show as a chequerboard.
    Source: Shi et al. 2016, arXiv:1609.05158.
    """

    keeps = "nothing"
    formula = r"y_{c,\, r i + a,\, r j + b} = x_{c r^2 + r a + b,\; i,\; j}"
    tags = ("depth to space", "sub-pixel", "super resolution", "upsampling")
    factor = Int(2, max=64, label="Factor r", doc="how many times higher and wider")

    def infer(self, x: Tensor) -> Tensor:
        check_map(x, 2)
        square = self.factor**2
        if x.shape[0] % square:
            raise ShapeError(
                f"lays out {square} channels for each one, and {square} does not divide the {x.shape[0]} "
                "channels that arrive.",
                code="divide",
            )
        return x.resized(x.shape[0] // square, *(n * self.factor for n in x.shape[1:]))

    def receptive_field(self, x: Tensor) -> ReceptiveField:
        return ReceptiveField((1, 1), (1 / self.factor,) * 2)

    def arguments(self, x: Tensor) -> Call:
        return call(self.factor)

    def summary(self) -> str:
        return f"×{self.factor}"


@block(
    "pixel_unshuffle",
    target="torch.nn:PixelUnshuffle",
    category="1.1.2",
    family="shape",
    icon="pixel_shuffle",
    stem="downscale",
)
class PixelUnshuffle(Block):
    r"""Makes maps smaller by laying squares of r × r pixels out as r² channels. It undoes Pixel shuffle.

    Shapes: x (C, r·H, r·W) → y (C·r², H, W).
    Parameters: 0.
    MACs: 0.
    Used in: super-resolution (Real-ESRGAN), YOLOv2's pass-through, as a stem that loses nothing.
    Strengths: smaller maps without any loss.
    Gaps: r² times as many channels; height and width must be multiples of r.
    Source: Shi et al. 2016, arXiv:1609.05158 (its inverse).
    """

    keeps = "nothing"
    formula = r"y_{c r^2 + r a + b,\; i,\; j} = x_{c,\, r i + a,\, r j + b}"
    tags = ("space to depth", "reorg", "downsampling", "focus")
    factor = Int(2, max=64, label="Factor r", doc="how many times lower and narrower")

    def infer(self, x: Tensor) -> Tensor:
        check_map(x, 2)
        if any(n % self.factor for n in x.shape[1:]):
            raise ShapeError(
                f"lays out squares of {self.factor}×{self.factor}, which do not divide the {x.shape[1]}×"
                f"{x.shape[2]} map that {{source}} sends.",
                code="divide",
            )
        return x.resized(x.shape[0] * self.factor**2, *(n // self.factor for n in x.shape[1:]))

    def receptive_field(self, x: Tensor) -> ReceptiveField:
        return ReceptiveField((self.factor,) * 2, (self.factor,) * 2)

    def arguments(self, x: Tensor) -> Call:
        return call(self.factor)

    def summary(self) -> str:
        return f"÷{self.factor}"


@block(
    "affine_head",
    target=f"{OWN}:AffineHead",
    category="1.1.2",
    family="linear",
    icon="linear",
    stem="theta",
)
class AffineHead(Block):
    r"""A linear layer to the six numbers of an affine map. It starts with weights of zero and the identity as
    its bias, so that nothing moves before it has learned.

    Shapes: x (D) → y (6).
    Parameters: 6·D + 6.
    MACs: 6·D.
    Used in: the end of the localisation network of a spatial transformer.
    Strengths: training begins at a map that harms nothing.
    Gaps: a map may shear or mirror; nothing keeps it a plain shift or rotation.
    Source: Jaderberg et al. 2015, arXiv:1506.02025.
    """

    formula = r"\theta = W h + (1, 0, 0, 0, 1, 0)"
    tags = ("spatial transformer", "localisation")

    def infer(self, x: Tensor) -> Tensor:
        wants_float(x)
        wants(x, "D", words="one axis D")
        return x.resized(6)

    def parameters(self, x: Tensor) -> int:
        return 6 * x.shape[0] + 6

    def macs(self, x: Tensor) -> int:
        return 6 * x.shape[0]

    def arguments(self, x: Tensor) -> Call:
        return call(x.shape[0])


@block(
    "affine_grid",
    target=f"{OWN}:AffineGrid",
    category="1.1.2",
    family="shape",
    icon="spatial_transformer",
    stem="grid",
)
class AffineGrid(Block):
    r"""Turns six numbers into places to read at: every pixel of the output, moved by an affine map.
    Places are x and y from −1 at the left or upper edge to 1 at the other one, whatever the size.

    Shapes: theta (6) → y (H, W, 2).
    Parameters: 0.
    MACs: 0.
    Used in: spatial transformers, registration of medical images.
    Strengths: shifts, rotates, scales and shears with six numbers, and is differentiable in all of them.
    Gaps: straight lines stay straight; bending needs other grids.
    Source: Jaderberg et al. 2015, arXiv:1506.02025.
    """

    keeps = "nothing"
    formula = r"(x_s, y_s)^{\top} = \theta\, (x_t, y_t, 1)^{\top}"
    tags = ("spatial transformer", "warp")
    exposes = "grid"
    example = (vector(6),)
    size = Size(32, dims=2, max=8_192, doc="height and width of the output")

    def infer(self, theta: Tensor) -> Tensor:
        wants_float(theta, "theta")
        wants(theta, "D", words="six numbers on one axis D", port="theta")
        if theta.shape != (6,):
            raise ShapeError(
                f"needs the six numbers of an affine transformation, but {{source}} sends {theta.spelled}.",
                code="size",
                port="theta",
                wants="D 6",
            )
        return Tensor((*self.size, 2), ("H", "W", "D"))

    def receptive_field(self, theta: Tensor) -> ReceptiveField:
        return ReceptiveField(whole=True)

    def arguments(self, theta: Tensor) -> Call:
        return Call(self.size, {})

    def summary(self) -> str:
        return show(self.size)


@block(
    "grid_sample",
    target=f"{OWN}:GridSample",
    category="1.1.2",
    family="shape",
    icon="resize",
    stem="sample",
)
class GridSample(Block):
    r"""Reads maps at given places, bilinearly between the four nearest pixels.
    Both the maps and the places get a gradient, so that a network can learn where to read.

    Shapes: x (C, H, W), grid (H', W', 2) → y (C, H', W').
    Parameters: 0.
    MACs: 0.
    Used in: spatial transformers, optical flow, registration, deformable attention.
    Strengths: differentiable in the places.
    Gaps: the gradient of a place knows only the four pixels round it; strong shrinking skips pixels.
    Source: Jaderberg et al. 2015, arXiv:1506.02025.
    """

    formula = r"y_{c,i} = \sum_{n,m} x_{c,n,m} \max(0, 1 - |x_i - m|) \max(0, 1 - |y_i - n|)"
    tags = ("spatial transformer", "warp", "bilinear")
    example = (image(3, 24, 32), Tensor((24, 32, 2), ("H", "W", "D")))
    padding = Choice("zeros", ("zeros", "border"), doc="what lies outside: zeros, or the nearest edge pixel")

    def infer(self, x: Tensor, grid: Tensor) -> Tensor:
        check_map(x, 2)
        wants_float(grid, "grid")
        wants(grid, "H", "W", "D", words="a sampling grid H × W × D 2", port="grid")
        if grid.shape[2] != 2:
            raise ShapeError(
                f"needs x and y for every place, but {{source}} sends {grid.spelled}.",
                code="size",
                port="grid",
                wants="H × W × D 2",
            )
        return x.resized(x.shape[0], *grid.shape[:2])

    def receptive_field(self, x: Tensor, grid: Tensor) -> ReceptiveField:
        return ReceptiveField(whole=True)

    def arguments(self, x: Tensor, grid: Tensor) -> Call:
        return call(defaults={"padding": "zeros"}, padding=self.padding)


@block(
    "spatial_transformer",
    category="1.1.2",
    family="composite",
    title="Spatial transformer",
    icon="spatial_transformer",
    stem="transformer",
)
class SpatialTransformer(Composite):
    r"""Rotates, shifts and zooms its input so that what matters stands upright in the middle.
    A small localisation network reads the input and gives an affine map, and a bilinear sampler reads
    the maps along the grid that it makes.

    It starts as the identity. Nobody tells it the right map: the loss of the network after it is enough.

    Shapes: x (C, H, W) → y (C, H, W), or (C, *size).
    Parameters: k²·C·f + f + k²·f² + f + 16·f·h + h + 6·h + 6, with f filters and h hidden units.
    MACs: k²·C·f·H·W + k²·f²·⌊H/2⌋·⌊W/2⌋ + 16·f·h + 6·h.
    Used in: reading street numbers and distorted digits, fine-grained birds, point clouds (T-net).
    Strengths: learns to undo shifts, rotations and scales without labels for them.
    Gaps: its learning rate is delicate; zooming out skips pixels; finds one object at a time.
    Correction: a text writes it as a sum of all pixels weighted by kernel(i, j); it is a localisation
    network, an affine grid and a bilinear sampler.
    Source: Jaderberg et al. 2015, arXiv:1506.02025.
    """

    formula = r"y = \mathrm{sample}(x,\; \theta\, G),\quad \theta = f_{\mathrm{loc}}(x)"
    tags = ("stn", "warp", "affine", "attention")
    exposes = "grid"
    inside = (("grid", "grid"),)
    filters = Int(8, max=4_096, doc="filters of both convolutions of the localisation network")
    kernel = Int(5, max=31, doc="height and width of these filters")
    hidden = Int(32, doc="width of its hidden linear layer")
    size = Size(0, dims=2, min=0, max=8_192, doc="height and width of the output; 0 means as the input")
    padding = Choice("zeros", ("zeros", "border"), doc="what lies outside: zeros, or the nearest edge pixel")

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_map(x.tensor, 2)
        y = x
        for number in (1, 2):
            y = g.add(
                "conv2d", y, name=f"conv{number}", filters=self.filters, kernel=self.kernel, padding="same"
            )
            y = g.add("relu", y, name=f"relu{number}")
            if number == 1:
                y = g.add("max_pool", y, name="pool", kernel=2)
        y = g.add("adaptive_pool", y, name="cells", size=4, mode="max")
        y = g.add("linear", g.add("flatten", y, name="flatten"), name="fc", features=self.hidden)
        theta = g.add("affine_head", g.add("relu", y, name="fc_relu"), name="theta")
        size = self.size if all(self.size) else x.tensor.shape[1:]
        grid = g.add("affine_grid", theta, name="grid", size=size)
        return g.add("grid_sample", x, grid, name="sample", padding=self.padding)

    def summary(self) -> str:
        return show(self.size) if all(self.size) else "affine"
