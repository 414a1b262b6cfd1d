"""Modules on the meta device, where tensors have shapes and no values."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import torch


@contextmanager
def quick_norms() -> Iterator[None]:
    """Let batch norms pass their input on, as they do with shapes.

    Torch works them out in a dozen small steps of Python there, half of the time of a deep network.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch.nn.functional, "batch_norm", lambda x, *_, **__: x)
        yield
