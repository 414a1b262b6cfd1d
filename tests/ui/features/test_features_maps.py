"""Forms, orders and words of feature maps."""

import numpy as np
import pytest
from PySide6.QtGui import QColor

from explorer.graph.catalogue import ReceptiveField
from explorer.ui.features import histograms
from explorer.ui.features import maps as features_maps
from explorer.ui.features.stage import fitting_side
from explorer.ui.probing import receptive_field


def maps_of(values, channels=None):
    array = np.asarray(values, dtype=np.float32)
    axes = {1: ("D",), 2: ("T", "D"), 3: ("C", "H", "W"), 4: ("C", "T", "H", "W")}[array.ndim]
    return features_maps.read("conv", array, channels or len(array), axes)


@pytest.mark.parametrize(
    ("shape", "form", "drawn"),
    [
        ((3, 4, 5), "maps", (3, 4, 5)),
        ((7, 4), "sequence", (7, 4)),
        ((9,), "vector", (9,)),
        ((2, 5, 3, 3), "maps", (2, 3, 3)),
    ],
)
def test_forms(shape, form, drawn):
    maps = maps_of(np.zeros(shape))
    assert (maps.form, maps.values.shape) == (form, drawn)


def test_orders():
    values = np.zeros((4, 1, 4))
    values[1, 0] = [9, 0, 0, 0]
    values[2, 0] = [5, 5, -5, -5]
    values[3, 0] = [8, 0, 0, 1]
    maps = maps_of(values)
    assert features_maps.order(maps, "strongest") == [1, 3, 2, 0]
    assert features_maps.order(maps, "variance") == [2, 1, 3, 0]
    assert features_maps.order(maps, "number") == [0, 1, 2, 3]
    assert features_maps.order(maps, "likeness") == [1, 3, 2, 0]


def test_orders_bear_nan_and_nothing_but_zeros():
    values = np.full((3, 2, 2), np.nan)
    assert sorted(features_maps.order(maps_of(values), "likeness")) == [0, 1, 2]
    assert features_maps.ranges(maps_of(values), own=True) == [(0.0, 1.0)] * 3


def test_headline_counts_dead_and_broken_maps():
    values = np.ones((4, 2, 3))
    values[1], values[2, 0, 0] = 0, np.nan
    assert (
        features_maps.headline(maps_of(values), own=False)
        == "4 maps of 2×3 · one scale 0 … 1.0 · 1 dead · 1 with NaN"
    )
    assert features_maps.headline(maps_of(values, 9), own=True).startswith(
        "the first 4 of 9 maps of 2×3 · own scale each"
    )
    assert features_maps.remark_on(values[1]) == "dead"
    assert features_maps.remark_on(values[2]) == "NaN"


def test_zeros_behind_a_relu_are_left_out_of_histograms():
    counted, left_out = features_maps.without_zeros(np.array([0.0, 0, 0, 1, 2]))
    assert (counted.tolist(), left_out) == ([1.0, 2.0], True)
    assert features_maps.without_zeros(np.zeros(4))[1] is False


def test_histogram_pictures_have_bars_where_values_are():
    values = np.array([[[0.0, 1.0, 1.0, 1.0]]])
    bar, ground = QColor(255, 0, 0), QColor(0, 0, 0)
    picture = histograms.pictures(values, [(0.0, 1.0)], 40, bar, ground, ground, bins=4)[0]
    heights = (picture[:, :, 0] == 255).sum(axis=0)
    assert heights[2] == 0
    assert heights[32] == 36


def test_sixteen_maps_of_lenet_stand_in_two_rows_in_a_low_dock():
    side = fitting_side(16, 1.0, 476, 190)
    assert (476 + 6) // (side + 8) == 8
    assert fitting_side(512, 1.0, 476, 190) == 60
    assert fitting_side(4, 1.0, 900, 700) == 168


def test_boxes_of_first_and_last_cell_are_symmetric():
    field = ReceptiveField((14, 14), (2.0, 2.0))
    first = receptive_field.box_of(field, (0, 0), (10, 10), (28, 28))
    last = receptive_field.box_of(field, (9, 9), (10, 10), (28, 28))
    assert first is not None
    assert last is not None
    assert (first.x(), first.width()) == (0, 12)
    assert (last.x() + last.width(), last.width()) == (28, 12)
    middle = receptive_field.box_of(field, (2, 3), (10, 10), (28, 28))
    assert middle is not None
    assert middle.getRect() == (4, 2, 14, 14)


def test_who_sees_all_has_the_whole_picture_as_box():
    box = receptive_field.box_of(ReceptiveField(whole=True), (0, 0), (1, 1), (28, 20))
    assert box is not None
    assert box.getRect() == (0, 0, 20, 28)


def test_tokens_have_the_place_of_their_patch():
    field = ReceptiveField((4, 4), (4.0, 4.0))
    assert receptive_field.cell_of_token(field, 0, 49, (28, 28)) == ((0, 0), (7, 7))
    assert receptive_field.cell_of_token(field, 8, 50, (28, 28)) == ((1, 0), (7, 7))
    assert receptive_field.cell_of_token(field, 0, 50, (28, 28)) is None
