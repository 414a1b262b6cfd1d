"""The status bar says what the engine works on once it takes longer than a moment, and can end it."""

from __future__ import annotations

from explorer.session.work import Doing
from explorer.ui.app import App


def test_sign_comes_after_a_moment_and_stop_is_passed_on(qtbot, monkeypatch, tmp_path):
    monkeypatch.setenv("EXPLORER_CONFIG_DIR", str(tmp_path))
    app = App()
    qtbot.addWidget(app.window)
    app.window.resize(1440, 900)
    app.window.show()
    app.open("lenet5")
    bar, work, stopped = app.window.status_bar, app.desk.session.work, []
    monkeypatch.setattr(work, "stop", lambda: stopped.append(True))
    monkeypatch.setattr(work, "now", lambda: Doing("Computing attention", 0.2))
    app.working.look()
    assert not bar.working_words()
    monkeypatch.setattr(work, "now", lambda: Doing("Computing attention", 4.2, 0.25))
    app.working.look()
    assert bar.working_words() == "Computing attention · 25\N{NO-BREAK SPACE}% · 4 s"
    bar.stop.click()
    assert stopped
    monkeypatch.setattr(work, "now", lambda: None)
    app.working.look()
    assert not bar.working_words()
    app.window.close()
