"""Tensors in memory by their hash, and how many states need each of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping

from torch import Tensor

from explorer.engine.weights.state import State


class Shelf:
    """Holds tensors that states need, each once; those that are on disk too may go when it is full.

    Attributes:
        total: bytes of all tensors that are needed, in memory or not.

    """

    def __init__(self, room: int) -> None:
        self._room = room
        self._tensors: dict[str, Tensor] = {}
        self._uses: Counter[str] = Counter()
        self._sizes: dict[str, int] = {}
        self.total = 0

    @staticmethod
    def size_of(states: Iterable[State]) -> int:
        """Bytes of some states together."""
        sizes = {entry.content: entry.size for state in states for entry in state.tensors.values()}
        return sum(sizes.values())

    @property
    def needed(self) -> Mapping[str, int]:
        """Bytes of every tensor that some state needs."""
        return self._sizes

    @property
    def in_memory(self) -> int:
        """Bytes of the tensors that are here."""
        return sum(self._sizes[content] for content in self._tensors)

    def count(self, state: State) -> None:
        """A state needs its tensors now."""
        for content, size in _contents(state).items():
            if not self._uses[content]:
                self._sizes[content] = size
                self.total += size
            self._uses[content] += 1

    def discount(self, state: State) -> None:
        """A state is gone; what no other needs goes with it."""
        for content in _contents(state):
            self._uses[content] -= 1
            if not self._uses[content]:
                del self._uses[content]
                self.total -= self._sizes.pop(content)
                self._tensors.pop(content, None)

    def only_in(self, state: State) -> int:
        """Bytes of a state that no other state needs."""
        return sum(size for content, size in _contents(state).items() if self._uses[content] == 1)

    def put(self, content: str, tensor: Tensor, elsewhere: Container[str]) -> None:
        """Keep a copy of a tensor, unless it is here or elsewhere."""
        if content not in self._tensors and content not in elsewhere:
            self._tensors[content] = tensor.detach().to("cpu", copy=True).contiguous()

    def copies(self, contents: Iterable[str]) -> dict[str, Tensor]:
        """Copies of the tensors that are here; they are then the last to go."""
        found: dict[str, Tensor] = {}
        for content in contents:
            if content in self._tensors:
                tensor = self._tensors[content] = self._tensors.pop(content)
                found[content] = tensor.clone()
        return found

    def held(self, contents: Iterable[str]) -> dict[str, Tensor]:
        """The tensors themselves, as far as they are here; they never change."""
        return {content: self._tensors[content] for content in contents if content in self._tensors}

    def trim(self, elsewhere: Container[str]) -> None:
        """Let tensors go that are elsewhere, those longest unused first, until the others have room."""
        size = self.in_memory
        for content in list(self._tensors):
            if size <= self._room:
                return
            if content in elsewhere:
                size -= self._sizes[content]
                del self._tensors[content]


def _contents(state: State) -> dict[str, int]:
    return {entry.content: entry.size for entry in state.tensors.values()}
