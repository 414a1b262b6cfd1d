"""What layers show of themselves beside their output: weights of attention, gates, grids, boxes.

One protocol for all of them. A block says what kind of thing it `exposes`. The module of a leaf has
an attribute `probe`; while it is set, the module hands it a dict of named tensors once in every forward
pass. A composite names the layers inside whose outputs are meant (`inside`).

Kinds and what their tensors are, batch first:
    attention  `weights` (N, heads, queries, keys), each row adds up to 1.
    gates      any names; factors of any shape, mostly between 0 and 1: (N, T, H) of recurrent layers,
               (N, C, 1, 1) of channels, (N, 1, H, W) of places.
    grid       `grid` (N, H, W, 2): where each output pixel reads, x and y from −1 to 1.
    boxes      `boxes` (N, K, 4) as x1, y1, x2, y2 in pixels of the input; `scores` (N, K) where there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias

import torch
from torch import nn

from explorer.engine.probes import Turn
from explorer.graph.flow import Flow, NodeFlow
from explorer.graph.sharing import place_of

KINDS = ("attention", "gates", "grid", "boxes")
Seen: TypeAlias = dict[str, dict[str, torch.Tensor]]
"""By address, by name."""


@contextmanager
def exposed(module: nn.Module, flow: Flow, layers: Sequence[tuple[str, NodeFlow]]) -> Iterator[Seen]:
    """Collect what these layers show during the forward passes inside the block; the last pass stays.

    Args:
        module: the live model. flow: what it was compiled from.
        layers: address and flow, as `explorer.meaning.exposing` returns them; an unknown address raises
            `KeyError` before anything is set.

    Yields:
        Detached tensors by address and name, filled by each forward pass.

    """
    children: dict[str, Any] = dict(module.named_modules())
    wanted = [
        (address, name, bool(path), place_of(flow, f"{address}{path}"))
        for address, node in layers
        for name, path in _inside(node)
    ]
    for *_, place in wanted:
        if place.path not in children:
            raise KeyError(f"there is no module at {place.path}")
    found: Seen = {}
    handles = []
    calls: dict[tuple[str, str], list[torch.Tensor]] = {}

    def take(takers: Sequence[tuple[str, Turn]]) -> Callable[[dict[str, torch.Tensor]], None]:
        def keep(seen: dict[str, torch.Tensor]) -> None:
            for address, turn in takers:
                if turn.comes():
                    found.setdefault(address, {}).update(
                        {name: value.detach() for name, value in seen.items()}
                    )

        return keep

    def hook(address: str, name: str, turn: Turn) -> Callable[[nn.Module, Any, Any], None]:
        def keep(_module: nn.Module, _inputs: Any, output: Any) -> None:
            if not turn.comes():
                return
            tensor = output if isinstance(output, torch.Tensor) else output[0]
            calls.setdefault((address, name), []).append(tensor.detach())

        return keep

    def begin(_module: nn.Module, _inputs: Any) -> None:
        calls.clear()

    def end(_module: nn.Module, _inputs: Any, _output: Any) -> None:
        """What a loop calls several times in a pass is shown step by step, (N, T, …)."""
        for (address, name), seen in calls.items():
            found.setdefault(address, {})[name] = seen[0] if len(seen) == 1 else torch.stack(seen, 1)

    try:
        handles.append(module.register_forward_pre_hook(begin))
        handles.append(module.register_forward_hook(end))
        probed: dict[str, list[tuple[str, Turn]]] = {}
        for address, name, inside, place in wanted:
            if inside:
                handles.append(children[place.path].register_forward_hook(hook(address, name, Turn(place))))
            else:
                probed.setdefault(place.path, []).append((address, Turn(place)))
        for path, takers in probed.items():
            children[path].probe = take(takers)
        yield found
    finally:
        for handle in handles:
            handle.remove()
        for _, _, inside, place in wanted:
            if not inside:
                children[place.path].probe = None


def attention_of(seen: dict[str, torch.Tensor]) -> torch.Tensor:
    """The weights of one attention as (N, heads, queries, keys), however many axes the layer gave."""
    weights = next(iter(seen.values()))
    if weights.dim() == 2:  # (N, keys): one query
        weights = weights.unsqueeze(1)
    return weights.unsqueeze(1) if weights.dim() == 3 else weights


def _inside(node: NodeFlow) -> list[tuple[str, str]]:
    """Pairs of a name and a path below the node; an empty path is the module itself."""
    inside = getattr(node.block, "inside", ())
    return [(name, f".{path}") for name, path in inside] or [("", "")]
