"""Replace by…: R opens the list of what fits, Enter puts it there in one step."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest


@pytest.fixture
def app(make_app):
    return make_app("lenet5_modern")


def press_r(app):
    app.canvas.setFocus()
    QTest.keyClick(app.canvas, Qt.Key.Key_R)
    return app._replacing.list


def test_r_offers_what_fits_and_enter_replaces_in_one_step(app):
    app.canvas.context.select(["pool1"])
    popover = press_r(app)
    assert popover.isVisible()
    offered = [entry for entry, _ in popover._found]
    shape = app.desk.workspace.flow.nodes["pool1"].outputs["y"].text
    assert offered[0].remark == f"→ {shape}"
    assert all(entry.remark.startswith("→ ") for entry in offered)
    assert "avg_pool" in {entry.id for entry in offered}
    QTest.keyClicks(popover.field, "avg pool")
    assert popover._found[0][0].id == "avg_pool"
    QTest.keyClick(popover.field, Qt.Key.Key_Return)
    root = app.desk.workspace.document.root
    assert root["pool1"].block == "avg_pool"
    assert app.desk.workspace.history.undo_title == "Replace pool1 by Avg pool"
    app.desk.workspace.history.undo()
    assert root["pool1"].block == "max_pool"
    assert app.desk.workspace.history.undo_title is None


def test_several_are_replaced_together(app):
    ids = ["relu1", "relu2", "relu3"]
    app.canvas.context.select(ids)
    popover = press_r(app)
    QTest.keyClicks(popover.field, "gelu")
    QTest.keyClick(popover.field, Qt.Key.Key_Return)
    root = app.desk.workspace.document.root
    assert {root[node].block for node in ids} == {"gelu"}
    app.desk.workspace.history.undo()
    assert {root[node].block for node in ids} == {"relu"}


def test_esc_leaves_all_as_it_was(app):
    app.canvas.context.select(["pool1"])
    popover = press_r(app)
    QTest.keyClick(popover.field, Qt.Key.Key_Escape)
    assert not popover.isVisible()
    assert app.desk.workspace.history.undo_title is None


def test_where_nothing_fits_that_is_said(app):
    said = []
    app.canvas.said.connect(said.append)
    app.canvas.context.select(["input"])
    assert not press_r(app).isVisible()
    assert said[-1].startswith("No other block fits here")
