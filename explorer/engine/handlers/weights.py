"""Requests about weights: keep them, go back to them, draw them anew, measure them, files."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

import torch

from explorer.engine import published
from explorer.engine.compile import Compiled
from explorer.engine.probes import quiet
from explorer.engine.state import EngineState, RequestProblem
from explorer.engine.training import validation
from explorer.engine.training.heads import Heads
from explorer.engine.training.loop import refuse_misfit
from explorer.engine.training.losses import SettingProblem, loss_called
from explorer.engine.weights import WeightProblem, carry, files
from explorer.engine.weights.addresses import muted_addresses
from explorer.engine.weights.store import Kept
from explorer.graph.sharing import place_of
from explorer.protocol import events, requests
from explorer.training.tasks import TASKS

ROOM = 2**28
"""Bytes of activations that one batch of an evaluation may take."""


def keep(engine: EngineState, job: int, name: str, *, passing: bool, spare: Collection[str] = ()) -> None:
    """Keep the live weights under a name and say so; raises `WeightProblem`."""
    note_learning(engine)
    kept = engine.store.keep(
        name, engine.model().weights, passing=passing, step=engine.step, era=engine.era, spare=spare
    )
    _told(engine, job, kept)


def _told(engine: EngineState, job: int, kept: Kept) -> None:
    state = kept.state
    engine.emit(
        events.StateKept(job=job, name=state.name, digest=state.digest, size=kept.size, gone=kept.gone)
    )


def note_learning(engine: EngineState) -> None:
    """Begin an era where the live weights are others than when they were last looked at."""
    if engine.compiled is not None and (digest := engine.compiled.weights.digest) != engine.arrived:
        engine.era, engine.arrived = engine.era + 1, digest


def use(engine: EngineState, name: str) -> None:
    """Make a kept state the live weights.

    Raises:
        RequestProblem: there is none of that name, or it does not fit the design.
        WeightProblem: it cannot be read.

    """
    compiled, state = engine.model(), engine.store.state(name)
    if state is None:
        raise RequestProblem(f"No weights are kept under “{name}”.")
    misfit = state.misfit(compiled.module.state_dict(), muted_addresses(compiled.flow))
    if misfit:
        raise RequestProblem(f"“{name}” holds weights of another form of this design: {misfit}.")
    hashes = {key: entry.content for key, entry in state.tensors.items()}
    compiled.weights.become(engine.store.tensors(state), hashes)
    engine.trained = state.step


def keep_state(engine: EngineState, request: requests.KeepState) -> None:
    """Keep the present weights, or those of another state, for good; also while a run goes on."""
    try:
        if request.of:
            _told(engine, request.job, _known(engine, request.of, request.name))
        else:
            keep(engine, request.job, request.name, passing=False)
    except WeightProblem as problem:
        raise RequestProblem(str(problem)) from None


def _known(engine: EngineState, of: str, name: str) -> Kept:
    if (kept := engine.store.keep_again(name, of)) is None:
        raise RequestProblem(f"No weights are kept under “{of}”.")
    return kept


def use_state(engine: EngineState, request: requests.UseState) -> None:
    """Go back to kept weights."""
    _refuse_while_training(engine)
    try:
        use(engine, request.name)
    except WeightProblem as problem:
        raise RequestProblem(str(problem)) from None
    _report_change(engine, request.job, name=request.name)


def drop_states(engine: EngineState, request: requests.DropStates) -> None:
    """Forget kept weights."""
    engine.emit(events.StatesDropped(job=request.job, names=engine.store.drop(request.names)))


def reset_weights(engine: EngineState, request: requests.ResetWeights) -> None:
    """Draw weights anew, all or those of some nodes."""
    _refuse_while_training(engine)
    compiled = engine.model()
    chosen = [layer for address in request.addresses for layer in _layers_at(compiled, address)]
    if not request.addresses:
        chosen = list(compiled.layers)
        compiled.weights.parked.clear()
        engine.trained = 0
    fresh = carry.redraw(compiled, dict.fromkeys(chosen), request.seed)
    _report_change(engine, request.job, fresh=fresh)


def _layers_at(compiled: Compiled, address: str) -> list[str]:
    """Layers with weights at or below an address; raises `RequestProblem` where nothing runs."""
    try:
        path = place_of(compiled.flow, address).path
    except KeyError:
        raise RequestProblem(f"There is no layer at “{address}”.", address) from None
    return [layer for layer in compiled.layers if f"{layer}.".startswith(f"{path}.")]


def _refuse_while_training(engine: EngineState) -> None:
    if engine.active is not None:
        raise RequestProblem("Training is running with the present weights; stop it first.")


def _report_change(engine: EngineState, job: int, name: str = "", fresh: tuple[str, ...] = ()) -> None:
    engine.emit(
        events.WeightsChanged(
            job=job,
            revision=engine.revision,
            digest=engine.model().weights.digest,
            name=name,
            fresh=fresh,
        )
    )


def save_weights(engine: EngineState, request: requests.SaveWeights) -> None:
    """Write the weights beside the design, the present ones or a kept state."""
    try:
        if request.state:
            state = engine.store.state(request.state)
            if state is None:
                raise RequestProblem(f"No weights are kept under “{request.state}”.")
            tensors, digest = engine.store.tensors(state), state.digest
        else:
            live = engine.model().weights
            tensors, digest = live.tensors(), live.digest
        files.write(tensors, request.path, digest)
    except WeightProblem as problem:
        raise RequestProblem(str(problem)) from None
    engine.emit(events.WeightsSaved(job=request.job, path=request.path, digest=digest))


def load_weights(engine: EngineState, request: requests.LoadWeights) -> None:
    """Read weights: our own by name, published ones as a whole under their publishers' names."""
    compiled, how = engine.model(), ""
    try:
        if request.published:
            go_on = partial(engine.give_up_if_cancelled, request.job)
            report = published.load(compiled.module, compiled.flow, request.path, go_on)
            matched, problems, how = report.matched, report.told, report.how
        else:
            away = muted_addresses(compiled.flow)
            matched, problems = files.fill(compiled.weights, request.path, request.digest, away)
    except WeightProblem as problem:
        raise RequestProblem(str(problem)) from None
    problems = (*problems, *_not_finite(compiled))
    engine.emit(
        events.WeightsLoaded(
            job=request.job,
            path=request.path,
            matched=matched,
            problems=problems,
            how=how,
            digest=compiled.weights.digest,
        )
    )


