"""The live model for texts of other lengths: the same weights, whatever is written for one length.

A design is drawn for the longest text it takes. Most layers run on shorter ones as they are; where a number
in the program follows the length (a reshape), the program is written once more for that length and given the
tensors of the live model, not copies.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Mapping
from dataclasses import replace

from torch import Tensor, nn

from explorer.blocks.registry import registry
from explorer.engine.compile import Compiled, build_module
from explorer.engine.export.parts import Whole, parts_of
from explorer.engine.export.running import write_parts
from explorer.engine.weights.drawing import undrawn
from explorer.graph.document import Document
from explorer.graph.edits import SetField
from explorer.graph.resolve import Resolver

KEPT, PROGRAMS = 512, 48
"""Lengths that are kept, and different programs for them; what was used longest ago goes first."""
PLACES = frozenset(["LearnedEncoding"])
"""Modules with a row for each place: a shorter text reads the first rows."""


class LengthProblem(ValueError):
    """A design that does not take a text of this length; the text is a sentence."""


class Lengths:
    """Programs of one live model by the lengths of its inputs."""

    def __init__(self, compiled: Compiled, document: Document) -> None:
        self._compiled, self._document = compiled, document
        self._resolver = Resolver(registry())
        self._parts = parts_of(compiled.flow, document.name)
        self._kept: OrderedDict[tuple[tuple[str, int], ...], Compiled] = OrderedDict()
        self._programs: OrderedDict[Hashable, tuple[nn.Module, str]] = OrderedDict()

    def of(self, lengths: Mapping[str, int]) -> Compiled:
        """The model whose named inputs have these lengths; its parameters are those of the live one.

        Raises:
            LengthProblem: an input is longer than it is drawn, or the design does not work at that length.

        """
        drawn = self._compiled.flow.inputs
        other = {name: n for name, n in lengths.items() if (t := drawn.get(name)) and t.shape != (n,)}
        for name, count in other.items():
            tensor = drawn[name]
            assert tensor is not None
            if not 1 <= count <= tensor.shape[0]:
                raise LengthProblem(
                    f"{name} takes 1 to {tensor.shape[0]} tokens, and the text has {count:,}. "
                    + ("Write something." if not count else "Shorten it, or make the input longer.")
                )
        if not other:
            return self._compiled
        key = tuple(sorted(other.items()))
        if key not in self._kept:
            self._kept[key] = self._made(other)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        found = self._kept[key]
        if found.module is not self._compiled.module:  # rows of a table are views of weights that may go
            _tie(found.module, self._compiled.module, "this length")
        return found

    def _made(self, lengths: Mapping[str, int]) -> Compiled:
        document = self._document.copy()
        for name, count in lengths.items():
            document.apply(SetField(name, "shape", (count,)))
        flow = self._resolver.resolve(document)
        said = ", ".join(f"{count} tokens at {name}" for name, count in lengths.items())
        if flow.problems:
            first = (flow.faults or flow.problems)[0]
            raise LengthProblem(f"The design does not work with {said}: {first.message}")
        parts = parts_of(flow, document.name)
        if (parts.skeleton, parts.literals) == (self._parts.skeleton, self._parts.literals):
            return replace(self._compiled, flow=flow)
        module, source = self._program(parts, document.name, said)
        return replace(self._compiled, module=module, source=source, flow=flow)

    def _program(self, parts: Whole, name: str, said: str) -> tuple[nn.Module, str]:
        """A module of these parts with the tensors of the live one, and its text."""
        key = (parts.skeleton, parts.literals)
        if key not in self._programs:
            source = write_parts(parts, name)
            with undrawn():
                module = build_module(source)
            _tie(module, self._compiled.module, said)
            module.train(self._compiled.module.training)
            self._programs[key] = (module, source)
            while len(self._programs) > PROGRAMS:
                self._programs.popitem(last=False)
        self._programs.move_to_end(key)
        return self._programs[key]


def _tie(module: nn.Module, live: nn.Module, said: str) -> None:
    """Give a module the tensors of the live one; raises `LengthProblem` where one has another size."""
    mine, theirs = dict(module.named_modules()), dict(live.named_modules())
    for path, part in mine.items():
        own = theirs.get(path)
        for kind in ("_parameters", "_buffers"):
            for name, value in getattr(part, kind).items():
                held = getattr(own, kind, {}).get(name)
                if value is None and held is None:
                    continue
                if held is not None and value is not None and held.shape != value.shape:
                    held = _first_rows(part, held, value)
                if held is None:
                    raise LengthProblem(
                        f"{path or 'The design'} has learned numbers for each place of a text of full "
                        f"length, so it does not take {said}; fill the text up."
                    )
                getattr(part, kind)[name] = held


def _first_rows(part: nn.Module, held: Tensor, value: Tensor) -> Tensor | None:
    """The rows of a table of places that a shorter text reads; None where the tensor is no such table."""
    if type(part).__name__ not in PLACES or held.shape[1:] != value.shape[1:]:
        return None
    return nn.Parameter(held.detach()[: len(value)], requires_grad=False)
