"""Linear recurrences over long sequences."""

from __future__ import annotations

from explorer.blocks.block import Block, Call, Composite, block, call
from explorer.blocks.checks import check_sequence
from explorer.blocks.fields import Choice, Int, OptionalInt
from explorer.graph.builder import Builder, Wire
from explorer.graph.catalogue import ReceptiveField
from explorer.graph.tensor import Tensor, sequence

OWN = "explorer.engine.modules.scans"


def rank_of(width: int, rank: int | None) -> int:
    """Width of what steps are made from: as given, else ⌈D/16⌉."""
    return rank or -(-width // 16)


@block(
    "selective_scan",
    target=f"{OWN}:SelectiveScan",
    category="1.1.8",
    family="recurrent",
    icon="selective_scan",
    stem="scan",
)
class SelectiveScan(Block):
    r"""Carries a small state along for every channel; the input decides how fast it fades, what is written
    and what is read. As the recurrence is linear in the state, all steps can be worked out at once.

    Both forms give the same: step by step, or in log₂ T rounds that join neighbouring steps.

    Shapes: x (T, D) → y (T, D).
    Parameters: D·(R + 2·S) + R·D + D + D·S + D; S numbers of state, R the rank.
    MACs: T·D·(R + 2·S) + T·R·D; the recurrence itself is taken value by value and is not counted.
    Used in: Mamba.
    Strengths: cost grows with T, not with T²; a state of fixed size at inference.
    Gaps: what the state does not hold is gone; in plain torch it needs memory for all states.
    Source: Gu & Dao 2023, arXiv:2312.00752.
    """

    keeps = "both"
    formula = r"h_t = e^{\Delta_t A}\, h_{t-1} + \Delta_t B_t\, x_t,\quad y_t = C_t h_t + D x_t"
    tags = ("mamba", "ssm", "s6", "state space", "linear recurrence", "parallel scan")
    example = (sequence(12, 16),)
    state = Int(16, max=256, label="State", doc="S, numbers that each channel remembers")
    rank = OptionalInt(doc="R, width of what the steps are made from; empty: ⌈D/16⌉")
    form = Choice("parallel", ("parallel", "loop"), doc="all steps at once, or one after the other")

    def infer(self, x: Tensor) -> Tensor:
        check_sequence(x)
        return x

    def _rank(self, x: Tensor) -> int:
        return rank_of(x.shape[1], self.rank)

    def parameters(self, x: Tensor) -> int:
        width, rank = x.shape[1], self._rank(x)
        return width * (rank + 2 * self.state) + rank * width + width + width * self.state + width

    def macs(self, x: Tensor) -> int:
        return x.size * (self._rank(x) + 2 * self.state) + x.size * self._rank(x)

    def kept_inside(self, x: Tensor) -> int:
        """States, what fades and what enters, of every step."""
        rounds = (x.shape[0] - 1).bit_length()
        states = 2.2 + 3 * rounds if self.form == "parallel" else 4.2
        return round(4 * x.size * self.state * states)

    def receptive_field(self, x: Tensor) -> ReceptiveField:
        return ReceptiveField(whole=True)

    def arguments(self, x: Tensor) -> Call:
        return call(
            x.shape[1],
            defaults={"state": 16, "rank": 1, "parallel": True},
            state=self.state,
            rank=self._rank(x),
            parallel=self.form == "parallel",
        )

    def summary(self) -> str:
        return f"state {self.state} · {self.form}"


@block("mamba_block", category="1.1.8", family="recurrent", icon="selective_scan", stem="mamba")
class MambaBlock(Composite):
    r"""Widens the tokens, lets each see a few before it, carries a state along them and gates what leaves.
    It stands where a transformer layer has attention and feed-forward network.

    Put a norm before it and add its input after it, as in a transformer layer.

    Shapes: x (T, D) → y (T, D).
    Parameters: D·2·E + k·E + E + (E·(R + 2·S) + R·E + E + E·S + E) + E·D, where E = expand·D, k the kernel.
    MACs: T·(3·D·E + k·E + E·(R + 2·S) + R·E).
    Used in: Mamba; with attention layers between in Jamba.
    Strengths: as good as transformers of its size on language, at a cost that grows with T.
    Gaps: recalls exact passages worse than attention does.
    Source: Gu & Dao 2023, arXiv:2312.00752.
    """

    formula = r"y = W_o (\mathrm{scan}(\mathrm{swish}(\mathrm{conv}(W_x x))) \odot \mathrm{swish}(W_z x))"
    tags = ("ssm", "state space", "language model")
    example = (sequence(12, 16),)
    expand_by = Int(2, max=16, label="Expand", doc="width inside, in widths of a token")
    state = Int(16, max=256, label="State", doc="S, numbers that each channel remembers")
    kernel = Int(4, max=64, doc="tokens that the convolution sees: the last one and those before")
    rank = OptionalInt(doc="R, width of what the steps are made from; empty: ⌈D/16⌉")
    form = Choice("parallel", ("parallel", "loop"), doc="all steps at once, or one after the other")

    def expand(self, g: Builder, x: Wire) -> Wire:
        check_sequence(x.tensor)
        width = x.tensor.shape[1]
        inside = self.expand_by * width
        gate = g.add("linear", x, name="to_gate", features=inside, bias=False)
        gate = g.add("swish", gate, name="gate_swish")
        y = g.add("linear", x, name="to_scan", features=inside, bias=False)
        y = g.add("permute", y, name="channels_first", order=(1, 0), axes="CT")
        y = g.add("pad", y, name="past", margin=(self.kernel - 1, 0))
        y = g.add("conv1d", y, name="conv", filters=inside, kernel=self.kernel, groups=inside)
        y = g.add("permute", y, name="tokens_first", order=(1, 0), axes="TD")
        y = g.add("swish", y, name="swish")
        rank = rank_of(width, self.rank)
        y = g.add("selective_scan", y, name="scan", state=self.state, rank=rank, form=self.form)
        y = g.add("multiply", y, gate, name="gated")
        return g.add("linear", y, name="to_out", features=width, bias=False)

    def summary(self) -> str:
        return f"×{self.expand_by} · state {self.state}"
