"""A network made of the package's own block."""

from explorer.architectures.architecture import architecture
from explorer.graph.builder import Builder
from explorer.graph.tensor import Tensor


@architecture(
    "polite_net", title="Polite net", category="1.1.1 fully connected", year=2024, source="ours",
    input=(2,), classes=2, dataset="corners",
)  # fmt: skip
def polite_net(g: Builder, input: Tensor, classes: int, *, width: int = 16) -> None:
    """One hidden layer."""
    x = g.add("polite_unit", g.input("input", input), name="hidden", features=width)
    g.output("output", g.add("linear", x, name="answer", features=classes))
