"""Tables whose values are worked out when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from typing import Protocol, TypeVar

K = TypeVar("K")
K_co = TypeVar("K_co", covariant=True)
V = TypeVar("V")


class Keys(Protocol[K_co]):
    """What a table has values for."""

    def __contains__(self, key: object) -> bool: ...

    def __iter__(self) -> Iterator[K_co]: ...

    def __len__(self) -> int: ...


class Made(Mapping[K, V]):
    """Values by key, made once and kept until they are dropped.

    Going through all values makes them all; who needs a few asks for those.
    """

    def __init__(self, keys: Keys[K], make: Callable[[K], V]) -> None:
        self._keys, self._make = keys, make
        self._made: dict[K, V] = {}

    def __getitem__(self, key: K) -> V:
        value = self._made.get(key)
        if value is None:
            if key not in self._keys:
                raise KeyError(key)
            value = self._made[key] = self._make(key)
        return value

    def __contains__(self, key: object) -> bool:
        return key in self._keys

    def __iter__(self) -> Iterator[K]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)

    @property
    def made(self) -> Set[K]:
        """Keys of the values that have been made."""
        return self._made.keys()

    def drop(self, keys: Iterable[K]) -> None:
        """Make these values anew when they are asked for next."""
        for key in keys:
            self._made.pop(key, None)

    def clear(self) -> None:
        """Make all values anew."""
        self._made.clear()


class Seen(Mapping[K, V]):
    """One side of things that are kept elsewhere."""

    def __init__(self, keys: Callable[[], Keys[K]], look: Callable[[K], V]) -> None:
        self._keys, self._look = keys, look

    def __getitem__(self, key: K) -> V:
        return self._look(key)

    def __contains__(self, key: object) -> bool:
        return key in self._keys()

    def __iter__(self) -> Iterator[K]:
        return iter(self._keys())

    def __len__(self) -> int:
        return len(self._keys())
