"""Weights to begin with: what a layer draws depends on the seed and its address, and on no other layer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from explorer.blocks.block import Literal, Made
from explorer.engine.export.parts import Leaf, Whole
from explorer.engine.export.targets import resolve_target


def leaves_of(whole: Whole, prefix: str = "") -> dict[str, Leaf]:
    """What to construct at the address of every layer, in the order in which the layers are built."""
    found: dict[str, Leaf] = {}
    for name, child in whole.children:
        if isinstance(child, Leaf):
            found[prefix + name] = child
        else:
            found.update(leaves_of(child, f"{prefix}{name}."))
    return found


def draw(leaves: Mapping[str, Leaf], addresses: Iterable[str], seed: int) -> Iterator[tuple[str, Tensor]]:
    """Yield name and values of every tensor of new layers; torch's own random state is as before."""
    for address in addresses:
        leaf = leaves[address]
        state = torch.random.get_rng_state()
        try:
            torch.default_generator.manual_seed(_seed_at(address, seed))
            module = _construct(leaf.target, leaf.args, dict(leaf.kwargs))
        finally:
            torch.random.set_rng_state(state)
        for name, value in module.state_dict().items():
            yield f"{address}.{name}", value


def _seed_at(address: str, seed: int) -> int:
    return int.from_bytes(sha256(f"{seed} {address}".encode()).digest()[:8], "big") >> 1


def _construct(target: str, args: tuple[Literal, ...], kwargs: Mapping[str, Literal]) -> nn.Module:
    given = [_value(value) for value in args]
    module: nn.Module = resolve_target(target)(*given, **{name: _value(v) for name, v in kwargs.items()})
    return module


def _value(literal: Literal) -> Any:
    if isinstance(literal, Made):
        return _construct(literal.target, literal.args, dict(literal.kwargs))
    return literal


class _Undrawn(TorchFunctionMode):
    """Leaves parameters as memory gave them."""

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        words = kwargs or {}
        if func in _DRAWS:
            tensor = args[0] if args else words.get("tensor")
            if isinstance(tensor, nn.Parameter):
                return _filled(tensor)
        return func(*args, **words)


def _filled(tensor: nn.Parameter) -> nn.Parameter:
    """What stands for drawing numbers while nobody will read them."""
    return tensor


_DRAWS = frozenset(
    [
        torch.Tensor.uniform_,
        torch.Tensor.normal_,
        nn.init.uniform_,
        nn.init.normal_,
        nn.init.kaiming_uniform_,
        nn.init.kaiming_normal_,
    ]
)
"""What fills a tensor with random numbers; torch hands the last four over whole."""


@contextmanager
def undrawn() -> Iterator[None]:
    """Build modules inside whose parameters all get their values afterwards.

    Drawing a hundred million numbers takes a second, and most builds take their weights from elsewhere.
    """
    with _Undrawn():
        yield
