"""The curve of an activation, and its slope."""

from __future__ import annotations

import numpy as np
import torch

from explorer.engine import probes, reduce
from explorer.engine.demonstrations.subject import Subject
from explorer.protocol.pictures import Curve

REACH, FURTHER = 5.0, 8.0
"""Curves reach from −5 to 5, or to 8 where something happens in between, as with ReLU6."""
CHANGES = 0.1
"""A slope that differs by this much between the two is worth being seen."""
POINTS = 201
PLAIN = ("identity", "tanh", "sigmoid")


def activation(subject: Subject) -> Curve | None:
    """Feed equal values to the module, smallest to largest; None for what is no function of one value."""
    block = subject.block
    if block.family != "act" or hasattr(block, "gives_along") or len(subject.inputs) != 1:
        return None
    near, far = _curve(subject, REACH), _curve(subject, FURTHER)
    ends = abs(near.slope[[0, -1]] - far.slope[[0, -1]])
    return far if float(ends.max()) > CHANGES else near


def _curve(subject: Subject, reach: float) -> Curve:
    shape = subject.x.shape[1:]
    x = torch.linspace(-reach, reach, POINTS, device=subject.x.device).requires_grad_()
    with probes.quiet(subject.module), torch.enable_grad():
        wide = x.reshape(-1, *(1,) * len(shape)).expand(-1, *shape)
        y = subject.module(wide).flatten(1)[:, 0]
        slope = torch.autograd.grad(y.sum(), x, allow_unused=True)[0] if y.requires_grad else None
    at = reduce.to_numpy(x)
    slopes = np.zeros_like(at) if slope is None else reduce.to_numpy(slope)
    return Curve(x=at, y=reduce.to_numpy(y), slope=slopes)
