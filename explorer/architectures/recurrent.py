"""Recurrent networks. Hochreiter & Schmidhuber 1997, Neural Computation 9."""

from __future__ import annotations

from explorer.architectures.architecture import architecture
from explorer.graph.builder import Builder
from explorer.graph.tensor import Tensor


@architecture(
    "lstm_rows", title="LSTM on rows", category="1.1.3 recurrent", year=1997,
    source="Hochreiter & Schmidhuber 1997", input=(28, 28), axes="TD", dataset="digits_rows",
)  # fmt: skip
def lstm_rows(g: Builder, input: Tensor, classes: int, *, width: int = 64) -> None:
    """Reads a digit row by row, like a scanner, and answers after the last row.

    All it knows of the rows above has to be in its state.
    """
    x = g.input("input", input)
    _, last = g.add_all("lstm", x, name="lstm", hidden=width)
    x = g.add("linear", last, name="fc", features=classes)
    g.output("output", x)
