"""Convolutions that move the places where they read."""

from __future__ import annotations

from explorer.blocks.block import Block, Call, block, call
from explorer.blocks.checks import check_map
from explorer.blocks.fields import Bool, Int
from explorer.graph.catalogue import ReceptiveField, ShapeError
from explorer.graph.tensor import Tensor, image

OWN = "explorer.engine.modules.deformable"


@block(
    "deformable_conv2d",
    target=f"{OWN}:DeformableConv",
    category="1.1.2",
    family="conv",
    title="Deformable convolution",
    icon="deformable",
    stem="conv",
)
class DeformableConv2d(Block):
    r"""A convolution whose k² places of reading are moved, everywhere on the map, by what another one sees
    there. Its window can take the form of an object instead of a square.

    The other convolution begins at 0: at first nothing is moved. Weighed, each value is also multiplied with
    a share between 0 and 1 (½ at first).

    Shapes: x (C, H, W) → y (F, H', W'), sizes as of a convolution.
    Parameters: F·C·k² + F, and of the moves 2·k²·(C·k² + 1), weighed 3·k²·(C·k² + 1).
    MACs: (F·C·k² + 2·k²·C·k²) for each place of the output, weighed 3·k²·C·k²; reading is not counted.
    Used in: detectors and segmentation (Deformable ConvNets, DCNv2), video restoration.
    Strengths: follows scale, turn and form of what it sees.
    Gaps: reads memory at scattered places, which is slow; moves may run away when they learn too fast.
    Source: Dai et al. 2017, arXiv:1703.06211; Zhu et al. 2018, arXiv:1811.11168 (weighed).
    """

    formula = r"y_p = \sum_k w_k\, m_{p,k}\; x_{p + k + \Delta_{p,k}}"
    tags = ("dcn", "dcnv2", "offset", "modulated", "deform")
    example = (image(3, 16, 16),)
    filters = Int(32, doc="F, channels of the output")
    kernel = Int(3, max=31, doc="height and width of the window")
    stride = Int(1, max=64, doc="distance between two windows")
    padding = Int(1, min=0, max=64, doc="zeros on every side")
    dilation = Int(1, max=64, doc="distance of the places in the window")
    weighed = Bool(True, doc="shares for the values read (version 2)")
    bias = Bool(True, doc="a learned number for each output channel")

    def _places(self, x: Tensor) -> tuple[int, int]:
        reach = self.dilation * (self.kernel - 1) + 1
        rows, columns = ((n + 2 * self.padding - reach) // self.stride + 1 for n in x.shape[1:])
        return rows, columns

    def infer(self, x: Tensor) -> Tensor:
        check_map(x, 2)
        reach = self.dilation * (self.kernel - 1) + 1
        if min(x.shape[1:]) + 2 * self.padding < reach:
            raise ShapeError(
                f"has a window of {reach}×{reach}, larger than its {x.shape[1]}×{x.shape[2]} input with "
                f"{self.padding} of padding.",
                code="window",
                wants=f"at least {reach}×{reach}",
            )
        return x.resized(self.filters, *self._places(x))

    def _moves(self) -> int:
        return (3 if self.weighed else 2) * self.kernel**2

    def parameters(self, x: Tensor) -> int:
        window = x.shape[0] * self.kernel**2
        return self.filters * window + self.filters * self.bias + self._moves() * (window + 1)

    def macs(self, x: Tensor) -> int:
        rows, columns = self._places(x)
        return (self.filters + self._moves()) * x.shape[0] * self.kernel**2 * rows * columns

    def receptive_field(self, x: Tensor) -> ReceptiveField:
        return ReceptiveField(whole=True)

    def kept_inside(self, x: Tensor) -> int:
        """What was read, twice where it is weighed, and the moves."""
        rows, columns = self._places(x)
        read = x.shape[0] * self.kernel**2 * (1 + self.weighed)
        return 4 * rows * columns * (read + self._moves())

    def arguments(self, x: Tensor) -> Call:
        return call(
            x.shape[0],
            self.filters,
            defaults={
                "kernel": 3, "stride": 1, "padding": 0, "dilation": 1, "weighed": True, "bias": True,
            },
            kernel=self.kernel,
            stride=self.stride,
            padding=self.padding,
            dilation=self.dilation,
            weighed=self.weighed,
            bias=self.bias,
        )  # fmt: skip

    def summary(self) -> str:
        return f"{self.filters} · {self.kernel}×{self.kernel}"
