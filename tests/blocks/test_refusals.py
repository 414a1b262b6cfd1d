"""Numbers that do not go together are refused in words, with the numbers, and a repair that was tried."""

from __future__ import annotations

import re

import pytest
from nets import design
from samples import BLOCKS as ALL
from samples import Misfit, misfits

from explorer.blocks.block import Block
from explorer.blocks.registry import registry
from explorer.graph.catalogue import INPUT, OUTPUT
from explorer.graph.document import Document
from explorer.graph.model import Node
from explorer.graph.ports import port_names
from explorer.graph.repairs import repairs
from explorer.graph.resolve import Resolver
from explorer.graph.tensor import Tensor, sequence

NUMBERS = {"window", "groups", "divide", "heads", "empty"}
"""Codes of clashes between numbers; wrong kinds of inputs are another matter."""
INSIDE = {"window_merge", "shift_softmax"}
"""Parts of a composite that sets their numbers; which of them is wrong cannot be told from one alone."""
BLOCKS = [cls for cls in ALL if cls.fields]
MISFITS = {cls.id: misfits(cls, NUMBERS, 4) for cls in BLOCKS}


def around(misfit: Misfit) -> Document:
    nodes, wires = [Node("it", misfit.block.id, dict(misfit.block.values)), Node("out", OUTPUT)], []
    for port, tensor in zip(port_names(misfit.block, len(misfit.inputs)), misfit.inputs, strict=True):
        if tensor is not None:
            fields = {"shape": tensor.shape, "axes": "".join(tensor.axes), "dtype": tensor.dtype}
            nodes.append(Node(f"in_{port}", INPUT, fields))
            wires.append(f"in_{port} -> it.{port}")
    return design(nodes, *wires, f"it.{misfit.block.outputs[0]} -> out")


@pytest.mark.parametrize("cls", [cls for cls in BLOCKS if MISFITS[cls.id]], ids=lambda cls: cls.id)
def test_a_problem_has_words_numbers_and_a_repair(cls: type[Block]) -> None:
    for misfit in MISFITS[cls.id]:
        document, resolver = around(misfit), Resolver(registry())
        flow = resolver.resolve(document)
        (problem,) = (each for each in flow.faults if each.address == "it")
        assert re.search(r"\d", problem.message), problem.message
        assert problem.message.endswith("."), problem.message
        assert "{source}" not in problem.message
        assert len(problem.message) < 300
        cures = repairs(document, resolver, flow, problem)
        assert cures or cls.id in INSIDE, f"{problem.message} {misfit.block}"


def test_there_are_many_of_them() -> None:
    assert sum(len(found) for found in MISFITS.values()) > 100


ONE = Tensor((), ())


@pytest.mark.parametrize("cls", ALL, ids=lambda cls: cls.id)
def test_one_number_fits_or_is_refused_in_words(cls: type[Block]) -> None:
    """Losses and reductions give tensors without any axis, which may be wired to anything."""
    block, resolver = cls(), Resolver(registry())
    for other in (ONE, sequence(3, 4)):
        inputs = (ONE, other) if block.variadic else (ONE, *[other] * len(block.inputs))[: len(block.inputs)]
        for given in (inputs, inputs[::-1]):
            known = resolver.block(block, given)
            assert known.shape_error is None or known.shape_error.message.endswith(".")
