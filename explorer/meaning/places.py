"""Where the features of a layer stand: on the places of a picture, at steps, or nowhere in particular."""

from __future__ import annotations

from math import prod
from typing import NamedTuple

from explorer.graph.catalogue import INPUT, ReceptiveField
from explorer.graph.flow import Flow, NodeFlow
from explorer.graph.receptive_field import combine, through
from explorer.graph.tensor import Tensor

MOST_EXTRA = 8
"""Tokens that may stand in front of those of the patches: class, distillation, registers."""


class Grid(NamedTuple):
    """Places of a layer's output.

    Attributes:
        channels: index of the axis of features.
        sizes: rows and columns of the places (one row for steps), films with their frames in front.
        skip: tokens in front that are no places.

    """

    channels: int
    sizes: tuple[int, ...]
    skip: int = 0


def patch_grid(flow: Flow) -> tuple[int, int] | None:
    """Rows and columns of the patches when the design cuts a picture into patches once."""
    for _, node in flow.walk(depth=16):
        if node.block is not None and node.block.id == "patch_embedding":
            image = node.inputs.get("x")
            patch = getattr(node.block, "patch", None)
            if image is not None and patch is not None:
                size = patch if isinstance(patch, tuple) else (patch, patch)
                return image.shape[1] // size[0], image.shape[2] // size[-1]
    return None


def extra_tokens(grid: tuple[int, int] | None, tokens: int) -> int | None:
    """How many of the tokens stand in front of the patches; None where they are not those of the grid."""
    if grid is None or not prod(grid) <= tokens <= prod(grid) + MOST_EXTRA:
        return None
    return tokens - prod(grid)


def grid_of(tensor: Tensor, patches: tuple[int, int] | None = None) -> Grid | None:
    """The places of a tensor, None where a place stands for nothing in the input.

    Maps C × H × W and H × W × D have theirs; tokens T × D those of the patches they were made from, or one
    row of steps; C × T too. Windows of tokens (W × T × D) are places cut apart, and have none.

    Args:
        tensor: of a layer. patches: rows and columns of the patches of the design, from `patch_grid`.

    """
    axes, places = set(tensor.axes), [n for n in range(len(tensor.axes)) if n != tensor.channels]
    if tensor.dtype != "float" or not places:
        return None
    sizes = tuple(tensor.shape[n] for n in places)
    if {"H", "W"} <= axes and len(places) <= 3:
        return Grid(tensor.channels, sizes)
    if len(places) == 1 and tensor.axes[places[0]] in "TLWH":
        extra = extra_tokens(patches, sizes[0]) if tensor.axes[places[0]] == "T" else None
        if patches is not None and extra is not None:
            return Grid(tensor.channels, patches, extra)
        return Grid(tensor.channels, (1, *sizes))
    return None


def with_places(flow: Flow, target: str = "") -> list[str]:
    """Addresses of the layers that suit Grad-CAM, the one that suits best first: the last with places.

    Maps go before steps: behind a backbone's maps, tokens are often mixtures of all places. Of tokens beside
    a class token, layers in front of an attention are meant: behind it only the class token is read.

    Args:
        flow: of the design. target: the output or layer that is explained; only what leads there is listed.

    """
    patches, leading = patch_grid(flow), leads_to(flow, target) if target else None
    maps: list[str] = []
    steps: list[str] = []
    waiting: list[str] = []
    for name, node in flow.walk():
        if leading is not None and next(iter(node.outputs), "") not in leading.get(name, ()):
            continue
        if getattr(node.block, "exposes", "") == "attention" and waiting:
            within = name.rpartition(".")[0] + "."
            maps += [other for other in waiting if not other.startswith(within)]
            waiting.clear()
        grid = _suits(node, patches)
        if grid is None:
            continue
        if grid.skip:
            waiting.append(name)
        else:
            (maps if len(grid.sizes) > 2 or grid.sizes[0] > 1 else steps).append(name)
    return [*reversed(maps), *reversed(steps)]


def last_with_places(flow: Flow, address: str = "", target: str = "") -> str:
    """The address, if Grad-CAM can look at its layer, else the first of `with_places`; empty for none."""
    try:
        if address and _suits(flow.at(address), patch_grid(flow)):
            return address
    except KeyError:
        pass
    return next(iter(with_places(flow, target)), "")


def leads_to(flow: Flow, target: str) -> dict[str, set[str]]:
    """Layers in front of an output or layer: the ports through which each leads there, by address."""
    found: dict[str, set[str]] = {}
    head, _, rest = target.partition(".")
    inner = flow.nodes[head].inner if head in flow.nodes else None
    if rest and inner is not None:
        found = {f"{head}.{name}": ports for name, ports in leads_to(inner, rest).items()}
    used: dict[str, set[str]] = {}
    waiting = list(flow.graph.into(head)) if head in flow.nodes else []
    while waiting:
        edge = waiting.pop()
        ports = used.setdefault(edge.src, set())
        if not ports:
            waiting += flow.graph.into(edge.src)
        ports.add(edge.out)
    for name, ports in used.items():
        node = flow.nodes[name]
        found[name] = ports
        if node.inner is None:
            continue
        for port in ports & node.inner.outputs.keys():
            for below, inside in leads_to(node.inner, port).items():
                found.setdefault(f"{name}.{below}", set()).update(inside)
    return found


def _suits(node: NodeFlow, patches: tuple[int, int] | None) -> Grid | None:
    first = next(iter(node.outputs.values()), None)
    if first is None or (node.block is not None and node.block.id == INPUT):
        return None
    grid = grid_of(first, patches)
    return grid if grid is not None and prod(grid.sizes) > 1 else None


def receptive_field_at(flow: Flow, address: str) -> ReceptiveField:
    """Return what one value at an address sees of the design's input; raises `KeyError`.

    Inside a composite the flow counts from the composite's own input: what is seen in front of it is added.
    """
    head, _, rest = address.partition(".")
    node = flow.nodes[head]
    if not rest:
        return flow.receptive_field(head)
    if node.inner is None:
        raise KeyError(address)
    sources = [flow.receptive_field(source) for source in flow.graph.predecessors(head)]
    return through(combine(sources), receptive_field_at(node.inner, rest))
