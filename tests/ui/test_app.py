"""The whole program with a real engine, offscreen: open, look, train, survive the engine's death."""

from __future__ import annotations

import os
import shutil
import signal

import msgspec
import pytest
import torch
from PySide6.QtCore import Qt
from torch import nn

from explorer.graph import files
from explorer.graph.edits import Disconnect, SetField
from explorer.protocol import events
from explorer.protocol.records import TrainSettings
from explorer.session.folder import SessionFolder, remains
from explorer.session.run_control import RunState
from explorer.ui.app import App
from explorer.ui.shell import ask


class Listener:
    """Collects the news of a program."""

    def __init__(self, app: App) -> None:
        self.seen: list[events.Event] = []
        for bench in app.designs.benches:
            bench.desk.bridge.heard.connect(self.seen.append)
        app.designs.added.connect(lambda bench: bench.desk.bridge.heard.connect(self.seen.append))

    def of(self, kind: type) -> list[events.Event]:
        return [event for event in self.seen if isinstance(event, kind)]


@pytest.fixture
def app(make_app):
    made = make_app(lives=True)
    yield made
    made.window.close()
    assert not made.designs.benches


def test_opens_with_pictures_on_the_nodes_and_one_click_shows_maps(app, qtbot):
    news = Listener(app)
    app.open()
    qtbot.waitUntil(lambda: bool(news.of(events.TileSet)), timeout=30_000)
    qtbot.waitUntil(lambda: bool(news.of(events.WeightsLoaded)), timeout=30_000)
    assert app.desk.workspace.flow.parameters == 61_706
    app.dock.show_tab("features")
    app.canvas.show_address("conv2")
    qtbot.waitUntil(lambda: any(e.address == "conv2" for e in news.of(events.FeatureSet)), timeout=30_000)
    assert news.of(events.FeatureSet)[-1].values.shape == (16, 10, 10)


def test_attention_of_the_shipped_transformer(app, qtbot):
    news = Listener(app)
    app.open("vit_mnist")
    app.dock.show_tab("attention")
    qtbot.waitUntil(lambda: bool(news.of(events.AttentionSet)), timeout=30_000)
    layers = news.of(events.AttentionSet)[-1].layers
    assert [layer.weights.shape for layer in layers] == [(4, 50, 50)] * 4
    assert layers[0].grid == (7, 7)


def test_an_edit_reaches_the_engine_and_keeps_untouched_weights(app, qtbot):
    news = Listener(app)
    app.open("lenet5_modern")
    qtbot.waitUntil(lambda: bool(news.of(events.Loaded)), timeout=30_000)
    app.desk.workspace.apply(SetField("fc2", "features", 64), "Set outputs")
    qtbot.waitUntil(lambda: len(news.of(events.Loaded)) >= 2, timeout=30_000)
    kept = news.of(events.Loaded)[-1].kept
    assert {"conv1", "conv2", "fc1"} <= set(kept)
    assert "fc2" not in kept


def test_killed_engine_window_stays_and_one_click_goes_on(app, qtbot, tmp_path):
    news = Listener(app)
    app.files.open_gallery("lenet5_modern", (1, 28, 28))
    qtbot.waitUntil(lambda: bool(news.of(events.Loaded)), timeout=30_000)
    before = app.desk.workspace.document.copy()
    runner, training = app.bench.runner, app.dock.panel("training")
    runner.settings = msgspec.structs.replace(runner.settings, epochs=200, keep_seconds=0.3)
    qtbot.mouseClick(app.window.top_bar.train, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(news.of(events.Checkpointed)), timeout=60_000)
    with qtbot.waitSignal(app.desk.lost, timeout=20_000) as lost:
        os.kill(app.desk.bridge.engine.pid, signal.SIGKILL)
    assert "signal 9" in lost.args[0]
    assert "safe" in lost.args[0]
    assert app.window.isVisible()
    assert app.desk.workspace.document.same_as(before)
    reached = news.of(events.Checkpointed)[-1].step
    qtbot.waitUntil(
        lambda: app.desk.session.watches.is_ready, timeout=30_000
    )  # it was started again by itself
    assert training.panel.note.button.text().startswith("Go on from step ")
    qtbot.mouseClick(training.panel.note.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(news.of(events.RunStarted)) >= 2, timeout=30_000)
    assert news.of(events.RunStarted)[-1].step >= reached > 0
    qtbot.waitUntil(lambda: app.desk.session.training.state is RunState.RUNNING, timeout=10_000)
    app.bench.runner.stop()
    qtbot.waitUntil(lambda: app.desk.session.training.state is RunState.IDLE, timeout=30_000)
    assert msgspec.structs.asdict(app.desk.session.training.settings)["resume"]


