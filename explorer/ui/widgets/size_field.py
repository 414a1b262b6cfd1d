"""A field for sizes such as 5 × 5."""

from __future__ import annotations

import re

from explorer.ui.widgets.field import Field


class SizeField(Field):
    """One whole number per axis; a single number stands for all of them."""

    def __init__(
        self, name: str, value: object = (1, 1), unit: str = "", low: int = 0, axes: int = 2
    ) -> None:
        self._low, self._axes = low, axes
        super().__init__(name, value, unit)

    def read(self, text: str) -> tuple[int, ...]:
        """Return the sizes; ``×``, ``x``, a comma or a space part them."""
        parts = [part for part in re.split(r"[×x*,;\s]+", text.strip().strip("()")) if part]
        if not parts or not all(re.fullmatch(r"[−-]?\d+", part) for part in parts):
            raise ValueError("Sizes go here, such as 5 × 5")
        sizes = [int(part.replace("−", "-")) for part in parts]
        if len(sizes) == 1:
            sizes *= self._axes
        if len(sizes) != self._axes:
            raise ValueError(f"{self._axes} sizes go here, or one for all")
        if min(sizes) < self._low:
            raise ValueError(f"At least {self._low}")
        return tuple(sizes)

    def write(self, value: object) -> str:
        """Return ``5 × 5``; a lone number stays one."""
        if isinstance(value, tuple | list):
            return " × ".join(str(size) for size in value)
        return str(value)
