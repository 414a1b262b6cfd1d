"""What the network says of one sample, each output in the form in which people read it."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from explorer.engine import probes, reduce
from explorer.engine.state import EngineState, RequestProblem, shares
from explorer.graph.tensor import Tensor as Kind
from explorer.protocol import events, requests
from explorer.protocol.records import Output

BOX_PARTS = ("scores", "labels", "masks")
"""Outputs that tell more of the boxes, where an output is called `boxes`."""
MOST_CLASSES = 1_000
LARGEST = 512
"""Longest side of a picture, in pixels, in which answers are sent."""
COARSEST = 8
"""Maps down to this part of the picture say a class for each place; coarser ones are read by a detector."""
MOST_FRAMES, MOST_BOXES, MOST_MAPS, MOST_ROWS = 16, 100, 64, 256


def answers(engine: EngineState, request: requests.Answers) -> None:
    """Every output of the network for one sample."""
    compiled = engine.model()
    given = engine.inputs(request.sample)
    with probes.quiet(compiled.module), torch.inference_mode():
        made = compiled.module(*given)
    tensors = made if isinstance(made, tuple) else (made,)
    kinds = {name: kind for name, kind in compiled.flow.outputs.items() if kind is not None}
    if not kinds:
        raise RequestProblem("The design has no output yet.")
    names = engine.dataset(request.sample.dataset).classes if request.sample.dataset else ()
    values = {name: tensor[0] for name, tensor in zip(kinds, tensors, strict=True)}
    engine.emit(
        events.AnswerSet(
            job=request.job,
            revision=engine.revision,
            input=reduce.to_numpy(given[0][0]),
            outputs=tuple(read(values, kinds, given[0][0], names)),
            truth=engine.truth(request.sample),
            step=engine.step,
        )
    )


def read(
    values: dict[str, Tensor], kinds: dict[str, Kind], picture: Tensor, names: Sequence[str] = ()
) -> list[Output]:
    """Return the outputs of one sample as they are read; scores, labels and masks go with their boxes.

    Args:
        values: by name, without the batch. kinds: their shapes and axes.
        picture: the first input. names: of the classes, used where their number fits.

    """
    found: list[Output] = []
    with_boxes = "boxes" in values and values["boxes"].shape[1:] == (4,)
    for name, tensor in values.items():
        if with_boxes and name in BOX_PARTS and len(tensor) == len(values["boxes"]):
            continue
        if with_boxes and name == "boxes":
            found.append(_boxes(values, names))
        else:
            found.append(_output(name, tensor, kinds[name], picture, names))
    return found


def _boxes(values: dict[str, Tensor], names: Sequence[str]) -> Output:
    boxes = values["boxes"]
    count = len(boxes)
    scores = values.get("scores", torch.ones(count))
    scores = scores.amax(-1) if scores.dim() == 2 else scores
    labels = values.get("labels", torch.zeros(count, dtype=torch.int64))
    there = ((boxes[:, 2:] > boxes[:, :2]).all(1) & (labels >= 0)).nonzero().flatten()[:MOST_BOXES]
    masks = values.get("masks")
    drawn = None if masks is None else (_shrunk(masks[there, 0]) > 0.5).to(torch.uint8).cpu().numpy()
    return Output(
        name="boxes",
        form="boxes",
        values=reduce.to_numpy(boxes[there]),
        shape=tuple(boxes.shape),
        labels=tuple(int(n) for n in labels[there]),
        scores=tuple(float(s) for s in scores[there]),
        masks=drawn,
        names=tuple(names),
    )


def _output(name: str, tensor: Tensor, kind: Kind, picture: Tensor, names: Sequence[str]) -> Output:
    axes, shape = kind.axes, tuple(tensor.shape)
    tensor = tensor.detach().float()
    if axes == ("D",) and tensor.numel() > 1:
        fits = tuple(names) if len(names) == tensor.numel() else ()
        values = reduce.to_numpy(shares(tensor)[:MOST_CLASSES])
        return Output(name=name, form="classes", values=values, shape=shape, names=fits)
    if axes == ("C", "H", "W"):
        return _map(name, tensor, picture, names)
    if axes == ("C", "T", "H", "W"):
        frames = tensor[:, :: max(1, -(-tensor.shape[1] // MOST_FRAMES))]
        shrunk = torch.stack([_shrunk(frame) for frame in frames.unbind(1)], 1)
        return Output(name=name, form="film", values=reduce.to_numpy(shrunk), shape=shape)
    if tensor.dim() == 2:
        return Output(
            name=name, form="rows", values=reduce.to_numpy(tensor[:MOST_ROWS, :MOST_CLASSES]), shape=shape
        )
    return Output(
        name=name, form="numbers", values=reduce.to_numpy(tensor.flatten()[:MOST_CLASSES]), shape=shape
    )


def _map(name: str, tensor: Tensor, picture: Tensor, names: Sequence[str]) -> Output:
    """A map: a picture where it has the input's channels, else the class of every place, or plain maps."""
    shape = tuple(tensor.shape)
    channels, height, width = shape
    alike = picture.dim() == 3 and picture.shape[0] == channels and channels in (1, 3)
    if alike and min(height, width) >= min(picture.shape[1:]) // 2:
        return Output(name=name, form="picture", values=reduce.to_numpy(_shrunk(tensor)), shape=shape)
    fine = picture.dim() == 3 and min(height, width) * COARSEST >= min(picture.shape[1:])
    if channels > 1 and fine and height * width > 1:
        best = tensor.argmax(0)
        share = torch.bincount(best.flatten(), minlength=channels).float() / best.numel()
        fits = tuple(names) if len(names) == channels else ()
        step = max(1, -(-max(height, width) // LARGEST))
        kept = best[::step, ::step].to(torch.int16).cpu().numpy()
        return Output(
            name=name,
            form="regions",
            values=kept,
            shape=shape,
            scores=tuple(float(s) for s in share),
            names=fits,
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
