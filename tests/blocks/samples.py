"""Random legal blocks with inputs they accept, and real modules made of them."""

from __future__ import annotations

import importlib
import random
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import hints
import torch
from nets import design, resolve
from torch import nn

from explorer.blocks.block import Block, Made
from explorer.blocks.fields import (
    Bool,
    Choice,
    Field,
    Float,
    Int,
    OptionalFloat,
    OptionalInt,
    OptionalSizes,
    Padding,
    Shape,
    Size,
    Sizes,
    Text,
)
from explorer.blocks.inner import Inner
from explorer.blocks.registry import registry
from explorer.graph.catalogue import INPUT, OUTPUT, BadField, ShapeError
from explorer.graph.flow import Flow, NodeFlow
from explorer.graph.model import Node
from explorer.graph.ports import natural, port_names
from explorer.graph.resolve import Resolver
from explorer.graph.steps import Steps, steps_of
from explorer.graph.tensor import Tensor, image, sequence, tokens, vector

IN_LOOPS = {"each_step", "state", "next_state", "collect"}
"""Parts of a loop; alone they are nothing (see test_loops.py)."""
BLOCKS = [cls for cls in registry().blocks if cls.id not in {INPUT, OUTPUT} | IN_LOOPS]
"""All blocks that can stand alone between inputs and outputs."""
POOL = (
    image(1, 8, 8),
    image(3, 9, 7),
    image(4, 6, 6),
    image(8, 5, 5),
    image(12, 8, 4),
    image(8, 1, 1),
    Tensor((4, 9), ("C", "T")),
    Tensor((6, 12), ("C", "T")),
    Tensor((3, 5, 6, 7), ("C", "T", "H", "W")),
    Tensor((4, 4, 6, 6), ("C", "T", "H", "W")),
    sequence(5, 8),
    sequence(7, 6),
    sequence(1, 4),
    sequence(3, 16),
    Tensor((6, 6, 8), ("H", "W", "C")),
    vector(6),
    vector(16),
    tokens(5),
    tokens(9),
)


Values = dict[tuple[str, str], torch.Tensor]


class Misfit(NamedTuple):
    """A block and tensors it refuses."""

    block: Block
    inputs: tuple[Tensor | None, ...]
    shape_error: ShapeError


TRIES = 4_000
INSIDES = (
    "linear(features=4)",
    "conv2d(filters=4)",
    "conv2d(filters=6, kernel=1, bias=False)",
    "gelu",
    "lstm(hidden=3)",
    "gru(hidden=5, variant='torch')",
    "rnn(hidden=4, out=2)",
    "conv1d(filters=4, padding='same')",
    "conv_transpose2d(filters=4)",
    "residual",
    "flatten",
    "batch_norm",
    "layer_norm",
    "relu",
)
"""What wrappers may wrap; most of it does not suit most wrappers."""


class Sample(NamedTuple):
    """A block and tensors it accepts, with what is predicted."""

    block: Block
    inputs: tuple[Tensor | None, ...]
    outputs: tuple[Tensor | None, ...]
    parameters: int
    macs: int
    macs_attention: int
    inner: Flow | None

    def __str__(self) -> str:
        return f"{self.block} of {[t and t.text for t in self.inputs]}"


def misfits(cls: type[Block], codes: Collection[str], count: int) -> list[Misfit]:
    """Change one number of settings that fit, or of what arrives, so that they no longer go together."""
    resolver = Resolver(registry())
    found: dict[str, Misfit] = {}
    for sample in samples(cls, 5, seed=21):
        for block, inputs in _changes(sample):
            shape_error = resolver.block(block, inputs).shape_error
            if shape_error is not None and shape_error.code in codes and len(found) < count:
                found.setdefault(shape_error.message, Misfit(block, inputs, shape_error))
    return list(found.values())


def _changes(sample: Sample) -> Iterator[tuple[Block, tuple[Tensor | None, ...]]]:
    values = sample.block.values
    for name, value in values.items():
        for other in _others(value):
            try:
                yield registry().configure(sample.block.id, values | {name: other}), sample.inputs
            except BadField:
                continue
    first = sample.inputs[0] if sample.inputs else None
    if first is not None and first.axes == ("C", "H", "W") and len(sample.inputs) == 1:
        channels, height, width = first.shape
        for shape in ((channels + 1, height, width), (channels, 1, 1), (channels, height + 1, width)):
            yield sample.block, (first.resized(*shape),)


def _others(value: Any) -> list[Any]:
    """Other numbers in its place, mostly too large."""
    if isinstance(value, int) and not isinstance(value, bool):
        return [value + 1, value * 3, value + 12]
    if isinstance(value, tuple) and all(isinstance(part, int) for part in value):
        return [tuple(part + 1 for part in value), tuple(part * 4 + 3 for part in value)]
    return []


