"""DETR: detection as a set, without anchors or dropped boxes. Carion et al. 2020, arXiv:2005.12872."""

from __future__ import annotations

from functools import partial

from explorer.architectures.architecture import architecture
from explorer.architectures.parts import check_layers, imagenet_stem, numbers
from explorer.graph.builder import Builder, Wire
from explorer.graph.tensor import Tensor


def _joined(g: Builder, x: Wire, y: Wire, number: int) -> Wire:
    """Addition, then the norm."""
    return g.add("layer_norm", g.add("add", x, y, name=f"add{number}"), name=f"norm{number}")


def _encoder_layer(g: Builder, x: Wire, place: Wire, *, heads: int, mlp: int) -> Wire:
    """Places are added to queries and keys in every layer, not to what is passed on."""
    asked = g.add("add", x, place, name="placed", broadcast=True)
    x = _joined(g, x, g.add("multi_head_attention", asked, asked, x, name="attention", heads=heads), 1)
    y = g.add("feed_forward", x, name="ffn", hidden=mlp, activation="relu")
    return _joined(g, x, y, 2)


def _decoder_layer(
    g: Builder, x: Wire, query: Wire, memory: Wire, placed: Wire, *, heads: int, mlp: int
) -> Wire:
    """Queries look at each other, then at the picture."""
    asked = g.add("add", x, query, name="asked", broadcast=True)
    x = _joined(g, x, g.add("multi_head_attention", asked, asked, x, name="attention", heads=heads), 1)
    asked = g.add("add", x, query, name="asked_picture", broadcast=True)
    y = g.add("multi_head_attention", asked, placed, memory, name="cross_attention", heads=heads)
    x = _joined(g, x, y, 2)
    y = g.add("feed_forward", x, name="ffn", hidden=mlp, activation="relu")
    return _joined(g, x, y, 3)


@architecture(
    "detr_resnet50",
    title="DETR on ResNet-50",
    category="1.2.2 region based",
    year=2020,
    source="Carion, Massa, Synnaeve, Usunier, Kirillov & Zagoruyko 2020, arXiv:2005.12872",
    input=(3, 800, 800),
    classes=92,
    parameters=41_577_888,
    task="detection",
    also=("detection transformer", "set prediction", "object queries", "end to end"),
)
def detr_resnet50(
    g: Builder,
    input: Tensor,
    classes: int,
    *,
    blocks: str = "3 4 6 3",
    layers: int = 6,
    width: int = 256,
    heads: int = 8,
    mlp: int = 2048,
    queries: int = 100,
) -> None:
    """Asks a hundred learned questions to a picture; each answer is an object with its box, or that there is
    none. The questions see each other, so that no object is answered twice.

    The last of the classes stands for no object. Boxes are centre, width and height as shares of the picture.

    Contribution: detection without anchors and without dropping boxes, by matching answers and objects one to
        one.
    Figures: 41 M parameters, 86 G MACs, 42 AP on COCO in the paper.
    Form: exact, as released, with ordinary batch norms: post-norm, ReLU, positions added to queries and keys
        of every layer. The fixed waves of the places are a table for this size of picture that is not
        trained; it holds them once weights are loaded.
    Strengths: simple; sees the whole picture; segmentation by one more head.
    Gaps: small objects; needs hundreds of epochs.
    """
    check_layers(width, layers, heads)
    if not 1 <= queries <= 4096:
        raise ValueError(f"asks 1 to 4,096 questions, such as 100, not {queries}.")

    def stage(g: Builder, x: Wire, number: int, count: int) -> Wire:
        for block in range(1, count + 1):
            stride = 2 if number and block == 1 else 1
            x = g.add("bottleneck", x, name=f"block{block}", width=64 << number, stride=stride)
        return x

    def to_tokens(g: Builder, x: Wire) -> tuple[Wire, ...]:
        x = g.add("pointwise_conv2d", x, name="narrow", filters=width)
        count = x.tensor.size // width
        x = g.add("reshape", x, name="row", shape=(width, count), axes="CT")
        x = g.add("permute", x, name="tokens", order=(1, 0), axes="TD")
        place = g.add("constant", name="place", shape=(count, width), axes="TD", learned=True, frozen=True)
        return x, place

    def encoder(g: Builder, x: Wire, place: Wire) -> Wire:
        (x,) = g.group("layer1", partial(_encoder_layer, heads=heads, mlp=mlp), x, place)
        for number in range(2, layers + 1):
            (x,) = g.use("layer1", x, place, name=f"layer{number}")
        return x

    def decoder(g: Builder, memory: Wire, place: Wire) -> Wire:
        placed = g.add("add", memory, place, name="placed", broadcast=True)
        query = g.add("constant", name="query", shape=(queries, width), axes="TD", learned=True)
        # answers start as zeros: one row of zeros for each sample, stretched to all questions
        zero = g.add("slice", memory, name="one_place", axis="T", start=0, stop=1)
        zero = g.add("scale", zero, name="nothing", factor=0.0)
        rows = g.add("constant", name="rows", shape=(queries, width), axes="TD")
        x = g.add("add", rows, zero, name="start", broadcast=True)
        (x,) = g.group("layer1", partial(_decoder_layer, heads=heads, mlp=mlp), x, query, memory, placed)
        for number in range(2, layers + 1):
            (x,) = g.use("layer1", x, query, memory, placed, name=f"layer{number}")
        return g.add("layer_norm", x, name="norm")

    def boxes(g: Builder, x: Wire) -> Wire:
        for number in (1, 2):
            x = g.add("linear", x, name=f"fc{number}", features=width)
            x = g.add("relu", x, name=f"relu{number}")
        return g.add("sigmoid", g.add("linear", x, name="fc3", features=4), name="sigmoid")

    x = imagenet_stem(g, g.input("picture", input))
    for number, count in enumerate(numbers(blocks, 4, "blocks")):
        (x,) = g.group(f"stage{number + 1}", partial(stage, number=number, count=count), x)
    x, place = g.group("to_tokens", to_tokens, x)
    (memory,) = g.group("encoder", encoder, x, place)
    (x,) = g.group("decoder", decoder, memory, place)
    g.output("scores", g.add("linear", x, name="classes", features=classes))
    g.output("boxes", g.group("box_head", boxes, x)[0])
