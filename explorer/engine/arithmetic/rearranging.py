"""Layers that only put values elsewhere: where a value stood before is asked of the module itself."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from explorer import words
from explorer.engine.arithmetic.linear import one
from explorer.engine.arithmetic.rule import Place, Worked, rule
from explorer.engine.modules.plumbing import Pad, PadChannels, Permute, Repeat, Reshape, Roll, Slice
from explorer.engine.modules.time import Reverse
from explorer.protocol.arithmetic import Share


@rule(nn.Flatten, nn.PixelShuffle, nn.PixelUnshuffle, nn.ChannelShuffle)
@rule(Reshape, Permute, Slice, Roll, Repeat, Reverse, Pad, PadChannels)
def moved(module: nn.Module, arriving: Sequence[Tensor], place: Place) -> Worked:
    """Send the numbers of all places through the module, and see which comes out here."""
    (x,) = arriving
    numbers = torch.arange(1, x.numel() + 1, dtype=torch.float64, device=x.device).reshape(1, *x.shape)
    source = int(module(numbers)[0][place]) - 1
    if source < 0:  # what no number came to
        text = "The value stands in the margin, which is 0."
        return Worked("copy", text, 0.0, [], formula="0")
    before = tuple(int(n) for n in torch.unravel_index(torch.tensor(source), x.shape))
    value = float(x[before])
    text = f"The value is passed on as it is; it stood at {', '.join(map(str, before))}."
    share = Share("what arrives", value, one(value))
    return Worked("copy", text, value, [share], formula=words.number(value))
