"""The request to write the live model for others."""

from __future__ import annotations

from explorer.engine.export.design import study
from explorer.engine.export.formats import WRITERS, ExportProblem
from explorer.engine.state import EngineState, RequestProblem
from explorer.graph import files
from explorer.protocol import events, requests


def export(engine: EngineState, request: requests.Export) -> None:
    """Write Python, or the model with its present weights in another form."""
    compiled, document = engine.model(), engine.document
    if document is None:
        raise RequestProblem("The design is not here yet; try again in a moment.")
    design = study(document, compiled.flow, engine.resolver)
    engine.give_up_if_cancelled(request.job)
    try:
        if request.to in WRITERS:
            written = design.written(compiled, request.to)
            content, note = written.content, written.note
        else:
            content, note = design.source.encode(), ""
        engine.give_up_if_cancelled(request.job)
        files.write_atomically(request.path, content)
    except (ExportProblem, files.FileProblem) as problem:
        raise RequestProblem(str(problem)) from None
    engine.emit(events.Exported(job=request.job, path=request.path, note=note))
