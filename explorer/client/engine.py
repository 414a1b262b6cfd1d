"""A running engine process: send requests, get events, notice when it dies."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import count
from typing import IO, BinaryIO, cast

import msgspec

from explorer import protocol
from explorer.protocol import events, framing, requests


class EngineGone(ConnectionError):
    """The engine process is not there (any more)."""


def engine_command() -> list[str]:
    """How the engine is started on this machine; the same words work behind `ssh host`."""
    return [sys.executable, "-m", "explorer", "engine"]


class Engine:
    """Starts the engine and passes its events to `on_event`, its death to `on_gone`.

    Both are called on a thread of the client; a Qt program hands them over with a queued signal.
    `start` may be called again after the engine died: that is the restart.
    """

    def __init__(
        self,
        on_event: Callable[[events.Event], None],
        on_gone: Callable[[str], None],
        command: Sequence[str] | None = None,
        store: str = "",
    ) -> None:
        self._on_event, self._on_gone = on_event, on_gone
        self._command = list(command or engine_command())
        self._store = store
        self._jobs = count(1)
        self._process: subprocess.Popen[bytes] | None = None
        self._outbox: queue.SimpleQueue[msgspec.Struct | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._last_words: deque[str] = deque(maxlen=40)
        self._closing = False

    @property
    def is_running(self) -> bool:
        """Whether the process is alive."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int | None:
        """Process id of the engine."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start the process (torch loads behind it); the first event will be `Ready`."""
        if self.is_running:
            return
        self._clear_away(5.0)
        self._closing = False
        self._last_words.clear()
        process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        self._process = process
        self._outbox = queue.SimpleQueue()
        self._threads = [
            threading.Thread(
                target=self._write, args=(process, self._outbox), name="engine-out", daemon=True
            ),
            threading.Thread(target=self._overhear, args=(process,), name="engine-log", daemon=True),
            threading.Thread(
                target=self._listen, args=(process, self._outbox), name="engine-in", daemon=True
            ),
        ]
        self._queue(requests.Hello(version=protocol.VERSION, store=self._store))
        for thread in self._threads:  # the listener last: should the engine be gone, it waits for the log
            thread.start()

    def send(self, request: requests.Request) -> int:
        """Queue a request under a fresh job number, which is returned; never blocks.

        Raises:
            EngineGone: the process is not running.

        """
        if not self.is_running:
            raise EngineGone("The engine is not running.")
        return self._queue(request)

    def _queue(self, request: requests.Request) -> int:
        job = next(self._jobs)
        self._outbox.put(msgspec.structs.replace(request, job=job))
        return job

    def cancel(self, job: int) -> None:
        """Ask the engine to give up a job; its answer will be `Cancelled`, unless it was done before."""
        self.send(requests.Cancel(target=job))

    def close(self, seconds: float = 5.0) -> None:
        """End the process, politely at first."""
        process, self._closing = self._process, True
        if process is not None and process.poll() is None:
            self._outbox.put(requests.Shutdown())
            self._outbox.put(None)
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                process.kill()
        self._clear_away(seconds)

    def _clear_away(self, seconds: float) -> None:
        """Reap the process that has ended; wait for its threads and close its streams."""
        process, self._process = self._process, None
        if process is None:
            return
        process.wait()
        self._outbox.put(None)
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(seconds)
        self._threads = []
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                with suppress(OSError):
                    stream.close()

    # threads

    def _write(
        self, process: subprocess.Popen[bytes], outbox: queue.SimpleQueue[msgspec.Struct | None]
    ) -> None:
        stream = cast("BinaryIO", process.stdin)
        while (message := outbox.get()) is not None:
            try:
                framing.write(stream, message)
            except TypeError as problem:
                job = getattr(message, "job", 0)
                words = f"{type(message).__name__} cannot be sent: {problem}."
                self._on_event(events.Failed(job=job, message=words, request=type(message).__name__))
            except (OSError, ValueError):
                return

    def _listen(
        self, process: subprocess.Popen[bytes], outbox: queue.SimpleQueue[msgspec.Struct | None]
    ) -> None:
        reader: framing.Reader[events.Event] = framing.Reader(cast("BinaryIO", process.stdout), events.Event)
        while True:
            try:
                event = reader.read()
            except (framing.BrokenStream, ValueError) as problem:
                outbox.put(None)
                self._report_gone(process, str(problem))
                return
            self._on_event(event)

    def _overhear(self, process: subprocess.Popen[bytes]) -> None:
        for line in cast("IO[bytes]", process.stderr):
            text = line.decode(errors="replace").rstrip()
            self._last_words.append(text)

    def _report_gone(self, process: subprocess.Popen[bytes], problem: str) -> None:
        if self._closing:
            return
        if process.poll() is None:
            process.kill()
        code = process.wait()
        log = next((thread for thread in self._threads if thread.name == "engine-log"), None)
        if log is not None:
            log.join(1.0)  # its last words are still on the way
        self._on_gone(_obituary(code, problem, list(self._last_words)))


def _obituary(code: int, problem: str, last_words: list[str]) -> str:
    """Say in words how the engine ended."""
    if code < 0:
        often = ": often the sign that memory ran out" if code == -9 else ""
        return f"The engine was ended by signal {-code}{often}. Your design is safe."
    tail = next((line for line in reversed(last_words) if line.strip()), problem)
    return f"The engine stopped ({tail[:200]}). Your design is safe."