def _not_finite(compiled: Compiled) -> list[str]:
    """Tensors of the live model with values that are no numbers, in words."""
    found = []
    for name, tensor in compiled.module.state_dict().items():
        if tensor.is_floating_point() and not bool(torch.isfinite(tensor).all()):
            count = int((~torch.isfinite(tensor)).sum())
            found.append(f"{name} has {count:,} values that are NaN or infinite.")
    return found


def evaluate(engine: EngineState, request: requests.Evaluate) -> None:
    """Measure the present weights on the held-out part of a data set, by its task; it can be cancelled."""
    compiled, data = engine.model(), engine.dataset(request.dataset)
    try:
        refuse_misfit(compiled.flow, data)
    except SettingProblem as problem:
        raise RequestProblem(str(problem)) from None
    task, (_, held_out) = TASKS[data.row.task], data.split()
    inputs, targets = torch.as_tensor(data.inputs), torch.as_tensor(data.targets)
    batch = max(1, min(validation.BATCH, ROOM // max(1, compiled.flow.activation_bytes)))
    engine.jobs.expect(passes=1 + -(-len(held_out) // batch))

    def progress(done: int) -> None:
        engine.give_up_if_cancelled(request.job)
        engine.emit(
            events.Progress(
                job=request.job,
                revision=engine.revision,
                done=done,
                total=len(held_out),
                words=f"Measuring on {len(held_out):,} held-out samples",
            )
        )

    with quiet(compiled.module):
        loss, metrics = validation.figures(
            compiled.module,
            Heads(compiled.module, inputs[:1].to(compiled.device)),
            loss_called(task.losses[0]),
            task.measured,
            (inputs, targets),
            torch.as_tensor(held_out),
            batch=batch,
            progress=progress,
        )
    engine.emit(
        events.Evaluated(
            job=request.job,
            revision=engine.revision,
            dataset=request.dataset,
            digest=compiled.weights.digest,
            samples=len(held_out),
            figures={**metrics, "loss": loss},
        )
    )
