"""Editors for the fields of blocks, one kind each, made from a small record."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from explorer.ui.widgets.choice import Choice
from explorer.ui.widgets.field import Field
from explorer.ui.widgets.number_field import NumberField
from explorer.ui.widgets.size_field import SizeField
from explorer.ui.widgets.toggle import Toggle

NO_LIMIT = -(10**9)
"""Limits are the declaration's matter: it refuses with a better sentence than an editor could."""


@dataclass(frozen=True)
class FieldView:
    """One setting of a block as the inspector shows it.

    Attributes:
        name: in the declaration. label: in the panel. kind: of the declaration, or `note` for plain words.
        value: in its normal form. effect: unit or effect of the value. doc: half a sentence.
        axes: how many sizes there are, or may be. optional: whether nothing is a value.
        choice_words: what is written for the choices, when that is not the value itself.
        reason: why it cannot be changed, empty when it can.

    """

    name: str
    label: str
    kind: str
    value: object
    effect: str = ""
    doc: str = ""
    choices: tuple[str, ...] = ()
    axes: int = 2
    optional: bool = False
    reason: str = ""
    choice_words: tuple[str, ...] = ()


class OptionalNumber(NumberField):
    """A number, or nothing."""

    def read(self, text: str) -> int | float:
        """Return the number; nothing typed means None."""
        return None if not text.strip() else super().read(text)  # type: ignore[return-value]


class AxesField(SizeField):
    """Sizes for several axes: exactly so many, or (`loose`) up to so many; equal ones as one number."""

    def __init__(
        self,
        name: str,
        value: object,
        unit: str = "",
        axes: int = 2,
        *,
        loose: bool = False,
        words: Sequence[str] = (),
        optional: bool = False,
        short: bool = True,
    ) -> None:
        self._loose, self._words, self._optional, self._short = loose, tuple(words), optional, short
        super().__init__(name, value, unit, low=NO_LIMIT, axes=axes)

    def read(self, text: str) -> tuple[int, ...]:
        """Return the sizes, one of the words, or None for nothing where that is a value."""
        plain = text.strip().lower()
        if self._optional and not plain:
            return None  # type: ignore[return-value]
        if plain in self._words:
            return plain  # type: ignore[return-value]
        if not self._loose:
            return super().read(text)
        parts = [part for part in re.split(r"[×x*,;\s]+", plain.strip("()")) if part]
        if not parts or not all(re.fullmatch(r"[−-]?\d{1,9}", part) for part in parts):
            raise ValueError("Whole numbers go here, such as 1 × 28 × 28")
        if len(parts) > self._axes:
            raise ValueError(f"At most {self._axes} sizes go here")
        return tuple(int(part.replace("−", "-")) for part in parts)

    def write(self, value: object) -> str:
        """Return ``5 × 5``, or ``1`` for equal sizes."""
        if value is None:
            return ""
        if self._short and isinstance(value, tuple) and len(value) > 1 and len(set(value)) == 1:
            return str(value[0]).replace("-", "−")
        return super().write(value).replace("-", "−")


def make(view: FieldView) -> Field | Choice | Toggle:
    """Return the editor for a field."""
    value, effect = view.value, view.effect
    if view.kind == "bool":
        return Toggle(view.label, bool(value))
    if view.kind == "choice":
        shown = view.choice_words or tuple(word.replace("_", " ") for word in view.choices)
        choice = Choice(view.label, list(zip(view.choices, shown, strict=True)))
        choice.set_value(value)
        return choice
    if view.kind in ("int", "float"):
        number = OptionalNumber if view.optional else NumberField
        return number(view.label, value, effect, whole=view.kind == "int")  # type: ignore[arg-type]
    if view.kind == "shape":
        return AxesField(view.label, value, effect, view.axes, loose=True, short=False)
    if view.kind in ("size", "sizes", "padding"):
        return AxesField(
            view.label,
            value,
            effect,
            view.axes,
            loose=view.kind == "sizes",
            words=("same", "valid") if view.kind == "padding" else (),
            optional=view.optional,
            # 5 × 5 is what everybody says of a kernel; a stride of 1 × 1 would be noise
            short=view.name != "kernel",
        )
    return Field(view.label, value, effect)
