"""How long layers take."""

from __future__ import annotations

from explorer.engine import timing
from explorer.engine.handlers.look import is_muted
from explorer.engine.state import EngineState
from explorer.graph.sharing import place_of
from explorer.protocol import events, requests

MOST, SECONDS = 200, 2.0


def time_layers(engine: EngineState, request: requests.Time) -> None:
    """Measure the forward pass of every layer on one sample; it can be cancelled between passes."""
    compiled = engine.model()
    given = engine.inputs(request.sample)
    addresses = [address for address, _ in compiled.flow.walk() if not is_muted(compiled, address)]
    places = {address: place_of(compiled.flow, address) for address in addresses}
    passes = max(timing.LEAST, min(request.passes, MOST))
    engine.jobs.expect(passes=2 * passes + timing.WARM)
    found, whole, count = timing.measure(
        compiled.module,
        given,
        places,
        passes,
        SECONDS,
        lambda: engine.give_up_if_cancelled(request.job),
    )
    engine.emit(
        events.Timed(
            job=request.job,
            revision=engine.revision,
            addresses=tuple(found),
            seconds=tuple(found.values()),
            whole=whole,
            passes=count,
            device=str(compiled.device),
        )
    )
