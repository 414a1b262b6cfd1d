"""From the model before to the new one: what goes on, what fits in part, and what is drawn anew."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from explorer.engine.weights import drawing, words
from explorer.engine.weights.addresses import muted_addresses, owner_of_name
from explorer.engine.weights.layout import arriving, matching
from explorer.engine.weights.overlap import Change, Inputs, take_over
from explorer.engine.weights.roles import Kind, class_of, kind_of, owner_of_tensor
from explorer.engine.weights.sources import Held, Running, Sources, normalised
from explorer.graph.moves import Step
from explorer.protocol.events import Carried

SETTLING = 15
"""Passes in which a weight that follows others settles, as many as torch does when it is first hung in."""


@dataclass(frozen=True)
class Outcome:
    """What came over.

    Attributes:
        kept: addresses of layers that go on whole. partly: of those that took over a part.
        fresh: of those that were drawn anew.
        whole: whether every tensor of the design is the very one that stood there before.

    """

    kept: tuple[str, ...] = ()
    partly: tuple[Carried, ...] = ()
    fresh: tuple[str, ...] = ()
    whole: bool = False


@dataclass
class _Layer:
    """Tensors of one layer on their way: names of all, what goes on, and what a part comes from."""

    address: str
    names: list[str]
    whole: dict[str, Held] = field(default_factory=dict)
    parts: dict[str, Held] = field(default_factory=dict)
    settled: dict[str, Tensor] = field(default_factory=dict)
    taken: dict[str, int] = field(default_factory=dict)
    changes: list[tuple[Kind, tuple[Change, ...]]] = field(default_factory=list)

    @property
    def missing(self) -> list[str]:
        """Tensors that do not go on whole."""
        return [name for name in self.names if name not in self.whole and not self._is_settled(name)]

    def _is_settled(self, name: str) -> bool:
        inside = (f"{weight.rpartition('.')[0]}.parametrizations." for weight in self.settled)
        return any(name.startswith(path) for path in inside)


def begin(new: Running, seed: int) -> Outcome:
    """Draw all weights of a model."""
    return _fill(new, None, (), seed, fit=False)


def carry(new: Running, before: Running, steps: Iterable[Step], seed: int, *, fit: bool = True) -> Outcome:
    """Let a new model go on with the weights of the one before, which must not be used any more.

    Args:
        new: its parameters have no values yet. before: that it replaces.
        steps: how addresses have moved since. seed: for what is drawn anew.
        fit: whether a layer that changed size takes over what fits; off, it starts anew.

    """
    return _fill(new, before, steps, seed, fit=fit)


def redraw(model: Running, addresses: Iterable[str], seed: int) -> tuple[str, ...]:
    """Draw the weights of some layers anew; returns their addresses."""
    own = model.weights.module.state_dict()
    chosen = tuple(addresses)
    model.weights.take(_on(own, dict(drawing.draw(model.leaves, chosen, seed))))
    return chosen


def _fill(new: Running, before: Running | None, steps: Iterable[Step], seed: int, *, fit: bool) -> Outcome:
    own = new.weights.module.state_dict()
    modules = dict(new.weights.module.named_modules())
    sources = Sources(before, steps, own) if before is not None else None
    layers = [_Layer(address, names) for address, names in _by_layer(own, new.leaves).items()]
    if sources is not None:
        for layer in layers:
            _find(layer, own, modules, new, sources)
            if layer.missing and not fit:
                layer.whole.clear()
                layer.parts.clear()
                layer.settled.clear()
    anew = [layer.address for layer in layers if layer.missing or layer.settled]
    drawn = drawing.draw(new.leaves, anew, seed)
    values = _on(own, dict(drawn))
    for layer in layers:
        for name, held in layer.whole.items():
            values[name] = held.tensor if held.own else held.tensor.clone()
        if sources is not None and layer.parts:
            _fit(layer, values, modules, new, sources)
    hashes = {n: held.content for layer in layers for n, held in layer.whole.items() if held.content}
    new.weights.take(values, hashes)
    for layer in layers:
        _settle(layer, modules)
    if sources is not None:
        new.weights.parked.update(sources.left(own, muted_addresses(new.flow)))
    return _outcome(layers, own, new.weights.module, sources is not None)


def _by_layer(own: Mapping[str, Tensor], leaves: Container[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in own:
        found.setdefault(owner_of_name(name, leaves), []).append(name)
    return found


def _on(own: Mapping[str, Tensor], drawn: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name: value.to(own[name].device) for name, value in drawn.items()}


def _find(
    layer: _Layer, own: Mapping[str, Tensor], modules: Mapping[str, nn.Module], new: Running, sources: Sources
) -> None:
    """Look for what every tensor of a layer goes on from."""
    leaf = new.leaves[layer.address]
    for name in layer.names:
        held, tensor = sources.of(name), own[name]
        if held is None or held.kind not in ("", class_of(modules[name.rpartition(".")[0]])):
            continue
        if held.tensor.shape == tensor.shape and held.tensor.dtype == tensor.dtype:
            if not _is_about_the_setting(tensor) or held.leaf in (None, leaf):
                layer.whole[name] = held
        elif held.tensor.dim() == tensor.dim() > 0 and not _is_about_the_setting(tensor):
            layer.parts[name] = held
    for path, module in modules[layer.address].named_modules(prefix=layer.address):
        for short in normalised(module) if layer.missing else ():
            held = sources.of(f"{path}.{short}")
            if held is not None and held.tensor.shape == _shape_of(module, short):
                layer.settled[f"{path}.{short}"] = held.tensor


def _is_about_the_setting(tensor: Tensor) -> bool:
    """Whole numbers, such as labels of places, only mean something in a layer that is set up the same way."""
    return not tensor.is_floating_point() and not tensor.is_complex() and tensor.dim() > 0


def _shape_of(module: nn.Module, name: str) -> torch.Size:
    shape: torch.Size = getattr(module, name).shape
    return shape


def _settle(layer: _Layer, modules: Mapping[str, nn.Module]) -> None:
    """Set weights that are worked out from others, and let what follows them come to rest."""
    with torch.no_grad():
        for weight, value in layer.settled.items():
            path, _, name = weight.rpartition(".")
            module = modules[path]
            setattr(module, name, value.to(getattr(module, name).device))
            was = module.training
            module.train()
            for _ in range(SETTLING):
                getattr(module, name)
            module.train(was)


def _fit(
    layer: _Layer, values: dict[str, Tensor], modules: dict[str, nn.Module], new: Running, sources: Sources
) -> None:
    inputs = _inputs(layer.address, new, sources)
    for name, held in layer.parts.items():
        owner, short = owner_of_tensor(modules, name)
        taken, changes = take_over(values[name], held.tensor, owner, short, inputs)
        if taken:
            layer.taken[name] = taken
            layer.changes.append((kind_of(owner), changes))


def _inputs(address: str, new: Running, sources: Sources) -> Inputs | None:
    old = sources.origin.get(address)
    if old is None:
        return None
    return matching(arriving(sources.before.flow, old), arriving(new.flow, address), sources.origin)


def _outcome(layers: list[_Layer], own: Mapping[str, Tensor], module: nn.Module, carried: bool) -> Outcome:
    kept, fresh = list[str](), list[str]()
    partly: list[Carried] = []
    learned = {name for name, _ in module.named_parameters()}
    for layer in layers:
        counted = [name for name in layer.names if name in learned] or layer.names
        total = sum(own[name].numel() for name in counted)
        missing = layer.missing
        if not missing:
            kept.append(layer.address)
            continue
        taken = sum(layer.taken.get(n, 0) if n in missing else own[n].numel() for n in counted)
        if not taken:
            fresh.append(layer.address)
            continue
        new = [n.rpartition(".")[2] for n in missing if n not in layer.taken and n in counted]
        text = words.told(layer.changes, new, taken, total)
        partly.append(Carried(layer.address, taken, total, text))
    sure = all(held.own for layer in layers for held in layer.whole.values())
    settled = any(layer.settled for layer in layers)
    whole = carried and sure and not settled and not partly and not fresh
    return Outcome(tuple(kept), tuple(partly), tuple(fresh), whole)
