"""What blocks expose of themselves: attention, gates, steps of recurrence, sampling grids, boxes."""

from __future__ import annotations

import numpy as np
import torch

from explorer.engine import reduce
from explorer.engine.data.examples import fill
from explorer.engine.demonstrations.maps import as_image, keeps_colours
from explorer.engine.demonstrations.panels import heat, picture_of
from explorer.engine.demonstrations.subject import Subject
from explorer.engine.observe import attention_of
from explorer.graph.tensor import Tensor
from explorer.protocol.pictures import Panel, Panels, Unrolled

MOST_HEADS = 2
MOST_STEPS = 8
MOST_UNITS = 20
MOST_BOXES = 12
MOST_PIXELS = 240


def attention(subject: Subject) -> Panels | None:
    """What comes in, the weights of the first heads, what goes out."""
    if set(subject.seen) != {"weights"} or not torch.is_tensor(subject.seen["weights"]):
        return None
    weights = attention_of(subject.seen)[0]  # (heads, queries, keys)
    panels = [_port(subject, "x")]
    for number, head in enumerate(weights[:MOST_HEADS]):
        title = _head_words(subject, number, len(weights))
        panels.append(
            Panel(title=title, values=heat(head, 64, 64), scale="share", sign="→" if number == 0 else ",")
        )
    panels.append(_port(subject, "y"))
    sums = weights.float().sum(-1)
    low, high = float(sums.min()), float(sums.max())
    whole = high - low < 1e-3 and abs(high - 1) < 1e-3
    said = "1" if whole else f"{low:.2f} to {high:.2f}"
    note = f"Rows: queries, columns: keys; a row adds up to {said}."
    return Panels(panels=tuple(panels), note=note)


def _head_words(subject: Subject, number: int, count: int) -> str:
    """“head 1 of 3”; where attention works in windows, the window, too."""
    heads = getattr(subject.block, "values", {}).get("heads")
    if count > 1 and isinstance(heads, int) and heads < count and count % heads == 0:
        return f"head {number % heads + 1} of {heads}, window {number // heads + 1} of {count // heads}"
    return f"head {number + 1} of {count}" if count > 1 else "weights"


def recurrence(subject: Subject) -> Unrolled | None:
    """The gates of every step, when they are (N, T, H)."""
    seen, x = subject.seen, subject.x
    if subject.block.family != "recurrent" or not seen or x.dim() != 3:
        return None
    if any(value.dim() != 3 or value.shape[1] != x.shape[1] for value in seen.values()):
        return None
    steps = min(MOST_STEPS, x.shape[1])
    gates = {name: reduce.to_numpy(value[0, :steps, :MOST_UNITS]) for name, value in seen.items()}
    return Unrolled(inputs=reduce.to_numpy(x[0, :steps, :MOST_UNITS]), gates=gates)


def gates(subject: Subject) -> Panels | None:
    """What comes in, how much of it passes, what goes out."""
    names = [name for name in subject.seen if name not in ("weights", "grid", "boxes", "scores")]
    if not names:
        return None
    names.sort(key=lambda name: not _is_share(subject.seen[name]))  # true gates first, then states
    shown = []
    multiplies = _is_product(subject, subject.seen[names[0]])
    for number, name in enumerate(names[:3]):
        value = subject.seen[name]
        title = f"{name} gate" if name in ("input", "forget", "output") else name.replace("_", " ")
        sign = ("×" if multiplies else "→") if number == 0 else ","
        scale = "share" if _is_share(value) else "signed"
        if scale == "share":
            title = f"{title} {float(value.min()):.2f}–{float(value.max()):.2f}"
        shown.append(Panel(title=title, values=_gate(value), scale=scale, sign=sign))
    return Panels(panels=(_port(subject, "x"), *shown, _port(subject, "y", "=" if multiplies else "→")))


def _is_product(subject: Subject, gate: torch.Tensor) -> bool:
    """Whether the output is the input times the gate and nothing else."""
    x, y = subject.x, subject.y
    while gate.dim() < x.dim():
        gate = gate.unsqueeze(-1)
    try:
        product = x * gate
    except RuntimeError:  # shapes that do not go together
        return False
    return product.shape == y.shape and torch.allclose(product, y, rtol=1e-3, atol=1e-4)


