"""The Help menu: licences of all parts, versions and folders, to copy for a report."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from explorer import resources
from explorer.folders import state_folder
from explorer.ui.help import licences
from explorer.ui.widgets.buttons import Button


@pytest.fixture
def app(make_app):
    return make_app()


def test_licences_cover_program_bundled_files_and_libraries():
    found = {licence.title: licence.text for licence in licences.licences()}
    assert "Permission is hereby granted" in found["Architecture Explorer"]
    for name in resources.path("fonts").glob("*-OFL.txt"):
        assert name.read_text(encoding="utf-8") in found.values()
    assert "mnist5k" in found["Data sets and pictures"]
    for library in ("numpy", "PySide6", "torch", "networkx", "msgspec"):
        assert library.lower() in found["Libraries"].lower()
    assert all(text.strip() for text in found.values())


def test_every_library_states_a_licence():
    for part in licences.libraries().split("\n\n"):
        assert "no licence is stated" not in part, part


def test_the_licence_sheet_shows_what_is_chosen(app, qtbot):
    app.actions.run("help.licences")
    sheet = app.help.licence_sheet
    qtbot.waitExposed(sheet)
    assert not sheet.isModal()
    assert "MIT" in sheet.text.toPlainText()
    sheet.list.setFocus()
    QTest.keyClick(sheet.list, Qt.Key.Key_End)
    assert "numpy" in sheet.text.toPlainText()
    sheet.close()


def test_about_can_be_copied(app, qtbot):
    app.actions.run("help.about")
    qtbot.waitExposed(app.help.about)
    (button,) = app.help.about.findChildren(Button)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    text = QApplication.clipboard().text()
    for name in ("Version: ", "Python: ", "Qt: ", "Engine: The engine is starting."):
        assert name in text
    assert str(state_folder()) in text
    app.help.about.close()


def test_the_folder_is_shown_or_named(app, monkeypatch, qtbot):
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()) or False)
    with qtbot.waitSignal(app.help.said) as said:
        app.actions.run("help.folder")
    assert opened == [str(state_folder())]
    assert str(state_folder()) in said.args[0]
    assert state_folder().is_dir()