def samples(cls: type[Block], count: int, seed: int = 0) -> list[Sample]:
    """Draw until `count` different combinations were accepted (or the tries are used up)."""
    rng = random.Random(f"{cls.id}{seed}")
    resolver = Resolver(registry())
    found: dict[object, Sample] = {}
    for _ in range(TRIES):
        if len(found) == count:
            break
        inputs = _inputs(cls, rng)
        fields = {name: _value(field, rng) for name, field in cls.fields.items()}
        if cls.id in hints.FIELDS:
            fields |= hints.FIELDS[cls.id](rng, *inputs)
        try:
            block = registry().configure(cls.id, fields)
        except BadField:
            continue
        known = resolver.block(block, inputs)
        if known.shape_error is None:
            outputs = (known.parameters, known.macs, known.macs_attention, known.inner)
            found[block, inputs] = Sample(block, inputs, known.outputs, *outputs)
    return list(found.values())


def _inputs(cls: type[Block], rng: random.Random) -> tuple[Tensor | None, ...]:
    if cls.id in hints.INPUTS:
        return hints.INPUTS[cls.id](rng)
    first = rng.choice(POOL)
    if cls.variadic:
        return (first, *(first if rng.random() < 0.8 else rng.choice(POOL) for _ in range(rng.randint(1, 2))))
    inputs: list[Tensor | None] = []
    for port in cls.inputs:
        if port.optional and rng.random() < 0.5:
            inputs.append(None)
        elif not inputs or rng.random() < 0.6:
            inputs.append(first)
        else:
            inputs.append(rng.choice(POOL))
    return tuple(inputs)


def _value(field: Field[Any], rng: random.Random) -> Any:
    """A small legal value."""

    def whole(low: int, high: int) -> int:
        return rng.randint(low, max(low, min(high, low + rng.choice((1, 3, 8)))))

    match field:
        case Bool():
            return rng.random() < 0.5
        case Choice():
            return rng.choice(field.choices)
        case Int():
            low = field.min if field.min > -100 else -3
            return whole(low, field.max)
        case OptionalInt():
            return rng.choice((None, whole(field.min, field.max)))
        case Float():
            return rng.choice(
                (field.default, min(field.max, field.default * 2), max(field.min, field.default / 2))
            )
        case OptionalFloat():
            return rng.choice((None, field.min, min(field.max, 1.0)))
        case Size():
            return tuple(whole(field.min, min(field.max, field.min + 3)) for _ in range(field.dims))
        case Sizes():
            return tuple(
                whole(field.min, min(field.max, field.min + 3)) for _ in range(rng.choice((1, 1, 2, 3)))
            )
        case OptionalSizes():
            return rng.choice((None, whole(field.min, field.min + 2)))
        case Padding():
            return rng.choice(("same", 0, tuple(rng.randint(0, 2) for _ in range(field.dims))))
        case Shape():
            return tuple(whole(field.min, field.min + 5) for _ in range(rng.randint(1, field.longest)))
        case Inner():
            return rng.choice(INSIDES)
        case Text():
            return field.default
    raise NotImplementedError(f"no random values for {type(field).__name__}")


def instantiate(node: Block, inputs: tuple[Tensor | None, ...]) -> nn.Module:
    """Construct the real module of a leaf."""
    target = node.target_for(*inputs)
    assert target is not None, f"{node.id} has no target"
    args, kwargs = node.arguments(*inputs)
    return _construct(target, args, kwargs)


