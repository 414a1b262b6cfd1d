"""Layers for graphs: nodes T × D and a matrix that says which are neighbours."""

from __future__ import annotations

from explorer.blocks.block import Block, Call, block, call
from explorer.blocks.checks import check_sequence, wants_float
from explorer.blocks.fields import Bool, Choice, Float, Int
from explorer.graph.catalogue import ReceptiveField, ShapeError
from explorer.graph.tensor import Tensor, sequence

OWN = "explorer.engine.modules.graphs"


def check_adjacency(x: Tensor, adjacency: Tensor) -> None:
    """Raise `ShapeError` unless nodes and a square matrix of their edges arrive."""
    check_sequence(x)
    wants_float(adjacency, "adjacency")
    if adjacency.shape != (x.shape[0], x.shape[0]):
        raise ShapeError(
            f"has {x.shape[0]} nodes and needs their matrix {x.shape[0]} × {x.shape[0]}, "
            f"but {{source}} sends {adjacency.spelled}.",
            code="unequal",
            port="adjacency",
            wants=f"T {x.shape[0]} × D {x.shape[0]}",
        )


class _Graph(Block):
    """Inputs, reach and loops of both."""

    example = (sequence(8, 16), sequence(8, 8))
    loops = Bool(True, label="Own neighbour", doc="every node is its own neighbour too")

    def receptive_field(self, x: Tensor, adjacency: Tensor) -> ReceptiveField:
        return ReceptiveField(whole=True)


@block(
    "graph_convolution",
    target=f"{OWN}:GraphConvolution",
    category="1.1.8",
    family="conv",
    icon="graph",
    stem="graph_conv",
)
class GraphConvolution(_Graph):
    r"""Every node takes the mean of what its neighbours have, and one matrix mixes it for all nodes. Stacked,
    it reaches neighbours of neighbours.

    The matrix arrives as a second input: row i, column j holds the weight of the edge from j to i.
    symmetric divides by √(degree of i · degree of j), mean by the degree of i.

    Shapes: x (T = V nodes, D), adjacency (V, V) → y (V, features).
    Parameters: D·features, and features with a bias.
    MACs: V·D·features + V²·features.
    Used in: graph convolutional networks (GCN): citations, molecules, traffic.
    Strengths: any graph, with the same weights; order of the nodes does not matter.
    Gaps: deep stacks make all nodes alike; a full matrix suits small graphs only.
    Source: Kipf & Welling 2016, arXiv:1609.02907.
    """

    formula = r"y = \tilde D^{-1/2} (A + I)\, \tilde D^{-1/2}\, x W"
    tags = ("gcn", "gnn", "message passing", "molecule", "network of nodes")
    features = Int(64, label="Outputs", doc="length of what each node gets")
    norm = Choice("symmetric", ("symmetric", "mean", "none"), doc="how many neighbours count")
    bias = Bool(True, doc="a learned number for each output")

    def infer(self, x: Tensor, adjacency: Tensor) -> Tensor:
        check_adjacency(x, adjacency)
        return sequence(x.shape[0], self.features)

    def parameters(self, x: Tensor, adjacency: Tensor) -> int:
        return x.shape[1] * self.features + self.features * self.bias

    def macs(self, x: Tensor, adjacency: Tensor) -> int:
        return (x.size + adjacency.size) * self.features

    def kept_inside(self, x: Tensor, adjacency: Tensor) -> int:
        """The mixed nodes, and the matrix on its way to what is multiplied."""
        matrices = {"symmetric": 2.0, "mean": 1.0, "none": 0.0}[self.norm] + 0.5 * self.loops
        return round(4 * (x.shape[0] * self.features + matrices * adjacency.size))

    def arguments(self, x: Tensor, adjacency: Tensor) -> Call:
        return call(
            x.shape[1],
            self.features,
            defaults={"norm": "symmetric", "loops": True, "bias": True},
            norm=self.norm,
            loops=self.loops,
            bias=self.bias,
        )

    def summary(self) -> str:
        return f"→ {self.features}"


@block(
    "graph_attention",
    target=f"{OWN}:GraphAttention",
    category="1.1.8",
    family="attention",
    icon="graph",
    stem="graph_attention",
)
class GraphAttention(_Graph):
    r"""Every node mixes what its neighbours have by weights that it works out from both. Only neighbours are
    looked at, whatever the weight of the edge.

    The matrix arrives as a second input: an edge from j to i where row i, column j is not 0. A node without
    neighbours looks at all alike.

    Shapes: x (T = V nodes, D), adjacency (V, V) → y (V, heads·features).
    Parameters: D·heads·features + 3·heads·features.
    MACs: V·D·heads·features + V²·heads·features.
    Used in: graph attention networks (GAT): citations, proteins.
    Strengths: neighbours need not count alike; weights can be looked at.
    Gaps: the ranking of neighbours is the same for all nodes (GATv2 repairs it).
    Source: Veličković et al. 2017, arXiv:1710.10903.
    """

    exposes = "attention"
    formula = (
        r"e_{ij} = \mathrm{LeakyReLU}(a^{\top} [W x_i, W x_j]),"
        r"\quad y_i = \sum_j \mathrm{softmax}_j(e_{ij})\, W x_j"
    )
    tags = ("gat", "gnn", "message passing")
    features = Int(8, label="Outputs of a head", doc="length of what each head gives")
    heads = Int(4, max=256, doc="attentions side by side")
    slope = Float(0.2, max=1.0, doc="of the leaky ReLU on the scores")

    def infer(self, x: Tensor, adjacency: Tensor) -> Tensor:
        check_adjacency(x, adjacency)
        return sequence(x.shape[0], self.heads * self.features)

    def _width(self) -> int:
        return self.heads * self.features

    def parameters(self, x: Tensor, adjacency: Tensor) -> int:
        return (x.shape[1] + 3) * self._width()

    def macs(self, x: Tensor, adjacency: Tensor) -> int:
        return (x.size + adjacency.size) * self._width()

    def macs_attention(self, x: Tensor, adjacency: Tensor) -> int:
        return adjacency.size * self._width()

    def kept_inside(self, x: Tensor, adjacency: Tensor) -> int:
        """Scores and weights of every head, and the mixed nodes."""
        return (8 * self.heads + 1) * adjacency.size + 6 * x.shape[0] * self._width()

    def arguments(self, x: Tensor, adjacency: Tensor) -> Call:
        return call(
            x.shape[1],
            self.features,
            defaults={"heads": 1, "slope": 0.2, "loops": True},
            heads=self.heads,
            slope=self.slope,
            loops=self.loops,
        )

    def summary(self) -> str:
        return f"{self.heads} heads of {self.features}"
