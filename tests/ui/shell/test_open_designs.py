"""Several designs in tabs: opening, switching, closing; runs, history and views of their own."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from explorer.architectures.gallery import find
from explorer.graph.edits import SetField
from explorer.protocol import events, requests
from explorer.session.origin import Origin
from explorer.ui.shell import ask


@pytest.fixture
def app(make_app):
    made = make_app()
    made.open("mlp_spirals")
    return made


def names(app):
    return [bench.name for bench in app.designs.benches]


def test_every_way_of_opening_leaves_what_is_open(app, tmp_path):
    app.actions.run("gallery.lenet5")
    app.actions.run("start.vision transformer")
    app.actions.run("file.new")
    assert len(app.designs.benches) == 4
    assert names(app)[0] == "MLP on spirals"


def test_a_starter_that_nobody_asked_for_gives_its_place(qtbot, app):
    app.designs.close(app.bench)
    assert [len(bench.desk.workspace.document.root) for bench in app.designs.benches] == [0]
    app.actions.run("start.digits")
    assert names(app) == ["LeNet-5"]  # in the place of the empty one
    app.bench.gives_way = True
    app.files.open_gallery("mlp_spirals")
    assert names(app) == ["MLP on spirals"]
    app.files.open_gallery("vit_mnist")
    assert len(names(app)) == 2


def test_history_and_selection_are_the_designs_own(app):
    app.desk.workspace.apply(SetField("fc1", "features", 9), "Set outputs")
    app.canvas.show_address("fc2")
    app.files.open_gallery("lenet5_modern")
    assert app.desk.workspace.history.undo_title is None
    assert app.desk.address == ""
    app.designs.go(-1)
    assert app.desk.workspace.history.undo_title == "Set outputs"
    assert app.desk.address == "fc2"


def test_keys_and_buttons_are_about_the_design_in_front(app, qtbot):
    first = app.desk.workspace
    app.files.open_gallery("lenet5_modern")
    second = app.desk.workspace
    app.canvas.show_address("conv1")
    app.canvas.setFocus()
    app.actions.run("edit.delete")
    assert "conv1" not in second.document.root
    assert len(first.document.root) == len(find("mlp_spirals").build().root)


def test_the_camera_comes_back_with_its_tab(app, qtbot):
    app.canvas.camera.zoom_by(1.7)
    seen = (app.canvas.zoom, app.canvas.camera.centre)
    app.files.open_gallery("lenet5_modern")
    qtbot.wait(20)
    app.designs.go(-1)
    qtbot.wait(20)
    assert app.canvas.zoom == pytest.approx(seen[0])
    assert (app.canvas.camera.centre - seen[1]).manhattanLength() < 2


def test_a_view_is_one_record_that_can_be_set_again(app, qtbot):
    app.files.open_gallery("resnet_small")
    app.canvas.show_level(("stage1_block1",))
    app.dock.show_tab("summary")
    app.canvas.camera.zoom_by(1.3)
    view = app.bench.view_state()
    assert (view.level, view.tab) == (("stage1_block1",), "summary")
    app.canvas.show_level(())
    app.dock.show_tab("training")
    app.bench.show_view(view)
    assert app.bench.view_state() == view


def test_tabs_show_names_dots_and_the_run_behind(app, qtbot):
    app.files.open_gallery("lenet5_modern")
    behind = app.designs.benches[0]
    link = behind.desk.bridge
    link.heard.emit(events.Ready(version=1, torch="2", devices=("cpu",), threads=1))
    link.answer(
        requests.Load,
        events.Loaded(revision=behind.desk.workspace.revision, parameters=1, device="cpu", kept=()),
    )
    behind.runner.start()
    started = events.RunStarted(
        run="a", dataset="spirals", device="cpu", steps_per_epoch=10, epochs=4, step=0, epoch=0
    )
    link.answer(requests.Train, started)
    qtbot.waitUntil(lambda: app.window.top_bar.tabs._looks[0].share is not None)
    look = app.window.top_bar.tabs._looks[0]
    assert look.share == 0
    assert "Epoch 1 of 4" in look.left
    ended = events.RunEnded(
        run="a", reason="done", message="", step=40, epoch=4, loss=1.0, metrics={}, seconds=1.0
    )
    link.heard.emit(ended)
    qtbot.waitUntil(lambda: app.window.top_bar.tabs._looks[0].mark == "done")
    app.designs.show(behind)
    qtbot.waitUntil(lambda: app.window.top_bar.tabs._looks[0].mark == "")


def test_a_click_switches_and_the_cross_closes(app, qtbot):
    app.files.open_gallery("lenet5_modern")
    tabs = app.window.top_bar.tabs
    qtbot.waitUntil(lambda: tabs.count() == 2 and tabs.isVisible())
    QTest.mouseClick(tabs, Qt.MouseButton.LeftButton, pos=tabs.tabRect(0).center() - QPoint(20, 0))
    assert app.designs.number == 0
    QTest.mouseClick(tabs, Qt.MouseButton.LeftButton, pos=tabs._close_area(1).center())
    assert len(app.designs.benches) == 1
    qtbot.waitUntil(lambda: not tabs.isVisible())  # a single design is named without tabs


def test_closing_asks_with_what_would_be_lost(app, monkeypatch):
    asked = []
    monkeypatch.setattr(ask, "save_changes", lambda _p, name, lost: asked.append((name, lost)) or "stay")
    app.files.close_front()
    assert asked == []  # nothing would be lost
    app.files.open_gallery("lenet5_modern")
    app.desk.workspace.apply(SetField("fc1", "features", 9), "Set outputs")
    app.desk.session.weights.origin = Origin("run", "run 3, epoch 5", 0.976)
    app.files.close_front()
    (name, lost), *_ = asked
    assert len(lost) == 2
    assert "run 3, epoch 5" in lost[1]
    assert app.bench.name == name


def test_trained_weights_are_asked_about_when_the_window_closes(app, monkeypatch):
    asked = []
    monkeypatch.setattr(ask, "save_changes", lambda _p, name, lost: asked.append(lost) or "stay")
    app.desk.session.weights.origin = Origin("run", "run 1", 0.9)
    app.window.close()
    assert app.window.isVisible()
    assert "not saved" in asked[0][0]
    monkeypatch.setattr(ask, "save_changes", lambda *_: "discard")


def test_a_file_that_is_open_is_shown_and_not_opened_twice(app, tmp_path):
    app.desk.session.file = str(tmp_path / "mine.arch.json")
    app.files.save()
    app.files.open_gallery("lenet5_modern")
    assert app.files.open_path(str(tmp_path / "mine.arch.json"))
    assert len(app.designs.benches) == 2
    assert app.designs.number == 0


def test_a_file_changed_by_another_program_is_not_overwritten_unasked(app, tmp_path, monkeypatch):
    path = tmp_path / "mine.arch.json"
    app.desk.session.file = str(path)
    app.files.save()
    theirs = path.read_text().replace("MLP on spirals", "Theirs")
    path.write_text(theirs + " ")
    asked = []
    monkeypatch.setattr(ask, "changed_outside", lambda *words: asked.append(words[1:]) or "stay")
    app.desk.workspace.apply(SetField("fc1", "features", 9), "Set outputs")
    app.files.save()
    assert path.read_text() == theirs + " "
    assert "nodes" in asked[0][1]
    monkeypatch.setattr(ask, "changed_outside", lambda *_: "overwrite")
    app.files.save()
    assert "Theirs" not in path.read_text()


def test_dropping_a_picture_makes_it_the_input_and_a_design_opens_beside(app, tmp_path):
    app.desk.workspace.apply(SetField("fc1", "features", 9), "Set outputs")
    app.window.fileDropped.emit("/tmp/cat.png")
    assert app.desk.session.sample.path == "/tmp/cat.png"
    app.desk.session.file = str(tmp_path / "a.arch.json")
    app.files.save()
    app.files.open_gallery("lenet5_modern")
    app.designs.close(app.designs.benches[0])
    app.window.fileDropped.emit(str(tmp_path / "a.arch.json"))
    assert len(app.designs.benches) == 2


def test_opening_while_the_gallery_is_shown_shows_the_design(app):
    app.actions.run("file.gallery")
    assert app.gallery.page.isVisible()
    app.actions.run("gallery.lenet5")
    assert not app.gallery.page.isVisible()


def test_undo_button_follows_at_once(app, qtbot):
    bar = app.window.top_bar
    app.desk.workspace.apply(SetField("fc1", "features", 9), "Set outputs")
    qtbot.waitUntil(lambda: bar.undo.isEnabled() and "Set outputs" in bar.undo.toolTip())
    app.actions.run("edit.undo")
    qtbot.waitUntil(lambda: not bar.undo.isEnabled())
    assert bar._redo.isEnabled()
    assert not bar.tabs._looks[0].unsaved


def test_a_command_takes_the_value_that_is_being_typed(app, qtbot):
    link = app.desk.bridge
    link.heard.emit(events.Ready(version=1, torch="2", devices=("cpu",), threads=1))
    link.answer(
        requests.Load,
        events.Loaded(revision=app.desk.workspace.revision, parameters=1, device="cpu", kept=()),
    )
    app.dock.show_tab("training")
    panel = app.dock.panel("training").panel
    panel.show_page("settings")
    epochs = panel.settings.forms[0].rows["epochs"].editor
    epochs.setFocus()
    qtbot.waitUntil(epochs.hasFocus)
    epochs.selectAll()
    QTest.keyClicks(epochs, "7")
    app.actions.run("run.train")
    assert link.last(requests.Train).settings.epochs == 7


def test_idle_engines_far_behind_are_put_to_sleep_and_wake(app):
    for name in ("lenet5", "lenet5_modern", "vit_mnist"):
        app.files.open_gallery(name)
    assert [bench.desk.is_awake for bench in app.designs.benches] == [False, True, True, True]
    app.designs.show(app.designs.benches[0])
    assert app.designs.benches[0].desk.is_awake
