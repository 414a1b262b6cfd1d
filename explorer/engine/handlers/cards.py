"""Pictures for the cards of blocks."""

from __future__ import annotations

from explorer.blocks.registry import registry
from explorer.engine.demonstrations import draw
from explorer.engine.demonstrations.examples import NoExample
from explorer.engine.demonstrations.subject import Subject, alone, living
from explorer.engine.state import EngineState, RequestProblem
from explorer.engine.texts import prepared
from explorer.graph.catalogue import BadField, UnknownBlock
from explorer.graph.tensor import Tensor
from explorer.protocol import events, requests


def demonstrate(engine: EngineState, request: requests.Demonstrate) -> None:
    """Draw what a block does."""
    subject = _subject(engine, request)
    weights = tuple((name, tuple(value.shape)) for name, value in subject.module.named_parameters())
    engine.emit(
        events.Demonstrated(
            job=request.job,
            revision=request.revision,
            block=request.block,
            address=request.address,
            picture=draw(subject),
            weights=weights[:200],
        )
    )


def _subject(engine: EngineState, request: requests.Demonstrate) -> Subject:
    if request.address and engine.compiled is not None:
        try:
            ready = prepared(engine, request.sample)
            return living(ready.compiled, request.address, *ready.given)
        except (KeyError, AttributeError):
            raise RequestProblem(f"There is no layer at “{request.address}”.", request.address) from None
    try:
        block = registry().configure(request.block, request.fields)
        inputs = tuple(
            None if one is None else Tensor(one[0], tuple(one[1]), one[2]) for one in request.inputs
        )
        return alone(block, inputs, engine.device)
    except (UnknownBlock, BadField, NoExample, ValueError) as problem:
        raise RequestProblem(f"{request.block} cannot be shown: {problem}") from None
