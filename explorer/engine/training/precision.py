"""Precision of training: half numbers where they are faster, and numbers too small to count."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch


def half_type(device: torch.device) -> torch.dtype:
    """The number type of AMP: bfloat16 where the device computes in it, for it needs no scaled gradients.

    Scaling reads back after every step whether gradients overflowed, which stops the queue of the GPU.
    """
    old = device.type == "cuda" and not torch.cuda.is_bf16_supported(including_emulation=False)
    return torch.float16 if old or device.type == "mps" else torch.bfloat16


@contextmanager
def vanishing_as_zero() -> Iterator[None]:
    """Let the processor take numbers below 1e-38 for zero inside the block.

    Gates that are shut leave such numbers, and processors take several times as long for each.
    """
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(False)
