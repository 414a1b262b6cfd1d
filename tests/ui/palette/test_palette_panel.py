"""The palette finds blocks by what people type, and hands them over."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from explorer.blocks.registry import registry
from explorer.ui.palette.panel import PalettePanel
from explorer.ui.palette.presenter import FAMILIES, entries, families


@pytest.fixture
def panel(qtbot):
    panel = PalettePanel()
    qtbot.addWidget(panel)
    panel.set_families(families())
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
    assert taken[0] != "conv1d"


def test_the_numbering_is_that_of_the_lecture():
    chapters = list(dict.fromkeys(family.chapter for family in families()))
    assert [chapter.split()[0] for chapter in chapters] == [f"1.1.{n}" for n in range(1, 7)]
    titles = [family.title for family in families()]
    assert len(set(titles)) == len(titles)


def test_rarer_families_open_when_their_heading_is_clicked(panel, qtbot):
    assert panel.list.row_rect("patch_embedding").isEmpty()
    assert not panel.list.row_rect("max_pool").isEmpty()
    row = next(i for i, row in enumerate(panel.list._rows) if row.heading == "Fully connected layers")
    panel.list.toggle(row + 0)
    assert panel.list.row_rect("fc_block").isEmpty()


def test_a_whole_chapter_folds(panel, qtbot):
    panel.list.toggle(next(i for i, row in enumerate(panel.list._rows) if row.chapter.startswith("1.1.5")))
    assert panel.list.row_rect("max_pool").isEmpty()
    assert not panel.list.row_rect("batch_norm").isEmpty()


def test_headings_fold(panel, qtbot):
    assert not panel.list.row_rect("conv2d").isEmpty()
    first = panel.list.row_rect("conv1d")
    heading = first.translated(0, -first.height()).center()
    qtbot.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=heading)
    assert panel.list.row_rect("conv2d").isEmpty()


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
    assert panel.list.row_rect("linear").top() == 0


def test_nothing_found_is_said(panel, qtbot):
    qtbot.keyClicks(panel.search, "zzzz")
    assert panel.list._rows == []
    assert not panel.grab().isNull()
