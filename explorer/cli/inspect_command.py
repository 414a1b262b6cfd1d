"""`explorer inspect DESIGN --view …`: what the app's panels show, as a picture or as arrays."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from explorer.atomic import replacing
from explorer.cli import pictures
from explorer.cli.designs import add_design, open_design, runnable
from explorer.cli.trouble import USAGE, Trouble
from explorer.engine.local import LocalEngine
from explorer.engine.state import RequestProblem
from explorer.protocol import events, requests
from explorer.protocol.records import Sample

View = tuple[Any, dict[str, np.ndarray]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The design, the view, the sample and the file."""
    add_design(parser)
    parser.add_argument(
        "--at", default="", metavar="ADDRESS", help="the layer, e.g. conv1 or stage2.block1.conv1"
    )
    parser.add_argument("--view", choices=sorted(VIEWS), required=True)
    parser.add_argument("--image", metavar="FILE", help="a picture to look at")
    parser.add_argument("--data", metavar="ID", help="data set the sample is from; default: the design's own")
    parser.add_argument("--sample", type=int, default=0, metavar="N", help="number of the sample")
    parser.add_argument(
        "--weights", default="", metavar="FILE", help="safetensors; default: the shipped ones, if any"
    )
    parser.add_argument("--method", default="integrated_gradients", help="for attribution")
    parser.add_argument("-o", "--output", required=True, metavar="FILE", help=".png, .svg or .npz")


def run(arguments: argparse.Namespace) -> int:
    """Write the file."""
    suffix = Path(arguments.output).suffix.lower()
    if suffix not in (".png", ".svg", ".npz"):
        raise Trouble(f"Write to a .png, .svg or .npz file, not “{arguments.output}”.", USAGE)
    document = open_design(arguments)
    runnable(document)
    dataset = arguments.data or str(document.settings.get("dataset", ""))
    sample = (
        Sample(path=arguments.image) if arguments.image else Sample(dataset=dataset, index=arguments.sample)
    )
    try:
        engine = LocalEngine(document, weights=arguments.weights)
        if arguments.at:
            arguments.at = full_address(engine, arguments.at)
        picture, arrays = VIEWS[arguments.view](engine, arguments, sample)
    except RequestProblem as problem:
        raise Trouble(str(problem)) from None
    try:
        if suffix == ".npz":
            with replacing(arguments.output) as temporary, open(temporary, "wb") as file:
                np.savez_compressed(file, allow_pickle=False, **arrays)
        else:
            pictures.save(picture, arguments.output)
    except OSError as problem:
        raise Trouble(f"{arguments.output} was not written: {problem.strerror}.") from None
    return 0


def full_address(engine: LocalEngine, wanted: str) -> str:
    """The address itself, or the one that ends with it when only one does."""
    known = [address for address, _ in engine.flow.walk(depth=64)]
    if wanted in known:
        return wanted
    found = [address for address in known if address.endswith(f".{wanted}")]
    if len(found) == 1:
        return found[0]
    if found:
        raise Trouble(f"“{wanted}” could be {', '.join(found[:5])}.", USAGE)
    raise Trouble(f"There is no layer “{wanted}”; there is {', '.join(known[:12])} …", USAGE)


def _at(arguments: argparse.Namespace) -> str:
    if not arguments.at:
        raise Trouble("Say which layer: --at ADDRESS.", USAGE)
    return str(arguments.at)


def _expect(event: events.Event, kind: type) -> Any:
    if not isinstance(event, kind):
        raise TypeError(f"expected {kind.__name__}")
    return event


def _features(engine: LocalEngine, arguments: argparse.Namespace, sample: Sample) -> View:
    event = _expect(engine.ask(requests.Features(address=_at(arguments), sample=sample)), events.FeatureSet)
    values = event.values
    if values.ndim == 3:
        low, high = float(np.nanmin(values)), float(np.nanmax(values))
        cells = [
            (pictures.colour(m, "viridis", low, high), str(i), f"{float(np.nanmax(m)):.2f}")
            for i, m in enumerate(values[:64])
        ]
        dead = sum(not m.any() for m in values)
        size = f"{values.shape[1]}×{values.shape[2]}"
        note = f"{event.channels} maps of {size} · one scale {low:.2f} … {high:.2f} · {dead} dead"
    else:
        rows = np.atleast_2d(values)
        low, high = float(rows.min()), float(rows.max())
        cells = [(pictures.colour(rows, "viridis", low, high), f"{values.shape}", "")]
        note = f"{values.size:,} values · {low:.2f} … {high:.2f}"
    if event.input.ndim == 3:
        cells = [(pictures.as_rgb(event.input), "input", _answer(event)), *cells]
    columns = min(8, max(4, len(cells)))
    return pictures.sheet(f"{arguments.at}", note, cells, columns), {"input": event.input, "values": values}


def _answer(event: Any) -> str:
    scores, classes = event.answer.scores, event.answer.classes
    best = int(scores.argmax())
    return f"{classes[best] if classes else best}: {scores[best]:.2f}"


