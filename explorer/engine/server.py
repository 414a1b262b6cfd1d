"""The engine's main loop: answers requests, and trains one step whenever there is none."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import suppress
from typing import BinaryIO, cast

from explorer.engine import out_of_memory
from explorer.engine.connection import Connection
from explorer.engine.devices import give_way, set_threads
from explorer.engine.handlers import TABLE, runs
from explorer.engine.jobs import GivenUp
from explorer.engine.lifeline import Lifeline
from explorer.engine.memory import Thrift, reuse_pages, set_aside
from explorer.engine.state import ActiveRun, EngineState, RequestProblem
from explorer.engine.streams import note
from explorer.engine.training.layer_failures import failing_layer
from explorer.engine.training.loop import Diverged, EpochFigures
from explorer.engine.watch import Watch
from explorer.protocol import events, requests

BYTES = 4
"""Of one weight."""


class Server:
    """Serves one program over a pair of streams until it says `Shutdown` or goes away."""

    def __init__(self, source: BinaryIO, sink: BinaryIO) -> None:
        self.state = EngineState(self._emit)
        self.connection = Connection(source, sink, self.state.jobs)
        self._thrift = Thrift()
        self._weights = 0  # bytes of the live design's
        self._steps: tuple[ActiveRun, Iterator[EpochFigures | None]] | None = None

    def serve(self) -> None:
        """Run until the other side ends."""
        self.connection.listen()
        try:
            while not isinstance(request := self._next(), requests.Shutdown):
                if request is not None:
                    self._answer(request)
                    self._tidy()
                elif self._may_step():
                    self._train_one_step()
                if self.state.active is None:
                    self._steps = None  # lets go of the run's data
        finally:
            if self.state.active is not None:
                with suppress(Diverged, OSError):
                    self.state.active.run.keep()

    def _tidy(self) -> None:
        """Give back what the job left behind."""
        compiled, before = self.state.compiled, self._weights
        self._weights = compiled.flow.parameters * BYTES if compiled is not None else 0
        if self._thrift.after_job(freed=max(0, before - self._weights)):
            self.connection.trim()

    def _next(self) -> requests.Request | None:
        """The next request; None when there is none and the time is for training."""
        return self.connection.next(wait=not self._may_step())

    def _may_step(self) -> bool:
        active = self.state.active
        return active is not None and (not active.paused or active.budget > 0)

    def _emit(self, event: events.Event) -> None:
        self.connection.emit(event)

    def _answer(self, request: requests.Request) -> None:
        state = self.state
        if isinstance(request, requests.Hello):
            state.shared = self.connection.share(request)
        model = state.compiled.module if state.compiled is not None else None
        try:
            if state.jobs.is_cancelled(request.job):
                raise GivenUp
            with Watch(request.job, state.jobs, self._emit, model):
                TABLE[type(request)](state, request)
        except GivenUp:
            self._emit(events.Cancelled(job=request.job, revision=request.revision))
        except Diverged as problem:
            self._end_diverged(cast("ActiveRun", self.state.active), problem)
        except RequestProblem as problem:
            self._fail(request, str(problem), problem.address)
        except Exception as problem:  # the engine goes on, whatever a handler did
            address = failing_layer(model, problem) if model is not None else ""
            said = f"{address} could not work on what arrived" if address else first_line(problem)
            words = f"{type(request).__name__} could not be answered: {said}"
            if out_of_memory.caused(problem):
                words = out_of_memory.words()
            self._fail(request, words, address, traceback.format_exc())
        finally:
            state.jobs.answered(request.job)

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
        active = cast("ActiveRun", self.state.active)
        if self._steps is None or self._steps[0] is not active:
            self._steps = (active, active.run.steps())
        try:
            figures = next(self._steps[1], _OVER)
            if figures is _OVER:
                runs.keep(self.state, active)
                runs.report_steps(self.state, active, last=True)
                runs.end(self.state, active, "done", f"Done after {active.run.progress.epoch} epochs.")
                return
            self._after_step(active, cast("EpochFigures | None", figures))
        except Diverged as problem:
            self._end_diverged(active, problem)
        except Exception as problem:
            note(traceback.format_exc())
            words = f"Training stopped: {first_line(problem)}"
            if out_of_memory.caused(problem):
                words = out_of_memory.words(active.run.settings.batch)
            runs.end(self.state, active, "failed", words)

    def _end_diverged(self, active: ActiveRun, problem: Diverged) -> None:
        active.run.progress.take()
        runs.end(self.state, active, "diverged", str(problem))

    def _after_step(self, active: ActiveRun, figures: EpochFigures | None) -> None:
        if active.paused:
            active.budget -= 1
        runs.report_steps(
            self.state, active, force=figures is not None or (active.paused and active.budget == 0)
        )
        if figures is not None:
            self._emit(
                events.RunEpoch(
                    job=active.job,
                    revision=active.revision,
                    run=active.run.name,
                    epoch=figures.epoch,
                    step=figures.step,
                    loss=figures.loss,
                    metrics=figures.metrics,
                )
            )
        if active.run.is_due():
            runs.keep(self.state, active)


_OVER = object()


def first_line(problem: BaseException) -> str:
    """The first line of an exception's text, or its kind."""
    text = str(problem).strip()
    return text.splitlines()[0][:300] if text else type(problem).__name__


def main(source: BinaryIO, sink: BinaryIO, lifeline: Lifeline) -> int:
    """Serve on two streams until the lifeline is cut; see `explorer.engine.streams`."""
    set_threads()
    give_way()
    reuse_pages()
    set_aside()
    server = Server(source, sink)
    lifeline.when_cut(server.connection.end)
    server.serve()
    with suppress(OSError):
        sink.close()
    return 0
