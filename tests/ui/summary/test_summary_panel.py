"""The summary: figures by address, predicted beside measured."""

from __future__ import annotations

import time

import pytest
from look_desk import make_desk, run
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from explorer.graph.edits import SetField
from explorer.graph.operations import dissolve
from explorer.protocol import events, requests
from explorer.protocol.records import Layer
from explorer.style.theme import theme
from explorer.ui.summary import rows as rows
from explorer.ui.summary.model import SummaryModel
from explorer.ui.summary.panel import SummaryPanel
from explorer.ui.summary.presenter import SummaryPresenter
from explorer.ui.summary.rows import SummaryRow, Totals
from explorer.words import short_memory


def shown(qtbot, architecture="lenet5_modern", **options):
    theme().change(mode="light", scale=1.0)
    desk, bridge = make_desk(architecture, **options)
    run(desk, bridge)
    panel = SummaryPanel()
    presenter = SummaryPresenter(panel, desk)
    qtbot.addWidget(panel)
    panel.resize(916, 268)
    panel.show()
    qtbot.waitExposed(panel)
    return panel, presenter, desk, bridge


def cell(panel, address, column):
    index = panel.model.find(address)
    return panel.model.index(index.row(), column, index.parent()).data()


def layers(desk, **other):
    return tuple(
        Layer(a, "layer", next(iter(n.outputs.values())).shape, other.get(a, n.parameters))
        for a, n in desk.workspace.flow.walk()
    )


def test_figures_of_lenet(qtbot):
    panel, _, _, _ = shown(qtbot)
    assert panel.model.rowCount() == 12
    assert cell(panel, "conv2", rows.OUTPUT) == "16×10×10"
    assert cell(panel, "conv2", rows.PARAMETERS) == "2,416"
    assert cell(panel, "fc1", rows.MACS) == "48,000"
    assert panel.totals.texts()[rows.PARAMETERS] == "61,706"
    panel.grab()


def test_measured_figures_stand_beside(qtbot):
    panel, _, desk, bridge = shown(qtbot)
    revision = desk.workspace.revision
    bridge.answer(
        requests.Measure,
        events.Measured(layers=layers(desk), parameters=61706, trainable=61706, macs=1, revision=revision),
    )
    assert cell(panel, "fc1", rows.MEASURED) == "the same"
    assert panel.note.text() == "predicted = measured"


def test_what_differs_is_marked_with_words(qtbot):
    panel, presenter, desk, bridge = shown(qtbot)
    bridge.answer(
        requests.Measure,
        events.Measured(layers=layers(desk, fc2=7), parameters=51549, trainable=51549, macs=1),
    )
    assert cell(panel, "fc2", rows.MEASURED) == "differs: 7 parameters"
    assert panel.totals.totals.differs
    assert panel.note.text() == "1 layer measured otherwise"
    desk.workspace.apply(SetField("fc2", "features", 60))
    presenter.show()
    assert cell(panel, "fc2", rows.MEASURED) == ""  # of an older design


def test_problems_show_as_unknown(qtbot):
    panel, presenter, desk, _ = shown(qtbot)
    desk.workspace.apply(dissolve(desk.workspace.document, ["flatten"]))
    presenter.show()
    assert cell(panel, "fc1", rows.PARAMETERS) == "?"
    assert cell(panel, "fc1", rows.MEASURED) == "does not fit yet"
    assert cell(panel, "fc2", rows.MEASURED) == "waits"
    assert "1 problem" in panel.note.text()


def test_click_selects_and_selection_follows(qtbot):
    panel, _presenter, desk, _ = shown(qtbot)
    place = panel.tree.visualRect(panel.model.find("conv2")).center()
    with qtbot.waitSignal(desk.selected):
        qtbot.mouseClick(panel.tree.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert desk.address == "conv2"
    with qtbot.assertNotEmitted(panel.picked):
        desk.select("fc1")
    assert panel.model.row_at(panel.tree.currentIndex()).address == "fc1"


def test_tree_of_composites_and_table_sorted_by_cost(qtbot):
    panel, _, _, _ = shown(qtbot, "resnet_small")
    QAbstractItemModelTester(panel.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    composite = next(
        panel.model.index(n, 0)
        for n in range(panel.model.rowCount())
        if panel.model.rowCount(panel.model.index(n, 0))
    )
    assert panel.model.parent(panel.model.index(0, 2, composite)) == composite
    qtbot.mouseClick(panel.mode._buttons["table"], Qt.MouseButton.LeftButton)
    panel.tree.sortByColumn(rows.PARAMETERS, Qt.SortOrder.DescendingOrder)
    figures = [panel.model.row_at(panel.model.index(n, 0)).parameters for n in range(panel.model.rowCount())]
    assert figures == sorted(figures, reverse=True)
    assert all(not panel.model.rowCount(panel.model.index(n, 0)) for n in range(5))
    qtbot.mouseClick(panel.mode._buttons["tree"], Qt.MouseButton.LeftButton)
    assert panel.model.rowCount(QModelIndex()) < len(figures)


def test_an_edit_keeps_what_is_open_and_chosen(qtbot):
    panel, presenter, desk, _ = shown(qtbot, "resnet_small")
    composite = next(name for name, node in desk.workspace.flow.nodes.items() if node.inner is not None)
    panel.tree.setExpanded(panel.model.find(composite), False)
    panel.tree.setExpanded(panel.model.find(composite), True)
    desk.select(composite)
    desk.workspace.apply(
        dissolve(desk.workspace.document, [next(iter(desk.workspace.document.root["relu"].id for _ in "x"))])
    )
    presenter.show()
    assert panel.tree.isExpanded(panel.model.find(composite))
    assert panel.model.row_at(panel.tree.currentIndex()).address == composite


def test_three_thousand_rows_are_quick(qtbot):
    many = [
        SummaryRow(f"stage.unit{n}", f"unit{n}", "Conv 2d", "conv", "conv", ((16, 8, 8),), n, 0.1, n, n)
        for n in range(3000)
    ]
    panel = SummaryPanel()
    qtbot.addWidget(panel)
    panel.resize(916, 336)
    panel.show()
    start = time.perf_counter()
    panel.show_rows(many, Totals(3000))
    panel.grab()
    first = time.perf_counter() - start
    start = time.perf_counter()
    panel.show_rows(many[:-1], Totals(2999))
    panel.select("stage.unit2000")
    panel.grab()
    again = time.perf_counter() - start
    assert first < 1.0
    assert again < 0.5


@pytest.mark.parametrize(
    ("size", "words"), [(480, "480\u00a0B"), (60008, "59\u00a0KiB"), (6200, "6.1\u00a0KiB")]
)
def test_memory(size, words):
    assert short_memory(size) == words


def test_an_unknown_address_finds_the_composite_that_holds_it():
    model = SummaryModel()
    inner = SummaryRow("a.b", "b", "Linear", "linear", "linear", ((3,),), 1, 1.0, 1, 1)
    model.set_rows(
        [SummaryRow("a", "a", "Block", "group", "composite", ((3,),), 1, 1.0, 1, 1, children=(inner,))]
    )
    assert model.row_at(model.find("a.b.c")).address == "a.b"
    assert not model.find("x").isValid()
