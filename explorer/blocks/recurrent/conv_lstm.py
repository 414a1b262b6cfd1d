"""LSTMs whose products of matrices are convolutions: memory for films."""

from __future__ import annotations

from math import prod
from typing import ClassVar

from explorer.blocks.block import Block, Call, Literal, block, show, squash
from explorer.blocks.checks import wants_float
from explorer.blocks.fields import Bool, Int, Size
from explorer.graph.catalogue import BadField, Clash, Reach
from explorer.graph.tensor import Tensor

OWN = "explorer.engine.modules.conv_lstm"


class _ConvLSTM(Block):
    """Shapes and counts of both; `dims` is the number of places' axes."""

    outputs = ("y", "last")
    exposes = "gates"
    tags = ("convlstm", "video", "nowcasting")
    dims: ClassVar[int]
    layout: ClassVar[tuple[str, ...]]
    words: ClassVar[str]
    filters = Int(16, doc="channels of the state at every place")
    kernel = Size(3, dims=2, doc="sizes of the convolutions along each axis; odd")
    peepholes = Bool(True, doc="the gates see the cell too, by a weight for each channel and place")

    def validate(self) -> None:
        """Only an odd kernel leaves the map as large as it was."""
        if any(k % 2 == 0 for k in self.kernel):
            raise BadField(
                f"kernel is odd along every axis, so that maps keep their size, not {show(self.kernel)}."
            )

    def _read(self, x: Tensor) -> tuple[int, int, tuple[int, ...]]:
        """Steps, channels and places."""
        wants_float(x)
        if x.axes == self.layout:
            return x.shape[0], x.shape[1], x.shape[2:]
        if self.dims == 3 and x.axes == ("T", "D", "H", "W"):
            return x.shape[0], 1, x.shape[1:]
        raise Clash(
            f"needs {self.words}, but {{source}} sends {x.spelled}.",
            code="axes",
            wants=" × ".join(self.layout),
        )

    def infer(self, x: Tensor) -> tuple[Tensor, Tensor]:
        steps, _, places = self._read(x)
        state = Tensor((self.filters, *places), self.layout[1:])
        return Tensor((steps, *state.shape), self.layout), state

    def parameters(self, x: Tensor) -> int:
        _, channels, places = self._read(x)
        weights = 4 * self.filters * (channels + self.filters) * prod(self.kernel)
        return weights + 4 * self.filters + 3 * self.filters * prod(places) * self.peepholes

    def macs(self, x: Tensor) -> int:
        steps, channels, places = self._read(x)
        return 4 * steps * prod(places) * self.filters * (channels + self.filters) * prod(self.kernel)

    def reach(self, x: Tensor) -> Reach:
        return Reach(whole=True)

    def arguments(self, x: Tensor) -> Call:
        _, channels, places = self._read(x)
        more: dict[str, Literal] = {"size": places} if self.peepholes else {}
        return Call((channels, self.filters, squash(self.kernel)), more)

    def summary(self) -> str:
        return f"{self.filters} · {show(self.kernel)}" + ("" if self.peepholes else " · no peepholes")


@block(
    "conv_lstm2d", target=f"{OWN}:ConvLSTM2d", category="1.1.3", family="recurrent", title="ConvLSTM 2D",
    icon="conv_lstm", stem="conv_lstm",
)  # fmt: skip
class ConvLSTM2d(_ConvLSTM):
    r"""An LSTM for films: cell and state are stacks of maps, and convolutions take the place of the products
    of matrices. Each place remembers what happened at and around it, with the same weights everywhere.

    With peepholes the gates also see the cell: input and forget gate the one before, the output gate the NEW
    one.

    Shapes: x (T, C, H, W) → y (T, F, H, W), all states; last (F, H, W).
    Parameters: 4·F·(C + F)·k² + 4·F, and 3·F·H·W more with peepholes.
    MACs: 4·T·H·W·F·(C + F)·k².
    Used in: rain forecasts from radar, video prediction, medical films.
    Strengths: keeps the plane of the picture; shares weights over all places, so fewer than an LSTM on the
        flat picture.
    Gaps: a state moves by half a kernel a step, so fast motion needs large kernels; slow and hungry for
        memory; with peepholes the size of the picture is fixed.
    Source: Shi et al. 2015, arXiv:1506.04214.
    """

    formula = (
        r"c_t = f_t \circ c_{t-1} + i_t \circ \tanh(W_{xc} * x_t + W_{hc} * h_{t-1} + b_c),"
        r"\quad o_t = \sigma(W_{xo} * x_t + W_{ho} * h_{t-1} + W_{co} \circ c_t + b_o)"
    )
    dims, layout, words = 2, ("T", "C", "H", "W"), "a film T × C × H × W"
    kernel = Size(3, dims=2, doc="height and width of the convolutions; odd")
    example = (Tensor((6, 1, 16, 16), ("T", "C", "H", "W")),)


@block(
    "conv_lstm3d", target=f"{OWN}:ConvLSTM3d", category="1.1.3", family="recurrent", title="ConvLSTM 3D",
    icon="conv_lstm", stem="conv_lstm",
)  # fmt: skip
class ConvLSTM3d(_ConvLSTM):
    r"""A ConvLSTM for sequences of volumes: its convolutions slide along depth, height and width. It
    remembers what happened at each place of a body, as the flat one does in a plane.

    Volumes of one channel may come without that axis. Depth is called D.

    Shapes: x (T, C, D, H, W) or (T, D, H, W) → y (T, F, D, H, W), all states; last (F, D, H, W).
    Parameters: 4·F·(C + F)·k³ + 4·F, and 3·F·D·H·W more with peepholes.
    MACs: 4·T·D·H·W·F·(C + F)·k³.
    Used in: films of CT and MRI volumes, weather in several layers of air, gestures.
    Strengths: one memory for space and time.
    Gaps: cost grows with the third power of the kernel and of the size.
    Source: Shi et al. 2015, arXiv:1506.04214 (in the plane).
    """

    formula = (
        r"c_t = f_t \circ c_{t-1} + i_t \circ \tanh(W_{xc} * x_t + W_{hc} * h_{t-1} + b_c),"
        r"\quad h_t = o_t \circ \tanh c_t"
    )
    dims, layout, words = (
        3,
        ("T", "C", "D", "H", "W"),
        "a sequence of volumes T × C × D × H × W (or without C)",
    )
    kernel = Size(3, dims=3, max=31, doc="depth, height and width of the convolutions; odd")
    example = (Tensor((4, 6, 8, 8), ("T", "D", "H", "W")),)
