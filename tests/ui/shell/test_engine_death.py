"""What the window says and does when its engine dies, once or again and again."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from look_desk import FakeBridge, make_desk

from explorer.protocol import events, requests
from explorer.ui.app import App
from explorer.ui.shell import ask


@pytest.fixture
def stillborn(qtbot, monkeypatch):
    """A window whose engine ends as soon as it is started; it does not wait long between two starts."""
    monkeypatch.setattr(ask, "save_changes", lambda *_: "discard")
    monkeypatch.setattr("explorer.client.restarts.WAITS", (0.0, 0.01))
    app = App(engine_command=[sys.executable, "-c", "import sys; sys.exit('libtorch.so is missing')"])
    qtbot.addWidget(app.window)
    app.window.show()
    yield app
    app.window.close()


def test_an_engine_that_cannot_start_is_left_alone_after_five_times(stillborn, qtbot):
    lost: list[str] = []
    said: list[str] = []
    stillborn.desk.lost.connect(lost.append)
    toast = stillborn.frame.toast
    say = toast.say
    toast.say = lambda words, *more, **options: (said.append(words), say(words, *more, **options))
    stillborn.start_engine()
    qtbot.waitUntil(lambda: len(lost) == 5, timeout=60_000)
    qtbot.wait(300)
    assert len(lost) == 5, "it was started again"
    assert all("could not start: libtorch.so is missing" in words for words in lost)
    assert "not started again by itself" in said[-1]
    assert not stillborn.desk.bridge.engine.is_running


def test_a_report_is_acknowledged_after_it_was_shown(qtbot):
    desk, bridge = make_desk()
    assert isinstance(bridge, FakeBridge)
    order: list[str] = []
    desk.news.connect(lambda _event: order.append(f"shown before {bridge.count(requests.Ack)}"))
    steps = events.RunSteps(
        number=7,
        run="r",
        first_step=0,
        losses=np.zeros(1, np.float32),
        accuracies=np.zeros(0, np.float32),
        epoch=0,
        seconds=0.0,
        left=0.0,
    )
    bridge.heard.emit(steps)
    assert order == ["shown before 0"]
    (ack,) = [request for request in bridge.sent if isinstance(request, requests.Ack)]
    assert ack.number == 7
