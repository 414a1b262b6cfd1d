"""A class of an exported file: which layers and statements it has, and what its constructor takes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias

from explorer.blocks.block import Literal
from explorer.engine.export.idioms import idiom_of, symbols_in
from explorer.engine.export.parts import Leaf, Statement, Whole


class Kind(str):
    """A class of torch as an argument: `nn.ReLU`."""

    def __repr__(self) -> str:
        return str(self)


class Absent:
    """Stands for an argument of a layer that a whole does not have."""


ABSENT = Absent()


class Hole(int):
    """A number that the user of a file may choose: the count of classes."""


@dataclass
class Slot:
    """One argument of a layer of a form.

    Attributes:
        child: place of the layer. name: of the argument. values: for each member, or `ABSENT`.
        default: whether the layer's own default may be left out, and what it is.
        parameter: number of the form's parameter that it comes from, or None.

    """

    child: int
    name: str
    values: list[Any]
    positional: bool
    default: Any = ABSENT
    parameter: int | None = None


@dataclass
class Part:
    """A layer of a form. `flag` is the number of the optional part that it belongs to, or None."""

    name: str
    leaf: Leaf | None
    form: Form | None
    flag: int | None = None
    slots: list[Slot] = field(default_factory=list)


@dataclass
class Line:
    """A statement of a form. `instead` is the variable that takes its place where the flag is off."""

    statement: Statement
    flag: int | None = None
    instead: str = ""


@dataclass
class Parameter:
    """An argument of a form's constructor."""

    name: str
    kind: str
    default: Any = ABSENT


@dataclass
class Form:
    """A class of an exported file.

    Attributes:
        name: of the class. example: the whole with most layers.
        members: all wholes that it stands for.
        parts, lines: layers and statements. instead: of inputs that may be left out, what is taken.
        parameters: of the constructor, flags last. flags: by number, the layers that each switches.
        arguments: for each member, what it passes.
        inlined: whether it is written where it is used, as a `nn.Sequential`.

    """

    name: str
    example: Whole
    members: list[Whole] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    instead: dict[str, str] = field(default_factory=dict)
    parameters: list[Parameter] = field(default_factory=list)
    flags: list[tuple[str, ...]] = field(default_factory=list)
    arguments: dict[int, list[Any]] = field(default_factory=dict)
    inlined: bool = False

    @property
    def flag_parameters(self) -> range:
        """Numbers of the parameters that are flags."""
        return range(len(self.parameters) - len(self.flags), len(self.parameters))

    @property
    def is_chain(self) -> bool:
        """Whether each layer takes what the one before gives, and none is optional."""
        lines, parts = self.lines, self.parts
        if len(self.example.inputs) != 1 or len(self.example.returns) != 1 or len(lines) != len(parts):
            return False
        if self.flags or not lines or self.example.carries:
            return False
        last = self.example.inputs[0]
        for line, part in zip(lines, parts, strict=True):
            s = line.statement
            one = len(s.outs) == 1 and s.ins == (last,) and s.child == part.name and not s.phase
            if not one or (part.leaf is not None and (idiom_of(part.leaf) or symbols_in(part.leaf))):
                return False
            last = s.outs[0]
        return self.example.returns[0] == last


Assigned: TypeAlias = dict[int, Form]
"""The form of every whole, by identity."""


def same(a: Any, b: Any) -> bool:
    """Whether two arguments are written alike: True is not 1, and 1 is not 1.0."""
    if type(a) is not type(b):
        return False
    if isinstance(a, tuple):
        return len(a) == len(b) and all(same(one, other) for one, other in zip(a, b, strict=True))
    return bool(a == b)


def literal_of(value: Any) -> Literal:
    """The number in a hole, other values as they are."""
    return int(value) if isinstance(value, Hole) else value
