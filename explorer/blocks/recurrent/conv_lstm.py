"""LSTMs whose matrix products are convolutions: memory for videos."""

from __future__ import annotations

from typing import ClassVar

from explorer.blocks.block import Composite, block, show
from explorer.blocks.checks import wants_float
from explorer.blocks.fields import Bool, Int, Size
from explorer.graph.builder import Builder, Wire
from explorer.graph.catalogue import BadField, ShapeError
from explorer.graph.tensor import Tensor


class _ConvLSTM(Composite):
    """The five equations for both; `dims` is the number of places' axes."""

    outputs = ("y", "last")
    exposes = "gates"
    inside = (
        ("input", "input_gate"),
        ("forget", "forget_gate"),
        ("candidate", "candidate"),
        ("output", "output_gate"),
        ("cell", "new_cell"),
        ("hidden", "new_hidden"),
    )
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
                f"kernel must be odd along every axis, so that maps keep their size, not {show(self.kernel)}."
            )

    def _read(self, x: Tensor) -> tuple[int, int, tuple[int, ...]]:
        """Steps, channels and places."""
        wants_float(x)
        if x.axes == self.layout:
            return x.shape[0], x.shape[1], x.shape[2:]
        if self.dims == 3 and x.axes == ("T", "D", "H", "W"):
            return x.shape[0], 1, x.shape[1:]
        raise ShapeError(
            f"needs {self.words}, but {{source}} sends {x.spelled}.",
            code="axes",
            wants=" × ".join(self.layout),
        )

    def expand(self, g: Builder, x: Wire) -> tuple[Wire, Wire]:
        steps, channels, places = self._read(x.tensor)
        shape, axes = (self.filters, *places), "CHW" if self.dims == 2 else "CTHW"
        now = g.add("each_step", x, name="step")
        if self.dims == 3:  # convolutions call the first axis of a volume T
            now = g.add("reshape", now, name="volume", shape=(channels, *places), axes=axes)
        before = g.add("state", x, name="hidden", shape=shape, axes=axes)
        cell = g.add("state", x, name="cell", shape=shape, axes=axes)
        drive = self._convolved(g, now, "conv_x", bias=True)
        drive = g.add("add", drive, self._convolved(g, before, "conv_h", bias=False), name="gates")
        i, f, write, o = g.add_all("split", drive, name="parts", parts=4, axis="C")
        i = g.add("sigmoid", self._peeped(g, i, cell, "input"), name="input_gate")
        f = g.add("sigmoid", self._peeped(g, f, cell, "forget"), name="forget_gate")
        write = g.add("tanh", write, name="candidate")
        kept = g.add("multiply", f, cell, name="kept")
        written = g.add("multiply", i, write, name="written")
        new = g.add("add", kept, written, name="new_cell")
        # the output gate looks at the new cell, the other two at the old one
        o = g.add("sigmoid", self._peeped(g, o, new, "output"), name="output_gate")
        h = g.add("multiply", o, g.add("tanh", new, name="squashed"), name="new_hidden")
        g.add("next_state", new, name="next_cell", of="cell")
        h = g.add("next_state", h, name="next_hidden", of="hidden")
        if self.dims == 3:
            h = g.add("permute", h, name="places", order=(0, 1, 2, 3), axes="CDHW")
        return g.add("collect", h, name="collect", steps=steps), h

    def _convolved(self, g: Builder, x: Wire, name: str, *, bias: bool) -> Wire:
        """The four gates' convolutions in one."""
        return g.add(
            f"conv{self.dims}d",
            x,
            name=name,
            filters=4 * self.filters,
            kernel=self.kernel,
            padding=tuple(k // 2 for k in self.kernel),
            bias=bias,
        )

    def _peeped(self, g: Builder, gate: Wire, cell: Wire, name: str) -> Wire:
        """Let a gate see a cell, by a weight for each channel and place."""
        if not self.peepholes:
            return gate
        axes = "".join(cell.tensor.axes)
        weight = g.add("constant", name=f"peephole_{name}", shape=cell.tensor.shape, axes=axes, learned=True)
        seen = g.add("multiply", cell, weight, name=f"peeped_{name}")
        return g.add("add", gate, seen, name=f"{name}_sum")

    def summary(self) -> str:
        return f"{self.filters} · {show(self.kernel)}" + ("" if self.peepholes else " · no peepholes")


@block(
    "conv_lstm2d",
    category="1.1.3",
    family="recurrent",
    title="ConvLSTM 2D",
    icon="conv_lstm",
    stem="conv_lstm",
)
class ConvLSTM2d(_ConvLSTM):
    r"""An LSTM for videos: cell and state are stacks of maps, and convolutions take the place of the matrix
    products. Each place remembers what happened at and around it, with the same weights everywhere.

    With peepholes the gates also see the cell: input and forget gate the one before, the output gate the new
    one.

    Shapes: x (T, C, H, W) → y (T, F, H, W), all states; last (F, H, W).
    Parameters: 4·F·(C + F)·k² + 4·F, and 3·F·H·W more with peepholes.
    MACs: 4·T·H·W·F·(C + F)·k².
    Used in: rain forecasts from radar, video prediction, medical videos.
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
    dims, layout, words = 2, ("T", "C", "H", "W"), "a video T × C × H × W"
    kernel = Size(3, dims=2, doc="height and width of the convolutions; odd")
    example = (Tensor((6, 1, 16, 16), ("T", "C", "H", "W")),)


@block(
    "conv_lstm3d",
    category="1.1.3",
    family="recurrent",
    title="ConvLSTM 3D",
    icon="conv_lstm",
    stem="conv_lstm",
)
class ConvLSTM3d(_ConvLSTM):
    r"""A ConvLSTM for sequences of volumes: its convolutions slide along depth, height and width. It
    remembers what happened at each place of a body, as the flat one does in a plane.

    Volumes of one channel may come without that axis. Depth is called D.

    Shapes: x (T, C, D, H, W) or (T, D, H, W) → y (T, F, D, H, W), all states; last (F, D, H, W).
    Parameters: 4·F·(C + F)·k³ + 4·F, and 3·F·D·H·W more with peepholes.
    MACs: 4·T·D·H·W·F·(C + F)·k³.
    Used in: sequences of CT and MRI volumes, weather in several layers of air, gestures.
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
