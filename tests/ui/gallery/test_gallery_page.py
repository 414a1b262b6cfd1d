"""The gallery page: found by words and categories, compared on the map, opened by a double click."""

from __future__ import annotations

import pytest
from networks import network
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from explorer.architectures.gallery import gallery
from explorer.style.theme import theme
from explorer.ui.gallery.entry import categories, entries
from explorer.ui.gallery.errors import TOP1
from explorer.ui.gallery.filters import Filters, category_words, parameter_words
from explorer.ui.gallery.page import GalleryPage


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
    legend = page.legend
    name = list(legend._places)[2]
    qtbot.mouseClick(legend, Qt.MouseButton.LeftButton, pos=legend._places[name].center())
    assert page.filters.category == legend.current == name
    assert len(shown(page)) == categories(entries())[name]
    assert [chip.text().rstrip(" ×") for chip in page.chips.chips.values()] == [category_words(name)]
    QTest.keyClick(legend, Qt.Key.Key_Left)
    assert page.filters.category == list(legend._places)[1]
    qtbot.mouseClick(legend, Qt.MouseButton.LeftButton, pos=legend._places[page.filters.category].center())
    assert page.filters == Filters()
    assert len(shown(page)) == len(gallery())


def test_pointing_at_the_legend_lifts_its_marks(page, qtbot):
    before = page.map.grab().toImage()
    name = list(page.legend._places)[4]
    qtbot.mouseMove(page.legend, page.legend._places[name].center())
    assert page.map.grab().toImage() != before
    qtbot.mouseMove(page.legend, page.legend.rect().bottomRight())
    assert page.map.grab().toImage() == before


def test_filters_by_mouse_and_keys_and_chips_that_take_them_away(page, qtbot):
    column = page.column
    qtbot.mouseClick(column.tasks["segmentation"].box, Qt.MouseButton.LeftButton)
    assert set(shown(page)) == {e.id for e in entries() if e.task == "segmentation"}
    qtbot.mouseClick(column.tasks["detection"].box, Qt.MouseButton.LeftButton)
    both = len(shown(page))
    assert both == sum(e.task in ("segmentation", "detection") for e in entries())
    column.parameters.setFocus()
    for _ in range(16):  # from the largest language models down to the largest detectors
        QTest.keyClick(column.parameters, Qt.Key.Key_Left)
        if len(shown(page)) < both:
            break
    most = page.filters.parameters[1]
    assert 0 < len(shown(page)) < both
    assert all(e.parameters <= most for e in entries() if e.id in shown(page))
    column.years.setFocus()
    QTest.keyClick(column.years, Qt.Key.Key_Space)
    for _ in range(36):
        QTest.keyClick(column.years, Qt.Key.Key_Right)
    first = page.filters.years[0]
    assert all(e.year >= first for e in entries() if e.id in shown(page))
    assert list(page.chips.chips) == ["tasks", "years", "parameters"]
    qtbot.mouseClick(page.chips.chips["tasks"], Qt.MouseButton.LeftButton)
    assert not page.filters.tasks
    assert not column.tasks["segmentation"].box.isChecked()
    page.search.setFocus()
    QTest.keyClick(page.search, Qt.Key.Key_Backspace)
    assert list(page.chips.chips) == ["years"]
    qtbot.mouseClick(column.clear, Qt.MouseButton.LeftButton)
    assert page.filters == Filters()
    assert not column.clear.isVisible()


def test_counts_beside_a_filter_follow_the_others(page):
    page.set_filters(Filters(trained="here", tasks=frozenset({"detection"})))
    counts = {task: int(row.count.text()) for task, row in page.column.tasks.items()}
    here = [entry for entry in entries() if entry.trained == "here"]
    assert counts["classification"] == sum(e.task == "classification" for e in here) > 0
    idle = next(task for task, count in counts.items() if not count and task != "detection")
    assert not page.column.tasks[idle].box.isEnabled()
    assert page.column.tasks["detection"].box.isEnabled()  # it can be unticked


def test_the_table_sorts_and_keeps_what_is_chosen(page, qtbot):
    page.grid.pick("resnet50")
    qtbot.mouseClick(page.view._buttons["table"], Qt.MouseButton.LeftButton)
    table = page.table
    assert table.networks.entries[table.currentIndex().row()].id == "resnet50"
    table.sortByColumn(4, Qt.SortOrder.DescendingOrder)
    sizes = [entry.parameters for entry in table.networks.entries]
    assert sizes == sorted(sizes, reverse=True)
    assert table.networks.entries[table.currentIndex().row()].id == "resnet50"
    table.sortByColumn(7, Qt.SortOrder.AscendingOrder)
    errors = [TOP1.get(entry.id) for entry in table.networks.entries]
    known = [error for error in errors if error is not None]
    assert errors == sorted(known) + [None] * (len(errors) - len(known))
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
    assert page.facts.entry.id == page.grid.current == table.networks.entries[0].id
    with qtbot.waitSignal(page.opened) as opened:
        QTest.keyClick(table, Qt.Key.Key_Return)
    assert opened.args == [table.networks.entries[0].id]


def test_options_are_worked_out_at_once_and_refused_in_words(page):
    page.grid.pick("resnet18")
    form, facts = page.facts.options, page.facts
    assert list(form.rows) == ["input size", "classes", "blocks", "width"]
    form.committed.emit("width", 32)
    wanted = network("resnet18", width=32).parameters
    assert ("Parameters", f"11,689,512 → {wanted:,}", "") in facts.facts.texts()
    form.committed.emit("blocks", "2 2")
    assert "4 stages" in form.rows["blocks"].words.text()
    assert facts.variant.options == {"width": 32}
    form.committed.emit("input size", (3, 64, 64))
    form.committed.emit("classes", 10)
    assert (facts.variant.size, facts.variant.classes) == ((3, 64, 64), 10)
    form.committed.emit("width", 64)
    form.committed.emit("classes", 1000)
    form.committed.emit("input size", (3, 224, 224))
    assert facts.variant.is_usual


def test_weights_that_no_longer_fit_are_said(page):
    page.grid.pick("lenet5_modern")
    assert page.facts.trained.text().startswith("✓")
    assert not page.facts.options_words.isVisible()
    page.facts.options.committed.emit("classes", 5)
    assert "untrained" in page.facts.options_words.text()


@pytest.mark.parametrize(
    ("ends", "text"),
    [
        ((1.0, 1e7), "up to 10 M parameters"),
        ((1e3, 2.154e6), "1 k to 2.2 M parameters"),
        ((1e8, 1e11), "100 M to 100 G parameters"),
    ],
)
def test_ranges_in_words(ends, text):
    assert parameter_words(ends).replace("\N{NO-BREAK SPACE}", " ") == text


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
    page.map.set_figures(figure, page.map.across)
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
    assert category_words("1.2.1 (2) depth") == "(2) Depth"
    assert category_words("1.2.4 transformers") == "1.2.4 Transformers"
    assert category_words("1.1.3 recurrent") == "1.1.3 Recurrent"
