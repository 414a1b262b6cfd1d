"""Which errors mean that memory ran out, and what to say then."""

from __future__ import annotations

import torch

from explorer.words import memory

_SIGNS = ("out of memory", "can't allocate memory", "alloc_failed", "not enough memory")
"""In other errors: of CUDA outside its allocator, of cuBLAS and cuDNN, of the processor's allocator."""


def caused(problem: BaseException) -> bool:
    """Whether an error means that memory ran out."""
    if isinstance(problem, MemoryError | torch.OutOfMemoryError):
        return True
    said = str(problem).lower()
    return isinstance(problem, RuntimeError) and any(sign in said for sign in _SIGNS)


def words(batch: int | None = None) -> str:
    """Say that memory ran out, how much there is, and what helps."""
    has = ""
    if torch.cuda.is_available():
        free, total = torch.cuda.mem_get_info()
        has = f" The device has {memory(total)}, {memory(free)} of it free."
    helps = (
        f" Try a batch of {max(1, batch // 2)} instead of {batch}."
        if batch and batch > 1
        else " Use a smaller input or fewer filters."
    )
    return f"The device's memory is full.{has}{helps}"
