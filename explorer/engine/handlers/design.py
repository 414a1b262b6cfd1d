"""Requests about the design itself: load it, show its source, measure it, its data and weights."""

from __future__ import annotations

from functools import partial

import msgspec
import torch

from explorer import protocol
from explorer.engine import published
from explorer.engine import weights as weight_files
from explorer.engine.compile import BuildProblem, compile_flow
from explorer.engine.devices import available
from explorer.engine.measure import measure_module
from explorer.engine.session import RequestProblem, Session
from explorer.graph import files
from explorer.protocol import events, requests


def hello(session: Session, request: requests.Hello) -> None:
    """Say who we are."""
    if request.version != protocol.VERSION:
        raise RequestProblem(
            f"The engine speaks version {protocol.VERSION}, the program version {request.version}. "
            "Update the older one."
        )
    session.emit(
        events.Ready(
            job=request.job,
            version=protocol.VERSION,
            torch=str(torch.__version__),
            devices=available(),
            threads=torch.get_num_threads(),
            shared=session.shared,
        )
    )


def load(session: Session, request: requests.Load) -> None:
    """Compile the design; layers that did not change keep their weights."""
    if session.active is not None:
        raise RequestProblem("Training goes on with the design as it was; stop it first.")
    try:
        document = files.decode(request.design)
        flow = session.resolver.resolve(document)
        session.jobs.expect(layers=sum(1 for _ in flow.walk()))
        session.compiled = compile_flow(flow, document.name, session.device, session.compiled, request.seed)
    except (files.FileProblem, BuildProblem) as problem:
        raise RequestProblem(str(problem)) from None
    session.revision, session.name = request.revision, document.name
    if not session.compiled.kept:
        session.trained = 0
    session.emit(
        events.Loaded(
            job=request.job,
            revision=request.revision,
            parameters=flow.parameters,
            device=str(session.device),
            kept=session.compiled.kept,
        )
    )


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


def save_weights(session: Session, request: requests.SaveWeights) -> None:
    """Write the weights beside the design."""
    try:
        weight_files.save(session.model().module, request.path)
    except weight_files.WeightProblem as problem:
        raise RequestProblem(str(problem)) from None
    session.emit(events.WeightsSaved(job=request.job, path=request.path))


def load_weights(session: Session, request: requests.LoadWeights) -> None:
    """Read weights: our own by name, published ones as a whole under their publishers' names."""
    compiled, how = session.model(), ""
    try:
        if request.published:
            go_on = partial(session.give_up_if_cancelled, request.job)
            report = published.load(compiled.module, compiled.flow, request.path, go_on)
            matched, problems, how = report.matched, report.told, report.how
        else:
            matched, problems = weight_files.load(compiled.module, request.path)
    except weight_files.WeightProblem as problem:
        raise RequestProblem(str(problem)) from None
    session.emit(
        events.WeightsLoaded(job=request.job, path=request.path, matched=matched, problems=problems, how=how)
    )
