"""A real desk whose engine is a list: what is asked is remembered, answers are put in by the test."""

from __future__ import annotations

import msgspec
import numpy as np
from PySide6.QtCore import QObject, Signal

from explorer.architectures.gallery import find
from explorer.blocks.registry import registry
from explorer.graph.workspace import Workspace
from explorer.protocol import events, requests
from explorer.protocol.records import Answer, AttentionLayer
from explorer.ui.desk import Desk

ANSWER = Answer(np.array([0.1, 0.7, 0.2], dtype=np.float32), ("cat", "dog", "owl"))


class FakeBridge(QObject):
    heard = Signal(object)
    gone = Signal(str)
    ending = None

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[requests.Request] = []

    def send(self, request: requests.Request) -> int:
        self.sent.append(msgspec.structs.replace(request, job=len(self.sent) + 1))
        return len(self.sent)

    def start(self) -> None:
        pass

    def acknowledge(self, number: int) -> None:
        self.send(requests.Ack(number=number))

    def close(self) -> None:
        pass

    def last(self, kind: type) -> requests.Request:
        return next(request for request in reversed(self.sent) if isinstance(request, kind))

    def count(self, kind: type) -> int:
        return sum(isinstance(request, kind) for request in self.sent)

    def answer(self, kind: type, event: events.Event) -> None:
        """Put an answer to the last request of a kind in, about the design that was loaded last."""
        loaded = self.last(requests.Load)
        assert isinstance(loaded, requests.Load)
        revision = event.revision or loaded.revision
        self.heard.emit(msgspec.structs.replace(event, job=self.last(kind).job, revision=revision))


def make_desk(architecture: str = "lenet5_modern", **options: object) -> tuple[Desk, FakeBridge]:
    bridge = FakeBridge()
    desk = Desk(Workspace(registry(), find(architecture).build(**options)), bridge)
    desk.wake()
    return desk, bridge


def run(desk: Desk, bridge: FakeBridge) -> None:
    """Let the engine be ready and the design be loaded, weights not."""
    bridge.heard.emit(events.Ready(version=1, torch="2", devices=("cpu",), threads=1))
    loaded = events.Loaded(revision=desk.workspace.revision, parameters=1, device="cpu", kept=())
    bridge.answer(requests.Load, loaded)
    if any(isinstance(request, requests.LoadWeights) for request in bridge.sent):
        bridge.answer(requests.LoadWeights, events.Failed(message="no weights", request="LoadWeights"))


def feature_set(
    address: str = "conv2",
    values: np.ndarray | None = None,
    axes: tuple[str, ...] = ("C", "H", "W"),
    step: int = 0,
) -> events.FeatureSet:
    maps = np.zeros((4, 10, 10), dtype=np.float32) if values is None else values
    if values is None:
        maps[0, 2, 3], maps[2, 9, 9], maps[3] = 4.0, 5.0, 1.0
    return events.FeatureSet(
        address=address,
        input=np.zeros((1, 28, 28), dtype=np.float32),
        values=maps,
        channels=len(maps),
        axes=axes,
        answer=ANSWER,
        step=step,
    )


def sample_set(first: int = 0, total: int = 20) -> events.SampleSet:
    indices = tuple(range(first, min(first + 8, total)))
    inputs = np.random.default_rng(first).random((len(indices), 1, 28, 28), dtype=np.float32)
    names = tuple(map(str, range(10)))
    return events.SampleSet(
        dataset="mnist5k",
        indices=indices,
        inputs=inputs,
        targets=np.array([i % 10 for i in indices]),
        classes=names,
        axes=("C", "H", "W"),
        total=total,
    )


def attention_layers(
    grid: tuple[int, int] | None = (7, 7), layers: int = 3, heads: int = 2
) -> tuple[AttentionLayer, ...]:
    tokens = 50
    random = np.random.default_rng(0)
    made = []
    for index in range(1, layers + 1):
        scores = np.exp(3 * random.standard_normal((heads, tokens, tokens)))
        weights = (scores / scores.sum(-1, keepdims=True)).astype(np.float32)
        made.append(AttentionLayer(f"encoder{index}.attention.attend", weights, grid))
    return tuple(made)
