"""A program that stands in for the window: it starts an engine, brings it to work, and waits to be killed.

`python stand_in.py WORK [hold] [log FILE]` prints the process ids of the engine and of the child, when the
engine is at it.
WORK: `starting` (torch is being loaded), `idle`, `training`, `computing` (one operator, for many seconds).
`hold`: a child process keeps the pipes open after our death. `log`: the engine's error output goes to a file.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time

from nets import chain, node

from explorer import launch, protocol
from explorer.client.engine import engine_command
from explorer.graph import files
from explorer.protocol import events, framing, requests
from explorer.protocol.records import Sample, TrainSettings

IRIS = chain((4,), node("fc1", "linear", features=16), node("fc2", "linear", features=3))
HEAVY = chain((12_288, 8_192), node("fc1", "linear", features=8_192))
"""One matrix product of 0.8 trillion multiplications: many seconds in which nothing can be asked."""


def main(work: str, *rest: str) -> None:
    path = rest[rest.index("log") + 1] if "log" in rest else ""
    log = os.open(path, os.O_WRONLY | os.O_CREAT) if path else subprocess.PIPE
    engine = subprocess.Popen(
        engine_command(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        env=launch.environment(),
    )
    holder = os.fork() if "hold" in rest else -1
    if holder == 0:
        time.sleep(60)
        os._exit(0)
    assert engine.stdin
    assert engine.stdout
    reader: framing.Reader[events.Event] = framing.Reader(engine.stdout, events.Event)

    def until(kind: type) -> None:
        while not isinstance(event := reader.read(), kind):
            assert not isinstance(event, events.Failed), event

    if work != "starting":
        framing.write(engine.stdin, requests.Hello(version=protocol.VERSION))
        until(events.Ready)
    if work == "training":
        settings = TrainSettings(
            dataset="iris", epochs=10**5, batch=8, device="cpu", directory=os.environ["RUN"], keep_seconds=1e9
        )
        framing.write(engine.stdin, requests.Load(design=files.encode(IRIS)))
        framing.write(engine.stdin, requests.Train(settings=settings))
        until(events.RunEpoch)
    if work == "computing":
        framing.write(engine.stdin, requests.Load(design=files.encode(HEAVY)))
        until(events.Loaded)
        framing.write(engine.stdin, requests.Answers(sample=Sample()))
        time.sleep(1)
    sys.stdout.write(f"{engine.pid} {holder}\n")
    sys.stdout.flush()
    time.sleep(60)


if __name__ == "__main__":
    main(*sys.argv[1:])
