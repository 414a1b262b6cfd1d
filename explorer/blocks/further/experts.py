"""Many small networks, of which every token uses a few."""

from __future__ import annotations

from math import ceil

from explorer.blocks.block import Block, Call, block, call
from explorer.blocks.checks import check_sequence
from explorer.blocks.fields import Choice, Int, OptionalFloat, OptionalInt
from explorer.graph.catalogue import BadField, ReceptiveField
from explorer.graph.tensor import Tensor, sequence

OWN = "explorer.engine.modules.experts"


@block(
    "mixture_of_experts",
    target=f"{OWN}:MixtureOfExperts",
    category="1.1.8",
    family="composite",
    icon="experts",
    stem="experts",
)
class MixtureOfExperts(Block):
    r"""Has many feed-forward networks side by side, and a router that sends each token to those that suit it
    best. The model can know more without every token costing more.

    What the chosen ones give is mixed by the router's shares. An expert takes `room` times its fair share of
    the tokens of one sample; what finds no room passes it by. `balance` is 1 when all are used alike: add a
    little of it to what is minimised. Which token uses what is shown as gates.

    Shapes: x (T, D) → y (T, D), balance (one number).
    Parameters: D·E + 2·E·D·M, gated 3·E·D·M; E experts, M hidden.
    MACs: T·D·E + 2·E·R·D·M, gated 3·E·R·D·M; R is the room of an expert: ⌈room·k·T/E⌉, at most T.
    Used in: Switch Transformer, Mixtral, DeepSeek, in place of the feed-forward network.
    Strengths: parameters grow with E, the work of a token with k.
    Gaps: all experts have to be held in memory; uneven use wastes them.
    Source: Shazeer et al. 2017, arXiv:1701.06538; Fedus, Zoph & Shazeer 2021, arXiv:2101.03961.
    """

    formula = r"y = \sum_{e \in \mathrm{top}_k} g_e\, E_e(x),\quad g = \mathrm{softmax}(W x)"
    tags = ("moe", "router", "sparse", "switch transformer", "mixtral", "top-k")
    exposes = "gates"
    outputs = ("y", "balance")
    example = (sequence(12, 16),)
    experts = Int(8, max=512, doc="E, networks side by side")
    used = Int(2, max=64, label="Used", doc="k, networks of one token")
    hidden = OptionalInt(label="Hidden width", doc="M, width inside each; empty: 4·D")
    room = OptionalFloat(min=0.1, max=100.0, doc="places of an expert, in fair shares; empty: for all tokens")
    activation = Choice(
        "gelu", ("gelu", "swiglu"), doc="inside each: GELU, or swish-gated with a third layer"
    )

    def validate(self) -> None:
        """A token cannot use more experts than there are."""
        if self.used > self.experts:
            raise BadField(f"used must be at most the {self.experts} experts, not {self.used}.")

    def _capacity(self, x: Tensor) -> int:
        tokens = x.shape[0]
        if self.room is None:
            return tokens
        return max(1, min(tokens, ceil(self.room * self.used * tokens / self.experts)))

    def _layers(self, x: Tensor) -> int:
        """Weights of one expert."""
        width = x.shape[1]
        return (3 if self.activation == "swiglu" else 2) * width * (self.hidden or 4 * width)

    def infer(self, x: Tensor) -> tuple[Tensor, Tensor]:
        check_sequence(x)
        return x, Tensor((), ())

    def parameters(self, x: Tensor) -> int:
        return x.shape[1] * self.experts + self.experts * self._layers(x)

    def macs(self, x: Tensor) -> int:
        return x.size * self.experts + self.experts * self._capacity(x) * self._layers(x)

    def receptive_field(self, x: Tensor) -> ReceptiveField | None:
        return ReceptiveField(whole=True) if self._capacity(x) < x.shape[0] else None

    def kept_inside(self, x: Tensor) -> int:
        """What each expert is given, works with and gives, and the router's shares."""
        width, hidden = x.shape[1], self.hidden or 4 * x.shape[1]
        layers = 4 if self.activation == "swiglu" else 2
        rows = self.experts * self._capacity(x)
        return 4 * rows * (layers * hidden + 2 * width) + 28 * x.shape[0] * self.experts

    def arguments(self, x: Tensor) -> Call:
        return call(
            x.shape[1],
            self.experts,
            self.used,
            self.hidden or 4 * x.shape[1],
            self._capacity(x),
            defaults={"gated": False},
            gated=self.activation == "swiglu",
        )

    def summary(self) -> str:
        return f"{self.used} of {self.experts}"