def test_autosave_and_restore(app, qtbot, tmp_path):
    app.files.open_gallery("mlp_spirals")
    app.desk.workspace.apply(SetField("fc1", "features", 77), "Set outputs")
    app.bench.autosave.now()
    assert remains() == []  # it is open here
    mine = app.bench.autosave.folder
    # as if another program had written it and were gone
    shutil.copytree(mine.path, mine.path.with_name("another"))
    left = remains()
    assert [one.facts.name for one in left] == ["MLP on spirals"]
    app.files.restore(left[0])
    assert len(app.designs.benches) == 2  # beside what is open, never in its place
    assert app.desk.workspace.document.root["fc1"].fields["features"] == 77
    assert not app.desk.workspace.history.is_clean
    assert remains() == []
    assert SessionFolder(mine.path.parent, "another").hold() is False


def test_in_the_middle_of_a_gesture_what_was_before_is_autosaved(app, qtbot):
    """A wire held in the hand for long neither is lost nor puts off what was done before."""
    app.files.open_gallery("mlp_spirals")
    workspace, folder = app.desk.workspace, app.bench.autosave.folder
    workspace.apply(SetField("fc1", "features", 77), "Set outputs")
    workspace.history.begin()
    wire = workspace.document.root.into("fc2")[0]
    workspace.apply(Disconnect(wire), "Disconnect")
    qtbot.waitUntil((folder.path / "design").exists, timeout=5000)
    kept = files.load(folder.path / "design").root
    assert kept["fc1"].fields["features"] == 77
    assert kept.into("fc2") == [wire]
    workspace.history.commit("Disconnect")
    qtbot.waitUntil(lambda: not files.load(folder.path / "design").root.into("fc2"), timeout=5000)


def test_a_broken_file_is_explained_and_nothing_changes(app, qtbot, tmp_path):
    app.files.open_gallery("mlp_spirals")
    before = app.desk.workspace.document
    broken = tmp_path / "broken.arch.json"
    broken.write_text('{"format": "architecture-explorer", "version": 99}')
    with qtbot.waitSignal(app.files.said) as said:
        assert not app.files.open_path(str(broken))
    assert "newer program" in said.args[0]
    assert app.desk.workspace.document is before


def test_published_weights_are_matched_and_what_found_no_place_is_told(app, qtbot, tmp_path, monkeypatch):
    app.files.open_gallery("mlp_spirals")
    news, said = Listener(app), list[str]()
    app.desk.said.connect(said.append)
    qtbot.waitUntil(lambda: bool(news.of(events.Loaded)), timeout=30_000)
    state = {
        f"net.{key}": value
        for key, value in nn.Sequential(
            nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 2)
        )
        .state_dict()
        .items()
    }
    torch.save(state, tmp_path / "theirs.pth")
    torch.save({**state, "more": torch.ones(3, 3)}, tmp_path / "more.pth")
    monkeypatch.setattr(ask, "open_file", lambda *_: str(tmp_path / "theirs.pth"))
    app.actions.run("file.weights")
    qtbot.waitUntil(lambda: bool(said), timeout=30_000)
    assert said == [f"All {len(state)} tensors were loaded by sizes that occur once."]
    monkeypatch.setattr(ask, "open_file", lambda *_: str(tmp_path / "more.pth"))
    app.actions.run("file.weights")
    qtbot.waitUntil(lambda: len(said) == 2, timeout=30_000)
    assert "nothing was loaded" in said[1]
    assert "found no place (more)" in said[1]
    monkeypatch.setattr(ask, "open_file", lambda *_: str(tmp_path / "missing.pth"))
    app.actions.run("file.weights")
    qtbot.waitUntil(lambda: len(news.of(events.Failed)) == 2, timeout=30_000)
    assert "missing.pth" in news.of(events.Failed)[-1].message


