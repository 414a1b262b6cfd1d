"""Remarks: each kind is found where it should be, with cures that work, and stays away from the gallery."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from nets import chain, design, node, resolve, wire

from explorer.architectures.gallery import find, gallery
from explorer.blocks.registry import registry
from explorer.graph.document import Document
from explorer.graph.edits import AddNode, Connect, SetField, SetFlag, SetSetting
from explorer.graph.resolve import Resolver
from explorer.remarks.curing import cures
from explorer.remarks.finding import DISMISSED, aim_of, dismiss, remarks, search
from explorer.remarks.look import Aim
from explorer.remarks.registry import FILES, kinds
from explorer.remarks.remark import Remark
from explorer.training.datasets import DataSet


def classifier(*last: Any, data: str = "mnist5k") -> Document:
    """A little classifier of digits with these layers at its end."""
    document = chain((1, 28, 28), node("flat", "flatten"), node("fc", "linear", features=10), *last)
    document.apply(SetSetting("dataset", data))
    return document


def linears(*between: Any, middle: int = 20) -> Document:
    first, second = node("a", "linear", features=middle), node("b", "linear", features=10)
    return chain((20,), first, *between, second, node("r", "relu"), node("c", "linear", features=5))


def frozen() -> Document:
    document = chain((20,), node("a", "linear"), node("r", "relu"), node("b", "linear"))
    document.apply(SetFlag("a", "frozen", True))
    return document


def branch() -> Document:
    document = chain((1, 8, 8), node("conv", "conv2d", filters=4), node("r", "relu"))
    document.apply(AddNode(node("side", "conv2d", filters=8)))
    document.apply(AddNode(node("end", "relu")))
    document.apply(Connect(wire("r -> side")))
    document.apply(Connect(wire("side -> end")))
    return document


def two_outputs() -> Document:
    nodes = [node("input", "input", shape=(8,)), node("fc", "linear")]
    return design(
        [*nodes, node("output", "output"), node("again", "output")],
        "input -> fc",
        "fc -> output",
        "fc -> again",
    )


def idle_input() -> Document:
    nodes = [node("input", "input", shape=(8,)), node("more", "input", shape=(4,)), node("fc", "linear")]
    return design([*nodes, node("output", "output")], "input -> fc", "fc -> output")


def doubled() -> Document:
    nodes = [node("input", "input", shape=(8,)), node("fc", "linear", features=8), node("sum", "add")]
    wires = ["input -> fc", "fc -> sum.x1", "fc -> sum.x2", "sum -> output"]
    return design([*nodes, node("output", "output")], *wires)


def conv(shape: tuple[int, ...] = (3, 32, 32), block: str = "conv2d", **fields: Any) -> Document:
    return chain(shape, node("it", block, **fields), node("r", "relu"), node("next", "conv2d", kernel=1))


def signal(*layers: Any) -> Document:
    first = node("conv", "conv1d", filters=16, kernel=5)
    document = chain((3, 50), first, *layers)
    document.apply(SetField("input", "axes", "CT"))
    return document


SAMPLES: dict[str, tuple[Any, bool]] = {
    "softmax_before_loss": (lambda: classifier(node("soft", "softmax")), True),
    "activation_before_loss": (lambda: classifier(node("last", "relu")), True),
    "activation_limits_answer": (None, True),
    "dropout_at_end": (lambda: classifier(node("drop", "dropout")), True),
    "equal_outputs": (two_outputs, True),
    "activation_twice": (lambda: linears(node("r1", "relu"), node("r2", "relu")), True),
    "linear_after_linear": (linears, True),
    "no_activation": (lambda: chain((20,), node("a", "linear"), node("b", "linear")), True),
    "chain_of_sigmoids": (
        lambda: chain(
            (9,), *(x for n in range(5) for x in (node(f"f{n}", "linear"), node(f"s{n}", "sigmoid")))
        ),
        True,
    ),
    "reshape_as_permute": (lambda: signal(node("rs", "reshape", shape=(46, 16), axes="TD")), True),
    "softmax_over_width": (lambda: conv(block="softmax", axis=-1), True),
    "rows_never_read": (lambda: conv((3, 224, 224), filters=64, kernel=11, stride=4), True),
    "stride_leaves_gaps": (lambda: conv(kernel=2, stride=3), True),
    "much_padding": (lambda: conv(kernel=3, padding=3), True),
    "even_same": (lambda: conv(kernel=4, padding="same"), True),
    "dilated_point": (lambda: conv(kernel=1, dilation=2), True),
    "weights_see_padding": (lambda: conv((8, 1, 1), padding=1), True),
    "does_nothing": (lambda: conv(block="max_pool", kernel=1), True),
    "bias_before_norm": (
        lambda: chain((1, 8, 8), node("conv", "conv2d"), node("bn", "batch_norm"), node("r", "relu")),
        True,
    ),
    "zero_eps": (lambda: conv(block="batch_norm", eps=0.0), True),
    "zero_k": (lambda: conv(block="local_response_norm", k=0.0), True),
    "norm_of_one_value": (lambda: chain((1,), node("ln", "layer_norm"), node("fc", "linear")), True),
    "norm_twice": (lambda: chain((8,), node("a", "layer_norm"), node("b", "layer_norm")), True),
    "dropout_before_norm": (
        lambda: chain((8, 4, 4), node("drop", "dropout"), node("bn", "batch_norm"), node("r", "relu")),
        True,
    ),
    "single_sample_batches": (None, True),
    "dead_branch": (branch, True),
    "unused_input": (idle_input, True),
    "same_wire_twice": (doubled, False),
    "large_linear": (
        lambda: chain((64, 14, 14), node("flat", "flatten"), node("fc", "linear", features=4096)),
        True,
    ),
    "long_recurrence": (lambda: chain((3000, 4), node("l", "lstm")), False),
    "long_attention": (lambda: chain((9000, 8), node("sa", "self_attention")), False),
    "few_samples": (
        lambda: classifier(node("r", "relu"), *[node(f"f{n}", "linear", features=10_500) for n in range(2)]),
        False,
    ),
    "frozen_untrained": (frozen, True),
}
"""For every kind a design that shows it, and whether a cure has to be found."""

KNOWN = {
    "convnet1989": {"rows_never_read"},  # 5×5 with stride 2 on 20 and 12 places, as published
    "amoebanet_b_gpipe": {"rows_never_read"},  # 3×3 with stride 2 on 480 places, as published
    "vgg16_bn": {"bias_before_norm"},  # as its authors trained it
    "vgg19_bn": {"bias_before_norm"},
    "bn_inception_v2": {"bias_before_norm"},
    "srresnet_x4": {"bias_before_norm"},
    "srgan_discriminator": {"bias_before_norm", "large_linear"},
    "elu_cifar": {"even_same", "weights_see_padding"},  # 2×2 with “same” is its idea; stack 5 is 1×1
    "stn_mnist": {"rows_never_read"},  # 2×2 on 7×7
    "resnext29_16x64d_cifar10": {"few_samples"},  # 68 million on 3,000 pictures
    "whisper_tiny": {"frozen_untrained"},  # fixed waves, which come with the weights
    "dit_s_2": {"frozen_untrained"},
    "dit_b_2": {"frozen_untrained"},
    "dit_xl_2": {"frozen_untrained"},
    "mae_vit_b16": {"frozen_untrained"},
    "detr_resnet50": {"frozen_untrained"},
    "segnet": {"bias_before_norm"},  # as released, and so the next five
    "unet_plus_plus": {"bias_before_norm"},
    "attention_unet": {"bias_before_norm"},
    "hrnet_w18": {"bias_before_norm"},
    "hrnet_w32": {"bias_before_norm"},
    "cyclegan_generator": {"bias_before_norm"},
    "pointnet": {"bias_before_norm", "dropout_before_norm"},
    "deeplabv3plus_resnet50": {"weights_see_padding"},  # rate 36 on 32×32
    "pix2pix_generator": {"weights_see_padding"},  # 4×4 on 2×2, down to one place
    "squeezenet1_0": {"rows_never_read"},  # 7×7 with stride 2 on 224, as published
    "squeezenet1_1": {"rows_never_read"},
}
"""What is true, and worth a word, of networks of the gallery as they open."""


def found(document: Document, **aim: Any) -> list[Remark]:
    flow = resolve(document)
    assert not flow.faults
    return remarks(document, flow, aim_of(document, **aim))


@cache
def opened(id_: str) -> Document:
    return find(id_).build()


@pytest.mark.parametrize("code", sorted(kinds()))
def test_every_kind_is_found_and_cured(code: str) -> None:
    make, is_cured = SAMPLES[code]
    if make is None:
        OWN[code]()
        return
    document = make()
    (remark, *_) = [one for one in found(document) if one.code == code]
    assert any(letter.isdigit() for letter in remark.message) or code in WITHOUT_NUMBERS
    check_cures(document, remark, is_cured)


def check_cures(document: Document, remark: Remark, is_cured: bool, **aim: Any) -> None:
    resolver = Resolver(registry())
    flow = resolver.resolve(document)
    before = document.copy()
    offered = cures(document, resolver, flow, remark, aim_of(document, **aim))
    assert document.same_as(before)
    assert bool(offered) == is_cured, remark
    for repair in offered:
        copy = document.copy()
        copy.apply(repair.edit)
        left = found(copy, **aim)
        assert remark.address not in {one.address for one in left if one.code == remark.code}, repair.title


WITHOUT_NUMBERS = (
    "equal_outputs",
    "unused_input",
    "activation_twice",
    "norm_twice",
    "does_nothing",
    "activation_before_loss",
)


def single_samples() -> None:
    document = chain((8,), node("fc", "linear"), node("bn", "batch_norm"), node("r", "relu"))
    assert "single_sample_batches" not in {one.code for one in found(document, batch=32)}
    (remark,) = [one for one in found(document, batch=1) if one.code == "single_sample_batches"]
    check_cures(document, remark, True, batch=1)


def limited_answers() -> None:
    row = DataSet("prices", "Prices", "tables", "regression", (4,), (), 100, "", (1,))
    document = chain((4,), node("fc", "linear", features=1), node("last", "relu"))
    flow = resolve(document)
    assert [one.code for one in remarks(document, flow, Aim(row, "mse"))] == ["activation_limits_answer"]
    sigmoid = chain((4,), node("fc", "linear", features=1), node("last", "sigmoid"))
    assert not remarks(sigmoid, resolve(sigmoid), Aim(row, "mse"))


OWN = {"single_sample_batches": single_samples, "activation_limits_answer": limited_answers}


def test_the_table_is_complete() -> None:
    assert SAMPLES.keys() == kinds().keys()
    assert len(kinds()) >= 30
    assert all(kind.title and kind.find.__doc__ for kind in kinds().values())
    assert {kind.find.__module__.rpartition(".")[2] for kind in kinds().values()} == set(FILES)


@pytest.mark.parametrize("id_", list(gallery()))
def test_the_gallery_is_left_alone(id_: str) -> None:
    document = opened(id_)
    assert {one.code for one in found(document)} == KNOWN.get(id_, set())


def test_alexnet_at_224_is_told_of_227() -> None:
    document = find("alexnet").build((3, 224, 224))
    (remark,) = [one for one in found(document) if one.code == "rows_never_read"]
    assert "last 1 row and 1 column of 3×224×224" in remark.message
    resolver = Resolver(registry())
    titles = [one.title for one in cures(document, resolver, resolver.resolve(document), remark)]
    assert "Make the input 227×227" in titles


def test_what_is_said_once_covers_all_and_can_be_dismissed() -> None:
    document = opened("vgg16_bn").copy()
    (remark,) = found(document)
    assert "12 other places" in remark.message
    assert len(remark.keys) == 13
    document.apply(dismiss(document, remark))
    assert not found(document)
    assert len(document.settings[DISMISSED]) == 13
    document.apply(SetSetting(DISMISSED, None))
    assert found(document) == [remark]


def test_what_is_meant_is_left_alone() -> None:
    narrow = linears(middle=3)  # a factorised layer
    pooled = chain((8, 75, 100), node("pool", "max_pool"), node("r", "relu"))  # one row of 75
    square = classifier(node("last", "sigmoid"), data="")  # no loss is chosen
    scores = chain((8,), node("fc", "linear", features=1), node("last", "sigmoid"))
    for document in (narrow, pooled, square, scores):
        assert not found(document)


def test_the_search_pauses_often() -> None:
    layers = [node(f"r{n}", "identity") for n in range(500)]
    document = chain((8,), *layers)
    steps = list(search(document, resolve(document)))
    assert steps.count(None) > 500 / 64
