"""The rows of the summary as frozen values, and what their columns say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from explorer import words


@dataclass(frozen=True, slots=True)
class Measured:
    """torchinfo's figures for one layer."""

    output: tuple[int, ...]
    parameters: int


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """One node.

    Attributes:
        address, name: where it stands, and the last part of that. block: title of the block.
        outputs: shapes of what it gives, empty when unknown. state: `ok`, `problem` or `waits`.
        share: of all parameters. activation: bytes for one sample.
        measured: the live model's figures, if it has been measured.

    """

    address: str
    name: str
    block: str
    icon: str
    family: str
    outputs: tuple[tuple[int, ...], ...]
    parameters: int
    share: float
    macs: int
    activation: int
    state: str = "ok"
    measured: Measured | None = None
    children: tuple[SummaryRow, ...] = ()

    @property
    def differs(self) -> str:
        """In which figures the live model differs from the prediction, in words; empty when in none."""
        found = self.measured
        if found is None or self.state != "ok":
            return ""
        parts = []
        if found.output and self.outputs and found.output not in self.outputs:
            parts.append(f"gives {words.shape(found.output)}")
        if found.parameters != self.parameters:
            parts.append(words.plural(found.parameters, "parameter"))
        return "differs: " + ", ".join(parts) if parts else ""


@dataclass(frozen=True, slots=True)
class Totals:
    """The bottom line; `measured` is empty until the model has been measured."""

    layers: int = 0
    parameters: int = 0
    macs: int = 0
    activation: int = 0
    measured: str = ""
    differs: bool = False


COLUMNS = ("Address", "Block", "Output", "Parameters", "MACs", "Activations", "Measured")
ADDRESS, BLOCK, OUTPUT, PARAMETERS, MACS, ACTIVATION, MEASURED = range(len(COLUMNS))
NUMBERS = frozenset([PARAMETERS, MACS, ACTIVATION])


def text(row: SummaryRow, column: int, *, whole_address: bool) -> str:
    """Return what a cell says."""
    unknown = row.state != "ok"
    if column == ADDRESS:
        return row.address if whole_address else row.name
    if column == BLOCK:
        return row.block
    if column == OUTPUT:
        return ", ".join(words.shape(shape) or "scalar" for shape in row.outputs) or "?"
    if column == MEASURED:
        return _measured(row)
    if unknown:
        return "?"
    if column == PARAMETERS:
        return words.count(row.parameters) if row.parameters else ""
    if column == MACS:
        return (words.count(row.macs) if row.macs < 10**8 else words.short(row.macs)) if row.macs else ""
    return words.short_memory(row.activation)


def _measured(row: SummaryRow) -> str:
    if row.state != "ok":
        return {"problem": "does not fit yet", "waits": "waits"}.get(row.state, "")
    if row.measured is None:
        return ""
    return row.differs or "the same"


def key(row: SummaryRow, column: int) -> tuple[int, object]:
    """Return what a column is sorted by; unknown figures come last."""
    values: dict[int, object] = {
        PARAMETERS: row.parameters,
        MACS: row.macs,
        ACTIVATION: row.activation,
        OUTPUT: row.outputs,
        BLOCK: row.block,
        MEASURED: _measured(row),
    }
    return (int(row.state != "ok"), values.get(column, row.address))


def leaves(rows: Iterable[SummaryRow]) -> Iterator[SummaryRow]:
    """Yield the layers without the composites that hold them, in running order."""
    for row in rows:
        if row.children:
            yield from leaves(row.children)
        else:
            yield row


def count(rows: Sequence[SummaryRow]) -> int:
    """Return how many rows there are with all children."""
    return sum(1 + count(row.children) for row in rows)
