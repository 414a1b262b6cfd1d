"""The engine's main loop: answers requests, and trains one step whenever there is none."""

from __future__ import annotations

import os
import queue
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import suppress
from typing import BinaryIO, cast

import torch

from explorer.engine.compile import in_words
from explorer.engine.devices import set_threads
from explorer.engine.handlers import TABLE, runs
from explorer.engine.session import ActiveRun, GivenUp, RequestProblem, Session
from explorer.engine.training.loop import Diverged, EpochFigures
from explorer.protocol import events, framing, requests


class Server:
    """Serves one program over a pair of streams until it says `Shutdown` or goes away."""

    def __init__(self, source: BinaryIO, sink: BinaryIO) -> None:
        self._reader: framing.Reader[requests.Request] = framing.Reader(source, requests.Request)
        self._sink = sink
        self._inbox: queue.SimpleQueue[requests.Request | None] = queue.SimpleQueue()
        self.session = Session(self._emit)
        self._steps: tuple[ActiveRun, Iterator[EpochFigures | None]] | None = None

    def serve(self) -> None:
        """Run until the other side ends."""
        threading.Thread(target=self._listen, name="requests", daemon=True).start()
        try:
            while not isinstance(request := self._next(), requests.Shutdown):
                if request is not None:
                    self._answer(request)
                elif self._may_step():
                    self._train_one_step()
                if self.session.active is None:
                    self._steps = None  # lets go of the run's data
        finally:
            if self.session.active is not None:
                with suppress(Diverged):
                    self.session.active.run.keep()

    def _listen(self) -> None:
        """Queue what arrives; `Cancel` takes effect at once, in the middle of other work."""
        while True:
            try:
                request = self._reader.read()
            except (framing.BrokenStream, OSError) as problem:
                print(f"The connection ended: {problem}.", file=sys.stderr)  # noqa: T201
                request = requests.Shutdown()
            if isinstance(request, requests.Cancel):
                with self.session.lock:
                    self.session.cancelled.add(request.target)
                continue
            self._inbox.put(request)
            if isinstance(request, requests.Shutdown):
                return

    def _next(self) -> requests.Request | None:
        """The next request; None when there is none and the time is for training."""
        if not self._may_step():
            return self._inbox.get()
        try:
            return self._inbox.get_nowait()
        except queue.Empty:
            return None

    def _may_step(self) -> bool:
        active = self.session.active
        return active is not None and (not active.paused or active.budget > 0)

    def _emit(self, event: events.Event) -> None:
        framing.write(self._sink, event)

    def _answer(self, request: requests.Request) -> None:
        try:
            self.session.give_up_if_cancelled(request.job)
            TABLE[type(request)](self.session, request)
        except GivenUp:
            self._emit(events.Cancelled(job=request.job, revision=request.revision))
        except Diverged as problem:
            self._end_diverged(cast("ActiveRun", self.session.active), problem)
        except RequestProblem as problem:
            self._fail(request, str(problem), problem.address)
        except (MemoryError, torch.OutOfMemoryError) as problem:
            self._fail(request, memory_words(problem), "", traceback.format_exc())
        except Exception as problem:  # the engine goes on, whatever a handler did
            words = f"{type(request).__name__} could not be answered: {first_line(problem)}"
            self._fail(request, words, "", traceback.format_exc())

    def _fail(self, request: requests.Request, message: str, address: str = "", details: str = "") -> None:
        self._emit(
            events.Failed(
                job=request.job,
                revision=request.revision,
                message=message,
                address=address,
                details=details,
                request=type(request).__name__,
            )
        )

    def _train_one_step(self) -> None:
        active = cast("ActiveRun", self.session.active)
        if self._steps is None or self._steps[0] is not active:
            self._steps = (active, active.run.steps())
        try:
            figures = next(self._steps[1], _OVER)
            if figures is _OVER:
                runs.keep(self.session, active)
                runs.report_steps(self.session, active, last=True)
                runs.end(self.session, active, "done", f"Done after {active.run.progress.epoch} epochs.")
                return
            self._after_step(active, cast("EpochFigures | None", figures))
        except Diverged as problem:
            self._end_diverged(active, problem)
        except (MemoryError, torch.OutOfMemoryError) as problem:
            runs.end(self.session, active, "failed", memory_words(problem, active.run.settings.batch))
        except Exception as problem:
            print(traceback.format_exc(), file=sys.stderr)  # noqa: T201
            runs.end(self.session, active, "failed", f"Training stopped: {first_line(problem)}")

    def _end_diverged(self, active: ActiveRun, problem: Diverged) -> None:
        active.run.progress.take()
        runs.end(self.session, active, "diverged", str(problem))

    def _after_step(self, active: ActiveRun, figures: EpochFigures | None) -> None:
        if active.paused:
            active.budget -= 1
        runs.report_steps(
            self.session, active, force=figures is not None or (active.paused and active.budget == 0)
        )
        if figures is not None:
            self._emit(
                events.RunEpoch(
                    job=active.job,
                    revision=active.revision,
                    run=active.run.name,
                    **{name: getattr(figures, name) for name in figures.__dataclass_fields__},
                )
            )
        if active.run.is_due():
            runs.keep(self.session, active)


_OVER = object()


def first_line(problem: BaseException) -> str:
    """The first line of an exception's text, or its kind."""
    text = str(problem).strip()
    return text.splitlines()[0][:300] if text else type(problem).__name__


def memory_words(problem: BaseException, batch: int | None = None) -> str:
    """Say that memory ran out, and what helps."""
    has = ""
    if torch.cuda.is_available():
        free, total = torch.cuda.mem_get_info()
        has = f" The device has {in_words(total)}, {in_words(free)} of it free."
    helps = (
        f" Try a batch of {max(1, batch // 2)} instead of {batch}."
        if batch and batch > 1
        else " Use a smaller input or fewer filters."
    )
    return f"The device's memory is full.{has}{helps}"


def main() -> int:
    """Serve on stdin and stdout; whatever prints goes to stderr instead."""
    sink = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    source = os.fdopen(os.dup(0), "rb", buffering=0)
    set_threads()
    with suppress(BrokenPipeError), open(sink.fileno(), "wb", buffering=1 << 20, closefd=False) as buffered:
        Server(cast("BinaryIO", source), buffered).serve()
    return 0
