"""The block that is shown: its real module with what came in, what went out and what it let be seen."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

import torch
from torch import nn

from explorer.blocks.block import Block
from explorer.blocks.registry import registry
from explorer.engine import observe, probes
from explorer.engine.compile import Compiled, compile_flow
from explorer.engine.data.examples import fill
from explorer.engine.demonstrations.examples import suiting, telling
from explorer.engine.demonstrations.loops import loop_with
from explorer.graph.catalogue import INPUT, OUTPUT
from explorer.graph.document import Document
from explorer.graph.edits import AddNode, Connect
from explorer.graph.flow import NodeFlow
from explorer.graph.model import Edge, FieldValue, Node
from explorer.graph.ports import port_names
from explorer.graph.resolve import Resolver
from explorer.graph.sharing import place_of
from explorer.graph.steps import LOOP_PARTS
from explorer.graph.tensor import Tensor
from explorer.meaning.exposing import exposing

NAME = "shown"


@dataclass(frozen=True)
class Subject:
    """One forward pass of one block.

    Attributes:
        block: with its fields. node: what is known of it without running. module: the live one.
        inputs, outputs: by port, with a batch of one. seen: what the block, or a layer inside it, exposes
            (see `explorer.engine.observe`), by name; empty when nothing is.

    """

    block: Block
    node: NodeFlow
    module: nn.Module
    inputs: dict[str, torch.Tensor]
    outputs: dict[str, torch.Tensor]
    seen: dict[str, torch.Tensor]

    @property
    def x(self) -> torch.Tensor:
        """The first input, or the output of a block without any."""
        return next(iter(self.inputs.values()), self.y)

    @property
    def y(self) -> torch.Tensor:
        """The first output."""
        return next(iter(self.outputs.values()))

    def axes(self, port: str) -> tuple[str, ...]:
        """Axis letters of a port."""
        tensor = self.node.outputs.get(port) or self.node.inputs.get(port)
        return tensor.axes if tensor is not None else ()


def alone(block: Block, inputs: tuple[Tensor | None, ...], device: torch.device) -> Subject:
    """Build a new module of the block and run it on an example.

    Args:
        block: with its fields. inputs: tensors that it accepts; none for examples that suit it.
        device: where it runs.

    """
    block = block if inputs else telling(block)
    if block.id in LOOP_PARTS:
        document, inputs = loop_with(block, NAME)
        names: tuple[str, ...] = ("x",)
        compiled = compile_flow(Resolver(registry()).resolve(document), block.title, device, seed=0)
    else:
        compiled, names = _built(block, inputs or suiting(block), device)
    flow = compiled.flow
    tensors = zip(names, inputs or suiting(block), strict=True)
    given = [_samples(t, p, block.example_batch).to(device) for p, t in tensors if t]
    _settle(compiled.module, given)
    return _run(compiled, NAME, flow.nodes[NAME], given)


def _samples(tensor: Tensor, port: str, batch: int) -> torch.Tensor:
    """One sample, or as many steps of a sequence as the batch holds, so that they can be told apart."""
    steps = Tensor((batch, *tensor.shape), ("T", *tensor.axes), tensor.dtype)
    return fill(tensor, port) if batch == 1 else fill(steps, port)[0]


def _settle(module: nn.Module, given: list[torch.Tensor]) -> None:
    """Let batch norms of a new module see the example once, as training would; else its maps fade away."""
    norms = [child for child in module.modules() if isinstance(child, nn.modules.batchnorm._BatchNorm)]
    if not norms or given[0][:1].numel() == given[0].shape[1]:
        return
    kept = [norm.momentum for norm in norms]
    for norm in norms:
        norm.momentum = None  # the running averages become those of this one batch
    with torch.no_grad(), torch.random.fork_rng(devices=[]), suppress(ValueError):  # a batch of single values
        module(*given)
    for norm, momentum in zip(norms, kept, strict=True):
        norm.momentum = momentum


def living(compiled: Compiled, address: str, *given: torch.Tensor) -> Subject:
    """Show the live module at an address with what arrives there; raises `KeyError`."""
    return _run(compiled, address, compiled.flow.at(address), list(given))


def _built(
    block: Block, inputs: tuple[Tensor | None, ...], device: torch.device
) -> tuple[Compiled, tuple[str, ...]]:
    document = Document(block.title)
    names = port_names(block, len(inputs))
    document.apply(AddNode(Node(NAME, block.id, dict(block.values))))
    for port, tensor in zip(names, inputs, strict=True):
        if tensor is not None:
            fields: dict[str, FieldValue] = {
                "shape": tensor.shape,
                "axes": "".join(tensor.axes),
                "dtype": tensor.dtype,
            }
            document.apply(AddNode(Node(f"in_{port}", INPUT, fields)))
            document.apply(Connect(Edge(f"in_{port}", "y", NAME, port)))
    for port in block.outputs:
        document.apply(AddNode(Node(f"out_{port}", OUTPUT)))
        document.apply(Connect(Edge(NAME, port, f"out_{port}", "x")))
    flow = Resolver(registry()).resolve(document)
    return compile_flow(flow, block.title, device, seed=0), names


def _run(compiled: Compiled, address: str, node: NodeFlow, given: list[torch.Tensor]) -> Subject:
    block = node.block
    if not isinstance(block, Block):
        raise KeyError(address)
    place = place_of(compiled.flow, address)
    module = compiled.module.get_submodule(place.path)
    passed: list[tuple[tuple[torch.Tensor, ...], object]] = []
    handle = module.register_forward_hook(lambda _m, inputs, output: passed.append((inputs, output)))
    layers = _exposing(block, node, address)
    try:
        with (
            probes.quiet(compiled.module),
            observe.exposed(compiled.module, compiled.flow, layers) as seen,
            torch.no_grad(),
        ):
            if block.random:
                torch.manual_seed(0)
                module.train()
            compiled.module(*given)
            module.eval()
    finally:
        handle.remove()
    arrived, left = passed[place.use] if place.uses > 1 else passed[-1]
    ports = [port for port, tensor in node.inputs.items() if tensor is not None]
    tensors = [value for value in arrived if isinstance(value, torch.Tensor)]
    outputs = left if isinstance(left, tuple) else (left,)
    return Subject(
        block,
        node,
        module,
        dict(zip(ports, tensors, strict=False)),
        dict(zip(node.outputs, outputs, strict=False)),  # a loop is handed all its steps, the first is shown
        next(iter(seen.values()), {}),
    )


def _exposing(block: Block, node: NodeFlow, address: str) -> list[tuple[str, NodeFlow]]:
    """What shall be seen: the block itself, or the first layer inside it that exposes something."""
    if block.exposes:
        return [(address, node)]
    if node.inner is None:
        return []
    inside = [found for kind in observe.KINDS for found in exposing(node.inner, kind, f"{address}.")]
    return inside[:1]
