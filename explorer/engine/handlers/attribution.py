"""The request for an attribution: what is explained, of which input, by which method."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from explorer.engine import attribution as methods
from explorer.engine import probes, reduce
from explorer.engine.attribution import Layer, Score
from explorer.engine.compile import Compiled
from explorer.engine.memory import free_memory
from explorer.engine.reading import readable
from explorer.engine.state import EngineState, RequestProblem, light
from explorer.graph.flow import Flow
from explorer.graph.memory import memory_of
from explorer.graph.sharing import place_of
from explorer.meaning import class_names, targets
from explorer.meaning.heavy import refuse_large_gradients
from explorer.meaning.outputs import Meaning, main_output
from explorer.meaning.places import grid_of, patch_grid, with_places
from explorer.protocol import events, requests
from explorer.protocol.records import Target

MOST_LAYERS = 32
"""Layers among which Grad-CAM looks for one that leads to the target."""


def attribution(engine: EngineState, request: requests.Attribution) -> None:
    """Which input values a number of the answer depends on."""
    compiled, flow = engine.model(), engine.model().flow
    engine.jobs.expect(passes=1 + _passes(request, flow))
    with light():
        refuse_large_gradients(flow, free_memory(compiled.device))
    given = engine.inputs(request.sample)
    number = next((n for n, tensor in enumerate(given) if tensor.is_floating_point()), None)
    if number is None:
        raise RequestProblem(
            "Attribution needs an input of numbers; ids have no gradient. Features and attention show what "
            "the network does with them."
        )
    sample, others = given[number], [*given[:number], *given[number + 1 :]]
    context = engine.context(request.sample.dataset)
    wanted = request.target if isinstance(request.target, Target) else Target(unit=request.target)
    if request.target is None:
        wanted = targets.usual(flow)
    try:
        kind, meaning, is_output = targets.find(flow, wanted, context)
        if kind.dtype != "float":
            raise targets.TargetProblem(
                f"{wanted.at or main_output(flow)} gives whole numbers, without a gradient. Choose scores."
            )
        targets.check(wanted, kind, meaning)
        source = None if is_output else _layer(compiled, wanted.at)
        place = list(flow.outputs).index(wanted.at or main_output(flow)) if is_output else 0
        seen, output = _run(compiled, given, place, source)
        target = filled(wanted, seen[0], meaning)
        pick = picked(target, meaning)
        answer = engine.answer(output, request.sample.dataset)
        engine.give_up_if_cancelled(request.job)
        score = Score(compiled.module, pick, others=others, number=number, output=place, layer=source)
        layers = _cam_layers(compiled, request.address, target) if request.method == "grad_cam" else []
        at_once = methods.at_once(memory_of(flow).training)
        found = methods.attribute(request.method, score, sample, layers, request.steps, at_once)
    except (methods.AttributionProblem, targets.TargetProblem) as problem:
        raise RequestProblem(str(problem), request.address) from None
    engine.give_up_if_cancelled(request.job)
    names = (
        class_names.fitting(context.classes, kind.shape[meaning.axis], are_classes=meaning.is_classes)
        if kind.shape
        else ()
    )
    engine.emit(
        events.AttributionMap(
            job=request.job,
            revision=engine.revision,
            method=request.method,
            input=reduce.to_numpy(sample[0]),
            values=reduce.to_numpy(found.values),
            target=target,
            answer=answer,
            delta=found.delta,
            words=targets.words(target, meaning, names),
            score=float(pick(seen)[0]),
            address=found.address,
        )
    )


def filled(wanted: Target, values: Tensor, meaning: Meaning) -> Target:
    """The target with its unit filled in, where one is meant and none was named.

    Of a vector that is the largest, of maps of classes the one that covers most places, of steps of classes
    the likeliest of the last step, of boxes the one that is surest. Other values are added up.

    Args:
        wanted: as asked. values: of one sample, without the batch. meaning: what they are.

    """
    if wanted.unit is not None or wanted.total or values.numel() == 0:
        return wanted
    if meaning.role == "scores":
        best = values.amax(-1) if values.dim() == 2 else values
        row = int(best.argmax())
        spans = wanted.spans or (((row, row + 1),) if values.dim() == 2 else ())
        unit = int(values[spans[0][0]].argmax()) if values.dim() == 2 else row
        return _with(wanted, unit, spans)
    if wanted.spans and not meaning.is_classes:
        return wanted
    if values.dim() == 1:
        return _with(wanted, int(values.argmax()), ())
    if not meaning.is_classes:
        return Target(at=wanted.at, total=True)
    by_class = readable(values, meaning).movedim(meaning.axis, 0)
    spans = wanted.spans
    if meaning.layout == "steps" and not spans:
        spans = ((by_class.shape[1] - 1, by_class.shape[1]),)
    inside = by_class[_slices(spans)].flatten(1)
    best = torch.bincount(inside.argmax(0), minlength=len(inside))
    return _with(wanted, int(best.argmax()), spans)


def _with(wanted: Target, unit: int, spans: tuple[tuple[int, int], ...]) -> Target:
    return Target(at=wanted.at, unit=unit, spans=spans)


def picked(target: Target, meaning: Meaning) -> Callable[[Tensor], Tensor]:
    """The function from an output (N, …) to the number of the target (N,)."""

    def pick(output: Tensor) -> Tensor:
        if output.dim() == 1:
            return output
        if target.total:
            return output.flatten(1).sum(1)
        by_unit = output.movedim(meaning.axis + 1, 1)
        if target.unit is not None:
            by_unit = by_unit[:, target.unit : target.unit + 1]
        return by_unit[(slice(None), *_slices(target.spans))].flatten(1).sum(1)

    return pick


def _slices(spans: tuple[tuple[int, int], ...]) -> tuple[slice, ...]:
    """Index of all units in the spans."""
    return (slice(None), *(slice(low, high) for low, high in spans))


def _passes(request: requests.Attribution, flow: Flow) -> int:
    """Forward passes of the method; raises `RequestProblem` where there is none of this name."""
    try:
        return methods.find(request.method).passes(request.steps, methods.at_once(memory_of(flow).training))
    except methods.AttributionProblem as problem:
        raise RequestProblem(str(problem), request.address) from None


def _run(compiled: Compiled, given: list[Tensor], place: int, source: Layer | None) -> tuple[Tensor, object]:
    """One forward pass: what the target lies in, batch first, and all outputs."""
    wanted = {source.address: source.place} if source else {}
    with probes.quiet(compiled.module), torch.no_grad(), probes.outputs(compiled.module, wanted) as found:
        output = compiled.module(*given)
    if source is not None:
        return found[source.address], output
    return (output[place] if isinstance(output, tuple) else output), output


def _layer(compiled: Compiled, address: str) -> Layer:
    """Where a layer runs, with the places of its features; raises `AttributionProblem`."""
    try:
        place = place_of(compiled.flow, address)
        node = compiled.flow.at(address)
    except KeyError:
        raise methods.AttributionProblem(f"There is no layer at “{address}”.") from None
    first = next(iter(node.outputs.values()), None)
    return Layer(address, place, None if first is None else grid_of(first, patch_grid(compiled.flow)))


def _cam_layers(compiled: Compiled, address: str, target: Target) -> list[Layer]:
    """The layer for Grad-CAM, or those that suit the target, the best first, where none is named."""
    if address:
        layer = _layer(compiled, address)
        if layer.place.uses > 1:
            raise methods.AttributionProblem(
                f"{address} runs {layer.place.uses} times with the same weights; Grad-CAM needs a layer that "
                "runs once."
            )
        return [layer]
    names = with_places(compiled.flow, target.at or main_output(compiled.flow))
    layers = [_layer(compiled, name) for name in names if not _is_muted(compiled, name)]
    return [layer for layer in layers if layer.place.uses == 1][:MOST_LAYERS]


def _is_muted(compiled: Compiled, address: str) -> bool:
    """Whether nothing runs at an address."""
    try:
        place_of(compiled.flow, address)
    except KeyError:
        return True
    return False
