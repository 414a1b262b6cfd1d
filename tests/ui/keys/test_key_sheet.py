"""The key sheet in the window: search, presets, binding by real keys, kept, on paper."""

from __future__ import annotations

from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from explorer.session import preferences
from explorer.session.preferences import Preferences
from explorer.style.theme import theme
from explorer.ui.keys.groups import MOUSE, groups
from explorer.ui.keys.presets import PRESETS
from explorer.ui.keys.printing import as_text
from explorer.ui.menus.main_menu import main_menu
from explorer.ui.shell import ask

Key = Qt.Key


@pytest.fixture
def make(make_app):
    return partial(make_app, "lenet5_modern", (1, 28, 28))


@pytest.fixture
def app(make):
    return make()


@pytest.fixture
def sheet(app, qtbot):
    app.keys.open()
    qtbot.waitExposed(app.keys.sheet)
    return app.keys.sheet


def row(sheet, name):
    (found,) = [row for row in sheet.rows() if row.line.id == name]
    return found


def test_it_holds_every_command_in_the_groups_of_the_menus(app, sheet):
    shown = [row.line.id for row in sheet.rows() if row.line.id]
    assert len(shown) == len(set(shown))
    assert set(shown) == {row.id for row in app.actions.rows.values() if row.section != "Gallery"}
    assert [group.title for group in groups(app.actions)][:4] == ["Mouse", "File", "Edit", "Block"]


@pytest.mark.parametrize(
    ("text", "found"), [("mute", {"edit.mute"}), ("ctrl+g", {"edit.group"}), ("zebra", set())]
)
def test_search_by_title_and_by_key(sheet, qtbot, text, found):
    assert sheet.search.hasFocus()
    qtbot.keyClicks(sheet.search, text)
    assert {row.line.id for row in sheet.rows() if row.isVisible()} == found


def to_canvas(app, qtbot):
    app.window.activateWindow()
    app.canvas.setFocus()
    qtbot.waitUntil(app.canvas.hasFocus)


def bind(sheet, name, key, keys=Qt.KeyboardModifier.NoModifier):
    QTest.mouseClick(row(sheet, name), Qt.MouseButton.LeftButton)
    assert row(sheet, name).is_asking
    QTest.keyClick(row(sheet, name), key, keys)


def test_a_bound_key_is_in_force_at_once_everywhere(app, sheet, qtbot):
    bind(sheet, "edit.mute", Key.Key_E)
    assert row(sheet, "edit.mute").line.keys == ("E",)
    assert row(sheet, "edit.mute").line.is_own
    app.canvas.context.select(["relu1"])
    menu = main_menu(app.actions, app.window)
    texts = [a.text() for sub in menu.actions() for a in sub.menu().actions()]
    assert "Mute\tE" in texts
    menu.deleteLater()
    to_canvas(app, qtbot)
    QTest.keyClick(app.canvas, Key.Key_M)
    assert not app.desk.workspace.document.root["relu1"].muted
    QTest.keyClick(app.canvas, Key.Key_E)
    assert app.desk.workspace.document.root["relu1"].muted


def test_tips_follow(app, sheet):
    bind(sheet, "file.new", Key.Key_F9)
    assert app.window.top_bar._plus.toolTip() == "New design (F9)"
    bind(sheet, "edit.undo", Key.Key_U, Qt.KeyboardModifier.ControlModifier)
    app.canvas.context.select(["relu1"])
    app.actions.run("edit.mute")
    app.shell.refresh()
    assert app.window.top_bar.undo.toolTip().startswith("Undo: Mute 1 block (Ctrl+U)")


def test_a_clash_is_refused_in_words_and_changes_nothing(app, sheet):
    bind(sheet, "edit.mute", Key.Key_H)
    assert sheet.note.text() == "H is the key of “Collapse”. Take it away there first."
    assert row(sheet, "edit.mute").line.keys == ("M",)


def test_esc_leaves_it_and_links_take_away_and_bring_back(app, sheet, qtbot):
    bind(sheet, "edit.mute", Key.Key_Escape)
    assert row(sheet, "edit.mute").line.keys == ("M",)
    assert sheet.isVisible()
    row(sheet, "edit.mute").ask()
    qtbot.mouseClick(sheet._none, Qt.MouseButton.LeftButton)
    assert row(sheet, "edit.mute").line.keys == ()
    row(sheet, "edit.mute").ask()
    qtbot.mouseClick(sheet._usual, Qt.MouseButton.LeftButton)
    assert row(sheet, "edit.mute").line.keys == ("M",)
    assert app.actions.keys.own == {}


