"""Requests about the design itself: load it, show its source, measure it, its data."""

from __future__ import annotations

from contextlib import suppress

import msgspec
import torch

from explorer import protocol
from explorer.engine.compile import BuildProblem, Compiled, compile_flow
from explorer.engine.devices import available
from explorer.engine.handlers.weights import keep, note_learning, use
from explorer.engine.measure import measure_module
from explorer.engine.session import RequestProblem, Session
from explorer.engine.weights import WeightProblem
from explorer.engine.weights.store import Store
from explorer.graph import files
from explorer.protocol import events, requests


def hello(session: Session, request: requests.Hello) -> None:
    """Say who we are."""
    if request.version != protocol.VERSION:
        raise RequestProblem(
            f"The engine speaks version {protocol.VERSION}, the program version {request.version}. "
            "Update the older one."
        )
    trouble = ""
    session.store.close()
    try:
        session.store = Store(request.store)
        session.era = session.store.era
    except WeightProblem as problem:
        trouble = str(problem)
    session.emit(
        events.Ready(
            job=request.job,
            version=protocol.VERSION,
            torch=str(torch.__version__),
            devices=available(),
            threads=torch.get_num_threads(),
            shared=session.shared,
            states=session.store.names,
            trouble=trouble,
        )
    )


def load(session: Session, request: requests.Load) -> None:
    """Compile the design; the weights that are there go on in it."""
    if session.active is not None:
        raise RequestProblem("Training goes on with the design as it was; stop it first.")
    try:
        document = files.decode(request.design)
        flow = session.resolver.resolve(document)
        session.jobs.expect(layers=sum(1 for _ in flow.walk()))
        note_learning(session)
        _leave(session, request)
        compiled = compile_flow(
            flow,
            document.name,
            session.device,
            session.compiled,
            request.seed,
            moves=request.moves,
            fit=request.fit,
        )
    except (files.FileProblem, BuildProblem) as problem:
        raise RequestProblem(str(problem)) from None
    session.compiled, session.revision, session.name = compiled, request.revision, document.name
    came = compiled.came
    if not came.kept and not came.partly:
        session.trained = 0
    restored = _restore(session, compiled, request)
    session.arrived = compiled.weights.digest
    session.emit(
        events.Loaded(
            job=request.job,
            revision=request.revision,
            parameters=flow.parameters,
            device=str(session.device),
            kept=compiled.layers if restored else came.kept,
            partly=() if restored else came.partly,
            fresh=() if restored else came.fresh,
            restored=restored,
            digest=session.arrived,
        )
    )


def _leave(session: Session, request: requests.Load) -> None:
    """Keep what is live under a name; where there is no room, it is not kept."""
    if not request.leave or session.compiled is None:
        return
    with suppress(WeightProblem):
        keep(session, request.job, request.leave, passing=True, spare=(request.restore,))


def _restore(session: Session, compiled: Compiled, request: requests.Load) -> bool:
    """Take a kept state back where it fits whole, unless what came over is as good; whether it was taken.

    What came over goes before when every tensor of it did, and something was learned since the state was
    kept: undoing an edit must not undo training.
    """
    state = session.store.state(request.restore)
    if state is None:
        return False
    if state.digest == compiled.weights.digest:
        return True
    if compiled.came.whole and state.era != session.era and not request.exact:
        return False
    try:
        use(session, request.restore)
    except (RequestProblem, WeightProblem):
        return False
    return True


def source(session: Session, request: requests.Source) -> None:
    """Send the text that runs."""
    session.emit(events.SourceText(job=request.job, revision=session.revision, text=session.model().source))


def measure(session: Session, request: requests.Measure) -> None:
    """Let torchinfo count."""
    measured = measure_module(session.model())
    session.emit(msgspec.structs.replace(measured, job=request.job, revision=session.revision))


def samples(session: Session, request: requests.Samples) -> None:
    """Send inputs of a data set."""
    data = session.dataset(request.dataset)
    indices = [i for i in request.indices if 0 <= i < len(data.inputs)][:256]
    session.emit(
        events.SampleSet(
            job=request.job,
            dataset=request.dataset,
            indices=tuple(indices),
            inputs=data.inputs[indices],
            targets=data.targets[indices],
            classes=tuple(data.classes),
            axes=tuple(data.axes),
            total=len(data.inputs),
        )
    )
