"""Sets of points, graphs and fields: PointNet, GCN, GAT, NeRF."""

from __future__ import annotations

from functools import partial

from explorer.architectures.architecture import architecture
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor, sequence

CATEGORY = "1.2.7 sets, graphs, fields"


def _shared(g: Builder, x: Wire, number: int, filters: int, *, relu: bool = True) -> Wire:
    """The same linear layer for every point, batch norm, ReLU."""
    x = g.add("conv1d", x, name=f"conv{number}", filters=filters, kernel=1)
    x = g.add("batch_norm", x, name=f"conv{number}_norm")
    return g.add("relu", x, name=f"conv{number}_relu") if relu else x


def _linear(g: Builder, x: Wire, number: int, features: int, dropout: float = 0.0) -> Wire:
    x = g.add("linear", x, name=f"fc{number}", features=features)
    if dropout:
        x = g.add("dropout", x, name="drop", p=dropout)
    return g.add("relu", g.add("batch_norm", x, name=f"fc{number}_norm"), name=f"fc{number}_relu")


def _all(g: Builder, x: Wire) -> Wire:
    """The largest value of every channel over all points: the order of the points does not matter."""
    x = g.add("reduce", x, name="largest", kind="max", axes="T")
    return g.add("flatten", x, name="row")


def _align(g: Builder, x: Wire) -> Wire:
    """A small network of the same kind says by which matrix the points are turned."""
    size = x.channels
    y = x
    for number, filters in enumerate((64, 128, 1024), 1):
        y = _shared(g, y, number, filters)
    y = _all(g, y)
    for number, features in enumerate((512, 256), 1):
        y = _linear(g, y, number, features)
    y = g.add("linear", y, name="matrix", features=size * size)
    y = g.add("reshape", y, name="square", shape=(size, size), axes="CD")
    return g.add("einsum", x, y, name="turn", equation="ct,cd->dt", axes="CT")


@architecture(
    "pointnet",
    title="PointNet",
    category=CATEGORY,
    year=2016,
    source="Qi, Su, Mo & Guibas 2016, arXiv:1612.00593",
    input=(3, 1024),
    axes="CT",
    classes=40,
    parameters=3_471_473,
    also=("point cloud", "3d", "set", "permutation invariance", "t-net", "modelnet"),
)
def pointnet(g: Builder, input: Tensor, classes: int, *, dropout: float = 0.3) -> None:
    """Works on every point of a cloud alone and takes the largest value of each channel over all of them. So
    it answers the same in whatever order the points come.

    Two small networks first turn the points, and then their features, so that how the object stands matters
    less.

    Contribution: deep learning on raw points, without voxels or views; any function of sets can be written
        so.
    Figures: 3.5 M parameters, 0.44 G MACs; 89.2 % on ModelNet40 with 1,024 points.
    Form: exact to the common PyTorch code; the identity that is added to both matrices there is part of the
        last layer's biases here.
    Strengths: fast; robust against missing points.
    Gaps: a point sees no neighbours before all are joined; PointNet++ repairs that.
    """
    if not 0 <= dropout < 1:
        raise ValueError(f"drops a share from 0 to below 1, not {dropout:g}.")

    def features(g: Builder, x: Wire) -> Wire:
        x = _shared(g, x, 2, 128)
        return _all(g, _shared(g, x, 3, 1024, relu=False))

    def answer(g: Builder, x: Wire) -> Wire:
        x = _linear(g, _linear(g, x, 1, 512), 2, 256, dropout)
        return g.add("linear", x, name="fc3", features=classes)

    (x,) = g.group("align", _align, g.input("points", input))
    (x,) = g.group("first", partial(_shared, number=1, filters=64), x)
    (x,) = g.group("align_features", _align, x)
    (x,) = g.group("features", features, x)
    g.output("output", g.group("answer", answer, x)[0])


def _nodes(input: Tensor) -> Tensor:
    """The matrix of a graph with as many nodes as arrive."""
    return sequence(input.shape[0], input.shape[0])


@architecture(
    "gcn_cora",
    title="GCN for Cora",
    category=CATEGORY,
    year=2016,
    source="Kipf & Welling 2016, arXiv:1609.02907",
    input=(2708, 1433),
    classes=7,
    parameters=23_063,
    task="nodes of a graph",
    also=("graph neural network", "gnn", "graph convolution", "citations", "semi-supervised"),
)
def gcn_cora(g: Builder, input: Tensor, classes: int, *, hidden: int = 16, dropout: float = 0.5) -> None:
    """Says of 2,708 papers what they are about, from their words and from who cites whom. Each layer gives
    every paper the mean of its neighbours, so that a few known labels spread over the graph.

    The second input is the matrix of the graph: 1 where one cites the other.

    Contribution: graph convolution as a simple product with a normalised matrix.
    Figures: 81.5 % on Cora with 20 labels a class; 23,063 parameters.
    Form: exact: 1433-16-7, biases, dropout of one half.
    Strengths: small; learns from hardly any labels.
    Gaps: a full matrix here, where sparse ones suit large graphs; deep stacks make all nodes alike.
    """
    if not 1 <= hidden <= 65_536 or not 0 <= dropout < 1:
        raise ValueError(f"has 1 to 65,536 units and drops 0 to below 1, not {hidden} and {dropout:g}.")
    x, graph = g.input("words", input), g.input("graph", _nodes(input))
    if dropout:
        x = g.add("dropout", x, name="drop1", p=dropout)
    x = g.add("relu", g.add("graph_convolution", x, graph, name="conv1", features=hidden), name="relu")
    if dropout:
        x = g.add("dropout", x, name="drop2", p=dropout)
    g.output("classes", g.add("graph_convolution", x, graph, name="conv2", features=classes))


