"""Requests that look inside: tiles, features, statistics, attention, weights, boundary."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import torch

from explorer.engine import observe, probes, reduce
from explorer.engine.compile import Compiled
from explorer.engine.reading import by_name, readable
from explorer.engine.state import EngineState, RequestProblem, light
from explorer.engine.texts import prepared
from explorer.graph.flow import Flow, NodeFlow
from explorer.graph.sharing import Place, place_of
from explorer.graph.tensor import Tensor
from explorer.meaning.exposing import NO_ATTENTION, exposing
from explorer.meaning.heavy import refuse_large_attention
from explorer.meaning.outputs import main_output, meaning_of
from explorer.meaning.places import extra_tokens, patch_grid
from explorer.meaning.texts import attended, text_inputs, written_rows
from explorer.protocol import events, requests
from explorer.protocol.records import AttentionLayer, Sample, Tile


def tiles(engine: EngineState, request: requests.Tiles) -> None:
    """Small pictures of every layer in one forward pass."""
    compiled = engine.model()
    ready = prepared(engine, request.sample)
    compiled, given = ready.compiled, ready.given
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
            answer=engine.answer(output, request.sample.dataset, compiled),
            step=engine.step,
            tokens=ready.tokens,
        )
    )


def features(engine: EngineState, request: requests.Features) -> None:
    """All maps of one node."""
    compiled = engine.model()
    node = node_at(compiled, request.address)
    ready = prepared(engine, request.sample)
    compiled, given = ready.compiled, ready.given
    with (
        probes.quiet(compiled.module),
        probes.outputs(compiled.module, _places(compiled, [request.address])) as found,
        torch.inference_mode(),
    ):
        output = compiled.module(*given)
    values, kind = found[request.address][0], first_tensor(node)
    if kind is not None and values.dim() == len(kind.axes):  # of H × W × D too, a map for each feature
        values = values.permute(kind.channels_first)
        kind = Tensor(tuple(values.shape), tuple(kind.axes[n] for n in kind.channels_first), kind.dtype)
    sent = values[: request.most] if values.dim() > 1 else values[:65_536]
    engine.emit(
        events.FeatureSet(
            job=request.job,
            revision=engine.revision,
            address=request.address,
            input=reduce.to_numpy(given[0][0]),
            values=reduce.to_numpy(sent),
            channels=values.shape[0] if values.dim() else 1,
            axes=kind.axes if kind is not None else (),
            answer=engine.answer(output, request.sample.dataset, compiled),
            step=engine.step,
            tokens=ready.tokens,
        )
    )


def statistics(engine: EngineState, request: requests.Statistics) -> None:
    """Distribution of every node's output over several samples."""
    compiled = engine.model()
    if text_inputs(compiled.flow):
        ready = prepared(engine, Sample())
        compiled, batch = ready.compiled, ready.given
    else:
        batch = engine.batches(request.dataset, max(1, min(request.count, 512)))
    addresses = [address for address, _ in compiled.flow.walk()]
    addresses = [address for address in addresses if not is_muted(compiled, address)]

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
        compiled.module(*batch)
    rows = tuple(found.values())
    engine.emit(
        events.StatisticsSet(
            job=request.job, revision=engine.revision, nodes=rows, samples=len(batch[0]) if batch else 0
        )
    )


def attention(engine: EngineState, request: requests.Attention) -> None:
    """The weights of every attention layer."""
    compiled = engine.model()
    looked_at = exposing(compiled.flow, "attention")
    if not looked_at:
        raise RequestProblem(NO_ATTENTION)
    with light():
        refuse_large_attention(looked_at)
    ready = prepared(engine, request.sample)
    compiled, given = ready.compiled, ready.given
    with (
        probes.quiet(compiled.module),
        observe.exposed(compiled.module, compiled.flow, looked_at) as found,
        torch.inference_mode(),
    ):
        output = compiled.module(*given)
    grid = patch_grid(compiled.flow)
    weights = {address: observe.attention_of(seen) for address, seen in found.items()}
    counts = {name: len(row) for name, row in ready.tokens.items()}
    answer = engine.answer(output, request.sample.dataset, compiled)
    writes = written_rows(compiled.flow, ready.tokens, answer)
    layers = tuple(
        AttentionLayer(
            address,
            reduce.to_numpy(w[0]),
            grid if extra_tokens(grid, w.shape[-1]) is not None else None,
            *_stands_on(compiled.flow, address, counts, w.shape, writes),
        )
        for address, w in weights.items()
    )
    engine.emit(
        events.AttentionSet(
            job=request.job,
            revision=engine.revision,
            input=reduce.to_numpy(given[0][0]),
            layers=layers,
            answer=answer,
            step=engine.step,
            tokens={**ready.tokens, **writes},
        )
    )


def _stands_on(
    flow: Flow, address: str, counts: dict[str, int], shape: torch.Size, writes: dict[str, tuple[str, ...]]
) -> tuple[str, str]:
    """Whose tokens queries and keys are; where a translation looks at its source, those that it writes."""
    asking, asked = attended(flow, address, counts, shape[-2], shape[-1])
    return (next(iter(writes)), asked) if writes and asking and asked not in ("", asking) else (asking, asked)


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
    name = main_output(compiled.flow)
    kind = compiled.flow.outputs.get(name)
    if len(compiled.flow.inputs) != 1 or kind is None or len(kind.shape) != 1:
        raise RequestProblem("A boundary can be drawn for one output that is a vector.")
    with probes.quiet(compiled.module), torch.inference_mode():
        made = by_name(compiled.flow, compiled.module(torch.as_tensor(grid).to(compiled.device)))[name]
    meaning = meaning_of(compiled.flow, name, engine.context())
    scores = (
        torch.stack([readable(one, meaning) for one in made.float()]) if meaning.is_classes else made.float()
    )
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


def first_tensor(node: NodeFlow) -> Tensor | None:
    """What is known of a node's first output."""
    return next(iter(node.outputs.values()), None)


def node_axes(node: NodeFlow) -> tuple[str, ...]:
    """Axis letters of a node's first output."""
    first = first_tensor(node)
    return first.axes if first is not None else ()


def node_at(compiled: Compiled, address: str) -> NodeFlow:
    """What is known at an address that has a module; raises `RequestProblem`."""
    try:
        node = compiled.flow.at(address)
        compiled.layer_at(address)
    except (KeyError, AttributeError):
        raise RequestProblem(f"There is no layer at “{address}”.", address) from None
    return node


def _places(compiled: Compiled, addresses: Iterable[str]) -> dict[str, Place]:
    return {address: place_of(compiled.flow, address) for address in addresses}


def is_muted(compiled: Compiled, address: str) -> bool:
    """Whether an address is passed through and has no module."""
    try:
        compiled.layer_at(address)
    except (KeyError, AttributeError):
        return True
    return False


def _all_nodes(compiled: Compiled) -> list[tuple[str, NodeFlow]]:
    """Every node that shows a picture on the canvas, at every level."""
    found = compiled.flow.walk(depth=64)
    return [(address, node) for address, node in found if not is_muted(compiled, address)]
