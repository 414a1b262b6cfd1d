"""A running engine process: send requests, get events, notice when it dies."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from itertools import count

import msgspec

from explorer import launch, protocol
from explorer.client.ending import Ending
from explorer.client.process import EngineProcess
from explorer.protocol import events, requests


class EngineGone(ConnectionError):
    """The engine process is not there (any more)."""


def engine_command() -> list[str]:
    """How the engine is started here, to end with this process; behind `ssh host` it is `explorer engine`."""
    return launch.command("engine", "--program", str(os.getpid()))


class Engine:
    """Starts the engine and passes its events to `on_event`, its death to `on_gone`.

    Both are called on a thread of the client; a Qt program hands them over with a queued signal.
    `start` may be called again after the engine died: that is the restart (see `explorer.client.restarts`).
    None of the methods waits for the engine, not even for a dying one.
    """

    def __init__(
        self,
        on_event: Callable[[events.Event], None],
        on_gone: Callable[[str], None],
        command: Sequence[str] | None = None,
        *,
        store: str = "",
    ) -> None:
        """Prepare an engine.

        Args:
            on_event, on_gone: see the class; `on_gone` gets words for people.
            command: how it is started; by default on this machine, with shared memory for large arrays.
            store: folder in which it keeps weights, see `Hello`.

        """
        self._on_event, self._on_gone = on_event, on_gone
        self._command, self._shares, self._store = list(command or engine_command()), command is None, store
        self._jobs = count(1)
        self._lock = threading.Lock()
        self._process: EngineProcess | None = None
        self.ending: Ending | None = None

    @property
    def is_running(self) -> bool:
        """Whether the process is alive, or about to be."""
        return self._process is not None and not self._process.is_over

    @property
    def pid(self) -> int | None:
        """Process id of the engine; None before it has one, and after `close`."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start the process (torch loads behind it); the first event will be `Ready`."""
        with self._lock:
            if self.is_running:
                return
            hello = requests.Hello(job=next(self._jobs), version=protocol.VERSION, store=self._store)
            self._process = EngineProcess(
                self._command, hello, self._on_event, self._on_end, shares=self._shares
            )
            self._process.start()

    def send(self, request: requests.Request) -> int:
        """Queue a request under a fresh job number, which is returned; never blocks.

        Raises:
            EngineGone: the process is not running.

        """
        process = self._process
        if process is None or process.is_over:
            raise EngineGone("The engine is not running.")
        job = next(self._jobs)
        process.send(msgspec.structs.replace(request, job=job))
        return job

    def cancel(self, job: int) -> None:
        """Ask the engine to give up a job; its answer will be `Cancelled`, unless it was done before."""
        self.send(requests.Cancel(target=job))

    def acknowledge(self, number: int) -> None:
        """Tell the engine that the `RunSteps` of this number has been shown: only then the next one comes."""
        if self.is_running:
            self.send(requests.Ack(number=number))

    def kill(self) -> None:
        """End the process at once, whatever it does; `on_gone` is told, and it can be started again."""
        if self._process is not None:
            self._process.kill("you asked for it")

    def close(self, seconds: float = 5.0, *, wait: bool = False) -> None:
        """End the process, politely at first and by force after so many seconds; `on_gone` is not told.

        Args:
            seconds: that it has, to write a checkpoint for example.
            wait: until it has ended. Otherwise a thread sees to it; the program does not exit before.

        """
        with self._lock:
            process, self._process = self._process, None
        if process is None:
            return
        process.end(seconds)
        if wait:
            process.join(seconds + 10)

    def _on_end(self, process: EngineProcess) -> None:
        with self._lock:
            if process is not self._process:
                return
            self.ending = ending = process.ending
        if ending is not None:
            self._on_gone(ending.words)
