"""What makes modules of deep networks quicker in tests, where a test does not ask for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import torch

BLOCK = 65_537
"""Numbers that are drawn of a large tensor; a prime, so that its rows differ."""


@contextmanager
def quick_norms() -> Iterator[None]:
    """Let batch norms pass their input on, as on the meta device they do with shapes.

    Torch works them out in a dozen small steps of Python there, half of the time of a deep network.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch.nn.functional, "batch_norm", lambda x, *_, **__: x)
        yield


@contextmanager
def quick_weights() -> Iterator[None]:
    """Let large random tensors repeat a part: drawing a hundred million numbers takes torch a second."""
    draw = torch.Tensor.uniform_

    def repeat(self: torch.Tensor, *limits: float, **options: Any) -> torch.Tensor:
        if self.numel() <= BLOCK or not self.is_contiguous() or self.is_meta:
            return draw(self, *limits, **options)
        part, flat = draw(self.new_empty(BLOCK), *limits, **options), self.view(-1)
        whole = self.numel() // BLOCK * BLOCK
        flat[:whole].view(-1, BLOCK).copy_(part)
        flat[whole:].copy_(part[: self.numel() - whole])
        return self

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch.Tensor, "uniform_", repeat)
        yield
