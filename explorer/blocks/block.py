"""The declaration language: a block is one class with fields, a shape rule, counts and a docstring."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple, TypeAlias, TypeVar

from explorer.blocks.fields import Field
from explorer.graph.builder import Builder, Wire
from explorer.graph.catalogue import BadField, Keeps, Port, ReceptiveField
from explorer.graph.model import FieldValue
from explorer.graph.tensor import Tensor

Literal: TypeAlias = "bool | int | float | str | tuple[Any, ...] | Made | None"


@dataclass(frozen=True)
class Made:
    """A torch module as an argument of another one: `WeightNorm(nn.Conv2d(3, 8, 3))`."""

    target: str
    args: tuple[Literal, ...]
    kwargs: tuple[tuple[str, Literal], ...]


class Call(NamedTuple):
    """How the target is constructed: `nn.Conv2d(*args, **kwargs)`."""

    args: tuple[Literal, ...]
    kwargs: dict[str, Literal]


def call(*args: Literal, defaults: Mapping[str, Literal] | None = None, **kwargs: Literal) -> Call:
    """Write a constructor call as people would: equal pairs as one number, defaults left out."""
    known = defaults or {}
    short = {name: squash(value) for name, value in kwargs.items()}
    kept = {name: value for name, value in short.items() if name not in known or known[name] != value}
    return Call(tuple(squash(value) for value in args), kept)


def squash(value: Literal) -> Literal:
    """Turn `(3, 3)` into `3`; other values stay."""
    if isinstance(value, tuple) and value and all(part == value[0] for part in value):
        first: Literal = value[0]
        return first
    return value


class Block:
    """Base of all blocks. An instance has every field set and never changes.

    A subclass declares fields as class attributes and overrides `infer`; its input ports are the
    parameters of `infer` (those with default `None` may stay empty, `*xs` takes any number).

    Attributes set by `@block`:
        id, title, category (chapter of the lecture), family (colour), icon, stem (of node names),
        target (`module:name` of the torch module; `target_for` may name a sibling of it).
    Attributes a subclass may set:
        outputs: names of the output ports. formula: LaTeX. tags: more words to be found by.
        random: whether train mode draws random numbers.
        exposes: what can be looked at inside: `attention`, `gates`, `grid` or `boxes` (see
            `explorer.engine.observe`); a leaf's module hands it to its `probe`.
        inside: of a composite that exposes something: pairs of a name and the address inside whose
            output it is, e.g. `(("channels", "sigmoid"),)`.
        example: input tensors that suit the block's defaults, where the usual ones do not (for its card).
        example_batch: how many samples its example needs.
        example_fields: settings that show its point, where its defaults change nothing (for its card).
        fits: whether the module has `fit(x, progress)`, which sets it up from data without gradients.
        wrapped: of a wrapper, the name inside it under which what it wraps runs (the first, of two).
        written: of a composite, `module:name` of a class that an exported file has in place of the inside; it
            is made with `arguments` and its layers have the inside's names.
        uncompiled: why `torch.compile` cannot take the module whole, half a sentence; empty when it can.
        gives: what its values are whatever arrives: `probabilities` that add up to 1 (a method `gives_along`
            of the inputs says along which axis), `log_probabilities`, independent `shares` from 0 to 1, or
            `vectors` of length 1.
        passes: whether its values are those that arrive, moved or left out, and mean what they meant.
        taken: label of a size that is not a field because the wire gives it, as “Inputs” of a linear layer.
        keeps: what its module keeps for the way back: `inputs`, `outputs`, `both` or `nothing`.
        keeps_inside: what it keeps besides, in multiples of its outputs (see `kept_inside`).
        works_inside: share of it that is alive at once where no gradients are wanted.
        is_view: whether its output is its input in another form, without memory of its own.
    """

    id: ClassVar[str]
    title: ClassVar[str]
    category: ClassVar[str]
    family: ClassVar[str]
    icon: ClassVar[str]
    stem: ClassVar[str]
    target: ClassVar[str | None] = None
    fields: ClassVar[dict[str, Field[Any]]] = {}
    inputs: ClassVar[tuple[Port, ...]] = (Port("x"),)
    outputs: tuple[str, ...] = ("y",)
    variadic: ClassVar[bool] = False
    is_composite: ClassVar[bool] = False
    formula: ClassVar[str] = ""
    tags: ClassVar[tuple[str, ...]] = ()
    random: ClassVar[bool] = False
    exposes: ClassVar[str] = ""
    inside: ClassVar[tuple[tuple[str, str], ...]] = ()
    example: ClassVar[tuple[Tensor, ...]] = ()
    example_batch: int = 1
    example_fields: ClassVar[Mapping[str, FieldValue]] = {}
    fits: ClassVar[bool] = False
    wrapped: ClassVar[str] = ""
    written: ClassVar[str] = ""
    uncompiled: ClassVar[str] = ""
    taken: ClassVar[str] = ""
    keeps: Keeps = "inputs"
    keeps_inside: ClassVar[float] = 0.0
    works_inside: float = 1.0
    is_view: ClassVar[bool] = False
    gives: ClassVar[str] = ""
    passes: ClassVar[bool] = False

    def __init__(self, /, **values: FieldValue) -> None:
        for name in values:
            if name not in self.fields:
                has = ", ".join(self.fields) or "none"
                raise BadField(f"{self.title} has no field “{name[:60]}”; it has {has}.")
        checked = {
            name: field.check(values[name]) if name in values else field.default
            for name, field in self.fields.items()
        }
        self.values: dict[str, Any] = checked
        self._key = (self.id, tuple(checked.values()))
        self._hash = hash(self._key)
        self.validate()

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Block) and self._key == other._key)

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in self.values.items())
        return f"{self.id}({fields})"

    # what a block declares

    def validate(self) -> None:
        """Raise `BadField` when fields contradict each other."""

    def infer(self, *inputs: Any) -> Tensor | tuple[Tensor, ...]:
        """Shape rule; raises `ShapeError`."""
        raise NotImplementedError

    def parameters(self, *inputs: Any) -> int:
        """Number of parameters, given input tensors that `infer` accepted."""
        return 0

    def macs(self, *inputs: Any) -> int:
        """Multiply-accumulates of convolutions, linear layers and attention products, one sample."""
        return 0

    def macs_attention(self, *inputs: Any) -> int:
        """The share of `macs` that multiplies queries with keys and weights with values."""
        return 0

    def kept_inside(self, *inputs: Any) -> int:
        """Bytes that training keeps besides inputs and outputs, one sample: masks, indices, patches."""
        if not self.keeps_inside:
            return 0
        return round(self.keeps_inside * 4 * sum(tensor.size for tensor in self.outputs_for(inputs)))

    def receptive_field(self, *inputs: Any) -> ReceptiveField | None:
        """Window and step along the sliding axes; None: each value sees only its own place."""
        return None

    def arguments(self, *inputs: Any) -> Call:
        """Constructor call of the target."""
        return call()

    def target_for(self, *inputs: Any) -> str | None:
        """`module:name` of the torch module, where it depends on fields or on the inputs' axes."""
        return self.target

    def expand(self, g: Builder, *wires: Any) -> Wire | tuple[Wire, ...]:
        """Wire up the parts (composites only)."""
        raise NotImplementedError

    @property
    def used_groups(self) -> tuple[str, ...]:
        """Names of the user's groups that the expansion uses."""
        return ()

    def repeats(self, *inputs: Any) -> Mapping[str, int]:
        """How often parts run for one sample, by name, where that is more than once (composites)."""
        return {}

    def summary(self) -> str:
        """The line under the node's name: what differs from the default first, a few words."""
        parts = []
        for name, field in self.fields.items():
            if (value := self.values[name]) != field.default:
                parts.append(field.label.lower() if value is True else f"{field.label.lower()} {show(value)}")
        return " · ".join(parts[:3])

    def caption(self, *inputs: Any) -> str:
        """The line under the node's name once it is wired; None stands for what is not known yet."""
        return self.summary() or self.title

    def parameter_sum(self, *inputs: Any) -> str:
        """How `parameters` comes about, e.g. `6·(1·5·5) + 6`; empty where the number says it all."""
        return ""

    # what the graph asks (see `explorer.graph.catalogue.ConfiguredBlock`)

    def outputs_for(self, inputs: Sequence[Tensor | None]) -> tuple[Tensor, ...]:
        """Call the shape rule."""
        result = self.infer(*inputs)
        return (result,) if isinstance(result, Tensor) else tuple(result)

    def parameters_for(self, inputs: Sequence[Tensor | None]) -> int:
        """Call the parameter rule."""
        return self.parameters(*inputs)

    def caption_for(self, inputs: Sequence[Tensor | None]) -> str:
        """Call the rule for the line under the name."""
        return self.caption(*inputs)

    def macs_for(self, inputs: Sequence[Tensor | None]) -> tuple[int, int]:
        """Call the cost rules."""
        return self.macs(*inputs), self.macs_attention(*inputs)

    def receptive_field_for(self, inputs: Sequence[Tensor | None]) -> ReceptiveField | None:
        """Call the reach rule."""
        return self.receptive_field(*inputs)

    def receptive_field_around(self, inside: ReceptiveField | None) -> ReceptiveField | None:
        """What the inside adds up to, unless axes come or go on the way."""
        return inside

    def module_for(self, inputs: Sequence[Tensor | None]) -> Hashable:
        """Target and constructor call."""
        made = self.arguments(*inputs)
        return self.target_for(*inputs), made.args, tuple(made.kwargs.items())

    def repeats_for(self, inputs: Sequence[Tensor | None]) -> Mapping[str, int]:
        """Call the rule for repeats."""
        return self.repeats(*inputs)

    def expand_into(self, builder: Builder, wires: Sequence[Wire | None]) -> Sequence[Wire]:
        """Call the expansion."""
        result = self.expand(builder, *wires)
        return (result,) if isinstance(result, Wire) else result