def test_save_and_open_again(app, qtbot, tmp_path):
    app.files.open_gallery("lstm_rows")
    app.desk.workspace.apply(SetField("lstm", "hidden", 32), "Set hidden")
    app.desk.session.file = str(tmp_path / "mine.arch.json")
    saved_as = []
    app.files.save(saved_as.append)
    assert saved_as == [True]
    assert app.desk.workspace.history.is_clean
    saved = app.desk.workspace.document.copy()
    app.files.close_front()
    assert app.files.open_path(str(tmp_path / "mine.arch.json"))
    assert app.desk.workspace.document.same_as(saved)


def test_every_action_of_the_table_can_be_asked(app):
    app.open("mlp_spirals")
    for action_id, row in app.actions.rows.items():
        reason = row.enabled()
        assert reason is None or isinstance(reason, str), action_id
    assert len(app.actions.rows) > 40


def test_the_same_seed_gives_the_same_curve(app, qtbot):
    news = Listener(app)
    app.files.open_gallery("mlp_spirals")
    qtbot.waitUntil(lambda: bool(news.of(events.Loaded)), timeout=30_000)
    for runs in (1, 2):
        app.desk.session.train(TrainSettings(dataset="spirals", epochs=2, fresh=True, seed=3))
        qtbot.waitUntil(lambda count=runs: len(news.of(events.RunEnded)) == count, timeout=60_000)
    losses = [event.loss for event in news.of(events.RunEpoch)]
    assert len(losses) == 4
    assert losses[:2] == losses[2:]


def test_training_goes_on_from_the_weights_that_are_there(app, qtbot):
    news = Listener(app)
    app.files.open_gallery("lenet5_modern", (1, 28, 28))
    qtbot.waitUntil(lambda: bool(news.of(events.WeightsLoaded)), timeout=30_000)
    app.desk.session.train(TrainSettings(epochs=1, rate=1e-5))
    qtbot.waitUntil(lambda: bool(news.of(events.RunEnded)), timeout=60_000)
    assert news.of(events.RunEnded)[-1].metrics["accuracy"] > 0.97  # shipped weights, hardly moved


def test_search_finds_blocks_of_the_design_and_commands(app, qtbot):
    app.open("resnet_small")
    app.actions.run("app.search")
    qtbot.keyClicks(app.anything.list.field, "stage2_block1.conv2")
    qtbot.keyClick(app.anything.list.field, Qt.Key.Key_Return)
    assert app.canvas.context.path == ("stage2_block1",)
    assert app.canvas.context.addresses() == ("stage2_block1.conv2",)
    app.actions.run("app.search")
    qtbot.keyClicks(app.anything.list.field, "show summary")
    qtbot.keyClick(app.anything.list.field, Qt.Key.Key_Return)
    assert app.dock.current == "summary"


def test_sample_and_answer_stay_with_the_ends_of_the_design(app, qtbot):
    news = Listener(app)
    app.open("resnet_small")
    qtbot.waitUntil(lambda: bool(news.of(events.TileSet)), timeout=30_000)
    assert app.canvas.context.tiles.input_of("input")
    app.canvas.show_level(("stage1_block1",))
    assert not app.canvas.context.tiles.input_of("input")
    app.canvas.show_level(())
    assert app.canvas.context.tiles.input_of("input")