def _construct(target: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> nn.Module:
    module, _, name = target.partition(":")
    given = [argument(value) for value in args], {key: argument(value) for key, value in kwargs.items()}
    made = getattr(importlib.import_module(module), name)(*given[0], **given[1])
    assert isinstance(made, nn.Module)
    return made


def argument(value: Any) -> Any:
    """An argument of a constructor; a module among them is made."""
    return _construct(value.target, value.args, dict(value.kwargs)) if isinstance(value, Made) else value


def batch(tensor: Tensor, size: int, device: str = "cpu") -> torch.Tensor:
    """Random values of a tensor's shape and number type."""
    shape = (size, *tensor.shape)
    if tensor.dtype == "int":
        return torch.zeros(shape, dtype=torch.long, device=device)
    if tensor.dtype == "bool":
        return (
            torch.rand(shape, device=device) < 0.7
            if device == "cpu"
            else torch.ones(shape, device=device) > 0
        )
    return torch.randn(shape, device=device) if device == "cpu" else torch.empty(shape, device=device)


class Built(nn.Module):
    """The leaves of a sample as live modules under their addresses, run in order."""

    def __init__(self, sample: Sample) -> None:
        super().__init__()
        self.sample = sample
        if sample.inner is None:
            self.only = instantiate(sample.block, sample.inputs)
        else:
            self.level = Level(sample.inner)

    def forward(self, *inputs: torch.Tensor | None) -> tuple[torch.Tensor, ...]:
        if self.sample.inner is None:
            return listed(self.only(*inputs))
        names = [port.name for port in self.sample.block.inputs]
        given = {n: x for n, x in zip(names, inputs, strict=False) if x is not None}
        return self.level(given)


class Level(nn.Module):
    """One level of a composite."""

    def __init__(self, flow: Flow) -> None:
        super().__init__()
        self.flow = flow
        self.parts = nn.ModuleDict(
            {
                name: Level(node.inner) if node.inner else instantiate(_block(node), _tensors(node))
                for name, node in flow.nodes.items()
                if flow.graph[name].block not in (INPUT, OUTPUT)
            }
        )

    def forward(self, given: dict[str, torch.Tensor]) -> tuple[torch.Tensor, ...]:
        values = {(name, "y"): value for name, value in given.items()}
        results: dict[str, torch.Tensor] = {}
        steps = steps_of(self.flow.graph, self.flow.order)
        if steps is None:
            self.run(list(self.flow.nodes), values, results)
        else:
            self.loop(steps, values, results)
        # Outputs are reached in running order, which need not be the order of the ports.
        return tuple(results[node.id] for node in self.flow.graph.of_block(OUTPUT))

    def loop(self, steps: Steps, values: Values, results: dict[str, torch.Tensor]) -> None:
        """Run the nodes of a loop step by step."""
        self.run([*steps.before, *steps.states], values, results)
        sequences = {name: self.parts[name](values[self.source(name)]) for name in steps.each}
        collected: dict[str, list[torch.Tensor]] = {name: [] for name in steps.collects}
        for number in range(len(next(iter(sequences.values())))):
            values.update({(name, "y"): parts[number] for name, parts in sequences.items()})
            self.run(list(steps.body), values, results)
            for name in steps.collects:
                collected[name].append(values[self.source(name)])
            following = [values[following, "y"] for _, following in steps.carries]
            values.update({(state, "y"): y for (state, _), y in zip(steps.carries, following, strict=True)})
        values.update({(name, "y"): self.parts[name](parts) for name, parts in collected.items()})
        ends = [node.id for node in self.flow.graph.of_block(OUTPUT)]
        self.run([*steps.after, *ends], values, results)

    def source(self, name: str) -> tuple[str, str]:
        """Where the only wire of a node comes from."""
        (edge,) = self.flow.graph.into(name)
        return edge.src, edge.out

    def run(self, names: list[str], values: Values, results: dict[str, torch.Tensor]) -> None:
        """Run some nodes in order."""
        for name in names:
            node = self.flow.nodes[name]
            edges = sorted(self.flow.graph.into(name), key=lambda edge: natural(edge.into))
            arriving = {edge.into: values[edge.src, edge.out] for edge in edges}
            kind = self.flow.graph[name].block
            if kind == OUTPUT:
                results[name] = arriving["x"]
            elif kind != INPUT:
                part = self.parts[name]
                if isinstance(part, Level):
                    made = part(arriving)
                elif _block(node).variadic:
                    made = listed(part(*arriving.values()))
                else:
                    made = listed(part(*(arriving.get(port.name) for port in _block(node).inputs)))
                values.update({(name, port): y for port, y in zip(node.outputs, made, strict=True)})
                for port, y in zip(node.outputs, made, strict=True):
                    predicted = node.outputs[port]
                    assert predicted is not None
                    assert tuple(y.shape[1:]) == predicted.shape, f"{name}.{port}"


def _block(node: NodeFlow) -> Block:
    assert isinstance(node.block, Block)
    return node.block


def _tensors(node: NodeFlow) -> tuple[Tensor | None, ...]:
    if _block(node).variadic:
        return tuple(node.inputs.values())
    return tuple(node.inputs.get(port.name) for port in _block(node).inputs)


def listed(made: torch.Tensor | tuple[torch.Tensor, ...]) -> tuple[torch.Tensor, ...]:
    """One output as a tuple of one."""
    return made if isinstance(made, tuple) else (made,)


def build(block: str, *inputs: Tensor | None, **fields: Any) -> Built:
    """The live module of one block on given inputs, from fields."""
    configured = registry().configure(block, fields)
    if not configured.variadic:  # ports that are not named stay empty
        inputs += (None,) * (len(configured.inputs) - len(inputs))
    known = Resolver(registry()).block(configured, inputs)
    assert known.shape_error is None, known.shape_error.message if known.shape_error else ""
    counts = (known.parameters, known.macs, known.macs_attention, known.inner)
    return Built(Sample(configured, inputs, known.outputs, *counts))


def around(cls: type[Block], sample: Any) -> Flow:
    """A design of one block between inputs and outputs."""
    names = port_names(sample.block, len(sample.inputs))
    nodes, wires = [Node("it", cls.id, dict(sample.block.values))], []
    for number, (port, tensor) in enumerate(zip(names, sample.inputs, strict=True)):
        if tensor is not None:
            fields = {"shape": tensor.shape, "axes": "".join(tensor.axes), "dtype": tensor.dtype}
            nodes.append(Node(f"in{number}", INPUT, fields))
            wires.append(f"in{number} -> it.{port}")
    for number, port in enumerate(sample.block.outputs):
        nodes.append(Node(f"out{number}", OUTPUT))
        wires.append(f"it.{port} -> out{number}")
    return resolve(design(nodes, *wires))
