"""The record of kept weights: which tensors they are, by name and content."""

from __future__ import annotations

from collections.abc import Container, Mapping
from math import prod

import msgspec
import torch
from torch import Tensor

from explorer.engine.weights.addresses import owner_of_name
from explorer.engine.weights.content import digest_of

_BYTES = {
    str(kind).removeprefix("torch."): kind.itemsize
    for kind in vars(torch).values()
    if isinstance(kind, torch.dtype)
}


class Entry(msgspec.Struct, frozen=True, array_like=True):
    """One tensor: its hash, number type and shape."""

    content: str
    kind: str
    shape: tuple[int, ...]

    @property
    def size(self) -> int:
        """Bytes of its numbers."""
        return prod(self.shape) * _BYTES.get(self.kind, 1)


class State(msgspec.Struct, frozen=True):
    """Weights under a name.

    Attributes:
        name: that people or the program gave. tensors: by their names.
        passing: whether it may go when room is wanted. step: of training, at which they were kept.
        era: how often weights had been learned, or set in any other way, before. number: grows with every
            state that is kept.

    """

    name: str
    tensors: dict[str, Entry]
    passing: bool = False
    step: int = 0
    era: int = 0
    number: int = 0

    @property
    def digest(self) -> str:
        """Name of the weights by their content."""
        return digest_of({name: entry.content for name, entry in self.tensors.items()})

    def misfit(self, own: Mapping[str, Tensor], away: Container[str]) -> str:
        """Say what does not fit a model, or nothing when all does.

        Args:
            own: tensors of the model by name. away: addresses of its muted layers, which may have some too.

        """
        for name, tensor in own.items():
            entry = self.tensors.get(name)
            if entry is None:
                return f"{name} is not among them"
            if entry.shape != tuple(tensor.shape):
                return f"{name} is {_text(entry.shape)} there and {_text(tuple(tensor.shape))} here"
            if entry.kind != kind_name(tensor):
                return f"{name} holds {entry.kind} there and {kind_name(tensor)} here"
        for name in self.tensors.keys() - own.keys():
            if not owner_of_name(name, away):
                return f"{name} is not in the design"
        return ""


def entry_of(tensor: Tensor, content: str) -> Entry:
    """The record of a tensor whose hash is known."""
    return Entry(content, kind_name(tensor), tuple(tensor.shape))


def kind_name(tensor: Tensor) -> str:
    """Number type in torch's words, `float32`."""
    return str(tensor.dtype).removeprefix("torch.")


def _text(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape)) or "one number"
