"""Figures of real networks: nothing overlaps, no wire runs through a box, folded counts are true."""

from __future__ import annotations

from functools import cache
from itertools import combinations, pairwise

import pytest
from nets import design, node
from PySide6.QtWidgets import QApplication

from explorer.architectures.gallery import find
from explorer.blocks.registry import registry
from explorer.figures.networks import boxes
from explorer.figures.networks.lanes import first_free
from explorer.figures.networks.opening import MOST, opened
from explorer.figures.networks.orientation import PAGE
from explorer.figures.networks.problem import PictureProblem
from explorer.figures.networks.shapes import Box, Figure, Text, around
from explorer.figures.networks.spine import spine
from explorer.figures.networks.wrapping import breaks
from explorer.figures.networks.write import figure_of
from explorer.graph import edits as e
from explorer.graph.flow import Flow
from explorer.graph.resolve import Resolver

NETWORKS = (
    "lenet5",
    "alexnet",
    "googlenet_aux",
    "resnet50",
    "densenet121",
    "unet_paper",
    "swin_t",
    "ssd300_vgg16",
    "yolo_v3",
    "srresnet_x4",
    "deep_bilstm_2x",
    "transformer_base",
    "nasnet_a_large",
)


@pytest.fixture(autouse=True)
def application():
    return QApplication.instance() or QApplication([])


@cache
def flow(name: str) -> Flow:
    return Resolver(registry()).resolve(find(name).build())


@cache
def figure(name: str, style: str, direction: str) -> Figure:
    return figure_of(flow(name), name, style, direction)


def through(figure: Figure) -> list[tuple[tuple[str, str], str]]:
    """Wires that run through the box of another unit."""
    found = []
    for ends, points in figure.wires.items():
        for (x1, y1), (x2, y2) in pairwise(points):
            piece = Box(min(x1, x2), min(y1, y2), abs(x1 - x2), abs(y1 - y2))
            found += [
                (ends, key) for key, body in figure.bodies.items() if key not in ends and piece.meets(body)
            ]
    return found


@pytest.mark.parametrize("direction", ["right", "down"])
@pytest.mark.parametrize("style", ["boxes", "volumes"])
@pytest.mark.parametrize("name", NETWORKS)
def test_nothing_overlaps_and_no_wire_runs_through_a_box(name, style, direction):
    made = figure(name, style, direction)
    assert len(made.bodies) >= 2
    assert len(made.wires) >= len(made.bodies) - 1
    assert not [pair for pair in combinations(made.bodies.items(), 2) if pair[0][1].meets(pair[1][1])]
    assert not through(made)
    texts = [shape.room for shape in made.shapes if isinstance(shape, Text)]
    page = Box(0, 0, made.width, made.height)
    assert around([page, *texts, *made.bodies.values()]) == page
    words = [shape.box for shape in made.shapes if isinstance(shape, Text)]
    assert not [pair for pair in combinations(words, 2) if pair[0].meets(pair[1], -1.5)]


def test_the_check_itself_sees_a_wire_through_a_box():
    made = figure("resnet50", "boxes", "right")
    (ends, key), *_ = [(ends, key) for ends in made.wires for key in made.bodies if key not in ends]
    body = made.bodies[key]
    made.wires[ends] = ((body.x - 9, body.y + 5), (body.right + 9, body.y + 5))
    assert (ends, key) in through(made)
    figure.cache_clear()


@pytest.mark.parametrize("name", NETWORKS)
def test_wires_are_upright_or_level_and_start_and_end_at_their_boxes(name):
    made = figure(name, "boxes", "right")
    for (source, target), points in made.wires.items():
        assert all(
            x1 == pytest.approx(x2) or y1 == pytest.approx(y2) for (x1, y1), (x2, y2) in pairwise(points)
        )
        for key, (x, y) in ((source, points[0]), (target, points[-1])):
            assert made.bodies[key].meets(Box(x, y, 0, 0), 0.01), (key, (x, y))


@pytest.mark.parametrize("name", NETWORKS)
def test_a_default_figure_is_readable_on_a_slide(name):
    made = figure(name, "boxes", "right")
    assert 4 <= len(made.bodies) <= MOST
    sizes = [shape.size for shape in made.shapes if isinstance(shape, Text)]
    shown = min(1.0, PAGE[0] / made.width, PAGE[1] / made.height)
    assert min(sizes) * shown * 1920 / PAGE[0] >= 14, "pixels of the smallest text on a slide of 1920"


@pytest.mark.parametrize(
    ("name", "block", "count"),
    [("resnet50", "bottleneck", 16), ("vit_b_16", "transformer_encoder_layer", 12)],
)
def test_folded_counts_add_up(name, block, count):
    plan = opened(flow(name), 2)
    of_kind = [unit.count for unit in plan.units.values() if unit.main.node.block == block]
    assert sum(of_kind) == count
    assert max(of_kind) > 1, "something is folded"
    assert len(of_kind) < count


def test_convolutions_of_vgg_add_up_and_runs_differ_only_by_name():
    plan = opened(flow("vgg16"), 2)
    convolutions = [unit for unit in plan.units.values() if unit.main.node.block == "conv2d"]
    assert [unit.count for unit in convolutions] == [2, 2, 3, 3, 3]
    linear = [unit.count for unit in plan.units.values() if unit.main.node.block == "linear"]
    assert linear == [2, 1]
    assert sum(unit.count for unit in plan.units.values() if unit.main.family == "pool") == 5


