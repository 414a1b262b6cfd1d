"""Volumes to scale: larger tensors have longer edges, runs are folded, encoder-decoder networks form a U."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import pytest
from PySide6.QtWidgets import QApplication

from explorer.architectures.gallery import find
from explorer.blocks.registry import registry
from explorer.figures.networks import volumes
from explorer.figures.networks.solids import scale_of, sizes
from explorer.figures.networks.tensors import drawn_tensors
from explorer.figures.networks.ushape import u_of
from explorer.graph.flow import Flow
from explorer.graph.resolve import Resolver
from explorer.graph.tensor import Tensor, image, sequence, tokens, vector


@pytest.fixture(autouse=True)
def application():
    return QApplication.instance() or QApplication([])


@cache
def flow(name: str) -> Flow:
    return Resolver(registry()).resolve(find(name).build())


def test_edges_are_ordered_like_the_sizes():
    maps = [image(c, s, s) for c, s in ((3, 224), (64, 224), (64, 112), (512, 14), (512, 7), (2048, 1))]
    scale = scale_of(maps)
    solids = [scale.solid(tensor) for tensor in maps]
    for one, a in zip(solids, maps, strict=True):
        for other, b in zip(solids, maps, strict=True):
            assert (one.high < other.high) == (a.axis("H") < b.axis("H"))
            assert (one.along < other.along) == (a.axis("C") < b.axis("C"))
    assert solids[0].high / solids[2].high == pytest.approx(2**0.5), "the rule that the figure states"


def test_every_kind_of_tensor_has_a_form():
    assert sizes(image(3, 8, 9)) == ("block", 3, 8, 9, "")
    assert sizes(Tensor((8, 9, 96), ("H", "W", "D"))) == ("block", 96, 8, 9, "")
    assert sizes(Tensor((3, 16, 112, 112), ("C", "T", "H", "W"))) == ("block", 3, 112, 112, "16")
    assert sizes(sequence(197, 768)) == ("sheet", 768, 197, 1, "")
    assert sizes(vector(4096)) == ("bar", 4096, 1, 1, "")
    assert sizes(tokens(20)) == ("bar", 20, 1, 1, "")
    assert sizes(Tensor((), ())) == ("bar", 1, 1, 1, "")


def test_alexnet_is_drawn_as_lectures_do():
    plan, words = drawn_tensors(flow("alexnet"))
    shapes = [unit.tensor.text for unit in plan.units.values()]
    assert shapes == [
        "3×227×227",
        "96×55×55",
        "96×27×27",
        "256×27×27",
        "256×13×13",
        "384×13×13",
        "384×13×13",
        "256×13×13",
        "256×6×6",
        "4096",
        "1000",
    ]
    assert [unit.count for unit in plan.units.values()] == [1] * 9 + [2, 1]
    made = [words.get(key, "") for key in plan.units]
    assert made[:3] == ["", "conv 11×11", "max pool 3×3"]


@pytest.mark.parametrize(
    ("name", "counts"),
    [("resnet50", [3, 4, 6, 3]), ("resnet101", [3, 4, 23, 3]), ("vgg16", [2, 2, 3, 3, 3, 2])],
)
def test_blocks_of_a_stage_are_one_volume(name, counts):
    plan, _ = drawn_tensors(flow(name))
    assert [unit.count for unit in plan.units.values() if unit.count > 1] == counts


@pytest.mark.parametrize("name", ["unet_paper", "unet_same_bn", "unet_resnet34", "scse_unet_resnet34"])
def test_a_network_that_goes_down_and_up_with_skips_is_a_u(name):
    shape = u_of(drawn_tensors(flow(name))[0])
    assert shape is not None
    assert len(shape.left) == len(shape.right) == 4


@pytest.mark.parametrize(
    "name",
    [
        "resnet50",
        "srresnet_x4",
        "densenet121",
        "yolo_v3",
        "ssd300_vgg16",
        "fcn_resnet50",
        "vit_b_16",
        "alexnet",
    ],
)
def test_other_networks_are_not(name):
    assert u_of(drawn_tensors(flow(name))[0]) is None


def test_a_u_goes_down_on_the_left_up_on_the_right_and_skips_run_level():
    plan, _ = drawn_tensors(flow("unet_paper"))
    shape = u_of(plan)
    made = volumes.figure(flow("unet_paper"), "U-Net")
    left = [made.bodies[keys[-1]] for keys in shape.left]
    right = [made.bodies[keys[0]] for keys in shape.right]
    bottom = made.bodies[shape.bottom[0]]
    assert all(above.bottom < below.y for arm in (left, right) for above, below in pairwise([*arm, bottom]))
    assert all(a.right < b.x for a, b in zip(left, right, strict=True))
    for a, b in zip(shape.left, shape.right, strict=True):
        (_, y1), (_, y2) = made.wires[a[-1], b[0]]
        assert y1 == pytest.approx(y2)
    assert made == volumes.figure(flow("unet_paper"), "U-Net", direction="down"), "a U stays a U"


def test_valid_convolutions_show_the_size_they_end_with():
    plan, _ = drawn_tensors(flow("unet_paper"))
    assert "64×568×568" in [unit.tensor.text for unit in plan.units.values()]
