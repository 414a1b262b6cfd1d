"""Arrays as pictures: ranges, colour maps, NaN in sight, overlays."""

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from explorer.cli import pictures
from explorer.style import colours
from explorer.style.theme import theme

NAMES = ("viridis", "inferno", "magma", "cividis", "RdBu_r", "gray")


def pixel(image, x, y):
    return image.pixelColor(x, y).getRgb()[:3]


@pytest.mark.parametrize("name", NAMES)
def test_every_map_is_there_and_its_ends_are_drawn(name):
    table = colours.table(name)
    assert table.shape == (256, 3)
    assert table.dtype == np.uint8
    image = colours.image(np.array([[0.0, 1.0]]), name, 0, 1)
    assert (image.width(), image.height()) == (2, 1)
    assert pixel(image, 0, 0) == tuple(table[0])
    assert pixel(image, 1, 0) == tuple(table[255])


def test_a_row_whose_bytes_are_not_a_multiple_of_four_is_not_sheared():
    values = np.zeros((5, 5), dtype=np.float32)
    values[:, 2] = 1
    image = colours.image(values, "gray", 0, 1)
    assert [pixel(image, 2, row) for row in range(5)] == [(255, 255, 255)] * 5
    assert [pixel(image, 1, row) for row in range(5)] == [(0, 0, 0)] * 5


def test_magnitudes_start_at_zero_and_signed_values_are_centred():
    assert colours.limits(np.array([2.0, 4.0]), "viridis") == (0.0, 4.0)
    assert colours.limits(np.array([-1.0, 3.0]), "RdBu_r") == (-3.0, 3.0)
    middle = colours.rgb(np.array([[-1.0, 0.0, 3.0]]), "RdBu_r")[0, 1]
    assert int(middle.min()) > 230


@pytest.mark.parametrize("values", [np.zeros((2, 2)), np.full((2, 2), np.nan), np.full((2, 2), np.inf)])
@pytest.mark.parametrize("name", ["viridis", "RdBu_r"])
def test_constant_and_broken_values_still_make_a_picture(values, name):
    low, high = colours.limits(values, name)
    assert low < high
    assert not colours.image(values, name).isNull()


def test_values_that_are_not_finite_do_not_stretch_the_scale():
    assert colours.limits(np.array([1.0, np.inf, np.nan]), "viridis") == (0.0, 1.0)


def test_whole_numbers_can_be_shown():
    assert not colours.image(np.arange(9).reshape(3, 3), "viridis").isNull()
    assert colours.nan_mask(np.arange(9).reshape(3, 3)) is None


def test_nan_is_magenta_and_hatched_only_where_it_is(qapp):
    values = np.array([[np.nan, 1.0], [0.0, 1.0]], dtype=np.float32)
    image, mask = colours.image(values, "gray", 0, 1), colours.nan_mask(values)
    assert pixel(image, 0, 0) == colours.MAGENTA
    assert mask is not None
    target = QImage(40, 40, QImage.Format.Format_RGB888)
    painter = QPainter(target)
    colours.paint(painter, QRectF(0, 0, 40, 40), image, mask)
    painter.end()
    missing = {pixel(target, x, y) for x in range(20) for y in range(20)}
    assert missing == {colours.MAGENTA, (255, 255, 255)}
    assert {pixel(target, x, y) for x in range(20) for y in range(20, 40)} == {(0, 0, 0)}
    assert {pixel(target, x, y) for x in range(20, 40) for y in range(40)} == {(255, 255, 255)}


def test_overlay_leaves_the_picture_where_no_weight_is():
    picture = np.linspace(0, 1, 16, dtype=np.float32).reshape(4, 4)
    mixed = colours.overlay(picture, np.array([[0.0, 0.0], [0.0, 1.0]]))
    grey = np.round(picture * 255)
    assert np.abs(mixed[:2, :, 0].astype(float) - grey[:2]).max() <= 1
    expected = 0.2 * grey[2:, 2:, None] + 0.8 * colours.table("inferno")[255].astype(float)
    assert np.abs(mixed[2:, 2:].astype(float) - expected).max() <= 1.5


@pytest.mark.parametrize("weights", [np.zeros((2, 2)), np.full((2, 2), np.nan)])
def test_overlay_without_any_weight_is_the_picture(weights):
    picture = np.linspace(0, 1, 16, dtype=np.float32).reshape(4, 4)
    mixed = colours.overlay(picture, weights)
    assert np.abs(mixed[..., 1].astype(float) - np.round(picture * 255)).max() <= 1


# signed maps on a dark ground


@pytest.fixture
def dark(qapp):
    theme().change(mode="dark")
    yield
    theme().change(mode="light")


def lab(table: np.ndarray) -> np.ndarray:
    """CIELAB of sRGB colours, by the formulas of the standard (D65)."""
    value = table.astype(float) / 255
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = linear @ to_xyz.T / np.array([0.9505, 1.0, 1.089])
    f = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.stack([116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], axis=-1)


def test_a_signed_map_turns_inside_out_in_the_dark_theme(dark):
    table = colours.table(colours.map_for("signed"))
    light = lab(table)[:, 0]
    assert light[127] < 25
    assert light[0] > 75
    assert light[255] > 75
    assert np.all(np.diff(light[:127]) < 0.1)
    assert np.all(np.diff(light[128:]) > -0.1)
    np.testing.assert_allclose(light[:128], light[:127:-1], atol=6)  # neither sign looks larger
    assert table[192, 0] > 1.5 * table[192, 2]  # red above zero
    assert table[63, 2] > 1.5 * table[63, 0]  # blue below
    assert colours.table("viridis") is colours.table("viridis")


def test_its_steps_are_even_and_its_signs_can_be_told_apart_without_red_or_green(dark):
    table = colours.table(colours.map_for("signed"))
    steps = np.linalg.norm(np.diff(lab(table[::8]), axis=0), axis=1)
    assert steps.max() < 1.8 * steps.min()
    # Machado, Oliveira & Fernandes 2009, severity 1: no red cones, no green cones; on linear values
    linear = np.where(table / 255 <= 0.04045, table / 255 / 12.92, ((table / 255 + 0.055) / 1.055) ** 2.4)
    for rows in (
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    ):
        seen = np.clip(linear @ np.array(rows).T, 0, 1)
        encoded = np.where(seen <= 0.0031308, 12.92 * seen, 1.055 * seen ** (1 / 2.4) - 0.055) * 255
        apart = np.linalg.norm(lab(encoded)[255:191:-1] - lab(encoded)[:64], axis=1)
        assert apart.min() > 25


def test_files_keep_the_light_one(dark):
    values = np.array([[-1.0, 0.0, 1.0]])
    on_paper = pictures.drawn(values, -1.0, 1.0)
    assert on_paper[0, 1].min() > 230
    in_window = colours.rgb(values, colours.map_of(-1.0, 1.0), -1.0, 1.0)
    assert in_window[0, 1].max() < 60