def test_neighbours_that_differ_in_a_field_are_not_folded():
    made = design(
        [
            node("input", "input", shape=(8, 9, 9)),
            *(node(f"c{n}", "conv2d", filters=8, padding=1, kernel=k) for n, k in enumerate((3, 3, 5, 3))),
            node("output", "output"),
        ],
        "input -> c0",
        "c0 -> c1",
        "c1 -> c2",
        "c2 -> c3",
        "c3 -> output",
    )
    made.apply(e.SetField("c2", "padding", (2, 2)))
    plan = opened(Resolver(registry()).resolve(made))
    assert [unit.count for unit in plan.units.values()] == [1, 2, 1, 1, 1]


def test_a_tap_between_two_equal_layers_keeps_them_apart():
    made = design(
        [
            node("input", "input", shape=(8, 9, 9)),
            *(node(f"c{n}", "conv2d", filters=8, padding=1) for n in range(3)),
            node("sum", "add"),
            node("output", "output"),
        ],
        "input -> c0",
        "c0 -> c1",
        "c1 -> c2",
        "c1 -> sum.x1",
        "c2 -> sum.x2",
        "sum -> output",
    )
    plan = opened(Resolver(registry()).resolve(made))
    assert [unit.count for unit in plan.units.values()] == [1, 2, 1, 1, 1]
    assert ("c0", "sum") in {(link.src, link.dst) for link in plan.links}
    figure = boxes.figure(Resolver(registry()).resolve(made), "tap")
    assert min(y for _, y in figure.wires["c0", "sum"]) < min(body.y for body in figure.bodies.values())


def test_depth_opens_groups_one_by_one():
    counts = [len(opened(flow("resnet50"), depth).units) for depth in (1, 2, 3)]
    assert counts[0] == 8
    assert counts[0] < counts[1] < counts[2]


def test_parts_in_groups_keep_their_links_when_opened():
    plan = opened(flow("alexnet"), 2)
    assert spine(plan) == list(plan.units), "AlexNet is one line, opened or not"
    assert len(plan.links) == len(plan.units) - 1


def test_activations_and_norms_stand_in_the_box_before():
    plan = opened(flow("alexnet"), 2)
    first = next(unit for unit in plan.units.values() if unit.main.node.block == "conv2d")
    assert [part.node.block for part in first.others] == ["relu", "local_response_norm"]


def test_a_design_with_problems_is_drawn_as_boxes_and_refused_as_volumes():
    made = design(
        [
            node("input", "input", shape=(1, 4, 4)),
            node("conv", "conv2d", filters=2, kernel=9),
            node("out", "output"),
        ],
        "input -> conv",
        "conv -> out",
    )
    broken = Resolver(registry()).resolve(made)
    assert len(figure_of(broken, "broken", "boxes").bodies) == 3
    with pytest.raises(PictureProblem, match="9×9"):
        figure_of(broken, "broken", "volumes")


def test_an_empty_design_and_a_huge_one_are_refused_in_words():
    with pytest.raises(PictureProblem, match="nothing to draw"):
        figure_of(Resolver(registry()).resolve(design([])), "empty", "boxes")
    many = design([node(f"input{n}", "input", shape=(3,)) for n in range(400)])
    with pytest.raises(PictureProblem, match="400 boxes"):
        figure_of(Resolver(registry()).resolve(many), "many", "boxes")


def test_an_opened_block_shows_its_sum_as_a_round_sign_and_its_skip_outside():
    made = boxes.figure(flow("resnet50"), "resnet50", depth=3)
    plan = opened(flow("resnet50"), 3)
    signs = [key for key in plan.units if plan.is_join(key)]
    assert len(signs) == 16
    assert all(made.bodies[key].width == made.bodies[key].height == 2 * boxes.SIGN for key in signs)
    assert not through(made)


def test_a_muted_part_is_passed_by():
    nodes = [
        node("input", "input", shape=(3,)),
        node("fc", "linear"),
        node("act", "relu"),
        node("out", "output"),
    ]
    made = design(nodes, "input -> fc", "fc -> act", "act -> out")
    made.apply(e.SetFlag("fc", "muted", True))
    plan = opened(Resolver(registry()).resolve(made))
    assert [(link.src, link.dst) for link in plan.links] == [("input", "act"), ("act", "out")]


def test_any_title_fits():
    made = design(
        [node("input", "input", shape=(3,)), node("fc", "linear"), node("out", "output")], "input -> fc"
    )
    made.apply(e.SetTitle("fc", "a name\nof\x07 " + "very " * 400 + "many words"))
    assert boxes.figure(Resolver(registry()).resolve(made), "long").width < PAGE[0]


def test_rows_are_cut_where_no_skip_is():
    assert breaks([1.0] * 6, [0] * 6, 3.0) == [0, 3]
    assert breaks([1.0] * 6, [0, 0, 9, 0, 0, 0], 4.0) in ([0, 2], [0, 4])
    assert breaks([5.0, 1.0], [0, 0], 2.0) == [0, 1], "a column longer than a row has one of its own"
    assert breaks([], [], 1.0) == []


def test_intervals_that_touch_share_no_lane():
    taken: list[list[tuple[float, float]]] = []
    assert [first_free(taken, span) for span in ((0, 2), (3, 4), (1, 3), (2, 2))] == [0, 0, 1, 2]
