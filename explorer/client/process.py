"""One engine process from its start to its end, looked after by threads: nobody else ever waits for it."""

from __future__ import annotations

import queue
import subprocess
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import IO, BinaryIO, cast

import msgspec

from explorer import launch
from explorer.client.ending import Ending
from explorer.protocol import events, framing, requests
from explorer.protocol.shared import Inlet, NoPool

PATIENCE = 2.0
"""Seconds that an engine has to end by itself after it has closed a stream, and its last words to arrive."""
KEPT_LINES = 40
_LONGEST_LINE = 8192


class EngineProcess:
    """Starts an engine, sends what is queued, passes on what it says, and tells of its end.

    Four threads: one for its life, which also sees its end, and one for each of its streams. One that fails
    ends the engine, with the reason in its `Ending`: silence never looks like work.

    Attributes:
        ending: how it ended, None before that. pid: its number, None before it has one.

    """

    def __init__(
        self,
        command: Sequence[str],
        hello: requests.Hello,
        on_event: Callable[[events.Event], None],
        on_end: Callable[[EngineProcess], None],
        *,
        shares: bool,
    ) -> None:
        """Prepare to run `command` and greet it with `hello`; `shares`: it inherits memory for large arrays.

        `on_event` and `on_end` are called on threads of this object, `on_end` once, last, and always.
        """
        self._command, self._hello, self._shares = list(command), hello, shares
        self._on_event, self._on_end = on_event, on_end
        self._outbox: queue.SimpleQueue[msgspec.Struct | None] = queue.SimpleQueue()
        self._last_words: deque[str] = deque(maxlen=KEPT_LINES)
        self._process: subprocess.Popen[bytes] | None = None
        self._life = threading.Thread(target=self._live, name="engine-life", daemon=True)
        self._ender: threading.Thread | None = None
        self._is_over = threading.Event()
        self._silent = False
        self._ready_at: float | None = None
        self._ended_at: float | None = None
        self._problem = self._cause = ""
        self.ending: Ending | None = None

    # for the program; none of these waits, but for `join`

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return self._is_over.is_set()

    @property
    def pid(self) -> int | None:
        """Process id, once there is one."""
        return self._process.pid if self._process is not None else None

    def start(self) -> None:
        """Begin its life."""
        self._life.start()

    def send(self, message: requests.Request) -> None:
        """Queue a message."""
        self._outbox.put(message)

    def kill(self, cause: str) -> None:
        """End it at once; `cause` says why, in words."""
        self._cause = self._cause or cause
        if self._process is not None:
            self._process.kill()

    def end(self, seconds: float) -> None:
        """Ask it to end, and kill it when it has not after so many seconds.

        Its events are not passed on any more. The thread that sees to this keeps a program from exiting
        before the engine has.
        """
        self._silent = True
        self._outbox.put(requests.Shutdown())
        self._ender = threading.Thread(target=self._see_off, args=(seconds,), name="engine-end")
        self._ender.start()

    def join(self, seconds: float) -> None:
        """Wait until it has ended and its threads have, at most so long for each."""
        for thread in (self._life, self._ender):
            if thread is not None and thread is not threading.current_thread():
                thread.join(seconds)

    # its life, on threads

    def _see_off(self, seconds: float) -> None:
        if not self._is_over.wait(seconds):
            self.kill("it did not end when asked")
        self._life.join(PATIENCE)

    def _live(self) -> None:
        code = None
        try:
            code = self._run()
        except (OSError, ValueError) as problem:
            self._problem = f"{self._command[0]}: {getattr(problem, 'strerror', None) or problem}"
        finally:
            self._leave_none()
            ready = None if self._ready_at is None else (self._ended_at or time.monotonic()) - self._ready_at
            self.ending = Ending(code, self._problem, ready, tuple(self._last_words), self._cause)
            self._is_over.set()
            self._on_end(self)

    def _leave_none(self) -> None:
        """No process outlives the thread that looks after it."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def _run(self) -> int:
        """Start the process, have its streams looked after, and wait for its end; returns its exit code."""
        inlet = _inlet() if self._shares else None
        try:
            process = self._process = self._started(() if inlet is None else (inlet.descriptor,))
            hello = self._hello if inlet is None else _offering(self._hello, inlet, self._outbox)
        finally:
            if inlet is not None:
                inlet.close_descriptor()
        writer = self._thread("engine-out", lambda: self._write(cast("BinaryIO", process.stdin), hello))
        reader = self._thread("engine-in", lambda: self._read(cast("BinaryIO", process.stdout), inlet))
        log = self._thread("engine-log", lambda: self._overhear(cast("IO[bytes]", process.stderr)))
        code = process.wait()
        self._ended_at = time.monotonic()
        self._outbox.put(None)
        for thread, stream in ((reader, process.stdout), (log, process.stderr), (writer, process.stdin)):
            thread.join(PATIENCE)  # what it said last is still on the way
            if not thread.is_alive() and stream is not None:
                with suppress(OSError):
                    stream.close()
        return code

    def _started(self, descriptors: tuple[int, ...]) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=launch.environment(),
            pass_fds=descriptors,
            start_new_session=True,  # what interrupts the program at a terminal is not meant for the engine
            creationflags=launch.creation_flags(),
        )
        if self._cause:  # somebody was quicker
            process.kill()
        return process

    def _thread(self, name: str, work: Callable[[], None]) -> threading.Thread:
        """Start a thread whose failure is noticed."""

        def guarded() -> None:
            try:
                work()
            except Exception as problem:
                traceback.print_exc()
                self.kill(f"the program could not go on with it ({type(problem).__name__}: {problem})")

        thread = threading.Thread(target=guarded, name=name, daemon=True)
        thread.start()
        return thread

    def _write(self, stream: BinaryIO, hello: requests.Hello) -> None:
        message: msgspec.Struct | None = hello
        while message is not None:
            try:
                framing.write(stream, message)
            except TypeError as problem:
                self._refuse(message, problem)
            except OSError:
                self._expect_end("it stopped to listen")
                return
            message = self._outbox.get()

    def _refuse(self, message: msgspec.Struct, problem: TypeError) -> None:
        kind = type(message).__name__
        words = f"{kind} cannot be sent: {problem}."
        self._pass_on(events.Failed(job=getattr(message, "job", 0), message=words, request=kind))

    def _read(self, stream: BinaryIO, inlet: Inlet | None) -> None:
        reader: framing.Reader[events.Event] = framing.Reader(stream, events.Event, inlet)
        while True:
            try:
                event = reader.read()
            except framing.Closed as problem:
                self._problem = str(problem)
                self._expect_end("it stopped to speak")
                return
            except framing.BrokenStream as problem:
                self.kill(f"what it said is not what engines say ({problem})")
                return
            if isinstance(event, events.Ready):
                self._ready_at = time.monotonic()
            self._pass_on(event)

    def _pass_on(self, event: events.Event) -> None:
        if not self._silent:
            self._on_event(event)

    def _overhear(self, stream: IO[bytes]) -> None:
        while line := stream.readline(_LONGEST_LINE):
            self._last_words.append(line.decode(errors="replace").rstrip())

    def _expect_end(self, cause: str) -> None:
        """It has closed a stream: it is about to end, or of no use any more."""
        try:
            if self._process is not None:
                self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill(cause)


def _offering(
    hello: requests.Hello, inlet: Inlet, outbox: queue.SimpleQueue[msgspec.Struct | None]
) -> requests.Hello:
    """The greeting with shared memory in it, whose room is given back over the outbox."""
    inlet.returned = lambda place: outbox.put(requests.Returned(place=place))
    return msgspec.structs.replace(hello, pool=inlet.descriptor, mark=inlet.mark)


def _inlet() -> Inlet | None:
    try:
        return Inlet()
    except NoPool:
        return None
