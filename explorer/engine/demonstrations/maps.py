"""What comes in and what goes out: the picture of every block without a better one."""

from __future__ import annotations

import numpy as np
import torch

from explorer.engine import reduce
from explorer.engine.demonstrations.panels import heat, wall
from explorer.engine.demonstrations.subject import Subject
from explorer.protocol.pictures import Panel, Panels

MOST_PORTS = 3
SIGNS = {"add": "+", "multiply": "×"}


def before_and_after(subject: Subject) -> Panels:
    """All inputs, then all outputs, each drawn by what it is."""
    sign = SIGNS.get(subject.block.id, ",")
    panels = [_shown(port, value, subject, sign) for port, value in list(subject.inputs.items())[:MOST_PORTS]]
    for number, (port, value) in enumerate(list(subject.outputs.items())[:MOST_PORTS]):
        panels.append(_shown(port, value, subject, "→" if number == 0 and panels else ","))
    return Panels(panels=tuple(panels), note=_note(subject))


def _note(subject: Subject) -> str:
    """With which settings it is shown, where those are not the defaults; or that nothing changes."""
    block, (x, y) = subject.block, (subject.x, subject.y)
    if block.example_fields and block == type(block)(**block.example_fields):
        return f"Shown with {block.summary()}."
    unchanged = bool(subject.inputs) and x.shape == y.shape and torch.equal(x, y)
    return "Its values pass unchanged." if unchanged else ""


def _shown(port: str, value: torch.Tensor, subject: Subject, sign: str) -> Panel:
    tensor = subject.node.outputs.get(port) if port in subject.outputs else subject.node.inputs.get(port)
    axes = tensor.axes if tensor is not None else ()
    title = f"{port} {tensor.text}" if tensor is not None else port
    title += f", 1 of {len(value)}" if len(value) > 1 else ""
    image, scale = as_image(value, axes, colours=port in subject.inputs or keeps_colours(subject))
    return Panel(title=title, values=image, scale=scale, sign=sign)


def keeps_colours(subject: Subject) -> bool:
    """Whether three channels that leave the block still are red, green and blue."""
    return subject.block.family not in ("composite", "conv", "linear")


def as_image(value: torch.Tensor, axes: tuple[str, ...], *, colours: bool = True) -> tuple[np.ndarray, str]:
    """One sample (1, …) as an image with its scale; `colours` lets three channels be one picture."""
    one = value[0].float()
    if axes[:2] == ("H", "W") and len(axes) == 3:
        one, axes = one.permute(2, 0, 1), ("C", "H", "W")
    if axes == ("T", "C", "H", "W"):
        one, axes = one[0], ("C", "H", "W")
    if axes == ("C", "T", "H", "W"):
        one, axes = one[:, one.shape[1] // 2], ("C", "H", "W")
    if axes == ("C", "H", "W"):
        if colours and one.shape[0] == 3 and float(one.min()) >= -0.05:
            return reduce.to_numpy(one), "photo"
        if one.shape[1] == one.shape[2] == 1:
            return heat(one.reshape(-1, 1), 48, 1), "signed"
        return wall(one), "signed"
    if one.dim() > 2:
        return wall(one.reshape(-1, *one.shape[-2:])), "signed"
    if one.dim() == 2:
        return heat(one.T if axes == ("T", "D") else one, 64, 96), "signed"
    return heat(one.reshape(-1, 1), 48, 1), "signed"
