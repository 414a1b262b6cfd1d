"""A real engine process: asked, trained, cancelled, killed, restarted."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from engines import Talk
from nets import SMALL, chain, node

from explorer import protocol
from explorer.client.engine import EngineGone
from explorer.graph import edits as e
from explorer.graph import files
from explorer.protocol import events, framing, requests
from explorer.protocol.records import Sample, TrainSettings

IRIS = chain(
    (4,), node("fc1", "linear", features=16), node("relu1", "relu"), node("fc2", "linear", features=3)
)
NOISE = Sample()
FOREVER = TrainSettings(dataset="iris", epochs=100_000, batch=8, device="cpu")


@pytest.fixture(scope="module")
def shared() -> Iterator[Talk]:
    talk = Talk()
    talk.engine.start()
    ready = talk.wait(events.Ready)
    assert ready.version == protocol.VERSION
    assert ready.devices[-1] == "cpu"
    yield talk
    talk.engine.close(wait=True)


@pytest.fixture
def talk(shared: Talk) -> Iterator[Talk]:
    """The shared engine with the iris design loaded; no run is left behind."""
    shared.drain()
    shared.load(SMALL, fit=False)  # another design between, so that no weights are kept
    loaded = shared.load(IRIS, fit=False)
    assert isinstance(loaded, events.Loaded), loaded
    yield shared
    job = shared.engine.send(requests.Stop())
    while not isinstance(event := shared.next(), events.RunEnded) and event.job != job:
        pass
    shared.drain()


def failure(talk: Talk, request: requests.Request) -> str:
    """The sentence with which a request is refused; the engine is well afterwards."""
    failed = talk.ask(request)
    assert isinstance(failed, events.Failed), failed
    assert failed.request == type(request).__name__
    assert failed.message.endswith((".", "?"))
    assert "Traceback" not in failed.message
    return failed.message


def test_load_look_and_measure(talk: Talk) -> None:
    loaded = talk.load(SMALL, revision=7)
    assert isinstance(loaded, events.Loaded)
    assert (loaded.revision, loaded.parameters) == (7, 4 * 9 + 4 + 4 * 9 * 3 + 3)
    tiles = talk.ask(requests.Tiles(sample=NOISE))
    assert isinstance(tiles, events.TileSet)
    assert tiles.revision == 7
    assert [tile.address for tile in tiles.tiles] == ["conv1", "relu1", "pool1", "flatten", "fc1"]
    assert tiles.answer.kind == "values"  # nobody said that these are classes
    assert tiles.answer.scores.shape == (3,)
    features = talk.ask(requests.Features(address="conv1", sample=NOISE))
    assert isinstance(features, events.FeatureSet)
    assert features.values.shape == (4, 6, 6)
    assert features.axes == ("C", "H", "W")
    measured = talk.ask(requests.Measure())
    assert isinstance(measured, events.Measured)
    assert measured.parameters == loaded.parameters
    source = talk.ask(requests.Source())
    assert isinstance(source, events.SourceText)
    assert "class Model(nn.Module):" in source.text
    weights = talk.ask(requests.Weights(address="conv1"))
    assert isinstance(weights, events.WeightSet)
    assert [value.shape for value in weights.values] == [(4, 1, 3, 3), (4,)]
    for request, kind in (
        (requests.Attribution(method="integrated_gradients", sample=NOISE), events.AttributionMap),
        (requests.Attribution(method="grad_cam", sample=NOISE, address="conv1"), events.AttributionMap),
        (requests.Statistics(dataset="digits8"), events.StatisticsSet),
        (requests.Samples(dataset="digits8", indices=(0, 5)), events.SampleSet),
        (requests.Time(sample=NOISE, passes=3), events.Timed),
    ):
        assert isinstance(talk.ask(request), kind)
    found = talk.ask(requests.Features(address="conv1", sample=Sample(values=np.zeros((1, 8, 8)))))
    assert isinstance(found, events.FeatureSet)


def test_nonsense_is_refused_in_words(talk: Talk, tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("no picture")
    for request, words in (
        (requests.Hello(version=99), "version"),
        (requests.Load(design=b"nonsense"), "design"),
        (requests.Load(design=files.encode(chain((4,), node("odd", "nonsense")))), "nonsense"),
        (requests.Features(address="nobody", sample=NOISE), "nobody"),
        (requests.Features(address="", sample=NOISE), "layer"),
        (requests.Features(address="fc1", sample=Sample(values=np.zeros((9, 9)))), "9×9"),
        (requests.Features(address="fc1", sample=Sample(dataset="nowhere")), "nowhere"),
        (requests.Features(address="fc1", sample=Sample(dataset="iris", index=10**6)), "samples 0 to"),
        (requests.Features(address="fc1", sample=Sample(dataset="mnist5k")), "28"),
        (requests.Features(address="fc1", sample=Sample(path=str(tmp_path / "text.png"))), "C × H × W"),
        (requests.Statistics(dataset="nowhere"), "nowhere"),
        (requests.Statistics(dataset="mnist5k"), "28"),
        (requests.Time(sample=Sample(dataset="nowhere")), "nowhere"),
        (requests.Attention(sample=NOISE), "attention"),
        (requests.Attribution(method="magic", sample=NOISE), "magic"),
        (requests.Attribution(method="saliency", sample=NOISE, target=99), "class 99"),
        (requests.Attribution(method="grad_cam", sample=NOISE, address="fc1"), "fc1"),
        (requests.Attribution(method="grad_cam", sample=NOISE, address="nobody"), "nobody"),
        (requests.Weights(address="nobody"), "nobody"),
        (requests.Boundary(low=(0, 0), high=(1, 1)), "two"),
        (requests.Pause(), "No run"),
        (requests.Resume(), "No run"),
        (requests.Step(), "No run"),
        (requests.Stop(), "No run"),
        (requests.SaveWeights(path=str(tmp_path / "no" / "w.safetensors")), "not written"),
        (requests.LoadWeights(path=str(tmp_path / "missing")), "missing"),
        (requests.LoadWeights(path=str(tmp_path / "text.png")), "safetensors"),
    ):
        assert words in failure(talk, request), request


def test_bad_settings_are_refused_in_words(talk: Talk) -> None:
    for words, settings in (
        ("epochs", {"epochs": 0}),
        ("batch", {"batch": 0}),
        ("batch", {"batch": 10**9}),
        ("learning rate", {"rate": -1.0}),
        ("learning rate", {"rate": float("nan")}),
        ("optimiser", {"optimiser": "magic"}),
        ("loss", {"loss": "magic"}),
        ("momentum", {"momentum": -1.0}),
        ("decay", {"decay": -1.0}),
        ("seed", {"seed": -1}),
        ("share", {"validation": 2.0}),
        ("share", {"validation": 1e-9}),
        ("device", {"device": "quantum"}),
        ("nowhere", {"dataset": "nowhere"}),
        ("28", {"dataset": "mnist5k"}),
        ("13", {"dataset": "wine"}),
        ("checkpoint", {"resume": True, "directory": "/nowhere"}),
    ):
        assert words in failure(
            talk, requests.Train(settings=TrainSettings(**{"dataset": "iris", "batch": 8, **settings}))
        ), settings


def test_an_unsendable_request_fails_and_the_next_one_works(talk: Talk) -> None:
    odd = requests.Features(address="fc1", sample=Sample(values=np.array(["a"])))
    assert "cannot be sent" in failure(talk, odd)
    assert isinstance(talk.ask(requests.Source()), events.SourceText)


def test_train_pause_step_resume_stop(talk: Talk) -> None:
    job = talk.engine.send(requests.Train(settings=FOREVER))
    started = talk.wait(events.RunStarted)
    assert (started.job, started.steps_per_epoch, started.step) == (job, 15, 0)
    assert talk.wait(events.RunSteps).first_step == 0
    talk.engine.send(requests.Pause())
    held = talk.wait(events.RunPaused)
    assert held.paused
    time.sleep(0.2)
    talk.drain()
    tiles = talk.ask(requests.Tiles(sample=NOISE))
    assert isinstance(tiles, events.TileSet)
    assert tiles.step == held.step
    talk.engine.send(requests.Step(count=3))
    while (steps := talk.wait(events.RunSteps)).first_step + len(steps.losses) < held.step + 3:
        pass
    assert steps.first_step + len(steps.losses) == held.step + 3
    assert isinstance(talk.ask(requests.Source()), events.SourceText)
    talk.engine.send(requests.Resume())
    assert not talk.wait(events.RunPaused).paused
    talk.wait(events.RunEpoch)
    talk.engine.send(requests.Stop())
    ended = talk.wait(events.RunEnded)
    assert ended.reason == "stopped"
    tiles = talk.ask(requests.Tiles(sample=NOISE))
    assert isinstance(tiles, events.TileSet)
    assert tiles.step == ended.step > held.step + 3


def test_no_step_is_lost_or_told_twice(talk: Talk) -> None:
    talk.engine.send(requests.Train(settings=TrainSettings(dataset="iris", epochs=20, batch=8, device="cpu")))
    ended = talk.wait(events.RunEnded)
    assert (ended.reason, ended.step, ended.epoch) == ("done", 300, 20)
    steps = [event for event in talk.seen if isinstance(event, events.RunSteps) and event.run == ended.run]
    position = 0
    for event in steps:
        assert event.first_step == position
        assert len(event.losses) == len(event.metrics["accuracy"]) > 0
        position += len(event.losses)
    assert position == 300
    epochs = [
        event.epoch for event in talk.seen if isinstance(event, events.RunEpoch) and event.run == ended.run
    ]
    assert epochs == list(range(1, 21))


def test_requests_are_served_during_training(talk: Talk) -> None:
    talk.engine.send(requests.Train(settings=FOREVER))
    talk.wait(events.RunStarted)
    seen = []
    for _ in range(5):
        tiles = talk.ask(requests.Tiles(sample=NOISE))
        assert isinstance(tiles, events.TileSet)
        seen.append(tiles.step)
        time.sleep(0.02)
    assert seen == sorted(set(seen))
    assert "stop it first" in failure(talk, requests.Train(settings=FOREVER))
    assert "stop it first" in failure(talk, requests.Load(design=files.encode(SMALL)))


def test_a_diverging_run_ends_with_a_sentence(talk: Talk, tmp_path: Path) -> None:
    wild = TrainSettings(
        dataset="iris",
        epochs=50,
        batch=8,
        rate=1e6,
        optimiser="sgd",
        device="cpu",
        directory=str(tmp_path),
        keep_seconds=0.0,
    )
    talk.engine.send(requests.Train(settings=wild))
    ended = talk.wait(events.RunEnded)
    assert ended.reason == "diverged"
    assert "learning rate of 100000 instead of 1e+06" in ended.message
    for file in tmp_path.glob("step-*/model.safetensors"):
        from safetensors.numpy import load_file

        assert all(np.isfinite(value).all() for value in load_file(file).values())


def test_cancelled_jobs_are_not_answered(talk: Talk) -> None:
    first = talk.engine.send(requests.Statistics(dataset="iris", count=512))
    second = talk.engine.send(requests.Attribution(method="integrated_gradients", sample=NOISE, steps=500))
    talk.engine.cancel(second)
    assert isinstance(talk.answer(first), events.StatisticsSet)
    assert isinstance(talk.answer(second), events.Cancelled)


def test_unchanged_layers_keep_their_weights(talk: Talk) -> None:
    def weight(address: str) -> np.ndarray:
        found = talk.ask(requests.Weights(address=address))
        assert isinstance(found, events.WeightSet)
        return found.values[0]

    first, second = weight("fc1"), weight("fc2")
    changed = IRIS.copy()
    changed.apply(e.SetField("fc2", "bias", False))
    loaded = talk.load(changed, revision=2, seed=5)
    assert isinstance(loaded, events.Loaded)
    assert loaded.kept == ("fc1", "fc2")
    assert np.array_equal(weight("fc1"), first)
    assert np.array_equal(weight("fc2"), second)
    changed.apply(e.SetField("fc1", "features", 8))
    loaded = talk.load(changed, revision=3, seed=5, fit=False)
    assert isinstance(loaded, events.Loaded)
    assert (loaded.kept, loaded.fresh) == ((), ("fc1", "fc2"))


def test_weights_travel_by_file(talk: Talk, tmp_path: Path) -> None:
    path = str(tmp_path / "w.safetensors")
    assert isinstance(talk.ask(requests.SaveWeights(path=path)), events.WeightsSaved)
    other = IRIS.copy()
    other.apply(e.SetField("fc2", "bias", False))
    other.apply(e.SetField("fc1", "features", 8))
    talk.load(other)
    assert "another network" in failure(talk, requests.LoadWeights(path=path))
    talk.load(IRIS, seed=9)
    loaded = talk.ask(requests.LoadWeights(path=path))
    assert isinstance(loaded, events.WeightsLoaded)
    assert len(loaded.matched) == 4


def test_too_large_designs_are_refused_with_the_number(talk: Talk) -> None:
    wide = [node(f"fc{n}", "linear", features=65_536) for n in range(1, 9)]
    message = failure(talk, requests.Load(design=files.encode(chain((65_536,), *wide))))
    assert "GiB" in message
    assert "fc" in message
    status = Path(f"/proc/{talk.engine.pid}/status").read_text()
    assert int(status.split("VmHWM:")[1].split()[0]) < 4 * 2**20  # KiB


def test_the_engine_waits_for_acknowledgements() -> None:
    """Spoken by hand, so that nothing is acknowledged by itself."""
    process = subprocess.Popen(
        [sys.executable, "-m", "explorer", "engine"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdin
    assert process.stdout
    reader: framing.Reader[events.Event] = framing.Reader(process.stdout, events.Event)
    with process:
        try:
            for request in (requests.Load(design=files.encode(IRIS)), requests.Train(settings=FOREVER)):
                framing.write(process.stdin, request)
            found: list[events.Event] = []
            while sum(isinstance(event, events.RunEpoch) for event in found) < 40:
                found.append(reader.read())
            numbers = [event.number for event in found if isinstance(event, events.RunSteps)]
            assert numbers == [1]
            framing.write(process.stdin, requests.Ack(number=99))  # not the one that was sent
            framing.write(process.stdin, requests.Ack(number=1))
            while not isinstance(event := reader.read(), events.RunSteps):
                pass
            assert event.number == 2
            assert event.first_step == next(
                e.first_step + len(e.losses) for e in found if isinstance(e, events.RunSteps)
            )
            process.stdin.close()  # the program is gone: so goes the engine
            process.stdout.read()
            assert process.wait(20) == 0
        finally:
            process.kill()


def threads() -> set[str]:
    return {thread.name for thread in threading.enumerate() if thread.name.startswith("engine-")}


def test_killed_in_the_middle_of_training_restarted_and_resumed(shared: Talk, tmp_path: Path) -> None:
    before = threading.active_count()
    talk = Talk()
    talk.engine.start()
    talk.engine.start()  # once is enough
    talk.wait(events.Ready)
    talk.load(IRIS)
    settings = TrainSettings(
        dataset="iris", epochs=100_000, batch=8, device="cpu", directory=str(tmp_path), keep_seconds=0.05
    )
    talk.engine.send(requests.Train(settings=settings))
    for _ in range(3):
        kept = talk.wait(events.Checkpointed)
    pid = talk.engine.pid
    assert pid
    os.kill(pid, signal.SIGKILL)
    words = talk.gone.get(timeout=20)
    assert "signal 9" in words
    assert "Your design is safe." in words
    assert not talk.engine.is_running
    with pytest.raises(EngineGone):
        talk.engine.send(requests.Source())
    while not talk.inbox.empty():
        event = talk.next()
        kept = event if isinstance(event, events.Checkpointed) else kept
    (tmp_path / ".writing-1").mkdir()  # a checkpoint torn by the crash
    talk.engine.start()
    assert talk.engine.pid != pid
    assert not Path(f"/proc/{pid}").exists()  # reaped
    talk.wait(events.Ready)
    talk.load(IRIS)
    talk.engine.send(
        requests.Train(
            settings=TrainSettings(
                dataset="iris", epochs=100_000, batch=8, device="cpu", directory=str(tmp_path), resume=True
            )
        )
    )
    started = talk.wait(events.RunStarted)
    assert started.step >= kept.step > 0
    assert talk.wait(events.RunSteps).first_step == started.step
    talk.engine.close(wait=True)
    talk.engine.close()  # twice is harmless
    assert not talk.engine.is_running
    assert talk.gone.empty()
    assert threading.active_count() == before
    assert sorted(path.name[:5] for path in tmp_path.iterdir()) == ["step-", "step-"]


def test_an_engine_that_cannot_start_says_why() -> None:
    talk = Talk([sys.executable, "-c", "import sys; sys.exit('no torch here')"])
    talk.engine.start()
    assert "no torch here" in talk.gone.get(timeout=20)
    talk.engine.close(wait=True)
    assert not talk.gone.qsize()


def test_an_engine_that_talks_nonsense_is_ended() -> None:
    talk = Talk(
        [
            sys.executable,
            "-c",
            "print('hello, here I am, an engine of another kind' * 100); import time; time.sleep(60)",
        ]
    )
    talk.engine.start()
    assert "Your design is safe." in talk.gone.get(timeout=20)
    talk.engine.close(wait=True)


def test_an_engine_that_does_not_listen_is_killed() -> None:
    talk = Talk([sys.executable, "-c", "import signal, time; time.sleep(60)"])
    talk.engine.start()
    talk.engine.close(seconds=0.3, wait=True)
    assert not talk.engine.is_running
    assert talk.gone.empty()
