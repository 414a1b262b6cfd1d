"""Tensors as pictures: hovering, picking, many maps at once, drawing a digit."""

import time

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from explorer.figures.canvas.tiles import Thumbnails, TileStore
from explorer.style import colours
from explorer.style.theme import theme
from explorer.ui.widgets.bar_code import BarCode
from explorer.ui.widgets.class_bars import ClassBars
from explorer.ui.widgets.draw_pad import DrawPad, centred
from explorer.ui.widgets.histogram import Histogram
from explorer.ui.widgets.map_grid import MapGrid
from explorer.ui.widgets.map_strip import MapStrip
from explorer.ui.widgets.map_view import MapView
from explorer.ui.widgets.popover import Popover
from explorer.ui.widgets.text import label
from explorer.ui.widgets.toast import Toast


def shown(qtbot, widget, width=200, height=200):
    qtbot.addWidget(widget)
    widget.resize(width, height)
    widget.show()
    return widget


def test_map_tells_cell_and_value_under_the_mouse(qtbot):
    view = shown(qtbot, MapView("map"))
    values = np.arange(16, dtype=np.float32).reshape(4, 4)
    view.set_map(values)
    with qtbot.waitSignal(view.picked) as picked:
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(175, 75))
    assert picked.args == [1, 3]
    with qtbot.waitSignal(view.hovered) as hovered:
        QTest.mouseMove(view, QPoint(125, 125))
    assert hovered.args == [2, 2, 10.0]


def test_map_keeps_its_proportions_and_ignores_the_rest(qtbot):
    view = shown(qtbot, MapView("map"))
    view.set_map(np.zeros((10, 20)))
    assert (view.picture_rect().width(), view.picture_rect().height()) == (200, 100)
    told = []
    view.picked.connect(lambda *cell: told.append(cell))
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(100, 150))
    assert told == []


def test_arrow_keys_move_the_picked_cell_and_stop_at_the_edge(qtbot):
    view = shown(qtbot, MapView("map"))
    view.set_map(np.zeros((3, 3)))
    told = []
    view.picked.connect(lambda row, column: (told.append((row, column)), view.set_cell((row, column))))
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Left):
        QTest.keyClick(view, key)
    assert told == [(0, 1), (1, 1), (2, 1), (2, 1), (2, 0)]


@pytest.mark.parametrize("values", [np.full((3, 3), np.nan), np.zeros((1, 1)), np.ones((1, 400))])
def test_odd_maps_are_painted(qtbot, values):
    view = shown(qtbot, MapView("map"))
    view.set_map(values.astype(np.float32))
    assert not view.grab().isNull()


def test_grid_follows_its_order_by_mouse_and_keyboard(qtbot):
    grid = shown(qtbot, MapGrid("maps"), 300, 200)
    grid.set_maps(np.random.default_rng(0).random((6, 5, 5)), order=[3, 1, 5, 0, 2, 4])
    told = []
    grid.picked.connect(told.append)
    QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
    QTest.keyClick(grid, Qt.Key.Key_Right)
    QTest.keyClick(grid, Qt.Key.Key_End)
    QTest.keyClick(grid, Qt.Key.Key_Right)
    assert told == [3, 1, 4]
    assert grid.selected() == 4


def test_grid_of_512_maps_paints_only_what_is_in_sight(qtbot):
    grid = shown(qtbot, MapGrid("maps"), 600, 200)
    grid.set_maps(np.zeros((512, 14, 14), dtype=np.float32), remarks=["0.0"] * 512)
    started = time.perf_counter()
    grid.grab()
    assert time.perf_counter() - started < 0.5
    assert 0 < len(grid._images) < 64
    grid.set_selected(511)
    grid.grab()
    assert grid.verticalScrollBar().value() > 0
    assert 511 in {channel for channel, _mode in grid._images}


def test_grid_drops_a_selection_that_no_longer_exists(qtbot):
    grid = shown(qtbot, MapGrid("maps"))
    grid.set_maps(np.zeros((16, 4, 4)))
    grid.set_selected(12)
    grid.set_maps(np.zeros((6, 4, 4)))
    assert grid.selected() == -1
    grid.set_maps(None)
    QTest.keyClick(grid, Qt.Key.Key_Right)
    assert grid.selected() == -1


def test_strip_is_picked_by_mouse_and_keyboard(qtbot):
    strip = shown(qtbot, MapStrip("filters", selectable=True), 300, 50)
    strip.set_maps([np.eye(3)] * 6, "RdBu_r")
    told = []
    strip.picked.connect(told.append)
    QTest.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(60, 20))
    QTest.keyClick(strip, Qt.Key.Key_Right)
    assert told == [1, 2]


