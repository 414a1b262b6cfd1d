"""The views of `explorer inspect`: each asks the engine and returns a picture, arrays and what to say."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from explorer import words
from explorer.cli import pictures
from explorer.cli.trouble import Trouble
from explorer.engine.local import LocalEngine
from explorer.graph.catalogue import ReceptiveField
from explorer.meaning.places import receptive_field_at
from explorer.meaning.scales import colour_map
from explorer.protocol import events, requests
from explorer.protocol.records import Answer, AttentionLayer, Sample

MOST_MAPS, MOST_BARS = 64, 40


@dataclass(frozen=True)
class Look:
    """What a view shows: a picture of it, the arrays behind it, and sentences for the terminal."""

    picture: Image.Image
    arrays: dict[str, np.ndarray]
    facts: tuple[str, ...] = ()


def _expect(event: events.Event, kind: type) -> Any:
    if not isinstance(event, kind):
        raise TypeError(f"expected {kind.__name__}")
    return event


def said(answer: Answer) -> str:
    """The main answer in a few words; empty where it is no vector."""
    scores, kind = np.nan_to_num(answer.scores), answer.kind
    if not scores.size:
        return ""
    if kind in ("probabilities", "shares"):
        best = int(scores.argmax())
        return f"{_name(answer, best)}: {scores[best]:.2f}"
    if kind == "vectors":
        return words.plural(len(scores), "number")
    shown = ", ".join(f"{value:.3g}" for value in scores[:3])
    return shown + (" …" if len(scores) > 3 else "")


def _name(answer: Answer, unit: int) -> str:
    return answer.classes[unit] if unit < len(answer.classes) else str(unit)


def _answer_line(answer: Answer) -> tuple[str, ...]:
    return (f"answer {text}",) if (text := said(answer)) else ()


def _features(engine: LocalEngine, arguments: argparse.Namespace, sample: Sample) -> Look:
    event = _expect(engine.ask(requests.Features(address=arguments.at, sample=sample)), events.FeatureSet)
    values = event.values
    low, high = pictures.limits(values)
    if values.ndim >= 3:
        maps = values if values.ndim == 3 else values.reshape(len(values), -1, *values.shape[-2:])
        frames = maps[:, maps.shape[1] // 2] if maps.ndim == 4 else maps
        cells = [
            (pictures.drawn(m, low, high), str(i), f"{pictures.limits(m)[1]:.2f}")
            for i, m in enumerate(frames[:MOST_MAPS])
        ]
        dead = sum(not m.any() for m in frames)
        size = f"{frames.shape[1]}×{frames.shape[2]}"
        film = f", frame {maps.shape[1] // 2} of {maps.shape[1]}" if maps.ndim == 4 else ""
        note = f"{event.channels} maps of {size}{film} · one scale {low:.2f} … {high:.2f} · {dead} dead"
    else:
        rows = np.atleast_2d(values)
        cells = [(pictures.drawn(rows, low, high), f"{values.shape}", "")]
        note = f"{values.size:,} values · {low:.2f} … {high:.2f}"
    broken = int((~np.isfinite(values)).sum())
    if broken:
        note += f" · {broken:,} NaN or infinite"
    cells = [(pictures.as_rgb(event.input), "input", said(event.answer)), *cells]
    columns = min(8, max(4, len(cells)))
    arrays = {"input": event.input, "values": values}
    facts = (f"{arguments.at}: {note}", _seen(engine, arguments.at), *_answer_line(event.answer))
    return Look(pictures.sheet(f"{arguments.at}", note, cells, columns), arrays, facts)


def _arithmetic(engine: LocalEngine, arguments: argparse.Namespace, sample: Sample) -> Look:
    asked = requests.Arithmetic(address=arguments.at, sample=sample, place=arguments.place, most=MOST_MAPS)
    event = _expect(engine.ask(asked), events.ArithmeticSet)
    arrays = {"output": event.output, "value": np.array(event.value)}
    limits = [pictures.limits(share.window) for share in event.shares]
    low, high = min(low for low, _ in limits), max(high for _, high in limits)
    cells = []
    for number, share in enumerate(event.shares):
        cells.append((pictures.drawn(share.window, low, high), share.name, f"{share.adds:+.3g}"))
        arrays[f"window{number}"] = share.window
        if share.weights is not None:
            cells.append((pictures.drawn(share.weights), "weights", ""))
            cells.append((pictures.drawn(share.window * share.weights), "products", ""))
            arrays[f"weights{number}"] = share.weights
    title = f"{event.address} {','.join(map(str, event.place))}"
    agrees = "the same" if event.exact else "not the same"
    facts = (
        f"{title}: {event.words}",
        event.formula,
        f"the layer gives {event.value:.7g}, {agrees} as {event.worked_out:.9g} worked out",
    )
    return Look(pictures.sheet(title, event.words, cells, 6), arrays, facts)


def _seen(engine: LocalEngine, address: str) -> str:
    """The exact receptive field of a layer in a sentence."""
    return f"{address}: {receptive_field_words(receptive_field_at(engine.flow, address))}"


def receptive_field_words(seen: ReceptiveField) -> str:
    """`one value sees 5×5 of the input, neighbours stand 2×2 apart`."""
    if seen.whole:
        return "one value sees the whole input"
    windows, steps = seen.windows or (1,), seen.steps or (1.0,)
    apart = "×".join(f"{step:g}" for step in steps)
    return f"one value sees {words.shape(windows)} of the input, neighbours stand {apart} apart"


def _filters(engine: LocalEngine, arguments: argparse.Namespace, _sample: Sample) -> Look:
    event = _expect(engine.ask(requests.Weights(address=arguments.at)), events.WeightSet)
    if not event.values:
        raise Trouble(f"{arguments.at} has no weights.")
    values = event.values[0]
    low, high = pictures.limits(values)
    top = max(abs(low), abs(high)) or 1.0
    maps = values.mean(axis=1) if values.ndim >= 4 else np.atleast_2d(values)[None]
    maps = maps if maps.ndim == 3 else maps.reshape(len(maps), -1, maps.shape[-1])
    cells = [
        (pictures.colour(m, colour_map("signed"), -top, top), str(i), "")
        for i, m in enumerate(maps[:MOST_MAPS])
    ]
    note = f"{event.names[0]} {words.shape(values.shape)} · −{top:.2f} … {top:.2f}"
    if values.ndim >= 4 and values.shape[1] > 1:
        note += " · mean over input channels"
    picture = pictures.sheet(arguments.at, note, cells, min(8, max(4, len(cells))))
    arrays = dict(zip(event.names, event.values, strict=True))
    return Look(picture, arrays, (f"{arguments.at}: {note}",))


def _attention(engine: LocalEngine, arguments: argparse.Namespace, sample: Sample) -> Look:
    event = _expect(engine.ask(requests.Attention(sample=sample)), events.AttentionSet)
    layers = [layer for layer in event.layers if layer.address.startswith(arguments.at)]
    if not layers:
        known = ", ".join(layer.address for layer in event.layers[:8])
        raise Trouble(f"{arguments.at} has no attention; there is {known}.")
    if all(layer.asking and layer.asked for layer in layers):
        return _alignment(event, layers)
    cells, heads = [], min(16, max(len(layer.weights) for layer in layers))
    for layer in layers:
        for number in range(heads):
            if number < len(layer.weights):
                cells.append(_head(event.input, layer, number))
            else:
                cells.append((np.full((2, 2, 3), 255, np.uint8), "", ""))
    on_patches = any(layer.grid is not None for layer in layers)
    looks = "where the class token looks" if on_patches else "queries down, keys across"
    note = f"{looks}; number: entropy, 0 for one place, 1 for all alike"
    answer = said(event.answer)
    title = f"Attention · answer {answer}" if answer else "Attention"
    captions = [f"Layer {i}" for i in range(len(layers))]
    arrays = {"input": event.input, **{layer.address: layer.weights for layer in layers}}
    facts = [
        f"{layer.address}: heads × queries × keys {words.shape(layer.weights.shape)}" for layer in layers
    ]
    return Look(
        pictures.sheet(title, note, cells, heads, 140, captions),
        arrays,
        (*facts, *_answer_line(event.answer)),
    )


def _alignment(event: events.AttentionSet, layers: Sequence[AttentionLayer]) -> Look:
    """Heads over texts: a matrix for each, with the tokens on its axes."""
    parts, arrays, facts = [], {}, []
    for layer in layers:
        asking, asked = event.tokens[layer.asking], event.tokens[layer.asked]
        for number, weights in enumerate(layer.weights[:16]):
            parts.append((f"{layer.address} · head {number}", pictures.aligned(weights, asking, asked)))
        arrays[layer.address] = layer.weights
        shape = words.shape(layer.weights.shape)
        facts.append(f"{layer.address}: heads × queries × keys {shape}, {layer.asking} asks {layer.asked}")
    for name, row in event.tokens.items():
        arrays[f"tokens.{name}"] = np.asarray(row)
        facts.append(f"{name}: {words.plural(len(row), 'token')}: {' '.join(row)}")
    answer = said(event.answer)
    title = f"Attention · next {answer}" if answer else "Attention"
    note = "rows: tokens that ask (of a translation: that are written); columns: tokens that are asked"
    return Look(pictures.stacked(title, note, parts), arrays, tuple(facts))


def _head(given: np.ndarray, layer: Any, number: int) -> tuple[np.ndarray, str, str]:
    """One head: over the picture where its keys are patches, else as a matrix."""
    weights = layer.weights[number]
    caption, entropy = f"head {number}", f"{_entropy(weights[0]):.2f}"
    if layer.grid is not None and given.ndim == 3 and weights.shape[1] >= layer.grid[0] * layer.grid[1]:
        rows, columns = layer.grid
        extra = weights.shape[1] - rows * columns
        query = weights[0, extra:] if extra else weights.mean(axis=0)
        heat = pictures.enlarge(query.reshape(rows, columns), *given.shape[1:])
        return pictures.over(given, heat, colour_map("attention")), caption, entropy
    return pictures.drawn(weights), caption, entropy


def _entropy(row: np.ndarray) -> float:
    """Entropy of one row of weights, 0 to 1."""
    positive = row[row > 0]
    return float(-(positive * np.log(positive)).sum() / np.log(len(row))) if len(row) > 1 else 0.0


def _attribution(engine: LocalEngine, arguments: argparse.Namespace, sample: Sample) -> Look:
    request = requests.Attribution(
        method=arguments.method,
        sample=sample,
        address=arguments.at,
        target=arguments.target,
        steps=arguments.steps,
    )
    event = _expect(engine.ask(request), events.AttributionMap)
    total = _on_places(event.values)
    is_cam = arguments.method == "grad_cam"
    top = max(abs(n) for n in pictures.limits(total)) or 1.0
    name, low = (colour_map("attention"), 0.0) if is_cam else (colour_map("signed"), -top)
    where = f" at {event.address}" if event.address else ""
    cells = [
        (pictures.as_rgb(event.input), "input", said(event.answer)),
        (pictures.colour(total, name, low, top), arguments.method.replace("_", " ") + where, f"±{top:.2g}"),
    ]
    if is_cam and event.input.ndim == 3 and event.input.shape[0] in (1, 3):
        heat = pictures.enlarge(np.maximum(total, 0), *event.input.shape[1:])
        cells.append((pictures.over(event.input, heat, colour_map("attention")), "over the input", ""))
    note = f"what {event.words} depends on"
    arrays = {"input": event.input, "values": event.values}
    facts = [
        f"target {event.words}: score {words.number(event.score)}{where}",
        *_answer_line(event.answer),
    ]
    if event.delta is not None:
        facts.append(completeness(event.delta, float(np.nan_to_num(event.values).sum()), arguments.steps))
    return Look(pictures.sheet("Attribution", note, cells, 3, 220), arrays, tuple(facts))


def completeness(delta: float, total: float, steps: int) -> str:
    """How much of the score's change integrated gradients account for."""
    share = delta / ((abs(total) + delta) or 1.0)
    more = "; more --steps would find it" if share > 0.05 else ""
    return (
        f"integrated gradients with {steps} steps: the values add up to {words.number(total)}, "
        f"{words.number(delta, 2)} ({words.percent(share)}) of the score's change is missed{more}"
    )


