"""A network of the gallery with other sizes, classes or options than usual: pure, without Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from explorer.architectures.architecture import Option, OptionProblem
from explorer.architectures.gallery import find
from explorer.blocks.registry import registry
from explorer.graph.document import Document
from explorer.graph.resolve import Resolver
from explorer.ui.forms.editors import FieldView

INPUT, CLASSES = "input size", "classes"
KINDS = {bool: "bool", int: "int", float: "float", str: "text"}


@dataclass(frozen=True)
class Variant:
    """What differs from the network as it is declared.

    Attributes:
        id: of the gallery. size: of one sample, empty for the usual one. classes: 0 for the usual number.
        options: those that differ.

    """

    id: str
    size: tuple[int, ...] = ()
    classes: int = 0
    options: Mapping[str, Option] = field(default_factory=dict)

    @property
    def is_usual(self) -> bool:
        """Whether nothing differs."""
        return not (self.size or self.classes or self.options)

    def changed(self, name: str, value: object) -> Variant:
        """Return a variant with another value; the usual one takes a difference away."""
        declared = find(self.id)
        if name == INPUT:
            size = tuple(int(n) for n in value) if isinstance(value, tuple) else ()
            return replace(self, size=() if size == declared.input.shape else size)
        if name == CLASSES:
            classes = int(value) if isinstance(value, int) else 0
            return replace(self, classes=0 if classes == declared.classes else classes)
        default = declared.options[name]
        option: Option = float(value) if isinstance(default, float) and isinstance(value, int) else value  # type: ignore[assignment]
        others = {key: kept for key, kept in self.options.items() if key != name}
        return replace(self, options=others if option == default else {**others, name: option})

    def build(self, resolver: Resolver | None = None) -> Document:
        """Build it; raises `OptionProblem` with a sentence."""
        options: dict[str, Any] = dict(self.options)
        return find(self.id).build(self.size or None, self.classes or None, resolver=resolver, **options)

    @cached_property
    def costs(self) -> tuple[int, int]:
        """Parameters and MACs; raises `OptionProblem`."""
        resolver = Resolver(registry())
        flow = resolver.resolve(self.build(resolver))
        if flow.problems:
            raise OptionProblem(flow.problems[0].message)
        return flow.parameters, flow.macs

    def fields(self) -> tuple[FieldView, ...]:
        """The fields of its form: input, classes, options."""
        declared = find(self.id)
        shape = declared.input.shape
        axes = " ".join(declared.input.axes)
        views = [
            FieldView(INPUT, "Input", "shape", self.size or shape, effect=axes, axes=len(shape)),
            FieldView(CLASSES, "Classes", "int", self.classes or declared.classes),
        ]
        for name, default in declared.options.items():
            value = self.options.get(name, default)
            label = name.replace("_", " ").capitalize()
            views.append(FieldView(name, label, KINDS[type(default)], value))
        return tuple(views)