def test_bar_code_tells_the_value_under_the_mouse(qtbot):
    code = shown(qtbot, BarCode("vector"), 100, 20)
    code.set_values(np.arange(10, dtype=np.float32))
    with qtbot.waitSignal(code.hovered) as hovered:
        QTest.mouseMove(code, QPoint(55, 10))
    assert hovered.args == [5, 5.0]


def test_class_bars_say_their_answers(qtbot):
    bars = shown(qtbot, ClassBars())
    bars.set_answers([("7", 0.997), ("3", 0.002)])
    assert "7 0.997" in bars.accessibleName()
    assert not bars.grab().isNull()


@pytest.mark.parametrize("values", [np.full(5, np.nan), np.zeros(0), np.ones(7), np.array([1e300, -1e300])])
def test_histogram_of_odd_values_is_painted(qtbot, values):
    histogram = shown(qtbot, Histogram("values"))
    histogram.set_values(values)
    histogram.set_marked(1.0)
    assert not histogram.grab().isNull()


def test_drawn_ink_is_centred_like_the_digit_set():
    ink = np.zeros((280, 280), dtype=np.float32)
    ink[10:90, 20:40] = 1
    picture = centred(ink)
    assert picture.shape == (28, 28)
    assert picture.dtype == np.float32
    rows, columns = np.flatnonzero(picture.any(axis=1)), np.flatnonzero(picture.any(axis=0))
    assert len(rows) == 20
    total = picture.sum()
    centre_y = (picture.sum(axis=1) * np.arange(28)).sum() / total
    centre_x = (picture.sum(axis=0) * np.arange(28)).sum() / total
    assert abs(centre_y - 13.5) <= 0.5
    assert abs(centre_x - 13.5) <= 0.5
    assert len(columns) == 5
    assert not centred(np.zeros((280, 280))).any()


def test_pad_draws_with_the_mouse_and_empties_with_delete(qtbot):
    pad = shown(qtbot, DrawPad(), 112, 112)
    told = []
    pad.drawn.connect(told.append)
    QTest.mousePress(pad, Qt.MouseButton.LeftButton, pos=QPoint(30, 20))
    QTest.mouseMove(pad, QPoint(30, 90))
    QTest.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=QPoint(30, 90))
    assert told[-1].max() > 0.9
    assert told[-1].max() <= 1.0
    QTest.keyClick(pad, Qt.Key.Key_Delete)
    assert not told[-1].any()


def test_popover_stays_in_the_window_and_closes_by_escape_or_a_press_outside(qtbot):
    window = shown(qtbot, QWidget(), 400, 300)
    popover = Popover(window, label("words"))
    for close in ("escape", "press"):
        popover.show_at(QRect(350, 280, 200, 100))
        assert window.rect().contains(popover.geometry())
        with qtbot.waitSignal(popover.closed):
            if close == "escape":
                QTest.keyClick(popover, Qt.Key.Key_Escape)
            else:
                QTest.mouseClick(window, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
        assert not popover.isVisible()


def test_toast_runs_its_action_and_goes(qtbot):
    window = shown(qtbot, QWidget(), 400, 300)
    toast, ran = Toast(window), []
    toast.say("Removed 3 nodes.", "Undo", lambda: ran.append(True))
    assert toast.isVisible()
    QTest.mouseClick(toast._button, Qt.MouseButton.LeftButton)
    assert ran == [True]
    assert not toast.isVisible()


def test_a_name_from_a_file_is_never_read_as_rich_text(qtbot):
    text = label("<b>conv1</b>")
    qtbot.addWidget(text)
    assert text.textFormat() == Qt.TextFormat.PlainText


def test_signed_pictures_follow_the_theme(qtbot):
    values, name = np.array([[-1.0, 0.0, 1.0]]), colours.map_for("signed")
    view, strip, code, grid = MapView("v"), MapStrip("s"), BarCode("b"), MapGrid("g")
    for widget in (view, strip, code, grid):
        qtbot.addWidget(widget)
    view.set_map(values, name)
    strip.set_maps([values], name)
    code.set_values(values, name)
    grid.set_maps(values[None], name=name)
    store = TileStore()
    store.put({"conv": Thumbnails([values])})

    def middles() -> list[int]:
        images = [view._image, strip._images[0], code._image, grid._picture(0)]
        images.append(store.pixmaps("conv")[0].toImage())
        return [image.pixelColor(1, 0).lightness() for image in images]

    assert min(middles()) > 230
    try:
        theme().change(mode="dark")
        assert max(middles()) < 60
    finally:
        theme().change(mode="light")
    assert min(middles()) > 230
