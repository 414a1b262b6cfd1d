"""The curve of an activation, and its slope."""

from __future__ import annotations

import numpy as np
import torch

from explorer.engine import probes, reduce
from explorer.engine.demonstrations.subject import Subject
from explorer.protocol.pictures import Curve

REACH = 5.0
POINTS = 201
PLAIN = ("identity", "tanh", "sigmoid")


def activation(subject: Subject) -> Curve | None:
    """Feed equal values from −5 to 5 to the module; None for what is no function of one value."""
    block = subject.block
    if block.family != "act" or block.id == "softmax" or len(subject.inputs) != 1:
        return None
    shape = subject.x.shape[1:]
    x = torch.linspace(-REACH, REACH, POINTS, device=subject.x.device).requires_grad_()
    with probes.quiet(subject.module), torch.enable_grad():
        wide = x.reshape(-1, *(1,) * len(shape)).expand(-1, *shape)
        y = subject.module(wide).flatten(1)[:, 0]
        slope = torch.autograd.grad(y.sum(), x, allow_unused=True)[0] if y.requires_grad else None
    at = reduce.to_numpy(x)
    slopes = np.zeros_like(at) if slope is None else reduce.to_numpy(slope)
    return Curve(x=at, y=reduce.to_numpy(y), slope=slopes)
