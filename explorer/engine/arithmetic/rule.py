"""What a rule gives, and where rules are found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from torch import Tensor, nn

from explorer import words
from explorer.protocol.arithmetic import Share

Place: TypeAlias = tuple[int, ...]


class NoRule(LookupError):
    """No rule is written for this module."""


class Box(NamedTuple):
    """Where windows lie in the maps that arrive: first row and column (below 0 in the margin), extent."""

    row: int
    column: int
    rows: int
    columns: int


@dataclass
class Worked:
    """A value worked out from what arrives.

    Attributes:
        kind, words, shares, bias, formula: as in `ArithmeticSet`. value: in double precision.
        box: of the windows, where they have one.
        scale: sum of the sizes of what is added, for judging how near two results can be.

    """

    kind: str
    words: str
    value: float
    shares: list[Share] = field(default_factory=list)
    bias: float | None = None
    formula: str = ""
    box: Box | None = None
    scale: float = 0.0


Rule: TypeAlias = Callable[[nn.Module, Sequence[Tensor], Place], Worked]
_RULES: dict[str, Rule] = {}
"""By the name of the class: in a live model, modules of our own are copies of the classes of this package."""


def rule(*modules: type[nn.Module]) -> Callable[[Rule], Rule]:
    """Declare the rule of these modules; it gets the module, what arrives without the batch, the place."""

    def declare(made: Rule) -> Rule:
        for module in modules:
            assert module.__name__ not in _RULES, f"{module.__name__} has two rules"
            _RULES[module.__name__] = made
        return made

    return declare


def rule_for(module: nn.Module) -> Rule:
    """Return the rule of a module; raises `NoRule`."""
    found = _RULES.get(type(module).__name__)
    if found is None:
        raise NoRule(type(module).__name__)
    return found


def added(values: Sequence[float], bias: float | None, result: float, more: float = 0.0) -> str:
    """`0.84 + 0.12 − 1.39 + … = 3.36`: the largest parts, what the others add, the bias."""
    terms = [*values, *([more] if more else []), *([bias] if bias is not None else [])]
    text = ""
    for term in terms:
        sign = words.MINUS if term < 0 else "+" if text else ""
        text += f" {sign} " if text else sign
        text += words.number(abs(term))
    return f"{text or '0'} = {words.number(result)}"
