"""The gallery page: found by words and categories, compared on the map, opened by a double click."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from explorer.architectures.gallery import gallery
from explorer.style.theme import theme
from explorer.ui.gallery.entry import categories, entries, found
from explorer.ui.gallery.page import GalleryPage
from explorer.ui.gallery.rows import shown_name


@pytest.fixture
def page(qtbot):
    theme().change(mode="light", scale=1.0)
    page = GalleryPage()
    qtbot.addWidget(page)
    page.resize(1400, 860)
    page.set_entries(entries())
    page.show()
    qtbot.waitExposed(page)
    return page


def shown(page) -> list[str]:
    return [entry.id for entry in page.grid._entries]


def test_every_network_is_there_with_its_figures():
    made = entries()
    assert [entry.id for entry in made] == list(gallery())
    assert all(
        entry.parameters and entry.macs and entry.bars for entry in made if entry.id != "dino_head_65536"
    )
    assert sum(categories(made).values()) == len(made)


def test_typing_finds_by_name_year_and_author(page, qtbot):
    qtbot.keyClicks(page.search, "resnet 2015 he")
    assert "resnet50" in shown(page)
    assert "vgg16" not in shown(page)
    assert page.facts.entry is not None
    assert page.facts.entry.id in shown(page)
    page.search.clear()
    qtbot.keyClicks(page.search, "zzzz")
    assert shown(page) == []
    assert not page.grab().isNull()


def test_a_category_is_chosen_with_mouse_and_keys(page, qtbot):
    rows = page.categories
    high = rows.height() // len(rows._rows)
    qtbot.mouseClick(rows, Qt.MouseButton.LeftButton, pos=QPoint(40, high * 2 + high // 2))
    name, count = rows._rows[2]
    assert rows.current == name
    assert len(shown(page)) == count
    assert page.title.text() == shown_name(name)
    QTest.keyClick(rows, Qt.Key.Key_Up)
    assert rows.current == rows._rows[1][0]
    for _ in range(3):
        QTest.keyClick(rows, Qt.Key.Key_Up)
    assert rows.current == ""


def test_cards_are_walked_and_opened(page, qtbot):
    page.grid.setFocus()
    page.grid.pick(shown(page)[0])
    QTest.keyClick(page.grid, Qt.Key.Key_Right)
    assert page.grid.current == shown(page)[1]
    assert page.facts.entry.id == shown(page)[1]
    with qtbot.waitSignal(page.opened) as opened:
        QTest.keyClick(page.grid, Qt.Key.Key_Return)
    assert opened.args == [shown(page)[1]]
    place = page.grid._place(0).center() - QPoint(0, page.grid.verticalScrollBar().value())
    with qtbot.waitSignal(page.opened) as opened:
        qtbot.mouseDClick(page.grid.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert opened.args == [shown(page)[0]]


@pytest.mark.parametrize("figure", ["parameters", "macs"])
def test_every_dot_of_the_map_opens_its_network(page, qtbot, figure):
    page.map.set_figure(figure)
    for entry in page.map._entries[::7]:
        hit = page.map._at(page.map.point_of(entry))
        assert hit is not None
        assert hit.year == entry.year
    entry = next(entry for entry in page.map._entries if entry.id == "lenet5_modern")
    with qtbot.waitSignal(page.opened) as opened:
        qtbot.mouseDClick(page.map, Qt.MouseButton.LeftButton, pos=page.map.point_of(entry).toPoint())
    assert opened.args == ["lenet5_modern"]


def test_escape_and_the_button_go_back(page, qtbot):
    page.grid.setFocus()
    with qtbot.waitSignal(page.closed):
        QTest.keyClick(page.grid, Qt.Key.Key_Escape)
    with qtbot.waitSignal(page.closed):
        qtbot.mouseClick(page.back, Qt.MouseButton.LeftButton)


def test_wrong_figures_of_the_texts_stand_with_what_is_right(page):
    page.grid.pick("resnet50")
    words = page.facts._parts["What the texts say"][1]
    assert "25.6 M" in words.text()
    assert words.property("tone") == "warning"


def test_names_of_categories():
    assert shown_name("1.2.1 (2) depth") == "(2) Depth"
    assert shown_name("1.2.4 transformers") == "1.2.4 Transformers"
    assert shown_name("") == "All networks"
    assert found(entries(), "no such category", "") == []