def _on_places(values: np.ndarray) -> np.ndarray:
    """Values of the input's shape as rows × columns: channels and frames are added up."""
    if values.ndim > 2:
        summed: np.ndarray = values.reshape(-1, *values.shape[-2:]).sum(axis=0)
        return summed
    return np.atleast_2d(values)


def _statistics(engine: LocalEngine, arguments: argparse.Namespace, sample: Sample) -> Look:
    event = _expect(engine.ask(requests.Statistics(dataset=sample.dataset)), events.StatisticsSet)
    rows = [row for row in event.nodes if row.address.startswith(arguments.at)]
    cells = [(_bars(row.counts), row.address, f"{row.zeros:.0%} zero") for row in rows[:48]]
    over = words.plural(event.samples, "sample") + (
        "" if sample.dataset else ", an example (--data ID for more)"
    )
    note = f"distribution of each layer's output over {over}"
    arrays = {row.address: np.asarray([row.mean, row.spread, row.zeros, row.low, row.high]) for row in rows}
    picture = pictures.sheet("Statistics", note, cells, min(6, max(3, len(cells))), 150)
    return Look(picture, arrays, (note,))


def _bars(counts: np.ndarray, height: int = 100) -> np.ndarray:
    picture = np.full((height, len(counts) * 4, 3), 241, np.uint8)
    top = max(1, int(counts.max()))
    for i, count in enumerate(counts):
        picture[height - round(int(count) / top * height) :, i * 4 : i * 4 + 3] = (42, 91, 215)
    return picture


