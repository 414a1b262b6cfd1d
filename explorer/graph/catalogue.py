"""What the graph needs to know of blocks. The blocks themselves stand in `explorer.blocks`."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol, TypeAlias

from explorer.graph.tensor import Tensor

if TYPE_CHECKING:
    from explorer.graph.builder import Builder, Wire
    from explorer.graph.model import FieldValue

INPUT, OUTPUT = "input", "output"
"""Ids of the two blocks that mark where a level begins and ends."""
EACH_STEP, STATE, NEXT_STATE, COLLECT = "each_step", "state", "next_state", "collect"
"""Ids of the blocks that make a level run step by step (see `explorer.graph.steps`)."""


class Port(NamedTuple):
    """An input of a block."""

    name: str
    optional: bool = False


Keeps: TypeAlias = Literal["inputs", "outputs", "both", "nothing"]


class ReceptiveField(NamedTuple):
    """How far one output value sees along each sliding axis: window and step, or everything."""

    windows: tuple[int, ...] = ()
    steps: tuple[float, ...] = ()
    whole: bool = False


class ShapeError(Exception):
    """Inputs that a block cannot work with.

    `message` completes a sentence that begins with the node's name; `{source}` stands for the node
    at the other end of the wire: `needs one axis, but {source} sends C 16 × H 5 × W 5.`
    """

    def __init__(self, message: str, *, code: str = "shape", port: str = "x", wants: str = "") -> None:
        super().__init__(message)
        self.message, self.code, self.port, self.wants = message, code, port, wants


class ConfiguredBlock(Protocol):
    """A block with all its fields set: immutable, hashable, equal when block and fields are."""

    @property
    def id(self) -> str:
        """Id in the catalogue."""

    @property
    def stem(self) -> str:
        """First part of the names that new nodes get, e.g. `conv`."""

    @property
    def inputs(self) -> tuple[Port, ...]:
        """Input ports; a variadic block has one, `x`, that stands for `x1`, `x2`, …"""

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of the output ports."""

    @property
    def variadic(self) -> bool:
        """Whether any number of inputs may be wired."""

    @property
    def is_composite(self) -> bool:
        """Whether `expand` says what it is made of."""

    @property
    def used_groups(self) -> tuple[str, ...]:
        """Names of the user's groups that its expansion uses; empty for all but wrappers."""

    def outputs_for(self, inputs: Sequence[Tensor | None]) -> tuple[Tensor, ...]:
        """Shapes it gives; raises `ShapeError`."""

    def parameters_for(self, inputs: Sequence[Tensor | None]) -> int:
        """Number of parameters (0 for a composite: its parts are counted)."""

    def caption_for(self, inputs: Sequence[Tensor | None]) -> str:
        """The line under the node's name, given what arrives (None: not known)."""

    def macs_for(self, inputs: Sequence[Tensor | None]) -> tuple[int, int]:
        """Multiply-accumulates of one sample: all, and the share of attention products."""

    def receptive_field_for(self, inputs: Sequence[Tensor | None]) -> ReceptiveField | None:
        """Window and step along the sliding axes; None when a value sees only its own place."""

    @property
    def keeps(self) -> Keeps:
        """What its module keeps for the way back through it."""

    @property
    def works_inside(self) -> float:
        """Share of what is kept inside that is alive at once where no gradients are wanted."""

    @property
    def is_view(self) -> bool:
        """Whether its output is its input in another form, without memory of its own."""

    def kept_inside(self, *inputs: Tensor | None) -> int:
        """Bytes that training keeps besides inputs and outputs, one sample."""

    def receptive_field_around(self, inside: ReceptiveField | None) -> ReceptiveField | None:
        """Reach of a composite, given what its inside adds up to."""

    def module_for(self, inputs: Sequence[Tensor | None]) -> Hashable:
        """What its torch module is constructed from on these inputs; equal modules can share weights."""

    def repeats_for(self, inputs: Sequence[Tensor | None]) -> Mapping[str, int]:
        """How often parts of a composite run for one sample, where that is more than once."""

    def expand_into(self, builder: Builder, wires: Sequence[Wire | None]) -> Sequence[Wire]:
        """Wire up the parts of a composite; returns one wire per output."""


class Catalogue(Protocol):
    """Where blocks are looked up."""

    def configure(self, block: str, fields: Mapping[str, FieldValue]) -> ConfiguredBlock:
        """Return the block with these fields; raises `UnknownBlock` or `BadField`."""


class UnknownBlock(LookupError):
    """No block has this id; the text is a sentence."""


class BadField(ValueError):
    """A field that does not exist or a value outside its limits; the text is a sentence."""
