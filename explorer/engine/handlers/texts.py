"""Requests about texts: what comes next, and writing on."""

from __future__ import annotations

import time

import numpy as np

from explorer.engine import texts
from explorer.engine.state import EngineState, RequestProblem
from explorer.meaning.texts import Writer, text_inputs
from explorer.protocol import events, requests
from explorer.protocol.records import Likely, Piece, Sample
from explorer.text import drawing as draws
from explorer.text.vocabulary import TextProblem

BETWEEN = 1 / 30
"""Seconds between two pieces of news while it writes."""
MOST_TOKENS, MOST_LIKELY = 10_000, 256


def next_token(engine: EngineState, request: requests.NextToken) -> None:
    """The likeliest tokens behind a text, as the network has them and as they are drawn."""
    writer = texts.writing_design(engine)
    ids = _begun(engine, request.sample, writer)
    scores = texts.scores_after(engine, request.sample, writer, ids)
    how = request.drawing
    try:
        model, drawn = (
            draws.softmax(scores),
            draws.distribution(scores, how.temperature, how.top_k, how.top_p),
        )
    except TextProblem as problem:
        raise RequestProblem(str(problem)) from None
    order = np.argsort(-model, kind="stable")[: max(1, min(request.most, MOST_LIKELY))]
    shown = writer.vocabulary.shown
    engine.emit(
        events.NextTokens(
            job=request.job,
            revision=engine.revision,
            likely=tuple(Likely(shown(int(n)), float(model[n]), float(drawn[n])) for n in order),
            unsure=draws.unsure(model),
            unsure_drawn=draws.unsure(drawn),
            vocabulary=len(writer.vocabulary),
            step=engine.step,
            tokens=_shown(engine, ids),
        )
    )


def write(engine: EngineState, request: requests.Write) -> None:
    """Write on token by token; news of them goes out while it writes."""
    writer = texts.writing_design(engine)
    if not 1 <= request.count <= MOST_TOKENS:
        raise RequestProblem(f"1 to {MOST_TOKENS:,} tokens are written at a time, not {request.count:,}.")
    ids = _begun(engine, request.sample, writer)
    engine.jobs.expect(passes=request.count)
    known, pieces, why = writer.vocabulary, [], "full"
    found: list[int] = []
    told, since = time.monotonic(), 0
    try:
        for token in texts.writing(engine, request.sample, writer, ids, request.drawing):
            engine.give_up_if_cancelled(request.job)
            if token.id == known.end:
                why = "end"
                break
            found.append(token.id)
            pieces.append(Piece(known.after(found), token.probability))
            if time.monotonic() - told >= BETWEEN:
                engine.emit(events.Wrote(job=request.job, pieces=tuple(pieces[since:])))
                told, since = time.monotonic(), len(pieces)
            if len(found) == request.count:
                why = "count"
                break
    except TextProblem as problem:
        raise RequestProblem(str(problem)) from None
    if pieces[since:]:
        engine.emit(events.Wrote(job=request.job, pieces=tuple(pieces[since:])))
    engine.emit(
        events.Written(
            job=request.job,
            revision=engine.revision,
            text=known.decode(found),
            pieces=tuple(pieces),
            why=why,
            step=engine.step,
            tokens=_shown(engine, ids),
        )
    )


def _begun(engine: EngineState, sample: Sample, writer: Writer) -> dict[str, list[int]]:
    """Ids of all texts; what is translated begins with its mark alone unless a beginning was given."""
    ids = texts.text_ids(engine, sample)
    if writer.source and writer.input not in sample.more:
        ids[writer.input] = ids[writer.input][:1]
    return ids


def _shown(engine: EngineState, ids: dict[str, list[int]]) -> dict[str, tuple[str, ...]]:
    known = text_inputs(engine.model().flow)
    return {name: tuple(known[name].shown(n) for n in row) for name, row in ids.items()}
