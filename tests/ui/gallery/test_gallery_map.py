"""The map of the gallery: dots beside each other, words that do not touch, every dot by mouse and keys."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, QRectF, QSizeF, Qt
from PySide6.QtTest import QTest

from explorer.architectures.gallery import gallery
from explorer.style.theme import theme
from explorer.ui.gallery.axes import ACROSS, AXES, UPWARDS
from explorer.ui.gallery.entry import entries
from explorer.ui.gallery.errors import LIBRARY, PAPERS, TOP1
from explorer.ui.gallery.landmarks import LANDMARKS
from explorer.ui.gallery.page import GalleryPage
from explorer.ui.gallery.picture import figures
from explorer.ui.gallery.places import beside, distance, first_free, spread, thinned
from explorer.ui.gallery.plot import Map

ENTRIES = entries()
AXIS_PAIRS = [(up, across) for up in UPWARDS for across in ACROSS if up != across]


@pytest.fixture
def shown(qtbot):
    """The map as it stands in a window of 1280 × 800."""
    theme().change(mode="light", scale=1.0)
    made = Map()
    qtbot.addWidget(made)
    made.resize(680, 350)
    made.set_entries(ENTRIES, ENTRIES)
    made.show()
    qtbot.waitExposed(made)
    return made


# places


@settings(max_examples=25)
@given(st.lists(st.floats(0, 100), max_size=30))
def test_dots_of_a_column_move_aside_and_keep_their_height(heights):
    points = [QPointF(0, height) for height in heights]
    made = spread(points, 10, 200)
    assert [point.y() for point in made] == heights
    assert all(distance(a, b) >= 10 - 1e-9 for a, b in combinations(made, 2))
    assert made == spread(points, 10, 200)
    assert all(abs(point.x()) <= 20 for point in spread(points, 10, 20))


def test_a_dot_alone_stays_where_it_is():
    points = [QPointF(5, 0), QPointF(5, 40), QPointF(5, 80)]
    assert spread(points, 10, 30) == points


def test_ticks_that_would_touch_give_way_lower_ranks_first():
    places = [QRectF(20 * n, 0, 24, 10) for n in range(6)]
    assert thinned(places, [0] * 6, 8) == [1, 3, 5]
    assert thinned(places, [1, 1, 0, 1, 1, 0], 8) == [0, 2, 5]
    assert thinned(places[::2], [0] * 3, 8) == [0, 1, 2]


def test_words_take_the_first_place_that_is_free():
    options = beside(QPointF(50, 50), QSizeF(30, 10), 6)
    room = QRectF(0, 0, 100, 100)
    assert first_free(options, [], room) == options[0]
    assert first_free(options, [QRectF(60, 40, 5, 20)], room) == options[1]
    assert first_free(options, [room], room) is None
    assert first_free(options, [], QRectF(0, 0, 60, 60)) == options[1]
    assert not any(option.contains(QPointF(50, 50)) for option in options)


@pytest.mark.parametrize("name", AXES)
def test_axes_keep_the_order_and_stay_inside(name):
    values = sorted(value for value in map(AXES[name].value, ENTRIES) if value is not None)
    scale = AXES[name].scale(values)
    places = [scale.place(value) for value in values]
    assert places == sorted(places)
    assert 0 <= places[0] < places[-1] <= 1
    assert [tick.at for tick in scale.ticks] == sorted({tick.at for tick in scale.ticks})


def test_years_have_columns_and_a_gap_before_the_dense_ones():
    scale = AXES["year"].scale([1989, 1998, 2012, 2015])
    assert [tick.text for tick in scale.ticks] == ["1989", "1998", "2012", "2013", "2014", "2015"]
    assert scale.gap is not None
    assert scale.place(1998) < scale.gap < scale.place(2012)
    assert AXES["year"].scale([2014, 2015]).gap is None


# the widget


@pytest.mark.parametrize(("up", "across"), AXIS_PAIRS)
def test_every_dot_opens_its_network_by_mouse(shown, qtbot, up, across):
    shown.set_figures(up, across)
    opened = []
    shown.opened.connect(opened.append)
    for entry in shown._entries:
        QTest.mouseDClick(shown, Qt.MouseButton.LeftButton, pos=shown.point_of(entry).toPoint())
    assert opened == [entry.id for entry in shown._entries]


def test_every_dot_opens_its_network_by_keys(shown):
    opened = []
    shown.opened.connect(opened.append)
    shown.picked.connect(shown.set_current)
    for _ in ENTRIES:
        QTest.keyClick(shown, Qt.Key.Key_PageDown)
        QTest.keyClick(shown, Qt.Key.Key_Return)
    assert sorted(opened) == sorted(entry.id for entry in shown._entries)
    assert opened[0] == "neocognitron"


def test_arrows_go_to_the_next_dot_that_way(shown):
    shown.picked.connect(shown.set_current)
    shown.set_current("resnet50")
    start = shown._points["resnet50"]
    for key, sign in ((Qt.Key.Key_Right, 1), (Qt.Key.Key_Left, -1)):
        shown.set_current("resnet50")
        QTest.keyClick(shown, key)
        assert (shown._points[shown.current].x() - start.x()) * sign > 0
    for _ in range(40):
        QTest.keyClick(shown, Qt.Key.Key_Right)
    assert gallery()[shown.current].year == max(entry.year for entry in ENTRIES)


def test_networks_outside_the_category_are_passed_by(shown):
    bright = [entry for entry in ENTRIES if "vgg" in entry.id]
    shown.set_entries(ENTRIES, bright)
    shown.picked.connect(shown.set_current)
    walked = set()
    for _ in range(2 * len(bright)):
        QTest.keyClick(shown, Qt.Key.Key_PageUp)
        walked.add(shown.current)
    assert walked == {entry.id for entry in bright}


def test_the_pointer_names_a_network_and_its_error(shown):
    still = shown.grab().toImage()
    entry = next(entry for entry in ENTRIES if entry.id == "vgg16")
    assert figures(entry) == "138.4\u00a0M parameters, 15.5\u00a0G MACs, 28.4\u00a0% top-1 error"
    QTest.mouseMove(shown, shown.point_of(entry).toPoint())
    assert shown._below is not None
    assert shown.grab().toImage() != still
    QTest.mouseMove(shown, QPoint(70, 40))
    assert shown._below is None
    assert shown.grab().toImage() == still


def test_errors_belong_to_networks_of_the_gallery():
    assert set(TOP1) | LANDMARKS <= set(gallery())
    assert not set(LIBRARY) & set(PAPERS)
    assert all(10 < error < 50 for error in TOP1.values())


def test_the_page_says_what_has_no_error_and_never_shows_a_figure_twice(qtbot):
    page = GalleryPage()
    qtbot.addWidget(page)
    page.resize(1280, 800)
    page.set_entries(ENTRIES)
    assert page.without.text() == ""
    page.figure.set_value("error")
    page.figure.chosen.emit("error")
    assert page.map.figure == "error"
    assert {entry.id for entry in page.map._entries} == set(TOP1)
    assert page.without.text() == f"{len(ENTRIES) - len(TOP1)} without this figure"
    page.across.set_value("macs")
    page.across.chosen.emit("macs")
    assert page.map.across == "macs"
    page.figure.set_value("macs")
    page.figure.chosen.emit("macs")
    assert (page.map.figure, page.map.across) == ("macs", "year")
