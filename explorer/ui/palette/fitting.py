"""Which blocks can take what a wire carries: those come first when a block is added at its end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from explorer.graph.catalogue import Catalogue
from explorer.graph.resolve import Resolver
from explorer.graph.tensor import Tensor
from explorer.ui.widgets.search_list import SHOWN, Found

MOST_MISFITS = 3
"""Blocks that are called alike but cannot take it are shown, too, with the reason: so many."""


class Fit(NamedTuple):
    """Whether a block takes a tensor, and what comes out, or what it would need."""

    fits: bool
    words: str


class Fitting:
    """Tries blocks, as they are when they are new, on what a wire carries; remembers the answers."""

    def __init__(self, catalogue: Catalogue, source: str, carried: Tensor) -> None:
        self._catalogue, self._source, self._carried = catalogue, source, carried
        self._resolver = Resolver(catalogue)
        self._answers: dict[str, Fit] = {}

    def of(self, block: str) -> Fit:
        """Say whether a block fits."""
        if block not in self._answers:
            self._answers[block] = self._try(block)
        return self._answers[block]

    def _try(self, block: str) -> Fit:
        made = self._catalogue.configure(block, {})
        if not made.inputs:
            return Fit(False, "takes no input")
        needed = [None if port.optional else self._carried for port in made.inputs]
        entry = self._resolver.block(made, (self._carried,) * 2 if made.variadic else tuple(needed))
        if entry.shape_error is None:
            leaving = entry.outputs[0] if entry.outputs else None
            return Fit(True, f"→ {leaving.text}" if leaving is not None else "")
        if not made.variadic and entry.shape_error.port != made.inputs[0].name:
            return Fit(True, "")  # what else it takes is not known yet
        wants = entry.shape_error.wants
        words = entry.shape_error.message.replace("{source}", self._source).rstrip(".")
        return Fit(False, f"needs {wants}, gets {self._carried.text}" if wants else words)

    def order(self, found: Iterable[Found]) -> list[Found]:
        """What fits, with the shape it would give; then a few that do not, with the reason."""
        fitting: list[Found] = []
        others: list[Found] = []
        for entry, places in found:
            fit = self.of(entry.id)
            line = (replace(entry, remark=fit.words or entry.remark), places)
            (fitting if fit.fits else others).append(line)
            if len(fitting) >= SHOWN and len(others) >= MOST_MISFITS:
                break
        told = others[:MOST_MISFITS]
        return [*fitting[: SHOWN - len(told)], *told]
