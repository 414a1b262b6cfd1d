"""What the network says of one sample, each output in the form in which people read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import torch
from torch import Tensor

from explorer.engine import probes, reduce
from explorer.engine.reading import by_name, next_of, readable
from explorer.engine.state import EngineState, RequestProblem
from explorer.engine.texts import prepared
from explorer.graph.flow import Flow
from explorer.meaning import class_names
from explorer.meaning.outputs import SHARES, Meaning, meaning_of
from explorer.meaning.texts import writer_of
from explorer.protocol import events, requests
from explorer.protocol.records import Output

MOST_CLASSES = 1_000
LARGEST = 512
"""Longest side of a picture, in pixels, in which answers are sent."""
MOST_FRAMES, MOST_BOXES, MOST_MAPS, MOST_ROWS = 16, 100, 64, 256


def answers(engine: EngineState, request: requests.Answers) -> None:
    """Every output of the network for one sample."""
    ready = prepared(engine, request.sample)
    compiled, given = ready.compiled, ready.given
    with probes.quiet(compiled.module), torch.inference_mode():
        made = compiled.module(*given)
    values = {name: tensor[0] for name, tensor in by_name(compiled.flow, made).items()}
    if not values:
        raise RequestProblem("The design has no output yet.")
    context = engine.context(request.sample.dataset)
    meanings = {name: meaning_of(compiled.flow, name, context) for name in values}
    engine.emit(
        events.AnswerSet(
            job=request.job,
            revision=engine.revision,
            input=reduce.to_numpy(given[0][0]),
            outputs=tuple(
                _with_next(read(values, meanings, given[0][0], context.classes), values, compiled.flow)
            ),
            truth=engine.truth(request.sample),
            step=engine.step,
            tokens=ready.tokens,
        )
    )


def _with_next(found: list[Output], values: Mapping[str, Tensor], flow: Flow) -> Iterator[Output]:
    """In place of a row for every token, what comes behind the last one."""
    writer = writer_of(flow)
    for output in found:
        if writer is not None and output.name == writer.output:
            said = next_of(values[output.name], writer)
            yield Output(output.name, "next", said.scores, output.shape, names=said.classes)
        else:
            yield output


def read(
    values: Mapping[str, Tensor],
    meanings: Mapping[str, Meaning],
    picture: Tensor,
    names: Sequence[str] = (),
) -> list[Output]:
    """Return the outputs of one sample as they are read; scores, labels and masks go with their boxes.

    Args:
        values: by name, without the batch. meanings: what they are.
        picture: the first input. names: of the classes, used where their number fits.

    """
    found: list[Output] = []
    roles = {meaning.role: name for name, meaning in meanings.items() if meaning.role}
    for name, tensor in values.items():
        role = meanings[name].role
        if role == "boxes":
            parts = {part: values[other] for part, other in roles.items()}
            found.append(_boxes(name, parts, names))
        elif not role:
            found.append(_output(name, tensor.detach(), meanings[name], picture, names))
    return found


def _boxes(name: str, parts: Mapping[str, Tensor], names: Sequence[str]) -> Output:
    boxes = parts["boxes"]
    count = len(boxes)
    scores = parts.get("scores", torch.ones(count))
    labels = parts.get("labels")
    if labels is None:  # a score for each class stands for the label too
        labels = scores.argmax(-1) if scores.dim() == 2 else torch.zeros(count, dtype=torch.int64)
    scores = scores.amax(-1) if scores.dim() == 2 else scores
    there = ((boxes[:, 2:] > boxes[:, :2]).all(1) & (labels >= 0)).nonzero().flatten()[:MOST_BOXES]
    masks = parts.get("masks")
    drawn = None if masks is None else (_shrunk(masks[there, 0]) > 0.5).to(torch.uint8).cpu().numpy()
    return Output(
        name=name,
        form="boxes",
        values=reduce.to_numpy(boxes[there]),
        shape=tuple(boxes.shape),
        labels=tuple(int(n) for n in labels[there]),
        scores=tuple(float(s) for s in scores[there]),
        masks=drawn,
        names=tuple(names),
    )


def _output(name: str, tensor: Tensor, meaning: Meaning, picture: Tensor, names: Sequence[str]) -> Output:
    shape = tuple(tensor.shape)
    if not tensor.is_floating_point():
        return _numbers(name, tensor, shape)
    tensor = readable(tensor.float(), meaning)
    fits = class_names.fitting(names, shape[meaning.axis], are_classes=meaning.is_classes) if shape else ()
    if meaning.layout == "vector" and len(shape) == 1 and (meaning.is_classes or meaning.kind == SHARES):
        form = "classes" if meaning.is_classes else "shares"
        values = reduce.to_numpy(tensor[:MOST_CLASSES])
        return Output(name=name, form=form, values=values, shape=shape, names=fits)
    if meaning.layout == "steps" and meaning.is_classes:
        best = tensor.movedim(meaning.axis, -1)[:MOST_ROWS].max(-1)
        return Output(
            name=name,
            form="words",
            values=best.indices.to(torch.int32).cpu().numpy(),
            shape=shape,
            scores=tuple(float(s) for s in best.values),
            names=fits,
        )
    if meaning.layout in ("maps", "picture"):
        return _map(name, tensor.movedim(meaning.axis, 0), meaning, picture, fits)
    if meaning.layout == "film":
        film = tensor.movedim(meaning.axis, 0)
        frames = film[:, :: max(1, -(-film.shape[1] // MOST_FRAMES))]
        shrunk = torch.stack([_shrunk(frame) for frame in frames.unbind(1)], 1)
        return Output(name=name, form="film", values=reduce.to_numpy(shrunk), shape=shape)
    if tensor.dim() == 2:
        rows = reduce.to_numpy(tensor[:MOST_ROWS, :MOST_CLASSES])
        return Output(name=name, form="rows", values=rows, shape=shape)
    return _numbers(name, tensor, shape)


def _numbers(name: str, tensor: Tensor, shape: tuple[int, ...]) -> Output:
    values = reduce.to_numpy(tensor.flatten()[:MOST_CLASSES])
    return Output(name=name, form="numbers", values=values, shape=shape)


def _map(name: str, tensor: Tensor, meaning: Meaning, picture: Tensor, names: tuple[str, ...]) -> Output:
    """A map, channels first: a picture, the class of every place where it has classes, or plain maps."""
    shape = tuple(tensor.shape)
    channels, height, width = shape
    if meaning.layout == "picture":
        return Output(name=name, form="picture", values=reduce.to_numpy(_shrunk(tensor)), shape=shape)
    if channels > 1 and meaning.is_classes and height * width > 1:
        best = tensor.argmax(0)
        share = torch.bincount(best.flatten(), minlength=channels).float() / best.numel()
        step = max(1, -(-max(height, width) // LARGEST))
        return Output(
            name=name,
            form="regions",
            values=best[::step, ::step].to(torch.int16).cpu().numpy(),
            shape=shape,
            scores=tuple(float(s) for s in share),
            names=names,
        )
    return Output(name=name, form="maps", values=reduce.to_numpy(_shrunk(tensor[:MOST_MAPS])), shape=shape)


def _shrunk(maps: Tensor) -> Tensor:
    """Maps (k, h, w) with sides of at most `LARGEST`, averaged."""
    height, width = maps.shape[-2:]
    scale = LARGEST / max(height, width)
    if scale >= 1 or not len(maps):
        return maps.float()
    sides = (max(1, round(height * scale)), max(1, round(width * scale)))
    return torch.nn.functional.adaptive_avg_pool2d(maps.float()[None], sides)[0]
