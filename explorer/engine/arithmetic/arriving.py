"""What arrives at one layer, and what leaves it, in a forward pass."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor, nn

from explorer.engine.probes import Turn
from explorer.graph.sharing import Place


@dataclass
class Pass:
    """The tensors of one call, with the batch; ports where nothing is wired are None."""

    inputs: list[Tensor | None] = field(default_factory=list)
    output: Tensor | None = None

    def sample(self) -> list[Tensor | None]:
        """The first sample of what arrived, in double precision where it has fractions."""
        firsts = [None if x is None else x[0] for x in self.inputs]
        return [x.double() if x is not None and x.is_floating_point() else x for x in firsts]


@contextmanager
def caught(module: nn.Module, place: Place) -> Iterator[Pass]:
    """Catch what passes a layer while the model runs inside the block; no hook remains."""
    found, turn = Pass(), Turn(place)

    def hook(layer: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], output: Any) -> None:
        if turn.comes():
            bound = inspect.signature(layer.forward).bind(*args, **kwargs)
            bound.apply_defaults()
            found.inputs = list(_flat(bound.args))
            while found.inputs and found.inputs[-1] is None:  # optional ports that are not wired
                found.inputs.pop()
            found.output = output if isinstance(output, Tensor) else output[0]

    handle = module.register_forward_hook(hook, with_kwargs=True)
    try:
        yield found
    finally:
        handle.remove()


def _flat(values: tuple[Any, ...]) -> Iterator[Tensor | None]:
    for value in values:
        if isinstance(value, Tensor) or value is None:
            yield value
