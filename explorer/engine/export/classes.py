"""One class for all wholes of equal structure: literals in which they differ become its parameters.

ResNet-50 has sixteen bottlenecks but only a few structures; each is written once.
"""

from __future__ import annotations

import inspect
import keyword
from collections.abc import Hashable
from dataclasses import dataclass, field
from functools import cache

from explorer.blocks.block import Literal
from explorer.engine.export.parts import Leaf, Whole
from explorer.engine.export.targets import resolve_target
from explorer.graph.names import RESERVED


@dataclass
class ClassPlan:
    """How one class is written.

    Attributes:
        name: of the class. example: one of the wholes it stands for.
        parameters: names of the constructor's parameters.
        slots: for every literal of the whole, the index of the parameter it comes from, or None.
        shared: whether it stands for more than one whole.

    """

    name: str
    example: Whole
    parameters: list[str] = field(default_factory=list)
    slots: list[int | None] = field(default_factory=list)
    shared: bool = False

    def values(self, literals: tuple[Literal, ...]) -> list[Literal]:
        """The constructor arguments of a whole with these literals."""
        return [literals[self.slots.index(number)] for number in range(len(self.parameters))]


def plan_classes(model: Whole, taken: set[str]) -> dict[Hashable, ClassPlan]:
    """Plan a class for every structure in the model, inner ones first; the model comes last.

    Args:
        model: the whole design.
        taken: class names that are in use already (modules of our own).

    """
    members: dict[Hashable, list[Whole]] = {}
    _collect(model, members)
    names = set(taken) | RESERVED | {"Any", "Callable"}
    plans: dict[Hashable, ClassPlan] = {}
    for skeleton, wholes in members.items():
        name = "Model" if wholes[0] is model else _free(wholes[0].name, names)
        names.add(name)
        plan = ClassPlan(name, wholes[0], shared=len(wholes) > 1)
        _generalise(plan, wholes)
        plans[skeleton] = plan
    return plans


def _collect(whole: Whole, members: dict[Hashable, list[Whole]]) -> None:
    for _, child in whole.children:
        if isinstance(child, Whole):
            _collect(child, members)
    members.setdefault(whole.skeleton, []).append(whole)


def _free(name: str, taken: set[str]) -> str:
    number, candidate = 2, name
    while candidate in taken or keyword.iskeyword(candidate):
        candidate, number = f"{name}{number}", number + 1
    return candidate


def _generalise(plan: ClassPlan, wholes: list[Whole]) -> None:
    """Find the literals that vary; columns that always agree share one parameter."""
    columns = list(zip(*(whole.literals for whole in wholes), strict=True))
    words = list(_words(plan.example, ""))
    by_column: dict[Hashable, int] = {}
    uses: list[list[tuple[str, str]]] = []
    for column, word in zip(columns, words, strict=True):
        if all(_same(value, column[0]) for value in column):
            plan.slots.append(None)
            continue
        key = tuple((type(value), value) for value in column)
        number = by_column.setdefault(key, len(by_column))
        if number == len(uses):
            uses.append([])
        uses[number].append(word)
        plan.slots.append(number)
    for candidates in uses:
        plan.parameters.append(_free(_parameter(candidates), set(plan.parameters)))


def _same(a: Literal, b: Literal) -> bool:
    return type(a) is type(b) and a == b


def _words(part: Whole | Leaf, path: str) -> list[tuple[str, str]]:
    """For every literal: the path of the module and the name of its parameter there."""
    if isinstance(part, Whole):
        return [word for name, child in part.children for word in _words(child, f"{path}{name}_")]
    known = _parameters(part.target)
    names = []
    for number in range(len(part.args)):
        at = known[min(number, len(known) - 1)]
        many = at.kind is inspect.Parameter.VAR_POSITIONAL
        names.append(f"{at.name}{number}" if many else at.name)
    return [(path, name) for name in [*names, *(name for name, _ in part.kwargs)]]


@cache
def _parameters(target: str) -> list[inspect.Parameter]:
    """What the constructor of a module takes."""
    return list(inspect.signature(resolve_target(target)).parameters.values())


def _parameter(uses: list[tuple[str, str]]) -> str:
    names = {name for _, name in uses}
    first_path, first_name = uses[0]
    if len(names) == 1 or first_name in ("in_channels", "in_features"):
        return first_name
    return f"{first_path}{first_name}"
