"""The palette finds blocks by what people type, and hands them over."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible

from explorer.blocks.registry import chapters, registry
from explorer.ui.palette.panel import PalettePanel
from explorer.ui.palette.presenter import FAMILIES, FIRST, entries, families, first
from explorer.ui.widgets.spoken import announce


@pytest.fixture
def panel(qtbot):
    panel = PalettePanel()
    qtbot.addWidget(panel)
    panel.set_blocks(first(), families(), 199)
    panel.resize(204, 700)
    panel.show()
    return panel


def test_every_block_is_in_a_family():
    shown = {block.id for family in families() for block in family.blocks}
    assert shown == {block.id for block in registry().blocks}
    assert {block.family for block in registry().blocks} <= set(FAMILIES)
    assert {entry.id for entry in entries()} == shown


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("conv 2d", "conv2d"),
        ("linear", "linear"),
        ("lstm", "lstm"),
        ("multi head", "multi_head_attention"),
        ("batchnorm", "batch_norm"),
        ("sofmax", "softmax"),
        ("silu", "swish"),
        ("flatten", "flatten"),
    ],
)
def test_typing_finds(panel, qtbot, typed, first):
    taken = []
    panel.added.connect(taken.append)
    qtbot.keyClicks(panel.search, typed)
    qtbot.keyClick(panel.search, Qt.Key.Key_Return)
    assert taken == [first]


def test_arrows_choose_another(panel, qtbot):
    taken = []
    panel.added.connect(taken.append)
    qtbot.keyClicks(panel.search, "conv")
    qtbot.keyClick(panel.search, Qt.Key.Key_Down)
    qtbot.keyClick(panel.search, Qt.Key.Key_Return)
    assert len(taken) == 1
    assert taken == ["conv1d"]  # Conv 2d comes first


def test_the_numbering_is_that_of_the_lecture():
    shown = list(dict.fromkeys(family.chapter for family in families()))
    assert [chapter.split()[0] for chapter in shown] == [f"1.1.{n + 1}" for n in range(len(chapters()))]
    titles = [family.title for family in families()]
    assert len(set(titles)) == len(titles)


def row(panel, name):
    return next(i for i, row in enumerate(panel.list.rows) if row.name.startswith(name))


def test_it_opens_on_what_a_first_network_needs(panel):
    shown = [row.block.id for row in panel.list.rows if row.block is not None]
    assert shown == list(FIRST) == ["input", "conv2d", "relu", "max_pool", "flatten", "linear", "output"]
    assert all(
        row.word and " " not in row.word.removeprefix("a ").removeprefix("to a ")
        for row in panel.list.rows
        if row.block
    )
    headings = [row for row in panel.list.rows if row.chapter]
    assert len(headings) == len(chapters())
    assert sum(row.count for row in headings) == len(registry().blocks)
    assert all(row.colour in FAMILIES for row in headings)
    last = panel.list.row_rect(headings[-1].chapter)
    assert last.bottom() < panel.list.viewport().height()  # all of it is in sight at once


def test_what_comes_first_folds_and_that_is_told(panel, qtbot):
    with qtbot.waitSignal(panel.list.folded) as told:
        at = panel.list.row_rect("Start here").center()
        qtbot.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert told.args == [True]
    assert not any(row.block for row in panel.list.rows)
    panel.list.fold_start(False)
    assert not panel.list.row_rect("relu").isEmpty()


def test_chapters_open_and_rarer_families_stay_folded(panel, qtbot):
    assert panel.list.row_rect("avg_pool").isEmpty()
    at = panel.list.row_rect("1.1.5 Pooling").center()
    qtbot.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert not panel.list.row_rect("avg_pool").isEmpty()
    assert panel.list.row_rect("lp_pool").isEmpty()
    panel.list.toggle(row(panel, "1.1.5"))
    assert panel.list.row_rect("avg_pool").isEmpty()


def test_by_keyboard_headings_open_and_blocks_are_added(panel, qtbot):
    taken = []
    panel.added.connect(taken.append)
    panel.list.setFocus()
    while not panel.list.rows[panel.list._current].chapter:
        qtbot.keyClick(panel.list, Qt.Key.Key_Down)
    name = panel.list.rows[panel.list._current].chapter
    qtbot.keyClick(panel.list, Qt.Key.Key_Right)
    assert panel.list.rows[panel.list._current].chapter == name
    qtbot.keyClick(panel.list, Qt.Key.Key_Down)
    qtbot.keyClick(panel.list, Qt.Key.Key_Down)
    qtbot.keyClick(panel.list, Qt.Key.Key_Return)
    assert taken == [panel.list.rows[panel.list._current].block.id]


def test_results_take_the_place_of_both_lists(panel, qtbot):
    qtbot.keyClicks(panel.search, "fully connected")
    assert panel.list.rows[0].block.id == "linear"
    assert all(row.block is not None and not row.start for row in panel.list.rows)
    assert not panel.gallery.isVisible()
    panel.search.clear()
    assert panel.list.rows[0].name == "Start here"
    assert panel.gallery.isVisible()


def test_rows_are_heard(panel):
    announce()
    heard = QAccessible.queryAccessibleInterface(panel.list)
    names = [heard.child(i).text(QAccessible.Text.Name) for i in range(heard.childCount())]
    assert names[:3] == ["Start here, 7 blocks", "Input: a picture", "Conv 2d: finds"]
    assert names[-1].startswith(chapters()[-1].number)
    panel.list.setFocus()
    panel.list.move_by(1)
    place = panel.list._current
    assert heard.child(place).state().selected
    assert heard.child(0).state().expanded
    assert heard.child(heard.childCount() - 1).state().collapsed
    on_screen = heard.child(1).rect()
    assert panel.list.row_rect("input").translated(panel.list.mapToGlobal(QPoint())) == on_screen
    assert heard.childAt(*on_screen.center().toTuple()).text(QAccessible.Text.Name) == "Input: a picture"


def test_double_click_adds(panel, qtbot):
    with qtbot.waitSignal(panel.added) as added:
        at = panel.list.row_rect("conv2d").center()
        qtbot.mousePress(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=at)
        qtbot.mouseDClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert added.args == ["conv2d"]


def test_narrow_it_shows_tiles_only(panel, qtbot):
    panel.resize(52, 700)
    assert panel.list.is_narrow
    assert not panel.search.isVisible()
    tiles = [panel.list.rows[i].block or panel.list.rows[i].chapter for i in panel.list._seen()]
    assert len(tiles) == 7 + len(chapters())
    assert panel.list.row_rect("input").top() < 10


def test_nothing_found_is_said(panel, qtbot):
    qtbot.keyClicks(panel.search, "zzzz")
    assert panel.list.rows == []
    assert not panel.grab().isNull()
