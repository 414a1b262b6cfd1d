"""The parts of a loop: with them a level of the canvas runs once for every step of a sequence.

What stands between Each step and Collect is one step; a State is carried on by the Next state that names it.
"""

from __future__ import annotations

from explorer.blocks.block import Block, Call, block, show
from explorer.blocks.fields import Int, Shape, Text
from explorer.graph.catalogue import ReceptiveField, ShapeError
from explorer.graph.tensor import DEFAULT_AXES, Tensor, image

OWN = "explorer.engine.modules.steps"


@block("each_step", target=f"{OWN}:EachStep", category="1.1.3", family="shape", icon="fold_time", stem="step")
class EachStep(Block):
    r"""Hands out a sequence step by step, so that what stands after it runs once for every step. It makes a
    loop of the level in which it stands.

    Shapes: x (T, …) → y (…), one step at a time.
    Parameters: 0.
    MACs: 0; the blocks after it count T times.
    Used in: recurrent cells that are wired from parts, such as the ConvLSTM.
    Strengths: any cell can be drawn and run.
    Gaps: one step at a time, without the fused kernels of ready-made recurrent layers.
    Source: Elman 1990, Cognitive Science 14 (time as steps of one network).
    """

    formula = r"y = x_t,\quad t = 1 \dots T"
    tags = ("loop", "unroll", "scan")

    def infer(self, x: Tensor) -> Tensor:
        if x.axes[:1] != ("T",) or len(x.axes) < 2:
            raise ShapeError(
                f"needs steps T first and other axes after them, but {{source}} sends {x.spelled}.",
                code="axes",
                wants="T × D",
            )
        return Tensor(x.shape[1:], x.axes[1:], x.dtype)

    def receptive_field(self, x: Tensor) -> ReceptiveField:
        return ReceptiveField(whole=True)


@block("state", target=f"{OWN}:State", category="1.1.3", family="recurrent", icon="state", stem="state")
class State(Block):
    r"""Holds what a loop carries from one step to the next; zero at the first. Its next value is the one
    that reaches the Next state with its name.

    Its input says only for how many samples there is one.

    Shapes: x (any) → y (shape).
    Parameters: 0.
    MACs: 0.
    Used in: hidden states and cells of recurrent networks.
    Strengths: memory in view, as a block of its own.
    Gaps: begins at zero for every sequence.
    Source: Elman 1990, Cognitive Science 14.
    """

    formula = r"y_1 = 0,\quad y_{t+1} = \mathrm{next}_t"
    tags = ("memory", "hidden", "cell")
    shape = Shape((8,), doc="sizes of what is carried")
    axes = Text("", longest=4, doc="one letter per size")

    def infer(self, x: Tensor) -> Tensor:
        letters = self.axes or DEFAULT_AXES[len(self.shape)]
        if len(letters) != len(self.shape):
            raise ShapeError(f"has {len(self.shape)} sizes but {len(letters)} axis letters.", code="field")
        return Tensor(self.shape, tuple(letters))

    def arguments(self, x: Tensor) -> Call:
        return Call(tuple(self.shape), {})

    def summary(self) -> str:
        return show(self.shape)


@block(
    "next_state",
    target="torch.nn:Identity",
    category="1.1.3",
    family="recurrent",
    icon="next_state",
    stem="next",
)
class NextState(Block):
    r"""Names the value that a state has at the next step. Values pass through it unchanged, and after the
    loop the last one can be read from it.

    Shapes: x (any) → y (same).
    Parameters: 0.
    MACs: 0.
    Used in: hidden states and cells of recurrent networks.
    Strengths: no wire has to run backwards.
    Gaps: the state is found by its name only.
    Source: Elman 1990, Cognitive Science 14.
    """

    formula = r"\mathrm{state}_{t+1} = x_t"
    tags = ("memory", "recurrence")
    of = Text("state", longest=64, label="State", doc="name of the state whose next value this is")

    def infer(self, x: Tensor) -> Tensor:
        return x

    def summary(self) -> str:
        return f"of {self.of}"


@block(
    "collect", target=f"{OWN}:Collect", category="1.1.3", family="shape", icon="unfold_time", stem="collect"
)
class Collect(Block):
    r"""Stacks what every step of a loop gave into a sequence. What stands after it runs once.

    Shapes: x (…), once for every step → y (T, …).
    Parameters: 0.
    MACs: 0.
    Used in: recurrent cells that are wired from parts.
    Strengths: all states can be read, not only the last.
    Gaps: all of them lie in memory.
    Source: plain stacking.
    """

    formula = r"y = [x_1, \dots, x_T]"
    tags = ("loop", "stack")
    example = (image(3, 24, 32),)
    steps = Int(8, doc="how many steps there are")

    def infer(self, x: Tensor) -> Tensor:
        if "T" in x.axes:
            raise ShapeError(
                f"makes a sequence of steps, but {{source}} sends a sequence already: {x.spelled}.",
                code="axes",
            )
        return Tensor((self.steps, *x.shape), ("T", *x.axes), x.dtype)