class Composite(Block):
    """A block made of smaller parts; it opens on the canvas down to its layers."""

    is_composite: ClassVar[bool] = True


def show(value: object) -> str:
    """Write a field value for people: `5×5`, `0.1`, `same`."""
    if isinstance(value, tuple):
        return "×".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


B = TypeVar("B", bound=type[Block])
DECLARED: list[type[Block]] = []
"""Every decorated class in order of declaration; the registry checks and indexes it."""


def block(
    id: str,
    *,
    target: str | None = None,
    category: str,
    family: str,
    title: str = "",
    icon: str = "",
    stem: str = "",
) -> Callable[[B], B]:
    """Declare a class as the block `id` (see `Block` for the words)."""

    def declare(cls: B) -> B:
        cls.id, cls.target, cls.category, cls.family = id, target, category, family
        cls.title = title or id.replace("_", " ").capitalize()
        cls.icon, cls.stem = icon or family, stem or id.rstrip("0123456789d").rstrip("_") or id
        cls.fields = {
            name: value
            for base in reversed(cls.__mro__)
            for name, value in vars(base).items()
            if isinstance(value, Field)
        }
        cls.inputs, cls.variadic = _ports(cls.expand if cls.is_composite else cls.infer, cls.is_composite)
        DECLARED.append(cls)
        return cls

    return declare


def _ports(rule: Callable[..., Any], composite: bool) -> tuple[tuple[Port, ...], bool]:
    parameters = list(inspect.signature(rule).parameters.values())[2 if composite else 1 :]
    variadic = any(p.kind is p.VAR_POSITIONAL for p in parameters)
    if variadic:
        return (Port("x"),), True
    return tuple(Port(p.name, p.default is None) for p in parameters), False
