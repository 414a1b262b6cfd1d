"""A layer that fails while a model runs: which one it was, in words that need no knowledge of torch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

from torch import Tensor, nn

from explorer import words
from explorer.engine import out_of_memory


class LayerFailed(RuntimeError):
    """A layer could not work on what arrived; the text is a sentence that begins with its address."""

    def __init__(self, message: str, address: str) -> None:
        super().__init__(message)
        self.address = address


@contextmanager
def named(module: nn.Module, samples: Tensor) -> Iterator[None]:
    """Turn errors of torch inside the block into `LayerFailed`; want of memory stays what it is."""
    try:
        yield
    except (RuntimeError, ValueError, IndexError) as problem:
        if out_of_memory.caused(problem):
            raise
        address = failing_layer(module, problem)
        where = address or "The design"
        batch = words.plural(len(samples), "sample")
        raise LayerFailed(
            f"{where} could not work on a batch of {batch} of {words.shape(tuple(samples.shape[1:]))}. "
            "Look at what arrives there, or try another batch.",
            address,
        ) from problem


def failing_layer(module: nn.Module, problem: BaseException) -> str:
    """Address of the innermost layer whose code was running; empty where it was none of them."""
    trace: TracebackType | None = problem.__traceback__
    names = {id(part): name for name, part in module.named_modules()}
    found = ""
    while trace is not None:
        found = names.get(id(trace.tb_frame.f_locals.get("self")), found)
        trace = trace.tb_next
    return found
