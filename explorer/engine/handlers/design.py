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
from explorer.engine.state import EngineState, RequestProblem
from explorer.engine.weights import WeightProblem
from explorer.engine.weights.store import Store
from explorer.graph import files
from explorer.protocol import events, requests


def hello(engine: EngineState, request: requests.Hello) -> None:
    """Say who we are."""
    if request.version != protocol.VERSION:
        raise RequestProblem(
            f"The engine speaks version {protocol.VERSION}, the program version {request.version}. "
            "Update the older one."
        )
    trouble = ""
    engine.store.close()
    try:
        engine.store = Store(request.store)
        engine.era = engine.store.era
    except WeightProblem as problem:
        trouble = str(problem)
    engine.emit(
        events.Ready(
            job=request.job,
            version=protocol.VERSION,
            torch=str(torch.__version__),
            devices=available(),
            threads=torch.get_num_threads(),
            shared=engine.shared,
            states=engine.store.names,
            trouble=trouble,
        )
    )


def load(engine: EngineState, request: requests.Load) -> None:
    """Compile the design; the weights that are there go on in it."""
    if engine.active is not None:
        raise RequestProblem("Training is running on the design as it was; stop it first.")
    try:
        document = files.decode(request.design)
        flow = engine.resolver.resolve(document)
        engine.jobs.expect(layers=sum(1 for _ in flow.walk()))
        note_learning(engine)
        _leave(engine, request)
        compiled = compile_flow(
            flow,
            document.name,
            engine.device,
            engine.compiled,
            request.seed,
            moves=request.moves,
            fit=request.fit,
        )
    except (files.FileProblem, BuildProblem) as problem:
        raise RequestProblem(str(problem)) from None
    engine.compiled, engine.revision, engine.name = compiled, request.revision, document.name
    engine.settings = dict(document.settings)
    engine.document = document
    came = compiled.came
    if not came.kept and not came.partly:
        engine.trained, engine.loss = 0, ""
    restored = _restore(engine, compiled, request)
    engine.arrived = compiled.weights.digest
    engine.emit(
        events.Loaded(
            job=request.job,
            revision=request.revision,
            parameters=flow.parameters,
            device=str(engine.device),
            kept=compiled.layers if restored else came.kept,
            partly=() if restored else came.partly,
            fresh=() if restored else came.fresh,
            restored=restored,
            digest=engine.arrived,
        )
    )


def _leave(engine: EngineState, request: requests.Load) -> None:
    """Keep what is live under a name; where there is no room, it is not kept."""
    if not request.leave or engine.compiled is None:
        return
    with suppress(WeightProblem):
        keep(engine, request.job, request.leave, passing=True, spare=(request.restore,))


def _restore(engine: EngineState, compiled: Compiled, request: requests.Load) -> bool:
    """Take a kept state back where it fits whole, unless what came over is as good; whether it was taken.

    What came over goes before when every tensor of it did, and something was learned since the state was
    kept: undoing an edit must not undo training.
    """
    state = engine.store.state(request.restore)
    if state is None:
        return False
    if state.digest == compiled.weights.digest:
        return True
    if compiled.came.whole and state.era != engine.era and not request.exact:
        return False
    try:
        use(engine, request.restore)
    except (RequestProblem, WeightProblem):
        return False
    return True


def source(engine: EngineState, request: requests.Source) -> None:
    """Send the text that runs."""
    engine.emit(events.SourceText(job=request.job, revision=engine.revision, text=engine.model().source))


def measure(engine: EngineState, request: requests.Measure) -> None:
    """Let torchinfo count."""
    measured = measure_module(engine.model())
    engine.emit(msgspec.structs.replace(measured, job=request.job, revision=engine.revision))


def samples(engine: EngineState, request: requests.Samples) -> None:
    """Send inputs of a data set."""
    data = engine.dataset(request.dataset)
    indices = [i for i in request.indices if 0 <= i < len(data.inputs)][:256]
    engine.emit(
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
