"""Kill engines, and programs that have one, at random moments, and see that nothing is left and nothing lost.

`python tools/kill_trial.py [--count 100] [--seed 0]` prints a line for each kind of trial and exits with 1
when something went wrong:

- a program is killed (-9): its engine must be gone within five seconds, whatever it was doing;
- an engine is killed: the program must hear of it, in words, start it again and have it work.
"""

from __future__ import annotations

import argparse
import os
import queue
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "client")]

from stand_in import IRIS  # noqa: E402

from explorer import launch  # noqa: E402
from explorer.client.engine import Engine  # noqa: E402
from explorer.graph import files  # noqa: E402
from explorer.protocol import events, requests  # noqa: E402
from explorer.protocol.records import Sample, TrainSettings  # noqa: E402

LIMIT = 5.0
WORK = ("starting", "idle", "training", "computing")


class Wrong(AssertionError):
    """What a trial has shown to be wrong."""


def gone_after(process: psutil.Process) -> float:
    """Seconds until a process is gone; raises `Wrong` after the limit."""
    started = time.monotonic()
    while time.monotonic() - started < LIMIT:
        try:
            if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
                return time.monotonic() - started
        except psutil.NoSuchProcess:
            return time.monotonic() - started
        time.sleep(0.01)
    process.kill()
    raise Wrong("the engine outlived its program")


def kill_program(chance: random.Random, folder: Path) -> tuple[str, float]:
    """Kill a stand-in program at a random moment of its engine's work."""
    work = chance.choice(WORK)
    log = ["log", str(folder / "log")] if chance.random() < 0.5 else []
    program = subprocess.Popen(
        [sys.executable, str(ROOT / "tests" / "client" / "stand_in.py"), work, *log],
        stdout=subprocess.PIPE,
        text=True,
        env={
            **launch.environment(),
            "RUN": str(folder / "run"),
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")]),
        },
    )
    assert program.stdout
    pid = int(program.stdout.readline().split()[0])
    time.sleep(chance.random() * 1.5)
    engine = psutil.Process(pid) if psutil.pid_exists(pid) else None
    program.kill()
    program.wait()
    program.stdout.close()
    if engine is None:
        raise Wrong("the engine was gone before its program")
    return f"program killed, engine {work}", gone_after(engine)


def kill_engine(chance: random.Random, folder: Path) -> tuple[str, float]:
    """Kill an engine at a random moment; it must be told, and the next one must work."""
    inbox: queue.Queue[events.Event] = queue.Queue()
    gone: queue.Queue[str] = queue.Queue()
    engine = Engine(inbox.put, gone.put)
    engine.start()
    early = chance.random() < 0.2
    if early:
        while engine.pid is None:
            time.sleep(0.001)
    else:
        _bring_to_work(engine, inbox, folder)
    time.sleep(chance.random() * 0.7)
    started = time.monotonic()
    os.kill(engine.pid or 0, signal.SIGKILL)
    try:
        words = gone.get(timeout=LIMIT)
    except queue.Empty:
        raise Wrong("nobody heard of the engine's death") from None
    seconds = time.monotonic() - started
    if "signal 9" not in words or "Your design is safe." not in words:
        raise Wrong(f"an end in odd words: {words}")
    while not inbox.empty():
        inbox.get()
    engine.start()
    _bring_to_work(engine, inbox, folder)
    last = psutil.Process(engine.pid)
    engine.close(wait=True)
    if last.is_running():
        raise Wrong("a closed engine goes on")
    return f"engine killed {'while it started' if early else 'at work'}", seconds


def _bring_to_work(engine: Engine, inbox: queue.Queue[events.Event], folder: Path) -> None:
    """Have it train, from where the last one stood, and make pictures meanwhile."""
    where = str(folder / "run")
    resume = any(Path(where).glob("step-*"))
    settings = TrainSettings(
        dataset="iris", epochs=10**5, batch=8, device="cpu", directory=where, keep_seconds=0.02, resume=resume
    )
    engine.send(requests.Load(design=files.encode(IRIS)))
    engine.send(requests.Train(settings=settings))
    seen: set[type] = set()
    while not {events.RunSteps, events.TileSet, events.Checkpointed} <= seen:
        event = inbox.get(timeout=60)
        if isinstance(event, events.Failed):
            raise Wrong(event.message)
        if isinstance(event, events.RunSteps):
            engine.acknowledge(event.number)
            engine.send(requests.Tiles(sample=Sample()))
        seen.add(type(event))


def main() -> int:
    """Run the trials; returns the exit code."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=100, help="trials of each kind")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    seconds: dict[str, list[float]] = defaultdict(list)
    wrong = []
    for number in range(options.count):
        for trial in (kill_program, kill_engine):
            with tempfile.TemporaryDirectory() as folder:
                try:
                    kind, took = trial(chance, Path(folder))
                    seconds[kind].append(took)
                except Wrong as problem:
                    wrong.append(f"{trial.__name__} {number}: {problem}")
    for kind, values in sorted(seconds.items()):
        print(  # noqa: T201
            f"{kind:<36} {len(values):4d} trials, noticed after {statistics.median(values):.2f} s, "
            f"at most {max(values):.2f} s"
        )
    for problem in wrong:
        print(f"WRONG {problem}")  # noqa: T201
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
