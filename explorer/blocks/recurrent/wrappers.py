"""Wrappers over time: a block run backwards too, or once for every step."""

from __future__ import annotations

from collections.abc import Mapping

from explorer.blocks import inner
from explorer.blocks.block import Block, Call, Composite, block, call
from explorer.blocks.fields import Choice, Int
from explorer.blocks.inner import Inner
from explorer.graph.builder import Builder, Wire
from explorer.graph.catalogue import BadField, ReceptiveField, ShapeError
from explorer.graph.tensor import Tensor, vector

OWN = "explorer.engine.modules.time"


def _time_axis(x: Tensor) -> int:
    """Place of the axis T; raises `ShapeError` when there is none."""
    if "T" not in x.axes:
        raise ShapeError(f"works along time T, but {{source}} sends {x.spelled}.", code="axes", wants="T × D")
    return x.axes.index("T")


@block("reverse", target=f"{OWN}:Reverse", category="1.1.3", family="shape", icon="reverse")
class Reverse(Block):
    r"""Reverses a sequence: its last step comes first. A layer after it reads from the end.

    Shapes: x (T, …) → y (T, …).
    Parameters: 0.
    MACs: 0.
    Used in: bidirectional recurrent networks; translation with a reversed source sentence.
    Strengths: lets any layer that reads forwards read backwards.
    Gaps: the whole sequence must be there, so that nothing can run while it still arrives.
    Source: Schuster & Paliwal 1997, IEEE Transactions on Signal Processing 45.
    """

    keeps = "nothing"
    formula = r"y_t = x_{T + 1 - t}"

    def infer(self, x: Tensor) -> Tensor:
        _time_axis(x)
        return x

    def receptive_field(self, x: Tensor) -> ReceptiveField:
        return ReceptiveField(whole=True)

    def arguments(self, x: Tensor) -> Call:
        return call(_time_axis(x) + 1)


@block("bidirectional", category="1.1.3", family="recurrent", icon="bidirectional", stem="both")
class Bidirectional(Composite):
    r"""Runs one block over the sequence and a second, equal one over it from the end. At every step both
    results stand side by side, so that it is known what came before and what comes after.

    Any block or group that keeps the length of a sequence can be wrapped; its last state, if it gives
    one, is joined too.

    Shapes: x (T, D) → y (T, 2·H) for a block T × D → T × H; added up: (T, H). Videos likewise along C.
    Parameters: twice those of the block.
    MACs: twice those of the block.
    Used in: speech recognition, tagging, the encoders of translation, missing words.
    Strengths: every step sees the whole sequence.
    Gaps: needs the end before it can begin; twice the cost.
    Source: Schuster & Paliwal 1997, IEEE Transactions on Signal Processing 45.
    """

    formula = r"y_t = [\, \overrightarrow{h}_t,\; \overleftarrow{h}_t \,]"
    tags = ("bilstm", "bigru", "wrapper")
    wrapped = "ahead"
    inner = Inner("lstm", label="Wraps", doc="the block that reads in both directions")
    merge = Choice("concat", ("concat", "add"), doc="both results side by side, or added up")

    def validate(self) -> None:
        """A group may give anything; a block must give a sequence and at most its last state."""
        if inner.group_of(self.inner) is None:
            self.outputs = inner.made(self.inner).outputs
            if len(self.outputs) > 2:
                raise BadField(f"both directions can join one or two outputs, not {len(self.outputs)}.")

    @property
    def used_groups(self) -> tuple[str, ...]:
        name = inner.group_of(self.inner)
        return () if name is None else (name,)

    def expand(self, g: Builder, x: Wire) -> tuple[Wire, ...]:
        _time_axis(x.tensor)
        ahead = inner.add(g, self.inner, [x], "ahead")
        back = inner.add(g, self.inner, [g.add("reverse", x, name="reverse")], "back")
        if "T" not in ahead[0].tensor.axes:
            raise ShapeError(
                f"joins two sequences, but its block gives {ahead[0].tensor.spelled}.", code="axes"
            )
        back = (g.add("reverse", back[0], name="reverse_back"), *back[1:])
        names = ("join", "join_last")
        return tuple(
            self._joined(g, one, other, name) for one, other, name in zip(ahead, back, names, strict=False)
        )[: len(self.outputs)]

    def _joined(self, g: Builder, one: Wire, other: Wire, name: str) -> Wire:
        if self.merge == "add":
            return g.add("add", one, other, name=name)
        return g.add("concat", one, other, name=name, axis="C" if "C" in one.tensor.axes else "D")

    def summary(self) -> str:
        return inner.group_of(self.inner) or inner.read(self.inner)[0]


