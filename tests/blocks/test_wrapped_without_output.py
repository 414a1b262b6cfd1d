"""A wrapper round a group that lost its output says so; nothing fails."""

from __future__ import annotations

import pytest
from nets import design, node

from explorer.blocks.registry import registry
from explorer.graph.resolve import Resolver

SHAPES = {"bidirectional": (5, 3), "time_distributed": (5, 3)}


@pytest.mark.parametrize("wrapper", SHAPES)
def test_a_wrapped_group_without_output_is_a_fault_with_words(wrapper):
    document = design(
        [
            node("input", "input", shape=SHAPES[wrapper]),
            node("both", wrapper, inner="group:mine"),
            node("output", "output"),
        ],
        *("input -> both", "both -> output"),
        groups={"mine": ([node("x", "input"), node("r", "relu")], ["x -> r"])},
    )
    flow = Resolver(registry()).resolve(document)
    assert any("no output" in fault.message for fault in flow.faults), flow.faults
