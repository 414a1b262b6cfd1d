"""Networks of the gallery in tests: made once and read, and the tests that most families have.

A family's file states facts: `published(…)`, `overview(…)` and `refused(…)` make its common tests from rows,
and its own tests ask for parts of a flow.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import pytest
import torch
from nets import resolve
from torch import nn

from explorer.architectures.architecture import OptionProblem
from explorer.architectures.gallery import find
from explorer.engine.compile import compile_flow
from explorer.graph.flow import Flow
from explorer.graph.tensor import Tensor, vector

Test = Callable[..., None]
Row = tuple[str, int] | tuple[str, int, float]
"""A published network: its id, its trainable parameters, and its MACs where they are printed."""
TOP = 14
"""Nodes that a person takes in at one look: no network of the lecture shows more at its top level."""


@cache
def network(id: str, input: tuple[int, ...] | None = None, **options: Any) -> Flow:
    """Resolve a network; the flow is shared among tests and without problems."""
    flow = resolve(find(id).build(input, **options))
    assert not flow.problems
    return flow


def module(flow: Flow, seed: int = 1) -> nn.Module:
    """Compile it, as it is after training."""
    torch.manual_seed(0)
    return compile_flow(flow, "n", torch.device("cpu"), seed=seed).module.eval()


def equal(flow: Flow, reference: nn.Module, *given: torch.Tensor) -> None:
    """Our network answers as a reference does whose tensors it takes over, in the order both list them."""
    torch.manual_seed(0)
    ours = module(flow)
    theirs = [t for name, t in reference.eval().state_dict().items() if "num_batches" not in name]
    own = [t for name, t in ours.state_dict().items() if "num_batches" not in name]
    assert sum(t.numel() for t in theirs) == sum(t.numel() for t in own)
    for tensor, other in zip(own, theirs, strict=True):
        if other.dim() == 1:
            other.add_(0.1 * torch.rand_like(other))  # norms have left where they start
        tensor.copy_(other.reshape(tensor.shape))
    with torch.no_grad():
        asked, made = reference(*given), ours(*given)
    for want, got in zip(
        asked if isinstance(asked, tuple) else (asked,),
        made if isinstance(made, tuple) else (made,),
        strict=True,
    ):
        assert want.std() > 0
        torch.testing.assert_close(got, want, rtol=1e-4, atol=1e-4 * float(want.abs().max()))


def answers(flow: Flow, batch: int = 1) -> list[tuple[int, ...]]:
    """Shapes, without the batch, of what the live module answers to a random input."""
    model = module(flow)
    (given,) = flow.inputs.values()
    assert given is not None
    with torch.no_grad():
        made = model(torch.randn(batch, *given.shape))
    several = made if isinstance(made, tuple) else (made,)
    assert all(len(each) == batch for each in several)
    return [tuple(each.shape[1:]) for each in several]


def outputs(flow: Flow) -> dict[str, tuple[int, ...]]:
    """Shapes by name."""
    return {name: tensor.shape for name, tensor in flow.outputs.items() if tensor}


def output(flow: Flow) -> tuple[int, ...]:
    """Shape of the only output."""
    (only,) = outputs(flow).values()
    return only


def tensors(flow: Flow, *addresses: str) -> list[Tensor]:
    """First outputs of some nodes."""
    found = [next(iter(flow.at(address).outputs.values())) for address in addresses]
    return [tensor for tensor in found if tensor is not None]


def shape(flow: Flow, address: str, port: str = "") -> tuple[int, ...]:
    """Shape of an output of a node, the first unless one is named."""
    made = flow.at(address).outputs
    tensor = made[port or next(iter(made))]
    assert tensor is not None
    return tensor.shape


def inside(flow: Flow, address: str) -> Flow:
    """Return the flow in a group or composite."""
    inner = flow.at(address).inner
    assert inner is not None
    return inner


def parts(flow: Flow, address: str) -> list[str]:
    """Ids of the blocks in a group or composite, in the order in which they were written."""
    return [node.block for node in inside(flow, address).graph.nodes if node.block not in ("input", "output")]


def layers(flow: Flow, *blocks: str) -> list[Any]:
    """Blocks of all layers of these kinds."""
    return [node.block for _, node in flow.walk() if node.block and node.block.id in blocks]


def made_by(flow: Flow, *blocks: str) -> list[tuple[int, ...]]:
    """Shapes of what all layers of these kinds make."""
    addresses = [address for address, node in flow.walk() if node.block and node.block.id in blocks]
    return [shape(flow, address) for address in addresses]


def settings(flow: Flow, block: str, field: str) -> list[Any]:
    """Values of a field in all layers of a kind."""
    return [each.values[field] for each in layers(flow, block)]


def published(*rows: Row, near: float = 0.03, unit: float = 1.0) -> Test:
    """Test that networks have exactly these parameters, and nearly as many MACs as was printed."""

    @pytest.mark.parametrize("row", rows, ids=[row[0] for row in rows])
    def test(row: Row) -> None:
        id, parameters, *macs = row
        flow = network(id)
        assert flow.trainable == parameters
        if find(id).task == "classification":
            assert list(flow.outputs.values()) == [vector(find(id).classes)]
        for printed in macs:
            assert flow.macs / unit == pytest.approx(printed, rel=near)

    return test


def overview(*rows: Row) -> Test:
    """Test that networks are taken in at one look, are described, and take pictures of other sizes."""

    @pytest.mark.parametrize("id", [row[0] for row in rows])
    def test(id: str) -> None:
        entry = find(id)
        assert len(entry.build().root) <= TOP
        assert entry.section("Form")
        assert entry.section("Gaps")
        channels, *_ = entry.input.shape
        assert list(network(id, (channels, 64, 96), classes=5).outputs.values()) == [vector(5)]

    return test


class Wrong(NamedTuple):
    """A network, what is said (a pattern), and the sizes and options that it cannot have."""

    id: str
    words: str
    input: tuple[int, ...] | None
    options: dict[str, Any]

    def __str__(self) -> str:
        sizes = [] if self.input is None else ["×".join(map(str, self.input))]
        return ", ".join([self.id, *sizes, *(f"{name}={value}" for name, value in self.options.items())])


def wrong(id: str, words: str, input: tuple[int, ...] | None = None, **options: Any) -> Wrong:
    """Write a row of `refused` as a call that would build the network."""
    return Wrong(id, words, input, options)


def refused(*rows: Wrong) -> Test:
    """Test that sizes and options are refused in words."""

    @pytest.mark.parametrize("row", rows, ids=[str(row) for row in rows])
    def test(row: Wrong) -> None:
        with pytest.raises(OptionProblem, match=row.words):
            find(row.id).build(row.input, **row.options)

    return test