@block("fold_time", target=f"{OWN}:FoldTime", category="1.1.3", family="shape", icon="fold_time", stem="fold")
class FoldTime(Block):
    r"""Makes a sample of its own of every step: a batch of videos becomes a larger batch of pictures.
    Everything after it sees single steps, until they are put together again.

    Shapes: x (T, …) → y (…), in a batch T times as large.
    Parameters: 0.
    MACs: 0.
    Used in: time-distributed layers.
    Strengths: one call of a layer serves all steps; nothing is copied.
    Gaps: the steps do not see each other; batch norm counts them as samples.
    Source: plain reshaping.
    """

    keeps = "nothing"
    is_view = True

    def infer(self, x: Tensor) -> Tensor:
        if x.axes[:1] != ("T",) or len(x.axes) < 2:
            raise ShapeError(
                f"needs steps T first and other axes after them, but {{source}} sends {x.spelled}.",
                code="axes",
                wants="T × D",
            )
        return Tensor(x.shape[1:], x.axes[1:], x.dtype)


@block(
    "unfold_time",
    target=f"{OWN}:UnfoldTime",
    category="1.1.3",
    family="shape",
    icon="unfold_time",
    stem="unfold",
)
class UnfoldTime(Block):
    r"""Puts steps that were samples of their own together into sequences again. It undoes Fold time.

    Shapes: x (…), in a batch T times as large → y (T, …).
    Parameters: 0.
    MACs: 0.
    Used in: time-distributed layers.
    Strengths: nothing is copied.
    Gaps: the number of steps must be the one that was folded.
    Source: plain reshaping.
    """

    keeps = "nothing"
    example = (vector(12),)
    steps = Int(8, doc="how many samples stand for one sequence")

    def infer(self, x: Tensor) -> Tensor:
        if "T" in x.axes:
            raise ShapeError(
                f"makes steps of samples, but {{source}} sends a sequence already: {x.spelled}.", code="axes"
            )
        return Tensor((self.steps, *x.shape), ("T", *x.axes), x.dtype)

    @property
    def example_batch(self) -> int:  # type: ignore[override]
        """As many as it makes a sequence of."""
        return self.steps

    def arguments(self, x: Tensor) -> Call:
        return call(self.steps)


@block("time_distributed", category="1.1.3", family="recurrent", icon="time_distributed", stem="each")
class TimeDistributed(Composite):
    r"""Applies one block or group to every step of a sequence. The weights are the same for all steps, so
    that their number does not depend on how many steps there are.

    A video becomes a sequence of feature vectors that a recurrent layer can read.

    Shapes: x (T, …) → y (T, …), where the block turns … into ….
    Parameters: those of the block, whatever T is.
    MACs: T times those of the block.
    Used in: video and sensor networks: a CNN for every frame, then an LSTM.
    Strengths: one small network instead of T of them; any number of steps.
    Gaps: steps do not see each other; all of them lie in memory at once.
    Source: Donahue et al. 2014, arXiv:1411.4389 (a CNN for every frame); the name is that of Keras.
    """

    formula = r"y_t = f(x_t),\quad t = 1 \dots T"
    tags = ("wrapper", "video", "timedistributed")
    wrapped = "step"
    inner = Inner("linear", label="Wraps", doc="the block that is applied to every step")

    def validate(self) -> None:
        """What is wrapped has one input and one output."""
        if inner.group_of(self.inner) is None:
            made = inner.made(self.inner)
            if made.variadic or len(made.outputs) != 1 or sum(not p.optional for p in made.inputs) != 1:
                raise BadField(f"a block with one input and one output can be wrapped, not {made.id}.")

    @property
    def used_groups(self) -> tuple[str, ...]:
        name = inner.group_of(self.inner)
        return () if name is None else (name,)

    def expand(self, g: Builder, x: Wire) -> Wire:
        y = g.add("fold_time", x, name="fold")
        made = inner.add(g, self.inner, [y], "step")
        if len(made) != 1:
            raise ShapeError(f"wraps a group with {len(made)} outputs; it can have one only.", code="ports")
        return g.add("unfold_time", made[0], name="unfold", steps=x.tensor.shape[0])

    def receptive_field_around(self, inside: ReceptiveField | None) -> ReceptiveField | None:
        """Inside there is no time; outside each step sees itself only."""
        if inside is None or inside.whole:
            return inside
        return ReceptiveField((1, *inside.windows), (1.0, *inside.steps))

    def repeats(self, x: Tensor) -> Mapping[str, int]:
        return {"fold": x.shape[0], "step": x.shape[0]}

    def summary(self) -> str:
        return inner.group_of(self.inner) or inner.read(self.inner)[0]