def _filters(engine: LocalEngine, arguments: argparse.Namespace, _sample: Sample) -> View:
    event = _expect(engine.ask(requests.Weights(address=_at(arguments))), events.WeightSet)
    if not event.values:
        raise Trouble(f"{arguments.at} has no weights.")
    values = event.values[0]
    top = float(np.abs(values).max()) or 1.0
    maps = values.mean(axis=1) if values.ndim == 4 else np.atleast_2d(values)[None]
    cells = [(pictures.colour(m, "RdBu_r", -top, top), str(i), "") for i, m in enumerate(maps[:64])]
    note = f"{event.names[0]} {'×'.join(map(str, values.shape))} · −{top:.2f} … {top:.2f}"
    if values.ndim == 4 and values.shape[1] > 1:
        note += " · mean over input channels"
    return pictures.sheet(arguments.at, note, cells, min(8, max(4, len(cells)))), dict(
        zip(event.names, event.values, strict=True)
    )


def _attention(engine: LocalEngine, arguments: argparse.Namespace, sample: Sample) -> View:
    event = _expect(engine.ask(requests.Attention(sample=sample)), events.AttentionSet)
    layers = [layer for layer in event.layers if layer.address.startswith(arguments.at)]
    if not layers:
        raise Trouble(f"{arguments.at} has no attention.")
    cells, heads = [], max(len(layer.weights) for layer in layers)
    for layer in layers:
        for number in range(heads):
            if number >= len(layer.weights):
                cells.append((np.full((2, 2, 3), 255, np.uint8), "", ""))
                continue
            weights = layer.weights[number]
            entropy = _entropy(weights[0])
            if layer.grid is not None and event.input.ndim == 3:
                rows, columns = layer.grid
                extra = weights.shape[1] - rows * columns
                query = weights[0, extra:] if extra else weights[:, :].mean(axis=0)
                heat = pictures.enlarge(query.reshape(rows, columns), *event.input.shape[1:])
                cells.append(
                    (pictures.over(event.input, heat, "inferno"), f"head {number}", f"{entropy:.2f}")
                )
            else:
                cells.append(
                    (
                        pictures.colour(weights, "viridis", 0, float(weights.max())),
                        f"head {number}",
                        f"{entropy:.2f}",
                    )
                )
    note = "where the class token looks; number: entropy, 0 for one patch, 1 for all alike"
    picture = pictures.sheet(
        f"Attention · answer {_answer(event)}",
        note,
        cells,
        heads,
        140,
        [f"Layer {i}" for i in range(len(layers))],
    )
    return picture, {"input": event.input, **{layer.address: layer.weights for layer in layers}}


def _entropy(row: np.ndarray) -> float:
    """Entropy of one row of weights, 0 to 1."""
    positive = row[row > 0]
    return float(-(positive * np.log(positive)).sum() / np.log(len(row))) if len(row) > 1 else 0.0


def _attribution(engine: LocalEngine, arguments: argparse.Namespace, sample: Sample) -> View:
    request = requests.Attribution(method=arguments.method, sample=sample, address=arguments.at)
    event = _expect(engine.ask(request), events.AttributionMap)
    arrays = {"input": event.input, "values": event.values}
    if event.input.ndim != 3:
        if not arguments.output.endswith(".npz"):
            raise Trouble("Attribution is drawn over pictures; for other inputs write to .npz.")
        return None, arrays
    total = event.values.sum(axis=0)
    top = float(np.abs(total).max()) or 1.0
    name, low = ("inferno", 0.0) if arguments.method == "grad_cam" else ("RdBu_r", -top)
    cells = [
        (pictures.as_rgb(event.input), "input", _answer(event)),
        (pictures.colour(total, name, low, top), arguments.method.replace("_", " "), f"±{top:.2g}"),
    ]
    if arguments.method == "grad_cam":
        heat = pictures.enlarge(np.maximum(total, 0), *event.input.shape[1:])
        cells.append((pictures.over(event.input, heat, "inferno"), "over the input", ""))
    note = f"what the score of class {event.target} depends on"
    return pictures.sheet("Attribution", note, cells, 3, 220), arrays


def _statistics(engine: LocalEngine, arguments: argparse.Namespace, sample: Sample) -> View:
    if not sample.dataset:
        raise Trouble("Statistics need a data set: --data ID.", USAGE)
    event = _expect(engine.ask(requests.Statistics(dataset=sample.dataset)), events.StatisticsSet)
    rows = [row for row in event.nodes if row.address.startswith(arguments.at)]
    cells = [(_bars(row.counts), row.address, f"{row.zeros:.0%} zero") for row in rows[:48]]
    note = "distribution of each layer's output over 64 samples"
    arrays = {row.address: np.asarray([row.mean, row.spread, row.zeros, row.low, row.high]) for row in rows}
    return pictures.sheet("Statistics", note, cells, min(6, max(3, len(cells))), 150), arrays


def _bars(counts: np.ndarray, height: int = 100) -> np.ndarray:
    picture = np.full((height, len(counts) * 4, 3), 241, np.uint8)
    top = max(1, int(counts.max()))
    for i, count in enumerate(counts):
        picture[height - round(int(count) / top * height) :, i * 4 : i * 4 + 3] = (42, 91, 215)
    return picture


VIEWS: dict[str, Callable[[LocalEngine, argparse.Namespace, Sample], View]] = {
    "features": _features,
    "filters": _filters,
    "attention": _attention,
    "attribution": _attribution,
    "statistics": _statistics,
}