@architecture(
    "gat_cora",
    title="GAT for Cora",
    category=CATEGORY,
    year=2017,
    source="Veličković et al. 2017, arXiv:1710.10903",
    input=(2708, 1433),
    classes=7,
    parameters=92_373,
    task="nodes of a graph",
    also=("graph neural network", "gnn", "graph attention", "citations"),
)
def gat_cora(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    hidden: int = 8,
    heads: int = 8,
    dropout: float = 0.6,
) -> None:
    """Lets every paper decide which of those that it cites count for it, with eight heads of attention. Only
    neighbours in the graph are looked at.

    The second input is the matrix of the graph: 1 where one cites the other.

    Contribution: attention along the edges of a graph.
    Figures: 83.0 % on Cora; 92,373 parameters.
    Form: exact: eight heads of eight, ELU, one head for the classes; the dropout on the attention's weights
        is left out, that on what enters is there.
    Strengths: neighbours need not count alike; weights can be looked at.
    Gaps: a full matrix here, where sparse ones suit large graphs.
    """
    if not 1 <= hidden <= 4096 or not 1 <= heads <= 256 or not 0 <= dropout < 1:
        raise ValueError(f"has 1 to 256 heads of 1 to 4,096 units, not {heads} of {hidden}.")
    x, graph = g.input("words", input), g.input("graph", _nodes(input))
    if dropout:
        x = g.add("dropout", x, name="drop1", p=dropout)
    x = g.add("graph_attention", x, graph, name="attention1", features=hidden, heads=heads)
    x = g.add("elu", x, name="elu")
    if dropout:
        x = g.add("dropout", x, name="drop2", p=dropout)
    g.output("classes", g.add("graph_attention", x, graph, name="attention2", features=classes, heads=1))


@architecture(
    "nerf",
    title="NeRF",
    category=CATEGORY,
    year=2020,
    source="Mildenhall, Srinivasan, Tancik, Barron, Ramamoorthi & Ng 2020, arXiv:2003.08934",
    input=(64, 3),
    classes=3,
    parameters=595_844,
    task="fields",
    also=("neural radiance field", "view synthesis", "3d", "implicit", "positional encoding", "rays"),
)
def nerf(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    layers: int = 8,
    width: int = 256,
    waves: int = 10,
    direction_waves: int = 4,
) -> None:
    """Is a scene: asked for a place in space and a direction, it says how dense it is there and which colour
    is seen from that side. Summed along rays that makes pictures from where no camera was.

    One sample are the places along a ray, each with its direction. The number of classes is that of the
    colours.

    Contribution: a scene in the weights of a small network; waves of the places, without which it stays
        blurred.
    Figures: 8 layers of 256 and one of 128; 595,844 parameters.
    Form: exact, as released: the place enters once more behind the fifth layer. The sum along rays is not
        part of it.
    Strengths: sharp detail, gloss and glass from a few dozen pictures.
    Gaps: one network for each scene; millions of questions for a picture.
    """
    if not 6 <= layers <= 64 or not 2 <= width <= 4096 or width % 2:
        raise ValueError(f"has 6 to 64 layers of an even width up to 4,096, not {layers} of {width}.")
    if not 0 <= waves <= 16 or not 0 <= direction_waves <= 16:
        raise ValueError(f"has 0 to 16 waves, such as 10 and 4, not {waves} and {direction_waves}.")

    def code(g: Builder, x: Wire, count: int) -> Wire:
        parts = [x]
        for number in range(count):
            y = g.add("scale", x, name=f"times{2**number}", factor=float(2**number))
            parts += [g.add(kind, y, name=f"{kind}{2**number}") for kind in ("sin", "cos")]
        return (
            g.add("concat", *parts, name="concat", axis="D") if count else g.add("identity", x, name="same")
        )

    def body(g: Builder, place: Wire) -> Wire:
        x = place
        for number in range(1, layers + 1):
            x = g.add("relu", g.add("linear", x, name=f"fc{number}", features=width), name=f"relu{number}")
            if number == 5:
                x = g.add("concat", place, x, name="place_again", axis="D")
        return x

    def colour(g: Builder, x: Wire, side: Wire) -> Wire:
        x = g.add("linear", x, name="feature", features=width)
        x = g.add("concat", x, side, name="concat", axis="D")
        x = g.add("relu", g.add("linear", x, name="fc", features=width // 2), name="relu")
        return g.add("sigmoid", g.add("linear", x, name="colours", features=classes), name="sigmoid")

    place, side = g.input("place", input), g.input("direction", input)
    (place,) = g.group("place_code", partial(code, count=waves), place)
    (side,) = g.group("direction_code", partial(code, count=direction_waves), side)
    (x,) = g.group("body", body, place)
    density = g.add("relu", g.add("linear", x, name="thick", features=1), name="positive")
    g.output("colour", g.group("colours", colour, x, side)[0])
    g.output("density", density)
