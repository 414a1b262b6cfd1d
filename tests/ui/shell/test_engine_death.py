"""What the window says and does when its engine dies as soon as it is started."""

from __future__ import annotations

import sys

import pytest

from explorer.ui.app import App
from explorer.ui.shell import ask


@pytest.fixture
def app(qtbot, monkeypatch):
    """A window whose engines cannot start; it does not wait long between two attempts."""
    monkeypatch.setattr(ask, "save_changes", lambda *_: "discard")
    monkeypatch.setattr("explorer.client.restarts.WAITS", (0.0, 0.01))
    app = App(engine_command=[sys.executable, "-c", "import sys; sys.exit('libtorch.so is missing')"])
    qtbot.addWidget(app.window)
    app.window.show()
    yield app
    app.window.close()


def test_an_engine_that_cannot_start_is_left_alone_after_five_times(app, qtbot):
    lost: list[str] = []
    app.start_engine()
    desk = app.designs.bench.desk
    desk.lost.connect(lost.append)
    qtbot.waitUntil(lambda: len(lost) == 5, timeout=60_000)
    qtbot.wait(300)
    assert len(lost) == 5, "it was started again"
    assert all("could not start: libtorch.so is missing" in words for words in lost)
    assert "not started again by itself" in lost[-1]
    assert not desk.is_awake
    desk.restart()
    qtbot.waitUntil(lambda: len(lost) == 6, timeout=60_000)
    assert "It is started again now." in lost[-1]
