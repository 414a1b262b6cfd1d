"""The client's side of an engine's life: nobody waits, nothing dies unseen, what is shown counts."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest
from engines import Talk
from nets import SMALL, chain, node

from explorer.client import process
from explorer.client.engine import Engine, engine_command
from explorer.graph import files
from explorer.protocol import events, requests
from explorer.protocol.records import Sample, TrainSettings

IRIS = chain((4,), node("fc1", "linear", features=16), node("fc2", "linear", features=3))
FOREVER = TrainSettings(dataset="iris", epochs=100_000, batch=8, device="cpu")
DEAF = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.fixture
def never_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail where the thread of the test waits: for a process, a thread, an event, or a queue."""
    here = threading.current_thread()

    def watched(name: str, real: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object, **options: object) -> object:
            assert threading.current_thread() is not here, f"{name} waits"
            return real(*args, **options)

        return call

    monkeypatch.setattr(subprocess.Popen, "wait", watched("Popen.wait", subprocess.Popen.wait))
    monkeypatch.setattr(threading.Thread, "join", watched("Thread.join", threading.Thread.join))
    monkeypatch.setattr(subprocess.Popen, "__init__", watched("Popen", subprocess.Popen.__init__))
    monkeypatch.setattr(process.framing, "write", watched("write", process.framing.write))


def test_start_send_cancel_and_close_never_wait(never_waits: None) -> None:
    heard: queue.Queue[object] = queue.Queue()
    engine = Engine(heard.put, heard.put, DEAF)
    for _ in range(3):
        engine.start()
        assert engine.is_running
        for _ in range(200):  # more than any pipe holds, to one who does not read
            job = engine.send(requests.Tiles(sample=Sample(values=np.zeros(2**14))))
        engine.cancel(job)
        engine.acknowledge(1)
        engine.close(seconds=0.1)
        assert not engine.is_running
        assert engine.pid is None
    while any(thread.name == "engine-end" for thread in threading.enumerate()):
        time.sleep(0.01)  # they end by themselves
    assert heard.empty()


def test_a_new_engine_starts_while_the_old_one_ends() -> None:
    talk = Talk()
    talk.engine.start()
    talk.wait(events.Ready)
    talk.load(IRIS)
    talk.engine.send(requests.Train(settings=FOREVER))
    talk.wait(events.RunEpoch)
    old = psutil.Process(talk.engine.pid)
    talk.engine.close()
    talk.engine.start()
    talk.drain()
    ready = talk.wait(events.Ready)
    assert ready.version
    assert not any(isinstance(event, events.RunEnded) for event in talk.seen), "the old one still speaks"
    assert talk.engine.pid != old.pid
    old.wait(20)
    assert isinstance(talk.load(SMALL), events.Loaded)
    talk.engine.close(wait=True)
    assert talk.gone.empty()


def test_what_was_asked_to_be_written_is_written_before_the_end(tmp_path: Path) -> None:
    talk = Talk()
    talk.engine.start()
    talk.wait(events.Ready)
    talk.load(IRIS)
    talk.engine.send(requests.Statistics(dataset="iris", count=512))
    talk.engine.send(requests.SaveWeights(path=str(tmp_path / "w.safetensors")))
    talk.engine.close(seconds=20, wait=True)
    assert (tmp_path / "w.safetensors").stat().st_size > 0


def test_a_callback_that_fails_is_no_silence() -> None:
    gone: queue.Queue[str] = queue.Queue()

    def fail(_event: events.Event) -> None:
        raise KeyError("drawing failed")

    engine = Engine(fail, gone.put)
    engine.start()
    words = gone.get(timeout=60)
    assert "could not go on with it (KeyError: 'drawing failed')" in words
    assert "memory" not in words
    assert not engine.is_running


@pytest.mark.parametrize(
    "odd",
    [
        requests.Load(design=files.encode(SMALL), revision=10**30),
        requests.Features(address="\ud800", sample=Sample()),
        requests.Features(address="a", sample=Sample(values=np.array(["a"]))),
    ],
    ids=lambda request: type(request).__name__,
)
def test_what_cannot_be_sent_fails_in_words_and_the_next_one_arrives(odd: requests.Request) -> None:
    talk = Talk()
    talk.engine.start()
    talk.wait(events.Ready)
    failed = talk.ask(odd)
    assert isinstance(failed, events.Failed)
    assert f"{type(odd).__name__} cannot be sent" in failed.message
    assert isinstance(talk.load(SMALL), events.Loaded)
    talk.engine.close(wait=True)


def test_a_command_that_is_not_there_is_told_like_any_end(tmp_path: Path) -> None:
    talk = Talk([str(tmp_path / "nothing")])
    talk.engine.start()
    words = talk.gone.get(timeout=20)
    assert words.startswith("The engine could not start: ")
    assert "nothing: No such file" in words
    assert talk.engine.ending is not None
    assert talk.engine.ending.code is None


