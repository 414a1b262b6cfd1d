"""Requests that look inside: tiles, features, statistics, attention, attribution, weights, boundary."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import torch

from explorer.engine import attribution as methods
from explorer.engine import observe, probes, reduce
from explorer.engine.compile import Compiled
from explorer.engine.heavy import refuse_large_attention
from explorer.engine.state import EngineState, RequestProblem
from explorer.graph.flow import NodeFlow
from explorer.graph.sharing import Place, place_of
from explorer.protocol import events, requests
from explorer.protocol.records import AttentionLayer, Tile


def tiles(engine: EngineState, request: requests.Tiles) -> None:
    """Small pictures of every layer in one forward pass."""
    compiled = engine.model()
    given = engine.inputs(request.sample)
    axes = {address: node_axes(node) for address, node in _all_nodes(compiled)}

    def small(address: str, tensor: torch.Tensor) -> Tile:
        maps, total = reduce.tile(tensor[0], axes[address], request.most, request.size)
        low, high = reduce.limits(tensor[0])
        return Tile(address, reduce.to_numpy(maps), total, low, high)

    with (
        probes.quiet(compiled.module),
        probes.outputs(compiled.module, _places(compiled, axes), small) as found,
        torch.inference_mode(),
    ):
        output = compiled.module(*given)
    engine.emit(
        events.TileSet(
            job=request.job,
            revision=engine.revision,
            input=reduce.to_numpy(given[0][0]),
            tiles=tuple(found.values()),
            answer=engine.answer(output, request.sample.dataset),
            step=engine.step,
        )
    )


def features(engine: EngineState, request: requests.Features) -> None:
    """All maps of one node."""
    compiled = engine.model()
    node = node_at(compiled, request.address)
    given = engine.inputs(request.sample)
    with (
        probes.quiet(compiled.module),
        probes.outputs(compiled.module, _places(compiled, [request.address])) as found,
        torch.inference_mode(),
    ):
        output = compiled.module(*given)
    values = found[request.address][0]
    sent = values[: request.most] if values.dim() > 1 else values[:65_536]
    engine.emit(
        events.FeatureSet(
            job=request.job,
            revision=engine.revision,
            address=request.address,
            input=reduce.to_numpy(given[0][0]),
            values=reduce.to_numpy(sent),
            channels=values.shape[0],
            axes=node_axes(node),
            answer=engine.answer(output, request.sample.dataset),
            step=engine.step,
        )
    )


def statistics(engine: EngineState, request: requests.Statistics) -> None:
    """Distribution of every node's output over several samples."""
    compiled = engine.model()
    batch = engine.batch(request.dataset, max(1, min(request.count, 512)))
    addresses = [address for address, _ in compiled.flow.walk()]
    addresses = [address for address in addresses if not _is_muted(compiled, address)]

    def figures(address: str, tensor: torch.Tensor) -> events.NodeStatistics:
        counts, low, high = reduce.histogram(tensor)
        values = tensor.float()
        zeros = float((values == 0).float().mean())
        return events.NodeStatistics(
            address, float(values.mean()), float(values.std(correction=0)), zeros, low, high, counts
        )

    with (
        probes.quiet(compiled.module),
        probes.outputs(compiled.module, _places(compiled, addresses), figures) as found,
        torch.inference_mode(),
    ):
        compiled.module(batch)
    rows = tuple(found.values())
    engine.emit(events.StatisticsSet(job=request.job, revision=engine.revision, nodes=rows))


def attention(engine: EngineState, request: requests.Attention) -> None:
    """The weights of every attention layer."""
    compiled = engine.model()
    looked_at = observe.exposing(compiled.flow, "attention")
    if not looked_at:
        raise RequestProblem(
            "This design has no attention layers. Open a vision transformer, or add Multi-head attention."
        )
    refuse_large_attention(looked_at)
    given = engine.inputs(request.sample)
    with (
        probes.quiet(compiled.module),
        observe.exposed(compiled.module, compiled.flow, looked_at) as found,
        torch.inference_mode(),
    ):
        output = compiled.module(*given)
    grid = patch_grid(compiled)
    weights = {address: observe.attention_of(seen) for address, seen in found.items()}
    layers = tuple(
        AttentionLayer(address, reduce.to_numpy(w[0]), grid if _fits(grid, w.shape[-1]) else None)
        for address, w in weights.items()
    )
    engine.emit(
        events.AttentionSet(
            job=request.job,
            revision=engine.revision,
            input=reduce.to_numpy(given[0][0]),
            layers=layers,
            answer=engine.answer(output, request.sample.dataset),
            step=engine.step,
        )
    )


