"""Fields of blocks: typed, with limits and reasons. They drive inspector, files, command line and docs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from explorer.graph.catalogue import BadField
from explorer.graph.model import FieldValue

if TYPE_CHECKING:
    from explorer.blocks.block import Block

T = TypeVar("T")
LONGEST_QUOTE = 60
MOST_CHANNELS = 65_536
"""Largest width a field takes; it keeps one typed zero too many from asking for terabytes."""


class Field(Generic[T]):
    """One setting of a block; on a block instance it reads as its value.

    Attributes:
        default: value when the design says nothing. doc: what it does, half a sentence.
        label: words in the inspector. unit: what stands after the value.

    """

    kind = "text"

    def __init__(self, default: T, *, doc: str, label: str = "", unit: str = "") -> None:
        self.default, self.doc, self.label, self.unit = default, doc, label, unit
        self.name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name
        self.label = self.label or name.replace("_", " ").capitalize()

    @overload
    def __get__(self, instance: None, owner: type) -> Field[T]: ...
    @overload
    def __get__(self, instance: Block, owner: type) -> T: ...
    def __get__(self, instance: Block | None, owner: type) -> Field[T] | T:
        if instance is None:
            return self
        value: T = instance.values[self.name]
        return value

    def check(self, value: FieldValue) -> T:
        """Return the value in its normal form; raises `BadField` with a sentence."""
        raise NotImplementedError

    def _refuse(self, value: object, wants: str) -> BadField:
        return BadField(f"{self.label.lower()} must be {wants}, not {_shown(value)}.")


class Int(Field[int]):
    """A whole number between `min` and `max`."""

    kind = "int"

    def __init__(self, default: int, *, min: int = 1, max: int = MOST_CHANNELS, **more: Any) -> None:
        super().__init__(default, **more)
        self.min, self.max = min, max

    def check(self, value: FieldValue) -> int:
        """Accept whole numbers within the limits."""
        if isinstance(value, bool) or not isinstance(value, int) or not self.min <= value <= self.max:
            raise self._refuse(value, f"a whole number {_range(self.min, self.max)}")
        return value


class OptionalInt(Field[int | None]):
    """A whole number, or nothing for “worked out from the input”."""

    kind = "int"

    def __init__(self, *, min: int = 1, max: int = MOST_CHANNELS, **more: Any) -> None:
        super().__init__(None, **more)
        self.min, self.max = min, max

    def check(self, value: FieldValue) -> int | None:
        """Accept nothing, or whole numbers within the limits."""
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not self.min <= value <= self.max:
            raise self._refuse(value, f"empty or a whole number {_range(self.min, self.max)}")
        return value


class Float(Field[float]):
    """A finite number between `min` and `max`."""

    kind = "float"

    def __init__(self, default: float, *, min: float = 0.0, max: float = 1e6, **more: Any) -> None:
        super().__init__(default, **more)
        self.min, self.max = min, max

    def check(self, value: FieldValue) -> float:
        """Accept finite numbers within the limits."""
        legal = isinstance(value, int | float) and not isinstance(value, bool)
        if not legal or not math.isfinite(value) or not self.min <= value <= self.max:  # type: ignore[arg-type, operator]
            raise self._refuse(value, f"a number {_range(self.min, self.max)}")
        return float(value)  # type: ignore[arg-type]


class OptionalFloat(Field[float | None]):
    """A finite number between `min` and `max`, or nothing for “worked out from the input”."""

    kind = "float"

    def __init__(self, *, min: float = 0.0, max: float = 1e6, **more: Any) -> None:
        super().__init__(None, **more)
        self.min, self.max = min, max

    def check(self, value: FieldValue) -> float | None:
        """Accept nothing, or finite numbers within the limits."""
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            legal = False
        else:
            legal = math.isfinite(value) and self.min <= value <= self.max
        if not legal:
            raise self._refuse(value, f"empty or a number {_range(self.min, self.max)}")
        return float(value)  # type: ignore[arg-type]


class Bool(Field[bool]):
    """A switch."""

    kind = "bool"

    def check(self, value: FieldValue) -> bool:
        """Accept true and false only."""
        if not isinstance(value, bool):
            raise self._refuse(value, "on or off (true or false)")
        return value


class Choice(Field[str]):
    """One of a few words."""

    kind = "choice"

    def __init__(self, default: str, choices: Sequence[str], **more: Any) -> None:
        super().__init__(default, **more)
        self.choices = tuple(choices)

    def check(self, value: FieldValue) -> str:
        """Accept one of the choices."""
        if value not in self.choices:
            raise self._refuse(value, f"one of {', '.join(self.choices)}")
        return str(value)


class Text(Field[str]):
    """A short text, at most `longest` characters."""

    def __init__(self, default: str, *, longest: int = 200, **more: Any) -> None:
        super().__init__(default, **more)
        self.longest = longest

    def check(self, value: FieldValue) -> str:
        """Accept short texts."""
        if not isinstance(value, str) or len(value) > self.longest:
            raise self._refuse(value, f"a text of at most {self.longest} characters")
        return value


class Shape(Field[tuple[int, ...]]):
    """Sizes of a tensor, e.g. `(1, 28, 28)`."""

    kind = "shape"

    def __init__(
        self,
        default: tuple[int, ...],
        *,
        longest: int = 4,
        min: int = 1,
        max: int = MOST_CHANNELS,
        **more: Any,
    ) -> None:
        super().__init__(default, **more)
        self.longest, self.min, self.max = longest, min, max

    def check(self, value: FieldValue) -> tuple[int, ...]:
        """Accept one number or several within the limits."""
        sizes = (value,) if isinstance(value, int) else value
        legal = isinstance(sizes, tuple | list) and 1 <= len(sizes) <= self.longest
        if not legal or not all(_is_whole(n) and self.min <= n <= self.max for n in sizes):  # type: ignore[union-attr, operator]
            raise self._refuse(value, f"1 to {self.longest} whole numbers {_range(self.min, self.max)}")
        return tuple(sizes)  # type: ignore[arg-type]


class Size(Field[tuple[int, ...]]):
    """One number for each of `dims` sliding axes; a single number stands for all of them."""

    kind = "size"

    def __init__(
        self, default: int | tuple[int, ...], *, dims: int, min: int = 1, max: int = 512, **more: Any
    ) -> None:
        self.dims, self.min, self.max = dims, min, max
        super().__init__((default,) * dims if isinstance(default, int) else default, **more)

    def check(self, value: FieldValue) -> tuple[int, ...]:
        """Accept one number or one for each axis."""
        sizes = (value,) * self.dims if isinstance(value, int) else value
        legal = isinstance(sizes, tuple | list) and len(sizes) == self.dims
        if not legal or not all(_is_whole(n) and self.min <= n <= self.max for n in sizes):  # type: ignore[union-attr, operator]
            raise self._refuse(value, _each(self.dims, _range(self.min, self.max)))
        return tuple(sizes)  # type: ignore[arg-type]


class Sizes(Field[tuple[int, ...]]):
    """One number, or one for each sliding axis of an input that may have one, two or three of them."""

    kind = "sizes"

    def __init__(self, default: int, *, min: int = 1, max: int = 512, **more: Any) -> None:
        super().__init__((default,), **more)
        self.min, self.max, self.longest = min, max, 3

    def check(self, value: FieldValue) -> tuple[int, ...]:
        """Accept one number or up to three."""
        sizes = (value,) if isinstance(value, int) else value
        legal = isinstance(sizes, tuple | list) and 1 <= len(sizes) <= self.longest
        if not legal or not all(_is_whole(n) and self.min <= n <= self.max for n in sizes):  # type: ignore[union-attr, operator]
            raise self._refuse(
                value, f"a whole number {_range(self.min, self.max)}, or one for each of up to three axes"
            )
        return tuple(sizes)  # type: ignore[arg-type]


class OptionalSizes(Field[tuple[int, ...] | None]):
    """Like `Sizes`, or nothing for “worked out from the other fields”."""

    kind = "sizes"

    def __init__(self, *, min: int = 1, max: int = 512, **more: Any) -> None:
        super().__init__(None, **more)
        self._sizes = Sizes(min, min=min, max=max, **more)
        self.min, self.max, self.longest = min, max, self._sizes.longest

    def __set_name__(self, owner: type, name: str) -> None:
        super().__set_name__(owner, name)
        self._sizes.__set_name__(owner, name)

    def check(self, value: FieldValue) -> tuple[int, ...] | None:
        """Accept nothing, one number or up to three."""
        return None if value is None else self._sizes.check(value)


class Padding(Field[tuple[int, ...] | str]):
    """What is added round a map: a number for each axis, or `same` (output as large as input / stride)."""

    kind = "padding"

    def __init__(self, default: int | str = 0, *, dims: int, max: int = 512, **more: Any) -> None:
        self.dims, self.max = dims, max
        super().__init__((default,) * dims if isinstance(default, int) else default, **more)

    def check(self, value: FieldValue) -> tuple[int, ...] | str:
        """Accept `same`, `valid`, one number or one for each axis."""
        if value == "same":
            return "same"
        if value == "valid":
            return (0,) * self.dims
        sizes = (value,) * self.dims if isinstance(value, int) else value
        legal = isinstance(sizes, tuple | list) and len(sizes) == self.dims
        if not legal or not all(_is_whole(n) and 0 <= n <= self.max for n in sizes):  # type: ignore[union-attr, operator]
            raise self._refuse(value, f"“same”, or {_each(self.dims, _range(0, self.max))}")
        return tuple(sizes)  # type: ignore[arg-type]


def _each(dims: int, limits: str) -> str:
    """Whole numbers, one for each axis."""
    return f"a whole number {limits}" if dims == 1 else f"{dims} whole numbers {limits} (or one for all)"


def _range(low: float, high: float) -> str:
    return f"from {_number(low)} to {_number(high)}"


def _number(value: float) -> str:
    """A number as people write it: `65,536`, `−4`, `0.01`, `1e-6`."""
    size = abs(value)
    text = f"{int(size):,}" if size < 1e15 and float(size).is_integer() else f"{size:g}".replace("e-0", "e-")
    return "−" + text if value < 0 else text


def _shown(value: object) -> str:
    """A refused value: sizes with a cross, nothing as a word."""
    if isinstance(value, tuple | list):
        return "×".join(_shown(part) for part in value)[:LONGEST_QUOTE] or "nothing"
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return _number(value)
    if isinstance(value, str):
        return f"“{value[:LONGEST_QUOTE]}”"
    return "empty" if value is None else str(value)[:LONGEST_QUOTE]


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