def test_a_bare_letter_never_steals_from_a_text_field(app, sheet, qtbot):
    bind(sheet, "view.theme", Key.Key_T)
    to_canvas(app, qtbot)
    search = app.palette.search
    search.setFocus()
    qtbot.keyClicks(search, "t")
    assert search.text() == "t"
    assert theme().mode == "light"
    app.canvas.setFocus()
    QTest.keyClick(app.canvas, Key.Key_T)
    assert theme().mode == "dark"
    theme().change(mode="light")


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_names_commands_that_exist_and_clashes_with_nothing(app, preset):
    for name, keys in PRESETS[preset].items():
        assert name in app.actions.rows
        app.actions.keys.choose(preset)
        assert app.actions.keys.of(name) == keys, "a key of the preset is taken by another command"


def test_a_preset_is_chosen_in_the_sheet_and_works(app, sheet, qtbot):
    qtbot.mouseClick(sheet.presets._buttons["Nuke"], Qt.MouseButton.LeftButton)
    assert row(sheet, "edit.mute").line.keys == ("D",)
    to_canvas(app, qtbot)
    app.canvas.context.select(["relu1"])
    QTest.keyClick(app.canvas, Key.Key_D)
    assert app.desk.workspace.document.root["relu1"].muted
    qtbot.mouseClick(sheet.presets._buttons["Blender"], Qt.MouseButton.LeftButton)
    app.canvas.context.select(["relu1"])
    to_canvas(app, qtbot)
    QTest.keyClick(app.canvas, Key.Key_X)
    assert "relu1" not in app.desk.workspace.document.root


def test_keys_are_kept_between_two_starts(app, sheet, make):
    app.actions.keys.choose("Blender")
    bind(sheet, "edit.mute", Key.Key_E)
    app.keeping.write()
    kept = preferences.read()
    assert (kept.keys, kept.own_keys) == ("Blender", {"edit.mute": ["E"]})
    other = make(kept=kept)
    assert other.actions.keys.of("edit.mute") == ("E",)
    assert other.actions.keys.of("edit.delete") == ("X", "Del")


def test_a_bad_file_of_preferences_costs_only_what_is_bad(make, monkeypatch):
    said = []
    monkeypatch.setattr(
        "explorer.ui.shell.presenter.ShellPresenter.say", lambda _self, line: said.append(line)
    )
    path = preferences.path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        '{"mode": "dark", "own_keys": {"edit.mute": 7, "no.such": ["K"], "edit.collapse": ["J"]}}'
    )
    kept = preferences.read()
    assert kept.mode == "dark"
    made = make(kept=kept)
    assert made.actions.keys.own == {"edit.collapse": ("J",)}
    assert made.actions.keys.of("edit.mute") == ("M",)
    assert said == ["The keys kept for “edit.mute” cannot be read. 1 more of your keys were left out."]


def test_the_sheet_as_pdf(app, sheet, tmp_path, monkeypatch, qtbot):
    path = tmp_path / "keys.pdf"
    monkeypatch.setattr(ask, "save_file", lambda *_: str(path))
    sheet.pdfAsked.emit()
    written = path.read_bytes()
    assert written.startswith(b"%PDF")
    assert written.count(b"/Type /Page\n") in (1, 2)
    text = as_text(groups(app.actions), "Explorer").toPlainText()
    for line in ("Mute", "Ctrl+Shift+G", "Shake while dragging"):
        assert line in text
    assert "MLP on spirals" not in text  # what has no key is left out
    monkeypatch.setattr(ask, "save_file", lambda *_: str(tmp_path / "no" / "keys.pdf"))
    sheet.pdfAsked.emit()
    assert "cannot be written" in sheet.note.text()


def test_the_mouse_is_shown_but_cannot_be_bound(sheet):
    mouse = [row for row in sheet.rows() if not row.line.id]
    assert len(mouse) == len(MOUSE)
    QTest.mouseClick(mouse[0], Qt.MouseButton.LeftButton)
    assert not mouse[0].is_asking


def test_preferences_without_keys_are_as_before():
    assert Preferences().own_keys == {}
