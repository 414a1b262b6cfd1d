"""Published weights are fetched from the window, which goes on meanwhile, and read when they are there."""

from __future__ import annotations

import os
import socket
from io import BytesIO

import pytest
import torch
from file_server import serving
from PySide6.QtCore import Qt
from torch import nn

from explorer.client.weights.publishers import Published
from explorer.protocol import events
from explorer.style.theme import theme
from explorer.ui.app import App
from explorer.ui.designs import downloads
from explorer.ui.gallery.entry import entries
from explorer.ui.gallery.facts import FactsPanel
from explorer.ui.shell import ask


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_CACHE_DIR", str(tmp_path / "cache"))
    with serving() as found:
        yield found


@pytest.fixture
def app(qtbot, files, monkeypatch):
    monkeypatch.setattr(ask, "save_changes", lambda *_: "discard")
    theme().change(mode="light", scale=1.0)
    app = App()
    qtbot.addWidget(app.window)
    app.window.resize(1280, 800)
    app.window.show()
    app.files.open_gallery("mlp_spirals")
    app.said = []
    app.desk.said.connect(app.said.append)
    yield app
    app.window.close()


def offer(monkeypatch, *offers):
    monkeypatch.setattr(downloads, "published", lambda id: offers if id == "mlp_spirals" else ())


def choose(app, qtbot):
    """Press the action and take the first line."""
    assert app.actions.run("file.download_weights") is None
    qtbot.keyClick(app.downloads._choice.field, Qt.Key.Key_Return)


def test_fetched_and_read_by_the_engine(app, qtbot, files, monkeypatch):
    layers = nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 2))
    content = BytesIO()
    torch.save(layers.state_dict(), content)
    address = files.put("spirals", content.getvalue())
    offer(monkeypatch, Published("mlp_spirals", address, input="points within ±1"))
    news = []
    app.desk.bridge.heard.connect(news.append)
    app.start_engine()
    qtbot.waitUntil(lambda: any(isinstance(event, events.Loaded) for event in news), timeout=30_000)
    for times in (1, 2):  # the second time from here
        choose(app, qtbot)
        qtbot.waitUntil(lambda count=times: len(app.said) == count, timeout=30_000)
    loaded = "All 6 tensors were loaded by sizes that occur once."
    assert app.said == [f"{loaded} Trained with inputs of points within ±1."] * 2
    assert len(files.asked) == 1
    assert app.downloads.toast.isHidden()


def test_progress_is_shown_and_can_be_given_up(app, qtbot, files, monkeypatch, tmp_path):
    files.hold.clear()
    offer(monkeypatch, Published("mlp_spirals", files.put("large", os.urandom(3_000_000))))
    choose(app, qtbot)
    toast = app.downloads.toast
    qtbot.waitUntil(lambda: "of 2.9 MiB" in toast.accessibleName(), timeout=5_000)
    assert app.actions.run("file.download_weights") == "a download is in progress"
    assert toast.isVisible()
    qtbot.mouseClick(toast._button, Qt.MouseButton.LeftButton)
    assert app.said == ["The download was given up; nothing was kept."]
    assert toast.isHidden()
    assert app.actions.rows["file.download_weights"].enabled() is None
    files.hold.set()
    kept = tmp_path / "cache" / "weights"
    qtbot.waitUntil(lambda: list(kept.iterdir()) == [], timeout=5_000)
    assert len(app.said) == 1


def test_without_a_network_it_says_what_else_there_is(app, qtbot, monkeypatch):
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    offer(monkeypatch, Published("mlp_spirals", f"http://127.0.0.1:{port}/net.pth"))
    choose(app, qtbot)
    qtbot.waitUntil(lambda: bool(app.said), timeout=5_000)
    assert app.said == [
        f"127.0.0.1:{port} cannot be reached: it refuses connections. "
        "A file that you have is read by “Load published weights…”."
    ]


def test_another_design_meanwhile_gets_no_weights(app, qtbot, files, monkeypatch):
    read = []
    mine = app.desk
    monkeypatch.setattr(mine.session.weights, "read", lambda path, *_, **__: read.append(path))
    files.hold.clear()
    offer(monkeypatch, Published("mlp_spirals", files.put("net", os.urandom(200_000))))
    choose(app, qtbot)
    app.files.open_gallery("lenet5_modern")
    monkeypatch.setattr(app.desk.session.weights, "read", lambda *_, **__: pytest.fail("not this one"))
    files.hold.set()
    qtbot.waitUntil(lambda: bool(read), timeout=5_000)
    assert app.desk is not mine


def test_a_design_that_was_closed_meanwhile_gets_none(app, qtbot, files, monkeypatch):
    files.hold.clear()
    offer(monkeypatch, Published("mlp_spirals", files.put("net", os.urandom(200_000))))
    choose(app, qtbot)
    app.files.open_gallery("lenet5_modern")
    app.desk.said.connect(app.said.append)
    app.designs.close(app.designs.benches[0])
    files.hold.set()
    qtbot.waitUntil(lambda: bool(app.said), timeout=5_000)
    assert "is read when you ask for it again" in app.said[0]


def test_only_designs_with_published_weights_can_ask(app):
    assert app.actions.run("file.download_weights") == "for this design no published weights are known"
    app.files.open_gallery("resnet18")
    assert app.actions.rows["file.download_weights"].enabled() is None
    assert [weights.file for weights in app.downloads._offers()] == ["resnet18-f37072fd.pth"]


def test_the_gallery_tells_what_is_published(qtbot):
    panel = FactsPanel()
    qtbot.addWidget(panel)
    known = {entry.id: entry for entry in entries()}
    panel.show_entry(known["resnet50"])
    assert [row for row in panel.facts.texts() if "top-1" in row[2]] == [
        ("Weights", "98\u00a0MiB", "top-1 76.1\u00a0%"),
        ("", "98\u00a0MiB", "top-1 80.9\u00a0%"),
    ]
    panel.show_entry(known["lenet5"])
    assert all(row[0] != "Weights" for row in panel.facts.texts())
