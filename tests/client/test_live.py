"""The engine is kept in step with the design, and never flooded."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from explorer.client.live import Live, RunState, Wish
from explorer.protocol import events, requests
from explorer.protocol.records import Answer, Sample, TrainSettings


class Wire:
    """Stands in for the engine: remembers what was sent, answers on demand."""

    def __init__(self) -> None:
        self.sent: list[requests.Request] = []
        self.live = Live(self.send)

    def send(self, request: requests.Request) -> int:
        job = len(self.sent) + 1
        self.sent.append(msgspec.structs.replace(request, job=job))
        return job

    def kinds(self) -> list[str]:
        return [type(request).__name__ for request in self.sent]

    def last(self, kind: type) -> requests.Request:
        return next(request for request in reversed(self.sent) if isinstance(request, kind))

    def load(self, revision: int = 1) -> None:
        self.live.handle(
            events.Loaded(
                job=self.last(requests.Load).job, revision=revision, parameters=1, device="cpu", kept=()
            )
        )

    def tiles(self) -> bool:
        answer = Answer(np.zeros(1))
        return self.live.handle(
            events.TileSet(job=self.last(requests.Tiles).job, input=np.zeros(1), tiles=(), answer=answer)
        )


@pytest.fixture
def wire() -> Wire:
    wire = Wire()
    wire.live.show(b"design", 1, runs=True)
    assert wire.sent == []  # nobody there yet
    wire.live.handle(events.Ready(version=1, torch="2", devices=("cpu",), threads=1))
    return wire


def test_loads_when_ready_and_asks_for_tiles_when_loaded(wire: Wire) -> None:
    assert wire.kinds() == ["Load"]
    wire.load()
    assert wire.kinds() == ["Load", "Tiles"]


def test_a_design_with_problems_is_not_sent(wire: Wire) -> None:
    wire.load()
    wire.live.show(b"broken", 2, runs=False)
    assert wire.kinds().count("Load") == 1
    assert wire.live.is_stale


def test_edits_while_loading_are_sent_once_it_answered(wire: Wire) -> None:
    for revision in (2, 3, 4):
        wire.live.show(b"edit", revision, runs=True)
    assert wire.kinds() == ["Load"]
    wire.load(1)
    assert wire.kinds().count("Load") == 2
    assert wire.last(requests.Load).revision == 4
    wire.load(4)
    assert not wire.live.is_stale


def test_one_wish_is_on_its_way_and_the_newest_follows(wire: Wire) -> None:
    wire.load()
    for address in ("conv1", "conv2", "fc1"):
        wire.live.look(Wish("features", address))
    asked = [r.address for r in wire.sent if isinstance(r, requests.Features)]
    assert asked == ["conv1"]
    wire.live.handle(events.Cancelled(job=wire.last(requests.Features).job))
    asked = [r.address for r in wire.sent if isinstance(r, requests.Features)]
    assert asked == ["conv1", "fc1"]


def test_another_sample_is_asked_for(wire: Wire) -> None:
    wire.load()
    assert wire.tiles()
    wire.live.choose(Sample(dataset="mnist5k", index=7))
    assert wire.last(requests.Tiles).sample.index == 7


def test_weights_are_read_after_the_design_they_belong_to() -> None:
    wire = Wire()
    wire.live.show(b"design", 1, runs=True, weights="/w.safetensors")
    wire.live.handle(events.Ready(version=1, torch="2", devices=("cpu",), threads=1))
    wire.load()
    assert wire.kinds() == ["Load", "LoadWeights"]
    wire.live.handle(events.WeightsLoaded(job=2, path="/w.safetensors", matched=("a",), problems=()))
    assert wire.live.has_weights
    assert wire.kinds()[-1] == "Tiles"


def test_what_trains_stays_what_it_was(wire: Wire) -> None:
    wire.load()
    wire.live.train(TrainSettings())
    started = events.RunStarted(
        job=wire.last(requests.Train).job,
        run="r",
        dataset="d",
        device="cpu",
        steps_per_epoch=1,
        epochs=1,
        step=0,
        epoch=0,
    )
    wire.live.handle(started)
    assert wire.live.run is RunState.RUNNING
    wire.live.show(b"edit", 2, runs=True)
    assert wire.kinds().count("Load") == 1
    wire.live.handle(
        events.RunEnded(
            run="r", reason="done", message="", step=1, epoch=1, loss=0.0, accuracy=1.0, seconds=1.0
        )
    )
    assert wire.kinds().count("Load") == 2


def test_pause_step_resume_stop(wire: Wire) -> None:
    wire.load()
    wire.live.step()
    assert "Step" not in wire.kinds()
    wire.live.train(TrainSettings())
    wire.live.run = RunState.RUNNING
    wire.live.pause_or_resume()
    wire.live.handle(events.RunPaused(run="r", step=1, paused=True))
    wire.live.step(3)
    wire.live.pause_or_resume()
    wire.live.handle(events.RunPaused(run="r", step=4, paused=False))
    wire.live.stop()
    assert [k for k in wire.kinds() if k in ("Pause", "Step", "Resume", "Stop")] == [
        "Pause",
        "Step",
        "Resume",
        "Stop",
    ]


def test_after_a_death_everything_is_sent_again_and_training_goes_on(wire: Wire) -> None:
    wire.load()
    wire.live.train(TrainSettings(directory="/runs/1"))
    wire.live.run = RunState.RUNNING
    wire.live.gone()
    assert wire.live.run is RunState.IDLE
    wire.live.handle(events.Ready(version=1, torch="2", devices=("cpu",), threads=1))
    assert wire.kinds().count("Load") == 2
    wire.live.continue_from_checkpoint()
    assert wire.last(requests.Train).settings.resume
    assert wire.last(requests.Train).settings.directory == "/runs/1"


def test_published_weights_are_read_at_once_and_again_after_a_restart_but_not_into_another_design(
    wire: Wire,
) -> None:
    wire.live.load_published("/theirs.pth")
    assert wire.kinds() == ["Load"]  # the design is on its way
    wire.load()
    asked = requests.LoadWeights(path="/theirs.pth", published=True)
    assert msgspec.structs.replace(wire.last(requests.LoadWeights), job=0) == asked
    wire.live.load_published("/others.pth")
    assert wire.last(requests.LoadWeights).path == "/others.pth"
    wire.live.gone()
    wire.live.handle(events.Ready(version=1, torch="2", devices=("cpu",), threads=1))
    wire.load()
    assert wire.kinds()[-2:] == ["Load", "LoadWeights"]
    wire.live.another_design(1)
    wire.live.gone()
    wire.live.handle(events.Ready(version=1, torch="2", devices=("cpu",), threads=1))
    wire.load()
    assert wire.kinds()[-2:] == ["Load", "Tiles"]


def test_pictures_of_another_design_are_not_shown(wire: Wire) -> None:
    wire.load()
    late = events.SourceText(text="old", revision=1)
    assert wire.live.handle(late)
    wire.live.another_design(5)
    assert wire.live.is_stale
    assert not wire.live.handle(late)
    before = len(wire.kinds())
    wire.live.refresh()
    assert len(wire.kinds()) == before  # nothing of it is loaded yet
    wire.live.handle(events.Loaded(revision=1, parameters=1, device="cpu", kept=()))
    assert wire.live.loaded_revision == -1
    assert wire.live.handle(events.SourceText(text="new", revision=5))
