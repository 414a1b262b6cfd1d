"""An engine ends with its program, however that dies and whatever the engine is doing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import psutil
import pytest
from engines import Talk
from stand_in import IRIS

from explorer import launch
from explorer.protocol import events, requests
from explorer.protocol.records import TrainSettings

HERE = Path(__file__).parent
PATIENCE = 8.0
"""Less than the stand-in's heavy product takes, more than the two seconds that an engine grants itself."""


def is_gone(process: psutil.Process) -> bool:
    """Wait for the end of a process; the dead may lie unburied where nobody adopts them."""
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        try:
            if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.05)
    return False


class StandIn(NamedTuple):
    process: subprocess.Popen[str]
    engine: psutil.Process
    run: Path

    def engine_is_gone(self) -> bool:
        return is_gone(self.engine)


@pytest.fixture
def stand_in(tmp_path: Path) -> Iterator[object]:
    started: list[subprocess.Popen[str]] = []
    others: list[int] = []

    def start(*words: str) -> StandIn:
        process = subprocess.Popen(
            [sys.executable, str(HERE / "stand_in.py"), *words],
            stdout=subprocess.PIPE,
            text=True,
            env={
                **launch.environment(),
                "RUN": str(tmp_path / "run"),
                "PYTHONPATH": os.pathsep.join([str(HERE.parents[1]), str(HERE.parent)]),
            },
        )
        started.append(process)
        assert process.stdout
        engine, holder = map(int, process.stdout.readline().split())
        others.extend(pid for pid in (engine, holder) if pid > 0)
        return StandIn(process, psutil.Process(engine), tmp_path / "run")

    yield start
    for process in started:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()
    for pid in others:
        if psutil.pid_exists(pid):
            os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("log", ["pipe", "file"])
@pytest.mark.parametrize("work", ["starting", "idle", "training", "computing"])
def test_killed_program(stand_in, tmp_path: Path, work: str, log: str) -> None:
    program = stand_in(work, *(("log", str(tmp_path / "log")) if log == "file" else ()))
    program.process.kill()
    assert program.engine_is_gone()
    if work == "training":  # it had time for a checkpoint
        assert list(program.run.glob("step-*/facts.json"))


def test_killed_program_whose_pipes_are_held_open_by_another(stand_in) -> None:
    program = stand_in("idle", "hold")
    program.process.kill()
    assert program.engine_is_gone()


def test_a_program_that_is_asked_to_end(stand_in) -> None:
    program = stand_in("training")
    program.process.terminate()
    assert program.engine_is_gone()


def test_a_run_goes_on_from_what_was_kept_at_the_end(stand_in) -> None:
    program = stand_in("training")
    program.process.kill()
    assert program.engine_is_gone()
    (kept,) = program.run.glob("step-*")
    talk = Talk()
    talk.engine.start()
    talk.wait(events.Ready)
    talk.load(IRIS)
    settings = TrainSettings(
        dataset="iris", epochs=10**5, batch=8, device="cpu", directory=str(program.run), resume=True
    )
    talk.engine.send(requests.Train(settings=settings))
    assert talk.wait(events.RunStarted).step == int(kept.name.removeprefix("step-")) > 0
    talk.engine.close(wait=True)


PROGRAM = """
import sys, threading
from explorer.client.engine import Engine
ready = threading.Event()
engine = Engine(lambda event: ready.set(), print)
engine.start()
ready.wait()
print(engine.pid, flush=True)
{end}
"""


@pytest.mark.parametrize("end", ["engine.close()", "sys.exit(3)", "raise KeyError", "import os; os.abort()"])
def test_a_program_that_ends_leaves_no_engine(end: str) -> None:
    words = launch.code(PROGRAM.format(end=end))
    done = subprocess.run(words, env=launch.environment(), capture_output=True, text=True, check=False)
    pid = int(done.stdout.split()[0])
    if psutil.pid_exists(pid):
        assert is_gone(psutil.Process(pid))
    assert done.stdout.split() == [str(pid)], "it told of a death that was meant"


def test_an_engine_that_does_not_listen_ends_with_a_program_that_closes_it(tmp_path: Path) -> None:
    deaf = [sys.executable, "-c", "import time; time.sleep(60)"]
    text = PROGRAM.format(end="engine.close(seconds=0.3)").replace("print)\n", f"print, {deaf!r})\n")
    text = text.replace("ready.wait()", "import time\nwhile engine.pid is None: time.sleep(0.01)")
    done = subprocess.run(
        launch.code(text), env=launch.environment(), capture_output=True, text=True, check=True
    )
    assert not psutil.pid_exists(int(done.stdout))


def test_an_engine_can_be_killed_by_its_program() -> None:
    talk = Talk()
    talk.engine.start()
    talk.wait(events.Ready)
    pid = talk.engine.pid
    talk.engine.kill()
    assert talk.gone.get(timeout=PATIENCE) == "The engine was ended: you asked for it. Your design is safe."
    assert not psutil.pid_exists(pid or 0)
    assert talk.engine.ending is not None
    assert talk.engine.ending.was_ready
    talk.engine.start()
    talk.wait(events.Ready)
    talk.engine.close(wait=True)
