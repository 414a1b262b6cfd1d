"""The weights' story in the whole program, with a real engine: answers seen before come back, bit for bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from explorer.graph.edits import AddNode, Batch, Connect, Disconnect, Rename, SetField
from explorer.graph.model import Edge, Node
from explorer.graph.operations import group
from explorer.protocol import events, requests
from explorer.protocol.records import TrainSettings
from explorer.ui.app import App
from explorer.ui.designs.saving import save
from explorer.ui.shell.bench import Bench


@pytest.fixture
def app(make_app):
    return make_app(lives=True)


class Asked:
    """Asks a design for its answer to the first sample."""

    def __init__(self, bench: Bench, qtbot: Any) -> None:
        self._qtbot, self._session = qtbot, bench.desk.session
        self._found: list[events.Event] = []
        self._watch = self._session.watch(None, self._found.append, "once")

    def weights(self, address: str) -> np.ndarray:
        """The weights of a layer as they are now."""
        self._qtbot.waitUntil(lambda: self._session.is_live, timeout=60_000)
        self._found.clear()
        self._watch.ask(requests.Weights(address=address))
        self._qtbot.waitUntil(lambda: bool(self._found), timeout=60_000)
        (event,) = self._found
        assert isinstance(event, events.WeightSet), event
        return np.array(event.values[0])

    def scores(self) -> list[float]:
        """What the network says now."""
        self._qtbot.waitUntil(lambda: self._session.is_live, timeout=60_000)
        self._found.clear()
        self._watch.ask(requests.Answers(sample=self._session.sample))
        self._qtbot.waitUntil(lambda: bool(self._found), timeout=60_000)
        (event,) = self._found
        assert isinstance(event, events.AnswerSet), event
        return event.outputs[0].values.tolist()


def trained(app: App, qtbot: Any) -> Bench:
    """The design in front, with the weights that are shipped for it."""
    app.files.open_gallery("lenet5_modern", (1, 28, 28))
    bench = app.designs.bench
    qtbot.waitUntil(lambda: bench.desk.session.weights.origin.is_trained, timeout=60_000)
    return bench


def test_edits_that_touch_no_weights_keep_the_answer_and_undo_brings_all_back(app, qtbot):
    bench = trained(app, qtbot)
    session, ask_for = bench.desk.session, Asked(bench, qtbot)
    workspace, before = session.workspace, ask_for.scores()
    label = session.weights.origin
    harmless = (
        Rename("conv1", "edges"),
        group(workspace.document, ["conv2", "relu2"], name="middle")[0],
    )
    for edit in harmless:
        workspace.apply(edit)
        assert ask_for.scores() == before
        assert session.weights.origin == label
        assert not session.weights.marks
    workspace.apply(SetField("edges", "filters", 8))
    assert ask_for.scores() != before
    assert session.weights.marks["edges"] == "partly"
    assert session.weights.origin.partly_new
    kept = ask_for.weights("edges")
    for _ in range(3):
        workspace.history.undo()
    assert ask_for.scores() == before
    assert session.weights.origin == label
    assert not session.weights.marks
    assert np.array_equal(ask_for.weights("conv1"), kept[:6])


def test_a_wrong_wire_taken_back_costs_nothing(app, qtbot):
    bench = trained(app, qtbot)
    session, ask_for = bench.desk.session, Asked(bench, qtbot)
    before = ask_for.scores()
    graph = session.workspace.document.root
    wire = graph.into("fc2")[0]
    wrong = Edge("conv1", wire.out, wire.dst, wire.into)
    session.workspace.apply(Batch((Disconnect(wire), Connect(wrong))))
    assert session.workspace.flow.faults
    session.workspace.apply(Batch((Disconnect(wrong), Connect(wire))))
    assert ask_for.scores() == before
    assert session.weights.origin.source != "seed"


def test_an_inserted_layer_leaves_the_others_their_weights(app, qtbot):
    bench = trained(app, qtbot)
    session, ask_for = bench.desk.session, Asked(bench, qtbot)
    before = {address: ask_for.weights(address) for address in ("conv1", "conv2", "fc3")}
    wire = session.workspace.document.root.into("conv2")[0]
    session.workspace.apply(
        Batch(
            (
                Disconnect(wire),
                AddNode(Node("norm", "batch_norm")),
                Connect(Edge(wire.src, wire.out, "norm", "x")),
                Connect(Edge("norm", "y", "conv2", wire.into)),
            )
        )
    )
    for address, values in before.items():
        assert np.array_equal(ask_for.weights(address), values), address
    assert session.weights.marks == {"norm": "new"}


def test_save_and_open_again_says_the_same(app, qtbot, tmp_path):
    bench = trained(app, qtbot)
    bench.desk.session.train(TrainSettings(epochs=1, rate=1e-4))
    qtbot.waitUntil(lambda: not bench.desk.session.training.is_going_on, timeout=120_000)
    qtbot.waitUntil(lambda: bench.desk.session.weights.origin.source == "run", timeout=10_000)
    before, label = Asked(bench, qtbot).scores(), bench.desk.session.weights.origin
    path = tmp_path / "mine.arch.json"
    told: list[bool] = []
    save(bench.desk.session, str(path), told.append)
    qtbot.waitUntil(lambda: told == [True], timeout=30_000)
    assert not bench.desk.session.weights.is_unsaved
    assert len(list(tmp_path.glob("mine.*.safetensors"))) == 1
    app.designs.close(bench)
    app.files.open_path(str(path))
    again = app.designs.bench
    assert again is not bench
    qtbot.waitUntil(lambda: again.desk.session.weights.origin.is_trained, timeout=60_000)
    assert Asked(again, qtbot).scores() == before
    assert again.desk.session.weights.origin == label


def test_two_designs_train_at_once_and_neither_sees_the_other(app, qtbot):
    app.files.open_gallery("mlp_spirals")
    first = app.designs.bench
    app.files.open_gallery("lenet5_modern", (1, 28, 28))
    second = app.designs.bench
    benches = (first, second)
    for bench in benches:
        qtbot.waitUntil(lambda bench=bench: bench.desk.session.is_live, timeout=60_000)
    first.desk.session.train(TrainSettings(dataset="spirals", epochs=30, fresh=True, seed=3))
    second.desk.session.train(TrainSettings(epochs=1, fresh=True, seed=4))
    qtbot.waitUntil(lambda: all(b.desk.session.training.is_going_on for b in benches), timeout=60_000)
    for bench in benches:
        session = bench.desk.session
        qtbot.waitUntil(lambda s=session: not s.training.is_going_on, timeout=120_000)
    alone, other = (bench.desk.session.runs.logs for bench in benches)
    assert [len(alone), len(other)] == [1, 1]
    assert first.desk.session.content == alone[0].digest
    assert second.desk.session.content == other[0].digest
    assert {alone[0].settings.dataset, other[0].settings.dataset} == {"spirals", "mnist5k"}
