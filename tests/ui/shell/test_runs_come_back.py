"""After a restart, or a crash, the runs of each design are listed and drawn again."""

from __future__ import annotations

import pytest

from explorer.graph.edits import SetField
from explorer.protocol.records import TrainSettings
from explorer.session import preferences
from explorer.session.folder import remains
from explorer.ui.app import App
from explorer.ui.shell import ask
from tests.session.test_runs import epoch, started, steps


@pytest.fixture
def start(qtbot, monkeypatch, tmp_path):
    """Start programs one after the other on one configuration folder; none has an engine."""
    monkeypatch.setattr(ask, "save_changes", lambda *_: "discard")
    monkeypatch.setenv("EXPLORER_CONFIG_DIR", str(tmp_path))
    apps: list[App] = []

    def begin(word: str = "") -> App:
        app = App(kept=preferences.read())
        qtbot.addWidget(app.window)
        apps.append(app)
        app.window.show()
        app.open(word)
        return app

    yield begin
    for app in apps:
        app.window.close()


def close(app: App, qtbot) -> None:
    app.window.close()
    qtbot.waitUntil(lambda: not app.designs.benches)


def train(app: App) -> None:
    session = app.desk.session
    session.settings = TrainSettings(epochs=11, rate=0.02)
    for event in (started("r"), steps(0, 25), epoch(10)):
        session.hear(event)


def test_runs_of_a_gallery_network_come_back_with_it(start, qtbot):
    app = start("lenet5")
    train(app)
    app.desk.session.runs.rename(0, "first try")
    close(app, qtbot)
    again = start()
    runs = again.desk.session.runs
    assert [log.name for log in runs.logs] == ["first try"]
    assert runs.logs[0].step == 25
    assert len(runs.logs[0].validation) == 1
    assert not runs.logs[0].is_live
    assert again.desk.session.settings.epochs == 11
    close(again, qtbot)
    assert start("lenet5").desk.session.runs.logs == []  # opened anew, not come back


def test_runs_of_a_saved_design_come_with_its_file(start, tmp_path, monkeypatch, qtbot):
    path = str(tmp_path / "mine.arch.json")
    app = start("lenet5")
    train(app)
    monkeypatch.setattr(ask, "save_file", lambda *_: path)
    app.files.save_as(weights=False)  # there is no engine to write them
    close(app, qtbot)
    assert [log.step for log in start(path).desk.session.runs.logs] == [25]


def test_runs_of_an_unsaved_design_survive_a_crash(start):
    app = start("lenet5")
    app.desk.workspace.apply(SetField("c1", "filters", 8), "Filters")
    train(app)
    app.bench.run_keeping.now()
    app.bench.autosave.now()
    folder = app.bench.autosave.folder
    folder._lock.release()  # as the system does for a process that is gone
    folder._lock = None
    left = remains()
    assert len(left) == 1
    app.files.restore(left[0])
    assert [log.step for log in app.desk.session.runs.logs] == [25]
