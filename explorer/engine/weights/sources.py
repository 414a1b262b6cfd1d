"""Where the tensors of a new model come from: those of the model before, followed through the edits."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from functools import cached_property
from typing import NamedTuple, Protocol

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

from explorer.engine.export.parts import Leaf
from explorer.engine.probes import quiet
from explorer.engine.weights.addresses import owner_of_name
from explorer.engine.weights.live import LiveWeights
from explorer.engine.weights.roles import class_of
from explorer.graph.flow import Flow
from explorer.graph.moves import Step, follow


class Running(Protocol):
    """A model with what it was made from."""

    @property
    def flow(self) -> Flow:
        """What it was compiled from."""

    @property
    def leaves(self) -> Mapping[str, Leaf]:
        """What was constructed at the address of every layer."""

    @property
    def weights(self) -> LiveWeights:
        """Its tensors."""


class Held(NamedTuple):
    """A tensor of the model before that may live on.

    Attributes:
        tensor: the numbers. kind: class of the module it belongs to; empty for what was parked.
        leaf: the layer. content: its hash, where that is known.
        own: whether it is this very tensor that goes on, not a copy of one that goes on elsewhere, and not
            one that was worked out from others.

    """

    tensor: Tensor
    kind: str
    leaf: Leaf | None
    content: str | None
    own: bool


class Sources:
    """Tensors of the model before by the names they have now."""

    def __init__(self, before: Running, steps: Iterable[Step], names: Iterable[str]) -> None:
        """Follow everything through `steps`; `names` are those of the new model's tensors."""
        self.before = before
        self._steps = list(steps)
        self._tensors = before.weights.tensors()
        self._modules = dict(before.weights.module.named_modules())
        self._known = before.weights.known_hashes()
        worked_out = [f"{path}.{name}" for path, m in self._modules.items() for name in normalised(m)]
        self._old = follow(self._steps, [*self._tensors, *worked_out])
        self._goes_on = _heirs(self._old, names)

    def of(self, name: str) -> Held | None:
        """What a tensor of the new model goes on from, if anything."""
        old = self._old.get(name)
        if old is None:
            return None
        path, _, short = old.rpartition(".")
        if old not in self._tensors:
            return Held(
                effective(self._modules[path], short), class_of(self._modules[path]), None, None, False
            )
        if old in self.before.weights.parked:
            return Held(self._tensors[old], "", None, self._known.get(old), self._goes_on.get(old) == name)
        return Held(
            self._tensors[old],
            class_of(self._modules[path]),
            self.before.leaves.get(owner_of_name(old, self.before.leaves)),
            self._known.get(old),
            self._goes_on.get(old) == name,
        )

    def left(self, own: Container[str], away: Container[str]) -> dict[str, Tensor]:
        """Tensors of layers that are muted now, by the names that they would have.

        Args:
            own: names of the new model's tensors. away: addresses of its muted layers.

        """
        found = {
            new: old
            for new, old in self._old.items()
            if new not in own and old in self._tensors and owner_of_name(new, away)
        }
        return {
            new: self._tensors[old].clone() if old in self._goes_on else self._tensors[old]
            for new, old in found.items()
        }

    @cached_property
    def origin(self) -> dict[str, str]:
        """Old addresses of layers, and of inputs, by new ones."""
        flow = self.before.flow
        return follow(self._steps, [*self.before.leaves, *flow.inputs])


def _heirs(old: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    """For every old name the one new name that goes on with the tensor itself: its own name, or the first."""
    heirs: dict[str, str] = {}
    for name in names:
        source = old.get(name)
        if source is not None and (source not in heirs or source == name):
            heirs[source] = name
    return heirs


def normalised(module: nn.Module) -> list[str]:
    """Names of weights that a module works out anew from others each time."""
    return list(module.parametrizations) if parametrize.is_parametrized(module) else []  # type: ignore[arg-type]


def effective(module: nn.Module, name: str) -> Tensor:
    """A weight as the layer uses it in evaluation, which leaves no trace."""
    with quiet(module), torch.no_grad():
        value: Tensor = getattr(module, name)
        return value.detach().clone()
