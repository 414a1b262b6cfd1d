"""News: who wants to hear of something registers a function; no Qt, sessions work without a window."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, ParamSpec

P = ParamSpec("P")


class News(Generic[P]):
    """One kind of news. Listeners are called in the order in which they came, on the caller's thread."""

    def __init__(self) -> None:
        self._listeners: list[Callable[P, object]] = []

    def listen(self, listener: Callable[P, object]) -> Callable[[], None]:
        """Call `listener` from now on; returns the function that ends this (twice does no harm)."""
        self._listeners.append(listener)

        def end() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return end

    def tell(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Call everybody; who is added meanwhile hears the next one."""
        for listener in tuple(self._listeners):
            listener(*args, **kwargs)