def attribution(engine: EngineState, request: requests.Attribution) -> None:
    """Which input values the answer depends on."""
    compiled = engine.model()
    engine.jobs.expect(passes=1 + _passes(request))
    sample = engine.input_tensor(request.sample)
    if not sample.is_floating_point():
        raise RequestProblem("Attribution needs an input of numbers; ids have no gradient.")
    with probes.quiet(compiled.module), torch.no_grad():
        output = compiled.module(sample)
    answer = engine.answer(output, request.sample.dataset)
    target = int(answer.scores.argmax()) if request.target is None else request.target
    if not 0 <= target < len(answer.scores):
        raise RequestProblem(
            f"The design has classes 0 to {len(answer.scores) - 1}, there is no class {target}."
        )
    engine.give_up_if_cancelled(request.job)
    try:
        path = _cam_layer(compiled, request.address) if request.method == "grad_cam" else ""
        found = methods.attribute(request.method, compiled.module, sample, target, path, request.steps)
    except methods.AttributionProblem as problem:
        raise RequestProblem(str(problem), request.address) from None
    engine.give_up_if_cancelled(request.job)
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
        )
    )


def _passes(request: requests.Attribution) -> int:
    """Forward passes of the method; raises `RequestProblem` where there is none of this name."""
    try:
        return methods.find(request.method).passes(request.steps)
    except methods.AttributionProblem as problem:
        raise RequestProblem(str(problem), request.address) from None


def _cam_layer(compiled: Compiled, address: str) -> str:
    """Path of the module for Grad-CAM; raises `AttributionProblem`."""
    try:
        place = place_of(compiled.flow, address)
    except KeyError:
        raise methods.AttributionProblem(f"There is no layer at “{address}” for Grad-CAM.") from None
    if place.uses > 1:
        raise methods.AttributionProblem(
            f"{address} runs {place.uses} times with the same weights; Grad-CAM needs a layer that runs once."
        )
    return place.path


def weights(engine: EngineState, request: requests.Weights) -> None:
    """Weight tensors of one node."""
    compiled = engine.model()
    node_at(compiled, request.address)
    module = compiled.layer_at(request.address)
    rows = [(name, value.detach()) for name, value in module.named_parameters()]
    total = max((value.shape[0] for _, value in rows if value.dim()), default=0)
    engine.emit(
        events.WeightSet(
            job=request.job,
            revision=engine.revision,
            address=request.address,
            names=tuple(name for name, _ in rows),
            values=tuple(
                reduce.to_numpy(value[: request.most] if value.dim() else value) for _, value in rows
            ),
            total=total,
        )
    )


def boundary(engine: EngineState, request: requests.Boundary) -> None:
    """The answer on a grid over the plane."""
    compiled = engine.model()
    wanted = next(iter(compiled.flow.inputs.values()))
    if wanted is None or wanted.shape != (2,):
        raise RequestProblem("A boundary can be drawn for two input numbers only.")
    n = max(8, min(request.resolution, 512))
    xs = np.linspace(request.low[0], request.high[0], n, dtype=np.float32)
    ys = np.linspace(request.low[1], request.high[1], n, dtype=np.float32)
    grid = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
    with probes.quiet(compiled.module), torch.inference_mode():
        output = methods.FirstOutput(compiled.module)(torch.as_tensor(grid).to(compiled.device))
    scores = torch.softmax(output.float(), 1) if output.shape[1] > 1 else torch.sigmoid(output.float())
    engine.emit(
        events.BoundaryMap(
            job=request.job,
            revision=engine.revision,
            scores=reduce.to_numpy(scores.T.reshape(-1, n, n)),
            low=request.low,
            high=request.high,
            step=engine.step,
        )
    )


def node_axes(node: NodeFlow) -> tuple[str, ...]:
    """Axis letters of a node's first output."""
    first = next(iter(node.outputs.values()), None)
    return first.axes if first is not None else ()


def node_at(compiled: Compiled, address: str) -> NodeFlow:
    """What is known at an address that has a module; raises `RequestProblem`."""
    try:
        node = compiled.flow.at(address)
        compiled.layer_at(address)
    except (KeyError, AttributeError):
        raise RequestProblem(f"There is no layer at “{address}”.", address) from None
    return node


def patch_grid(compiled: Compiled) -> tuple[int, int] | None:
    """Rows and columns of the patches when the design cuts a picture into patches once."""
    for _, node in compiled.flow.walk(depth=16):
        if node.block is not None and node.block.id == "patch_embedding":
            image = node.inputs.get("x")
            patch = getattr(node.block, "patch", None)
            if image is not None and patch is not None:
                size = patch if isinstance(patch, tuple) else (patch, patch)
                return image.shape[1] // size[0], image.shape[2] // size[-1]
    return None


def _fits(grid: tuple[int, int] | None, keys: int) -> bool:
    return grid is not None and grid[0] * grid[1] <= keys <= grid[0] * grid[1] + 8


def _places(compiled: Compiled, addresses: Iterable[str]) -> dict[str, Place]:
    return {address: place_of(compiled.flow, address) for address in addresses}


def _is_muted(compiled: Compiled, address: str) -> bool:
    try:
        compiled.layer_at(address)
    except (KeyError, AttributeError):
        return True
    return False


def _all_nodes(compiled: Compiled) -> list[tuple[str, NodeFlow]]:
    """Every node that shows a picture on the canvas, at every level."""
    found = compiled.flow.walk(depth=64)
    return [(address, node) for address, node in found if not _is_muted(compiled, address)]
