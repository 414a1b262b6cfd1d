"""How an architecture is declared: a function that wires blocks, with its options as arguments."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from explorer.architectures.options import meant
from explorer.blocks.registry import registry
from explorer.graph.builder import INSIDE, Builder
from explorer.graph.catalogue import BadField, ShapeError
from explorer.graph.document import Document
from explorer.graph.edits import SetSetting
from explorer.graph.operations import adopt
from explorer.graph.resolve import Resolver
from explorer.graph.tensor import DEFAULT_AXES, Tensor

Option: TypeAlias = bool | int | float | str


class OptionProblem(ValueError):
    """An option that the architecture does not have or cannot take; the text is a sentence."""


@dataclass(frozen=True)
class Architecture:
    """An entry of the gallery.

    Attributes:
        id, title, category, year, source: as in lists and cards. about: two sentences, then sections with
            names (`SECTIONS`).
        input: what it takes unless told otherwise. classes: length of its output.
        dataset: id of the data set that suits it. weights: name of shipped weights, if any.
        parameters: exact number of trainable ones of the published network; None where none is known.
        task: `classification`, where the output is one score a class; else what it is made for.
        write: the function; its keyword arguments are the options.
        also: further words it is looked for by.
        run: settings of a run with which it succeeds, where the usual ones do not suffice.

    """

    id: str
    title: str
    category: str
    year: int
    source: str
    about: str
    input: Tensor
    classes: int
    dataset: str
    weights: str
    write: Callable[..., None]
    parameters: int | None = None
    task: str = "classification"
    also: tuple[str, ...] = ()
    run: Mapping[str, Option] = field(default_factory=dict)

    @property
    def words(self) -> tuple[str, ...]:
        """All it is found by besides its title; the task only where it is not the usual one."""
        task = () if self.task == "classification" else (self.task,)
        return (*self.also, self.id.replace("_", " "), f"{self.source} {self.year}", self.category, *task)

    def section(self, name: str) -> str:
        """Text of a section of the docstring, empty where there is none."""
        found = re.search(rf"^{name}:\s(.*?)(?=^(?:{'|'.join(SECTIONS)}):\s|\Z)", self.about, re.M | re.S)
        return re.sub(r"\s+", " ", found.group(1)).strip() if found else ""

    @property
    def options(self) -> dict[str, Option]:
        """Names and defaults of the options."""
        parameters = list(inspect.signature(self.write).parameters.values())[3:]
        return {p.name: p.default for p in parameters}

    def build(
        self,
        input: tuple[int, ...] | None = None,
        classes: int | None = None,
        *,
        resolver: Resolver | None = None,
        **options: Option,
    ) -> Document:
        """Build the document.

        Args:
            input: sizes of one sample, without the batch. classes: length of the output.
            resolver: that will resolve it; what building had to find out it then knows already.
            **options: those of the entry.

        Raises:
            OptionProblem: an unknown option, a value of the wrong kind, or sizes too small for it.

        """
        checked = self._all_checked(options)
        tensor = self.input if input is None else self._tensor(input)
        count = self.classes if classes is None else classes
        if not 1 <= count <= 65_536:
            raise OptionProblem(f"{self.title} takes 1 to 65,536 classes, not {count:,}.")
        catalogue = registry()
        builder = Builder(catalogue, resolver or Resolver(catalogue))
        try:
            self.write(builder, tensor, count, **checked)
        except (ShapeError, ValueError) as problem:
            words = problem.message if isinstance(problem, ShapeError) else str(problem)
            is_sentence = isinstance(problem, BadField) or words.startswith(INSIDE)
            words = words.removeprefix(INSIDE) if is_sentence else f"it {words}"
            raise OptionProblem(f"{self.title} cannot be built for {tensor.text}: {words}") from None
        document = Document()
        document.apply(adopt(builder.graph, self.title, builder.groups))
        document.apply(SetSetting("task", self.task))
        if self.dataset:
            document.apply(SetSetting("dataset", self.dataset))
        if self.weights and count == self.classes and not options:
            document.apply(SetSetting("weights", self.weights))
        for name, value in self.run.items():
            document.apply(SetSetting(name, value))
        document.revision = 0
        return document

    def _tensor(self, sizes: tuple[int, ...]) -> Tensor:
        if len(sizes) != len(self.input.shape) or min(sizes) < 1:
            raise OptionProblem(
                f"{self.title} takes an input like {self.input.text}, not {'×'.join(map(str, sizes))}."
            )
        return Tensor(sizes, self.input.axes, self.input.dtype)

    def _all_checked(self, options: Mapping[str, Option]) -> dict[str, Option]:
        checked: dict[str, Option] = {}
        for written, value in options.items():
            name = meant(written, self.options)
            if name in checked:
                raise OptionProblem(f"{self.title} got its option “{name}” twice, once as “{written}”.")
            checked[name] = self._checked(name, value)
        return checked

    def _checked(self, name: str, value: Any) -> Option:
        known = self.options
        if name not in known:
            raise OptionProblem(f"{self.title} has no option “{name}”; it has {', '.join(known) or 'none'}.")
        default = known[name]
        if isinstance(default, bool):
            legal = isinstance(value, bool)
        elif isinstance(default, float):
            legal = isinstance(value, int | float) and not isinstance(value, bool)
        else:
            legal = isinstance(value, type(default)) and not isinstance(value, bool)
        if not legal:
            raise OptionProblem(
                f"{name} of {self.title} is a {type(default).__name__}, such as {default}, not {value!r}."
            )
        result: Option = value
        return result


DECLARED: list[Architecture] = []
SECTIONS = ("Contribution", "Figures", "Form", "Strengths", "Gaps")
"""Of a docstring: what was new; what the texts print and what is right; how close this is to the paper."""


def architecture(
    id: str,
    *,
    title: str,
    category: str,
    year: int,
    source: str,
    input: tuple[int, ...],
    axes: str = "",
    dtype: str = "float",
    classes: int = 10,
    dataset: str = "",
    weights: str = "",
    parameters: int | None = None,
    task: str = "classification",
    also: tuple[str, ...] = (),
    run: Mapping[str, Option] | None = None,
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Declare a function `write(g, x, classes, *, options…)` as the architecture `id`."""

    def declare(write: Callable[..., None]) -> Callable[..., None]:
        letters = axes or DEFAULT_AXES[len(input)]
        about = inspect.getdoc(write) or ""
        tensor = Tensor(input, tuple(letters), dtype)
        DECLARED.append(
            Architecture(
                id,
                title,
                category,
                year,
                source,
                about,
                tensor,
                classes,
                dataset,
                weights,
                write,
                parameters,
                task,
                also,
                run or {},
            )
        )
        return write

    return declare
