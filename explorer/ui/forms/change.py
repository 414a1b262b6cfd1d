"""What is typed for several values at once: a value for all, or a change of each such as `×2` or `+16`."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass

_TYPED = re.compile(r"\s*([×x*/÷+−-])\s*(\d{1,9}(?:\.\d{1,9})?)\s*")
_SIGNS = {"x": "×", "*": "×", "÷": "/", "-": "−"}
_DOES: dict[str, Callable[[float, float], float]] = {
    "×": operator.mul,
    "/": operator.truediv,
    "+": operator.add,
    "−": operator.sub,
}


@dataclass(frozen=True)
class Change:
    """A sign (`×`, `/`, `+` or `−`) and an amount."""

    sign: str
    amount: float

    def of(self, value: object) -> object:
        """Return what a value becomes: a number, or each of several sizes.

        Raises:
            ValueError: it is no number, or would be no whole one any more; the text goes on after “conv1: ”.

        """
        if isinstance(value, tuple):
            return tuple(self.of(part) for part in value)
        if isinstance(value, bool) or not isinstance(value, int | float):
            shown = "worked out from the input" if value is None else f"“{value}”"
            raise ValueError(f"{shown} is no number that could be changed by {self}")
        if self.sign == "/" and not self.amount:
            raise ValueError("nothing can be divided by 0")
        changed = _DOES[self.sign](value, self.amount)
        if isinstance(value, float):
            return changed
        if changed != int(changed):
            raise ValueError(f"{value} {self.sign} {self.amount:g} is no whole number")
        return int(changed)

    def __str__(self) -> str:
        return f"{self.sign}{self.amount:g}"


def read(text: str, *, signed: bool = False) -> Change | None:
    """Return the change that a text means, None when it is a value.

    Args:
        text: as typed. signed: whether values may be negative, so that `−1` is one.

    """
    match = _TYPED.fullmatch(text)
    if match is None:
        return None
    sign = _SIGNS.get(match[1], match[1])
    if sign == "−" and signed:
        return None
    return Change(sign, float(match[2]))
