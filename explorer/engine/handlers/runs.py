"""Requests about training. The stepping itself happens in the server's loop, between requests."""

from __future__ import annotations

import time
import uuid

from explorer.engine.compile import BuildProblem, compile_flow, frozen_addresses, refuse_too_large
from explorer.engine.devices import DeviceProblem, choose
from explorer.engine.state import ActiveRun, EngineState, RequestProblem
from explorer.engine.training.checkpoint import CheckpointProblem
from explorer.engine.training.loop import TrainingRun, refuse_misfit
from explorer.engine.training.losses import SettingProblem
from explorer.engine.training.settings import check_settings
from explorer.protocol import events, requests

REPORTS_PER_SECOND = 10
"""How often progress is reported; more often nobody can read it, and drawing it costs the window frames."""


def train(engine: EngineState, request: requests.Train) -> None:
    """Start a run, or go on from the newest checkpoint."""
    compiled = engine.model()
    if engine.active is not None:
        raise RequestProblem("A run is in progress; stop it first.")
    data = engine.dataset(request.settings.dataset)
    try:
        refuse_misfit(compiled.flow, data)
        check_settings(request.settings, data)
        device = choose(request.settings.device)
        if request.settings.fresh and not request.settings.resume:
            compiled = engine.compiled = compile_flow(
                compiled.flow, engine.name, compiled.device, seed=request.settings.seed
            )
        refuse_too_large(compiled.flow, device, request.settings.batch, training=True)
        if device != compiled.device:
            compiled.module.to(device)
            compiled.device = engine.device = device
        frozen = frozen_addresses(compiled.flow)
        run = TrainingRun(uuid.uuid4().hex[:8], compiled.module, data, request.settings, device, frozen)
    except (DeviceProblem, BuildProblem, SettingProblem, CheckpointProblem) as problem:
        raise RequestProblem(str(problem)) from None
    engine.loss = request.settings.loss
    engine.active = ActiveRun(run, request.job, engine.revision, paused=request.paused)
    engine.emit(
        events.RunStarted(
            job=request.job,
            revision=engine.revision,
            run=run.name,
            dataset=data.id,
            device=str(device),
            steps_per_epoch=run.steps_per_epoch,
            epochs=request.settings.epochs,
            step=run.progress.step,
            epoch=run.progress.epoch,
        )
    )
    if request.paused:
        _report_pause(engine, engine.active)


def _active(engine: EngineState) -> ActiveRun:
    if engine.active is None:
        raise RequestProblem("No run is in progress.")
    return engine.active


def _report_pause(engine: EngineState, active: ActiveRun) -> None:
    engine.emit(
        events.RunPaused(
            job=active.job,
            revision=active.revision,
            run=active.run.name,
            step=active.run.progress.step,
            paused=active.paused,
        )
    )


def pause(engine: EngineState, request: requests.Pause) -> None:
    """Hold after the present step, with a checkpoint."""
    active = _active(engine)
    active.paused, active.budget = True, 0
    keep(engine, active)
    report_steps(engine, active, force=True)
    _report_pause(engine, active)


def resume(engine: EngineState, request: requests.Resume) -> None:
    """Go on."""
    active = _active(engine)
    active.paused = False
    _report_pause(engine, active)


def step(engine: EngineState, request: requests.Step) -> None:
    """Allow a few single steps while paused."""
    active = _active(engine)
    if not active.paused:
        active.paused = True
        _report_pause(engine, active)
    active.budget += max(1, min(request.count, 10_000))


def stop(engine: EngineState, request: requests.Stop) -> None:
    """End the run; the weights stay as they are."""
    active = _active(engine)
    keep(engine, active)
    report_steps(engine, active, last=True)
    end(engine, active, "stopped", f"Stopped after step {active.run.progress.step:,}.")


def acknowledge(engine: EngineState, request: requests.Ack) -> None:
    """The last progress has been shown."""
    active = engine.active
    if active is not None and active.unacknowledged == request.number:
        active.unacknowledged = None
        if active.paused and not active.budget:
            report_steps(engine, active, force=True)  # no step will come to report the rest


def keep(engine: EngineState, active: ActiveRun) -> None:
    """Write a checkpoint, if the run keeps any; what it holds has been told before, seen or not.

    Should the engine die, the curve reaches at least to the step from which the run can go on.
    """
    if not active.run.settings.directory:
        return
    report_steps(engine, active, last=True)
    path = active.run.keep()
    if path is not None or active.run.trouble:
        engine.emit(
            events.Checkpointed(
                job=active.job,
                run=active.run.name,
                step=active.run.progress.step,
                path=str(path) if path is not None else "",
                trouble=active.run.trouble,
            )
        )


def report_steps(engine: EngineState, active: ActiveRun, *, force: bool = False, last: bool = False) -> None:
    """Send the steps since the last report, not too often and only when the last was seen.

    `force` does not wait for the time; only the end of a run does not wait to be seen either.
    """
    now = time.monotonic()
    if active.unacknowledged is not None and not last:
        return
    if not force and not last and now - active.reported_at < 1 / REPORTS_PER_SECOND:
        return
    run = active.run
    if not run.progress.losses:
        return
    run.check()
    first, losses, metrics = run.progress.take()
    active.number += 1
    active.unacknowledged, active.reported_at = active.number, now
    engine.emit(
        events.RunSteps(
            job=active.job,
            revision=active.revision,
            number=active.number,
            run=run.name,
            first_step=first,
            losses=losses,
            metrics=metrics,
            epoch=run.progress.epoch,
            seconds=run.seconds,
            left=run.seconds_left,
        )
    )


def end(engine: EngineState, active: ActiveRun, reason: str, message: str) -> None:
    """Forget the run and say why."""
    run, figures = active.run, active.run.figures
    engine.active, engine.trained = None, run.progress.step
    run.module.eval()
    engine.emit(
        events.RunEnded(
            job=active.job,
            revision=active.revision,
            run=run.name,
            reason=reason,
            message=message,
            step=run.progress.step,
            epoch=run.progress.epoch,
            loss=figures.loss if figures else float("nan"),
            metrics=figures.metrics if figures else {},
            seconds=run.seconds,
        )
    )
