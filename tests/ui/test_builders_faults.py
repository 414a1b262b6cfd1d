"""What a builder once met: names, stopping a start, Esc in the search, strange files, an empty clipboard."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from explorer.graph import files
from explorer.graph.edits import SetNote
from explorer.graph.files import FileProblem
from explorer.graph.model import Note
from explorer.protocol import events, requests
from explorer.session.run_control import RunState
from explorer.ui.app import App
from explorer.ui.shell import ask

Key, CTRL = Qt.Key, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def app(make_app: Callable[..., App]) -> App:
    return make_app("lenet5_modern", (1, 28, 28))


def test_a_design_is_renamed_in_place_and_shows_its_file(app, tmp_path, monkeypatch):
    QTest.keyClick(app.canvas, Key.Key_N, CTRL)
    QApplication.processEvents()
    bar = app.window.top_bar
    assert bar.tabs.tabText(1) == "untitled"
    spot = bar.tabs.tabRect(1).center()
    QTest.mouseDClick(bar.tabs, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, spot)
    field = app.naming.field
    assert field.isVisible()
    field.selectAll()
    QTest.keyClicks(field, "My network")
    QTest.keyClick(field, Key.Key_Return)
    QApplication.processEvents()
    assert bar.tabs.tabText(1) == "My network"
    assert app.desk.workspace.document.name == "My network"
    assert app.canvas.hasFocus()
    target = tmp_path / "kept.arch.json"
    monkeypatch.setattr(ask, "save_file", lambda *_: str(target))
    QTest.keyClick(app.canvas, Key.Key_S, CTRL)
    QApplication.processEvents()
    assert target.is_file()
    app.designs.close(app.designs.benches[0])
    QApplication.processEvents()
    assert "My network" in bar._name.text()
    assert "kept" in bar._file.text()
    QTest.keyClick(app.canvas, Key.Key_Z, CTRL)  # the name is a step like any other
    assert app.desk.workspace.document.name == "untitled"


def test_the_tab_in_front_can_be_read(app):
    for _ in range(5):
        QTest.keyClick(app.canvas, Key.Key_N, CTRL)
        QApplication.processEvents()
    tabs = app.window.top_bar.tabs
    assert tabs.tabRect(tabs.currentIndex()).width() >= tabs.tabSizeHint(tabs.currentIndex()).width()
    tabs.setCurrentIndex(1)
    QApplication.processEvents()
    assert tabs.tabRect(1).width() >= tabs.tabSizeHint(1).width()


def test_a_run_that_only_starts_can_be_stopped(app):
    link = app.desk.bridge
    link.heard.emit(events.Ready(version=1, torch="2", devices=("cpu",), threads=1))
    link.answer(
        requests.Load,
        events.Loaded(revision=app.desk.workspace.revision, parameters=1, device="cpu", kept=()),
    )
    QTest.keyClick(app.canvas, Key.Key_Return, CTRL)
    assert app.desk.session.training.state is RunState.STARTING
    QApplication.processEvents()
    assert app.window.top_bar.stop.isEnabled()
    QTest.keyClick(app.canvas, Key.Key_Period, CTRL)
    assert link.last(requests.Cancel).target == app.desk.session.training.job


def test_escape_in_the_search_of_the_palette_goes_back_to_the_canvas(app):
    search = app.palette.search
    search.setFocus()
    QTest.keyClicks(search, "conv")
    QTest.keyClick(search, Key.Key_Escape)
    assert search.text() == ""
    assert search.hasFocus()
    QTest.keyClick(search, Key.Key_Escape)
    assert app.canvas.hasFocus()


@pytest.mark.parametrize("head", [b"\x89PNG\r\n\x1a\n", b"[" * 5000, b"PK\x03\x04", b"\xff\xd8\xff\xe0"])
def test_a_file_that_is_no_design_is_refused_in_plain_words(head):
    with pytest.raises(FileProblem) as problem:
        files.decode(head + bytes(range(256)) * 4)
    said = str(problem.value)
    if head[:1] != b"[":
        assert "levels" not in said
    assert said.endswith(".")


def test_whole_places_are_written_as_whole_numbers(app):
    note = Note("note1", "words", (262.0, 10.5))
    app.desk.workspace.apply(SetNote("note1", note, ""), "Add a note")
    written = files.encode(app.desk.workspace.document).decode()
    assert "262.0" not in written
    assert "262" in written
    assert "10.5" in written


def test_pasting_nothing_says_so(app):
    said = []
    app.canvas.context.said.connect(said.append)
    QGuiApplication.clipboard().clear()
    QTest.keyClick(app.canvas, Key.Key_V, CTRL)
    QGuiApplication.clipboard().setMimeData(QMimeData())
    QTest.keyClick(app.canvas, Key.Key_V, CTRL)
    assert said == ["Nothing to paste: copy blocks first."] * 2


def test_a_group_travels_into_another_design(app):
    app.canvas.context.select(["conv1", "relu1"])
    QTest.keyClick(app.canvas, Key.Key_G, CTRL)
    group = app.canvas.context.selection.only
    QTest.keyClick(app.canvas, Key.Key_C, CTRL)
    QTest.keyClick(app.canvas, Key.Key_N, CTRL)
    QApplication.processEvents()
    assert not len(app.canvas.context.graph)
    QTest.keyClick(app.canvas, Key.Key_V, CTRL)
    pasted = app.desk.workspace.document
    assert [node.group for node in pasted.root.nodes] == list(pasted.groups) == [group]
    assert {node.block for node in pasted.graph(group).nodes} >= {"conv2d", "relu"}
