"""Fitting layers that are not trained by gradients."""

from __future__ import annotations

import torch

from explorer.engine import fitting
from explorer.engine.handlers.look import node_at
from explorer.engine.state import EngineState, RequestProblem
from explorer.protocol import events, requests

MOST = 4096


def fit(engine: EngineState, request: requests.Fit) -> None:
    """Fit one layer on samples of a data set, with progress; it can be cancelled."""
    if engine.active is not None:
        raise RequestProblem("Training is running; stop it before a layer is fitted.", request.address)
    compiled = engine.model()
    node_at(compiled, request.address)
    samples = engine.batch(request.dataset, max(1, min(request.count, MOST)))

    batches = torch.split(samples, fitting.BATCH)
    engine.jobs.expect(passes=len(batches))

    def progress(done: int, total: int) -> None:
        engine.give_up_if_cancelled(request.job)
        engine.emit(events.FitProgress(job=request.job, address=request.address, done=done, total=total))

    try:
        count = fitting.fit(compiled, request.address, batches, progress)
    except fitting.FitProblem as problem:
        raise RequestProblem(str(problem), request.address) from None
    engine.emit(
        events.Fitted(job=request.job, revision=engine.revision, address=request.address, samples=count)
    )
