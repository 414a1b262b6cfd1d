"""A field for one number."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from explorer.ui.widgets.field import Field


class NumberField(Field):
    """A whole or real number within limits; Up and Down step it."""

    def __init__(
        self,
        name: str,
        value: float | int | None = 0,
        unit: str = "",
        whole: bool = True,
        low: float | None = None,
        high: float | None = None,
    ) -> None:
        self._whole, self._low, self._high = whole, low, high
        super().__init__(name, value, unit)

    def read(self, text: str) -> int | float:
        """Return the number, within the limits."""
        plain = text.strip().replace("−", "-").replace(",", "").replace("·10^", "e")
        try:
            value: int | float = int(plain) if self._whole else float(plain)
        except ValueError:
            raise ValueError("A whole number goes here" if self._whole else "A number goes here") from None
        if value != value or value in (float("inf"), float("-inf")):
            raise ValueError("A finite number goes here")
        if self._low is not None and value < self._low:
            raise ValueError(f"At least {self._low:g}")
        if self._high is not None and value > self._high:
            raise ValueError(f"At most {self._high:g}")
        return value

    def write(self, value: object) -> str:
        """Return the number with a true minus."""
        if value is None:
            return ""
        text = f"{value:g}" if isinstance(value, float) else str(value)
        return text.replace("-", "−") if not text.startswith("1e") else text

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Step with Up and Down: by one, or a real number to its neighbour 1-2-5 decade."""
        step = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(Qt.Key(event.key()), 0)
        value = self.value()
        if not step or not isinstance(value, int | float):
            super().keyPressEvent(event)
            return
        stepped = value + step if self._whole else value * (2.0 if step > 0 else 0.5)
        self.setText(self.write(stepped))
        self._commit()