def grid(subject: Subject) -> Panels | None:
    """The input with the lines of the places that are read, and what was read."""
    if "grid" not in subject.seen:
        return None
    places = subject.seen["grid"][0]  # (H, W, 2), −1 to 1
    height, width = subject.x.shape[-2:] if subject.x.dim() == 4 else places.shape[:2]
    scale = torch.tensor([width, height], device=places.device) / 2
    cells = reduce.to_numpy((places + 1) * scale)
    rows = cells[:: max(1, cells.shape[0] // 8)]
    columns = cells[:, :: max(1, cells.shape[1] // 8)].transpose(1, 0, 2)
    longest = max(rows.shape[1], columns.shape[1])
    lines = np.stack([_stretched(line, longest) for line in (*rows, *columns)])
    if subject.x.dim() != 4:  # what makes the grid has no picture of its own
        photo = fill(Tensor((3, height, width), ("C", "H", "W")))
        read = Panel(title="where it reads", values=picture_of(photo, ("C",)), scale="photo", lines=lines)
        return Panels(panels=(_port(subject, "x"), read))
    image = picture_of(subject.x, ("C",))
    return Panels(
        panels=(
            Panel(title="input and where it is read", values=image, scale="photo", lines=lines),
            Panel(title="output", values=picture_of(subject.y, ("C",)), scale="photo"),
        )
    )


def boxes(subject: Subject) -> Panels | None:
    """The boxes over the picture; the surest are drawn firmly."""
    if "boxes" not in subject.seen:
        return None
    found = subject.seen["boxes"][0].float()
    scores = subject.seen.get("scores")
    real = (found[:, 2] > found[:, 0]) & (found[:, 3] > found[:, 1])
    if bool(real.any()):  # the others fill the list up to its length
        found = found[real]
        scores = None if scores is None else scores[:, real]
    if scores is not None:
        chosen = scores[0].argsort(descending=True, stable=True)[:MOST_BOXES]
    elif len(found) <= MOST_BOXES:
        chosen = torch.arange(len(found), device=found.device)
    else:  # spread evenly over all of them, by steps that never fall into the rhythm of the anchors
        steps = torch.arange(MOST_BOXES, device=found.device)
        chosen = torch.unique(((steps * 0.618034 % 1) * len(found)).long())
    strengths = torch.linspace(1, 0.3, len(chosen)) if scores is not None else None
    maps = [value for value in subject.inputs.values() if value.dim() == 4]
    low, high = found[chosen].min(0).values, found[chosen].max(0).values
    if maps and maps[0].shape[-1] >= float(high[2]) * 0.9:
        image, shift = picture_of(maps[0], ("C",)), torch.zeros(4, device=found.device)
    else:  # the boxes count pixels of a picture that is not here: the photograph in its size
        shift = torch.stack([low[0], low[1], low[0], low[1]]).clamp(max=0)
        sides = (max(8, int(high[3] - shift[1])), max(8, int(high[2] - shift[0])))
        shrink = max(1.0, max(sides) / MOST_PIXELS)
        found = (found - shift) / shrink
        shift = torch.zeros(4, device=found.device)
        height, width = (max(8, round(n / shrink)) for n in sides)
        image = picture_of(fill(Tensor((3, height, width), ("C", "H", "W"))), ("C",))
    return Panels(
        panels=(
            Panel(
                title=f"{len(chosen)} of {len(found):,} boxes",
                values=image,
                scale="photo",
                boxes=reduce.to_numpy(found[chosen] - shift),
                strengths=None if strengths is None else strengths.numpy(),
            ),
        )
    )


def _is_share(value: torch.Tensor) -> bool:
    return float(value.min()) >= 0 and float(value.max()) <= 1


def _stretched(line: np.ndarray, count: int) -> np.ndarray:
    chosen = np.linspace(0, len(line) - 1, count).round().astype(int)
    stretched: np.ndarray = line[chosen].astype(np.float32)
    return stretched


def _gate(value: torch.Tensor) -> np.ndarray:
    """A gate as an image: places as a map, channels as a column, steps as they are."""
    one = value[0].float()
    if one.dim() == 3 and one.shape[1] == one.shape[2] == 1:
        return heat(one.reshape(-1, 1), 48, 1)
    if one.dim() == 3:
        return reduce.to_numpy(one[0])
    if one.dim() > 3:
        return reduce.to_numpy(one.reshape(-1, *one.shape[-2:])[0])
    return heat(one.reshape(one.shape[0], -1) if one.dim() == 2 else one.reshape(-1, 1), 64, 64)


def _port(subject: Subject, which: str, sign: str = "→") -> Panel:
    ports = subject.inputs if which == "x" else subject.outputs
    name = next(iter(ports))
    values = ports[name]
    tensor = (subject.node.inputs if which == "x" else subject.node.outputs).get(name)
    colours = which == "x" or keeps_colours(subject)
    image, scale = as_image(values, tensor.axes if tensor else (), colours=colours)
    return Panel(title="input" if which == "x" else "output", values=image, scale=scale, sign=sign)
