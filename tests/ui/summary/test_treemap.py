"""The treemap: areas in proportion, nested, chosen by a click, read out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from look_desk import make_desk, run
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtTest import QTest

from explorer.style.theme import theme
from explorer.ui.summary.panel import SummaryPanel
from explorer.ui.summary.presenter import SummaryPresenter, rows_of
from explorer.ui.summary.treemap import cells, squarified

AREA = QRectF(3, 5, 400, 260)


@given(st.lists(st.floats(1, 1e9), min_size=1, max_size=60), st.floats(20, 900), st.floats(20, 900))
def test_rectangles_fill_the_area_in_proportion(values, wide, tall):
    values.sort(reverse=True)
    area = QRectF(7, 9, wide, tall)
    found = squarified(values, area)
    assert len(found) == len(values)
    unit = wide * tall / sum(values)
    for value, box in zip(values, found, strict=True):
        assert box.width() * box.height() == pytest.approx(value * unit, rel=1e-4)
        assert area.adjusted(-1e-3, -1e-3, 1e-3, 1e-3).contains(box)
    small = [
        box.adjusted(*(d * min(1e-3, box.width() / 4, box.height() / 4) for d in (1, 1, -1, -1)))
        for box in found
    ]
    assert not any(a.intersects(b) for n, a in enumerate(small) for b in small[n + 1 :])


def test_equal_values_give_near_squares():
    for box in squarified([1.0] * 12, QRectF(0, 0, 400, 300)):
        assert max(box.width() / box.height(), box.height() / box.width()) < 1.5


@pytest.mark.parametrize("area", [QRectF(), QRectF(0, 0, 0, 10)])
def test_no_room_is_no_area(area):
    assert all(box.width() * box.height() == 0 for box in squarified([3, 2, 1], area))


@pytest.fixture
def shown(qtbot):
    theme().change(mode="light", scale=1.0)
    desk, bridge = make_desk("resnet18")
    run(desk, bridge)
    panel = SummaryPanel()
    presenter = SummaryPresenter(panel, desk)
    qtbot.addWidget(panel)
    panel.resize(900, 420)
    panel.show()
    qtbot.waitExposed(panel)
    QTest.mouseClick(panel.mode._buttons["map"], Qt.MouseButton.LeftButton)
    return panel, presenter, desk


def test_leaves_have_all_parameters_and_lie_in_what_holds_them(shown):
    panel, _, desk = shown
    found = {cell.row.address: cell for cell in panel.treemap.cells}
    leaves = [cell for cell in found.values() if not cell.holds]
    assert sum(cell.row.parameters for cell in leaves) == desk.workspace.flow.parameters
    for address, cell in found.items():
        above = address.rpartition(".")[0]
        if above:
            assert found[above].area.adjusted(-0.01, -0.01, 0.01, 0.01).contains(cell.area)


def test_a_click_selects_the_layer_and_the_selection_is_marked(shown):
    panel, _, desk = shown
    cell = next(cell for cell in panel.treemap.cells if not cell.holds)
    QTest.mouseClick(panel.treemap, Qt.MouseButton.LeftButton, pos=cell.area.center().toPoint())
    assert desk.address == cell.row.address
    assert cell.row.address in panel.treemap.accessibleDescription()
    desk.select("head")
    assert "head · " in panel.treemap.accessibleDescription()


def test_the_heading_of_a_composite_selects_it(shown):
    panel, _, desk = shown
    group = next(cell for cell in panel.treemap.cells if cell.headed)
    QTest.mouseClick(
        panel.treemap, Qt.MouseButton.LeftButton, pos=(group.area.topLeft() + QPointF(20, 6)).toPoint()
    )
    assert desk.address == group.row.address


def test_arrow_keys_go_from_the_largest_to_the_smallest(shown):
    panel, _, desk = shown
    sizes = []
    for _ in range(4):
        QTest.keyClick(panel.treemap, Qt.Key.Key_Right)
        sizes.append(desk.workspace.flow.at(desk.address).parameters)
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] == max(node.parameters for _, node in desk.workspace.flow.walk())
    QTest.keyClick(panel.treemap, Qt.Key.Key_Left)
    assert desk.workspace.flow.at(desk.address).parameters == sizes[2]


def test_the_tree_comes_back(shown):
    panel, _, _ = shown
    assert panel.treemap.isVisible()
    assert not panel.tree.isVisible()
    QTest.mouseClick(panel.mode._buttons["tree"], Qt.MouseButton.LeftButton)
    assert panel.tree.isVisible()
    assert panel.totals.isVisible()


def test_what_has_no_parameters_has_no_cell():
    desk, _ = make_desk("lenet5_modern")
    rows = rows_of(desk.workspace.flow, desk.workspace.flow.parameters, {})
    assert {cell.row.address for cell in cells(rows, AREA)} == {"conv1", "conv2", "fc1", "fc2", "fc3"}
