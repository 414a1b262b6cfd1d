"""Arrays from the engine to the program: a request, and its array in hand, against a pickled pipe.

Three ways in turns, each with a few trips in a row, as a live view makes them:

- the peer: `multiprocessing.Pipe` with a worker that sends numpy arrays;
- our messages alone, between this process and a worker that answers with an array of the size asked for;
- a real engine that is asked for the weights of a layer, with all that a request costs there; once with
  shared memory and once with the pipe only, as behind ssh.
"""

from __future__ import annotations

import multiprocessing
import queue
import subprocess
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import BinaryIO, cast

import numpy as np
from interleaved import arguments, keep, measure, report

from explorer import launch
from explorer.client.engine import Engine, engine_command
from explorer.graph import files
from explorer.graph.document import Document
from explorer.graph.edits import AddNode, Connect
from explorer.graph.model import Edge, Node
from explorer.protocol import events, framing, requests
from explorer.protocol.shared import Inlet

SIZES = (1, 4, 16, 64)
"""MiB of one array."""
TRIPS = 5
GOAL = 0.2
PEER, OURS = "pickled multiprocessing.Pipe", "our messages, shared memory"

WORKER = """
import numpy as np
from explorer.protocol import events, framing, requests
from explorer.protocol.shared import Outlet
source, sink = open(0, "rb", buffering=0, closefd=False), open(1, "wb", buffering=1 << 20, closefd=False)
reader = framing.Reader(source, requests.Request)
hello = reader.read()
outlet = Outlet(hello.pool, hello.mark)
arrays = {}
while not isinstance(request := reader.read(), requests.Shutdown):
    if isinstance(request, requests.Returned):
        outlet.give_back(request.place)
        continue
    size = request.count * 2**18
    if size not in arrays:
        arrays[size] = np.arange(size, dtype=np.float32)
    event = events.WeightSet(address="", names=("w",), values=(arrays[size],), total=1)
    framing.write(sink, event, outlet)
"""


class Peer:
    """A worker behind a pickled pipe."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._here, there = context.Pipe()
        self._process = context.Process(target=_answer, args=(there,), daemon=True)
        self._process.start()

    def get(self, size: int) -> None:
        """Ask for an array and have it."""
        self._here.send(size)
        touch(self._here.recv(), size)

    def close(self) -> None:
        """End the worker."""
        self._here.send(0)
        self._process.join()


def _answer(connection: Connection) -> None:
    arrays = {size: np.arange(size * 2**18, dtype=np.float32) for size in SIZES}
    while size := connection.recv():
        connection.send(arrays[size])


class Messages:
    """A worker that speaks our messages, without an engine round them."""

    def __init__(self) -> None:
        inlet = Inlet()
        self._process = subprocess.Popen(
            launch.code(WORKER),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=launch.environment(),
            pass_fds=(inlet.descriptor,),
        )
        self._out = cast("BinaryIO", self._process.stdin)
        self._reader: framing.Reader[events.Event] = framing.Reader(
            cast("BinaryIO", self._process.stdout), events.Event, inlet
        )
        inlet.returned = lambda place: framing.write(self._out, requests.Returned(place=place))
        framing.write(self._out, requests.Hello(version=1, pool=inlet.descriptor, mark=inlet.mark))

    def get(self, size: int) -> None:
        """Ask for an array and have it."""
        framing.write(self._out, requests.Step(count=size))
        found = self._reader.read()
        assert isinstance(found, events.WeightSet), found
        touch(found.values[0], size)

    def close(self) -> None:
        """End the worker."""
        framing.write(self._out, requests.Shutdown())
        self._process.wait()


class Whole:
    """A real engine with a design that has a linear layer for each size, side by side."""

    def __init__(self, command: list[str] | None) -> None:
        self._events: queue.SimpleQueue[events.Event] = queue.SimpleQueue()
        self._engine = Engine(self._events.put, print, command)
        self._engine.start()
        self._events.get()
        loaded = self._ask(requests.Load(design=files.encode(design())))
        assert isinstance(loaded, events.Loaded), loaded

    def _ask(self, request: requests.Request) -> events.Event:
        job = self._engine.send(request)
        while (event := self._events.get()).job != job:
            pass
        return event

    def get(self, size: int) -> None:
        """Ask for an array and have it."""
        found = self._ask(requests.Weights(address=f"fc{size}", most=10**6))
        assert isinstance(found, events.WeightSet), found
        touch(found.values[0], size)

    def close(self) -> None:
        """End the engine."""
        self._engine.close(wait=True)


def design() -> Document:
    document = Document()
    document.apply(AddNode(Node("input", "input", {"shape": (1024,)})))
    for size in SIZES:
        document.apply(AddNode(Node(f"fc{size}", "linear", {"features": size * 256, "bias": False})))
        document.apply(AddNode(Node(f"output{size}", "output", {})))
        document.apply(Connect(Edge("input", "y", f"fc{size}", "x")))
        document.apply(Connect(Edge(f"fc{size}", "y", f"output{size}", "x")))
    return document


def touch(array: np.ndarray, size: int) -> None:
    assert array.nbytes == size * 2**20
    assert np.isfinite(array.flat[0] + array.flat[-1])


def trips(get: Callable[[int], None], size: int) -> Callable[[], None]:
    def run() -> None:
        for _ in range(TRIPS):
            get(size)

    return run


def main() -> None:
    options = arguments(rounds=15)
    ways = {
        PEER: Peer(),
        OURS: Messages(),
        "a whole engine, shared memory": Whole(None),
        "a whole engine, pipe only": Whole(engine_command()),
    }
    ratios: dict[str, object] = {}
    for size in SIZES:
        cases = {name: trips(way.get, size) for name, way in ways.items()}
        found = report(f"{TRIPS} arrays of {size} MiB", measure(cases, options.rounds), PEER)
        print(f"  {'goal reached' if found[OURS] <= GOAL else 'goal missed'}: x{GOAL}")
        ratios[f"{size} MiB"] = found
    for way in ways.values():
        way.close()
    keep(options.out, ratios)


if __name__ == "__main__":
    main()