def test_an_engine_that_dies_early_is_told_otherwise_than_one_at_work() -> None:
    talk = Talk([sys.executable, "-c", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"])
    talk.engine.start()
    words = talk.gone.get(timeout=20)
    assert words == ("The engine could not start: it was ended by signal 9 (SIGKILL). Your design is safe.")
    assert talk.engine.ending is not None
    assert (talk.engine.ending.code, talk.engine.ending.was_ready) == (-9, False)


def test_its_last_words_are_kept() -> None:
    lines = "; ".join(f"print({n}, file=sys.stderr)" for n in range(60))
    talk = Talk([sys.executable, "-c", f"import sys; {lines}; sys.exit('no ä')"])
    talk.engine.start()
    assert "could not start: no ä." in talk.gone.get(timeout=20)
    assert talk.engine.ending is not None
    assert talk.engine.ending.last_words == (*map(str, range(21, 60)), "no ä")


def test_an_engine_that_stops_to_speak_is_ended_with_the_reason() -> None:
    talk = Talk([sys.executable, "-c", "import os, time; os.close(1); time.sleep(60)"])
    talk.engine.start()
    assert "could not start: it stopped to speak." in talk.gone.get(timeout=20)


def test_an_engine_that_stops_to_listen_is_ended_with_the_reason() -> None:
    talk = Talk([sys.executable, "-c", "import os, time; os.close(0); time.sleep(60)"])
    talk.engine.start()
    talk.engine.send(requests.Tiles(sample=Sample(values=np.zeros(2**20))))
    assert "could not start: it stopped to listen." in talk.gone.get(timeout=20)


def test_what_interrupts_the_program_at_its_terminal_does_not_reach_the_engine() -> None:
    talk = Talk()
    talk.engine.start()
    talk.wait(events.Ready)
    assert talk.engine.pid
    assert os.getpgid(talk.engine.pid) != os.getpgid(0)
    talk.engine.close(wait=True)


@pytest.fixture
def silent() -> Iterator[tuple[Engine, queue.Queue[events.Event]]]:
    """An engine whose consumer shows nothing."""
    inbox: queue.Queue[events.Event] = queue.Queue()
    engine = Engine(inbox.put, print)
    engine.start()
    engine.send(requests.Load(design=files.encode(IRIS)))
    yield engine, inbox
    engine.close(wait=True)


def until(inbox: queue.Queue[events.Event], kind: type, count: int = 1) -> list[events.Event]:
    """All events up to the `count`-th of a kind."""
    seen: list[events.Event] = []
    while sum(isinstance(event, kind) for event in seen) < count:
        seen.append(inbox.get(timeout=60))
    return seen


def test_who_shows_nothing_gets_one_report(silent: tuple[Engine, queue.Queue[events.Event]]) -> None:
    engine, inbox = silent
    engine.send(requests.Train(settings=FOREVER))
    seen = until(inbox, events.RunEpoch, 150)
    steps = [event for event in seen if isinstance(event, events.RunSteps)]
    assert [event.number for event in steps] == [1]
    engine.acknowledge(1)
    (second,) = [e for e in until(inbox, events.RunSteps) if isinstance(e, events.RunSteps)]
    assert second.first_step == len(steps[0].losses)
    assert len(second.losses) > 149 * 15, "a step was lost"
    assert np.isfinite(second.losses).all()


def test_what_nobody_asks_for_takes_little_memory(
    silent: tuple[Engine, queue.Queue[events.Event]],
) -> None:
    """Steps that wait to be reported are a few bytes each."""
    engine, inbox = silent
    engine.send(requests.Train(settings=FOREVER))
    until(inbox, events.RunEpoch, 50)
    before = psutil.Process(engine.pid).memory_info().rss
    until(inbox, events.RunEpoch, 1_000)
    grown = psutil.Process(engine.pid).memory_info().rss - before
    assert grown < 8 * 2**20, f"{grown / 15_000:.0f} bytes a step"


def test_arrays_come_through_shared_memory_only_where_both_sides_can() -> None:
    for command, wanted in ((None, True), (engine_command(), False)):
        talk = Talk(command)
        talk.engine.start()
        assert bool(talk.wait(events.Ready).shared) == wanted
        wide = chain((1024,), node("fc1", "linear", features=1024))
        talk.load(wide, seed=3)
        found = [talk.ask(requests.Weights(address="fc1", most=1024)) for _ in range(3)]
        firsts = [event.values[0] for event in found if isinstance(event, events.WeightSet)]
        assert [first.shape for first in firsts] == [(1024, 1024)] * 3
        assert all(np.array_equal(first, firsts[0]) for first in firsts)
        talk.engine.close(wait=True)
        assert all(np.array_equal(first, firsts[0]) for first in firsts)
        firsts[0][:] = 0
        assert firsts[1].any()


def test_more_arrays_than_the_pool_holds_and_a_death_in_between() -> None:
    talk = Talk()
    talk.engine.start()
    pool = talk.wait(events.Ready).shared
    wide = chain((4096,), node("fc1", "linear", features=4096, bias=False))
    talk.load(wide)
    held = []
    for _ in range(pool // (4096 * 4096 * 4) + 2):
        found = talk.ask(requests.Weights(address="fc1", most=4096))
        assert isinstance(found, events.WeightSet)
        held.append(found.values[0])
    assert talk.engine.pid
    os.kill(talk.engine.pid, signal.SIGKILL)
    talk.gone.get(timeout=20)
    assert all(np.array_equal(each, held[0]) for each in held)


def test_a_long_job_says_how_far_it_is_and_is_cancelled_in_its_middle() -> None:
    talk = Talk()
    talk.engine.start()
    talk.wait(events.Ready)
    convs = [node(f"conv{n}", "conv2d", filters=16, padding=1) for n in range(60)]
    ends = [node("pool", "global_pool"), node("fc1", "linear", features=4)]
    assert isinstance(talk.load(chain((3, 64, 64), *convs, *ends)), events.Loaded)
    long = requests.Attribution(method="integrated_gradients", sample=Sample(), steps=400)
    job = talk.engine.send(long)
    first, second = talk.wait(events.Progress), talk.wait(events.Progress)
    assert 0 < first.done < second.done < second.total == 62 * (1 + 400 // 16 + 2)
    assert second.words.startswith("Pass ")
    talk.engine.cancel(job)
    assert isinstance(talk.answer(job), events.Cancelled)
    assert isinstance(talk.ask(requests.Answers(sample=Sample())), events.AnswerSet)
    talk.engine.close(wait=True)
