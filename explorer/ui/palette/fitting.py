"""Which blocks can take what a wire carries: those come first when a block is added at its end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from explorer.graph.catalogue import Catalogue
from explorer.graph.model import FieldValue
from explorer.graph.resolve import Resolver
from explorer.graph.tensor import Tensor
from explorer.ui.palette.typed import Typed
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
        self._answers: dict[object, Fit] = {}

    def of(self, block: str, fields: Mapping[str, FieldValue] | None = None) -> Fit:
        """Say whether a block fits, with fields that differ from the usual ones."""
        key = (block, *sorted((fields or {}).items()))
        if key not in self._answers:
            self._answers[key] = self._try(block, fields or {})
        return self._answers[key]

    def _try(self, block: str, fields: Mapping[str, FieldValue]) -> Fit:
        made = self._catalogue.configure(block, fields)
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

    def order(self, found: Iterable[Found], meant: Mapping[str, Typed] | None = None) -> list[Found]:
        """What fits, with the shape it would give; then a few that do not, with the reason.

        Args:
            found: lines. meant: what was typed behind the names of some of them.

        """
        fitting: list[Found] = []
        others: list[Found] = []
        for line in found:
            fits, told = self._told(line, meant or {})
            (fitting if fits else others).append(told)
            if len(fitting) >= SHOWN and len(others) >= MOST_MISFITS:
                break
        misfits = others[:MOST_MISFITS]
        return [*fitting[: SHOWN - len(misfits)], *misfits]

    def tell(self, found: Sequence[Found], meant: Mapping[str, Typed]) -> list[Found]:
        """The lines as they come, with the shape each would give, where it fits."""
        lines = []
        for line in found[:SHOWN]:
            fits, told = self._told(line, meant)
            lines.append(told if fits else line)
        return lines

    def _told(self, line: Found, meant: Mapping[str, Typed]) -> tuple[bool, Found]:
        entry, places = line
        if entry.reason is not None or ":" in entry.id:  # an own block is tried on nothing beforehand
            return False, line
        typed = meant.get(entry.id)
        fit = self.of(entry.id, typed.fields if typed is not None else None)
        remark = fit.words or entry.remark
        if typed is not None and fit.fits:
            remark = f"{entry.remark}  {fit.words}".strip()
        return fit.fits, (replace(entry, remark=remark), places)
