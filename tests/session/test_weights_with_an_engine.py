"""A session with the engine's own handlers behind it: what people lost once, and do not lose any more."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
import torch

from explorer import protocol
from explorer.architectures.gallery import find
from explorer.blocks.registry import registry
from explorer.engine import state as engine
from explorer.engine.handlers import TABLE
from explorer.engine.probes import quiet
from explorer.graph import edits as e
from explorer.graph import operations
from explorer.graph.model import Edge
from explorer.graph.workspace import Workspace
from explorer.protocol import events, requests
from explorer.session.session import Session

HEAD = ["flatten", "fc1", "relu3", "fc2", "relu4", "fc3"]


class HandlersLink:
    """Answers requests at once, in this process; `tell` hears the answers."""

    def __init__(self, store: str) -> None:
        self.tell: Callable[[events.Event], None] = lambda event: None
        self.engine = engine.EngineState(self._emit, device=torch.device("cpu"))
        self._store, self._jobs = store, 0
        self._said: list[events.Event] = []

    def start(self) -> None:
        self.send(requests.Hello(version=protocol.VERSION, store=self._store))

    def send(self, request: requests.Request) -> int:
        self._jobs += 1
        request = msgspec.structs.replace(request, job=self._jobs)
        try:
            TABLE[type(request)](self.engine, request)
        except engine.RequestProblem as problem:
            self._emit(events.Failed(job=request.job, message=str(problem), request=type(request).__name__))
        return self._jobs

    def _emit(self, event: events.Event) -> None:
        self._said.append(event)

    def pump(self) -> None:
        """Hand over what was said; that may lead to new requests."""
        while self._said:
            self.tell(self._said.pop(0))

    def acknowledge(self, number: int) -> None:
        pass

    def close(self) -> None:
        self.engine.store.close()


class Bench:
    """LeNet-5 with its trained weights, open in a session."""

    def __init__(self, store: Path) -> None:
        self.link = HandlersLink(str(store))
        workspace = Workspace(registry(), find("lenet5_modern").build((1, 28, 28)))
        self.session = Session(workspace, self.link, lambda: 0.0)
        self.link.tell = self.session.hear
        self.link.start()
        self.link.pump()

    def edit(self, edit: e.Edit, title: str = "Edit") -> None:
        self.session.workspace.apply(edit, title)
        self.settle()

    def settle(self) -> None:
        self.session.follow()
        self.link.pump()
        assert self.session.is_live

    def undo(self) -> None:
        self.session.workspace.history.undo()
        self.settle()

    def answers(self) -> torch.Tensor:
        compiled = self.link.engine.model()
        digits = self.link.engine.batch("mnist5k", 20)
        with quiet(compiled.module), torch.no_grad():
            found: torch.Tensor = compiled.module(digits)
        return found

    def learn(self) -> None:
        with torch.no_grad():
            for parameter in self.link.engine.model().module.parameters():
                parameter.add_(torch.randn_like(parameter) * 0.01)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    made = Bench(tmp_path)
    assert made.session.weights.origin.source == "shipped"
    return made


def test_a_wire_to_the_wrong_layer_and_back(bench: Bench) -> None:
    before = bench.answers()
    (wire,) = bench.session.workspace.document.root.into("conv2")
    wrong = e.Batch((e.Disconnect(wire), e.Connect(Edge("input", "y", "conv2", "x"))))
    bench.edit(wrong)
    assert not torch.equal(bench.answers(), before)
    bench.undo()
    assert torch.equal(bench.answers(), before)
    assert not bench.session.weights.origin.partly_new


def test_more_filters_and_back(bench: Bench) -> None:
    before = bench.answers()
    bench.edit(e.SetField("conv1", "filters", 8), "Set filters of conv1")
    last = bench.session.weights.last_edit
    assert last is not None
    assert [line.words for line in last.lines] == [
        "6 filters kept, 2 new",
        "6 of 8 input maps kept in each kernel",
    ]
    assert bench.session.weights.marks == {"conv1": "partly", "conv2": "partly"}
    bench.undo()
    assert torch.equal(bench.answers(), before)


def test_a_group_and_back(bench: Bench) -> None:
    before = bench.answers()
    bench.edit(operations.group(bench.session.workspace.document, HEAD)[0])
    assert torch.equal(bench.answers(), before)
    assert bench.session.weights.last_edit is None
    bench.undo()
    assert torch.equal(bench.answers(), before)


def test_training_outlives_every_undo_that_keeps_the_layers(bench: Bench) -> None:
    bench.edit(operations.group(bench.session.workspace.document, HEAD)[0])
    bench.learn()
    learned = bench.answers()
    bench.edit(e.Rename("conv1", "stem"))
    for _ in range(2):
        bench.undo()
        assert torch.equal(bench.answers(), learned)


def test_an_engine_that_died_is_followed_by_one_with_the_same_weights(bench: Bench, tmp_path: Path) -> None:
    bench.edit(e.SetField("conv1", "filters", 8))
    before = bench.answers()
    bench.link.engine.store.settle()
    bench.link.engine = engine.EngineState(bench.link._emit, device=torch.device("cpu"))
    bench.session.engine_gone("signal 9")
    bench.link.start()
    bench.link.pump()
    bench.settle()
    assert torch.equal(bench.answers(), before)
