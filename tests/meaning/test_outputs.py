"""What outputs mean follows from the last blocks, the task and the loss."""

from __future__ import annotations

import pytest
from nets import chain, design, node, resolve

from explorer.architectures.gallery import find, gallery
from explorer.graph.document import Document
from explorer.graph.edits import SetFlag
from explorer.graph.flow import Flow
from explorer.graph.model import Node
from explorer.meaning.outputs import Context, Meaning, main_output, meaning_of

CLASSES = Context(task="classification")
IRIS = Context(dataset="iris")  # three classes


def of(document: Document, context: Context = CLASSES) -> Meaning:
    flow = resolve(document)
    assert not flow.problems, flow.problems
    return meaning_of(flow, main_output(flow), context)


FC = node("fc", "linear", features=3)


@pytest.mark.parametrize(
    ("last", "context", "kind"),
    [
        ([], CLASSES, "logits"),
        ([], IRIS, "logits"),
        ([], Context(), "values"),
        ([], Context(dataset="wine", loss="cross_entropy"), "logits"),
        ([], Context(dataset="wine", loss="mse"), "values"),
        ([], Context(dataset="mnist5k"), "values"),  # ten classes, three numbers
        ([], Context(task="regression"), "values"),
        ([node("s", "sigmoid")], CLASSES, "shares"),
        ([node("s", "hard_sigmoid")], CLASSES, "shares"),
        ([node("s", "softmax")], CLASSES, "probabilities"),
        ([node("s", "log_softmax")], CLASSES, "log_probabilities"),
        ([node("s", "softmax"), node("d", "dropout"), node("i", "identity")], CLASSES, "probabilities"),
        ([node("s", "sigmoid"), node("r", "reshape", shape=(3, 1)), node("f", "flatten")], CLASSES, "shares"),
        ([node("t", "tanh")], Context(), "values"),
        ([node("n", "l2_norm")], CLASSES, "vectors"),
    ],
)
def test_kind_of_a_vector(last: list, context: Context, kind: str) -> None:
    found = of(chain((4,), FC, *last), context)
    assert (found.kind, found.layout, found.axis) == (kind, "vector", 0)


def test_one_number_is_a_value() -> None:
    assert of(chain((4,), node("fc", "linear", features=1))).kind == "values"


def test_a_softmax_that_is_muted_says_nothing() -> None:
    document = chain((4,), FC, node("s", "softmax"))
    document.apply(SetFlag("s", "muted", True))
    assert of(document).kind == "logits"


def test_what_a_composite_ends_in_counts() -> None:
    """An autoencoder that ends in a sigmoid inside gives shares; its code does not."""
    document = design(
        [
            node("x", "input", shape=(8,)),
            node("ae", "autoencoder", layers=(4, 2), last="sigmoid"),
            node("o", "output"),
            node("code", "output"),
        ],
        "x -> ae",
        "ae -> o",
        "ae.code -> code.x",
    )
    flow = resolve(document)
    assert meaning_of(flow, "o").kind == "shares"
    assert meaning_of(flow, "code").kind == "values"


MAP = (3, 16, 16)


def conv(filters: int) -> Node:
    return node("c", "conv2d", filters=filters, kernel=1)


@pytest.mark.parametrize(
    ("nodes", "context", "kind", "layout", "axis"),
    [
        ([conv(5)], Context(), "logits", "maps", 0),
        ([conv(3)], Context(), "values", "picture", 0),
        ([conv(3)], Context(task="segmentation"), "logits", "maps", 0),
        (
            [conv(3), node("s", "softmax")],
            Context(),
            "probabilities",
            "maps",
            0,
        ),
        ([conv(5), node("s", "sigmoid")], Context(), "shares", "maps", 0),
        ([conv(5), node("s", "relu")], Context(), "values", "maps", 0),
        (
            [
                conv(5),
                node("s", "softmax"),
                node("p", "permute", order=(1, 2, 0)),
            ],
            Context(),
            "probabilities",
            "maps",
            2,
        ),
        (
            [conv(5), node("s", "softmax"), node("f", "flatten")],
            CLASSES,
            "shares",
            "vector",
            0,
        ),
    ],
)
def test_maps(nodes: list, context: Context, kind: str, layout: str, axis: int) -> None:
    assert of(chain(MAP, *nodes), context) == Meaning(kind, layout, axis)


def test_a_width_of_its_own_is_kept_by_softmax() -> None:
    """Where the axis is written down it counts; left empty, maps add up over their channels."""
    assert of(chain(MAP, conv(5), node("s", "softmax", axis=-1)), Context()).axis == 2
    assert of(chain(MAP, conv(5), node("s", "softmax")), Context()).axis == 0


def test_steps_of_ids_are_words() -> None:
    def network(features: int) -> Document:
        return design(
            [
                node("x", "input", shape=(7,), dtype="int"),
                node("e", "embedding", vocabulary=50, width=8),
                node("fc", "linear", features=features),
                node("o", "output"),
            ],
            "x -> e",
            "e -> fc",
            "fc -> o",
        )

    assert of(network(50), Context()) == Meaning("logits", "steps", 1)
    assert of(network(12), Context()) == Meaning("values", "steps", 1)
    assert of(network(3), IRIS) == Meaning("logits", "steps", 1)  # a label for each step


def gallery_flow(id: str) -> Flow:
    return resolve(find(id).build())


@pytest.mark.parametrize(
    ("id", "output", "meaning"),
    [
        ("lenet5_modern", "output", Meaning("logits", "vector", 0)),
        ("unet_same_bn", "masks", Meaning("logits", "maps", 0)),
        ("unet_resnet34", "masks", Meaning("values", "maps", 0)),
        ("srresnet_x4", "picture", Meaning("values", "picture", 0)),
        ("srgan_discriminator", "real", Meaning("shares", "vector", 0)),
        ("transformer_base", "output", Meaning("logits", "steps", 1)),
        ("dino_vit_s16", "features", Meaning("values", "vector", 0)),
        ("convlstm_64x64", "states", Meaning("values", "film", 1)),
        ("convlstm_digits", "next", Meaning("values", "picture", 0)),
        ("digits_vae", "picture", Meaning("shares", "picture", 0)),
        ("photos_x2", "picture", Meaning("values", "picture", 0)),
        ("unet_shapes", "masks", Meaning("logits", "maps", 0)),
        ("ssd_shapes", "boxes", Meaning("values", "steps", 1, "boxes")),
        ("ssd300_vgg16", "boxes", Meaning("values", "steps", 1, "boxes")),
        ("ssd300_vgg16", "scores", Meaning("values", "other", 0, "scores")),
        ("maskrcnn_resnet50_fpn", "masks", Meaning("values", "film", 1, "masks")),
    ],
)
def test_networks_of_the_gallery(id: str, output: str, meaning: Meaning) -> None:
    found = meaning_of(gallery_flow(id), output, Context(task=find(id).task))
    assert found == meaning


def test_the_main_output_is_no_auxiliary_one() -> None:
    assert main_output(gallery_flow("googlenet_aux")) == "output"


def test_every_network_says_what_it_is_made_for() -> None:
    assert {find(id).task for id in gallery()} >= {"classification", "segmentation", "detection"}
    assert find("resnet18").build().settings["task"] == "classification"