def _time(engine: LocalEngine, arguments: argparse.Namespace, sample: Sample) -> Look:
    event = _expect(engine.ask(requests.Time(sample=sample)), events.Timed)
    rows = [
        (address, seconds)
        for address, seconds in zip(event.addresses, event.seconds, strict=True)
        if address.startswith(arguments.at)
    ]
    if not rows:
        raise Trouble(f"No layer runs at {arguments.at}.")
    total = sum(event.seconds)
    slowest = sorted(rows, key=lambda row: -row[1])
    shown = [
        (address, seconds / slowest[0][1], f"{words.seconds(seconds)} · {words.percent(seconds / total)}")
        for address, seconds in slowest[:MOST_BARS]
    ]
    note = (
        f"{words.seconds(event.whole)} for one sample on {event.device}, "
        f"median of {words.plural(event.passes, 'pass', 'passes')}"
    )
    if len(slowest) > MOST_BARS:
        rest = sum(seconds for _, seconds in slowest[MOST_BARS:])
        note += f" · the other {len(slowest) - MOST_BARS:,} layers: {words.percent(rest / total)}"
    arrays = {
        "addresses": np.asarray([address for address, _ in rows]),
        "seconds": np.asarray([seconds for _, seconds in rows]),
        "whole": np.asarray(event.whole),
    }
    facts = (note, *(f"{address}: {value}" for address, _, value in shown))
    return Look(pictures.bars("Time", note, shown), arrays, facts)


VIEWS: dict[str, Callable[[LocalEngine, argparse.Namespace, Sample], Look]] = {
    "arithmetic": _arithmetic,
    "features": _features,
    "filters": _filters,
    "attention": _attention,
    "attribution": _attribution,
    "statistics": _statistics,
    "time": _time,
}
