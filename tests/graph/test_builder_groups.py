"""Groups inside groups: a name belongs to the group in which it was written."""

from __future__ import annotations

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.blocks.registry import registry
from explorer.engine.compile import compile_flow
from explorer.graph.builder import Builder, Wire
from explorer.graph.document import Document
from explorer.graph.operations import adopt
from explorer.graph.resolve import Resolver
from explorer.graph.tensor import Tensor

RESOLVER = Resolver(registry())
# a part is a width for a linear layer, or a name with the parts inside a group of that name
part = st.recursive(
    st.integers(1, 5),
    lambda inner: st.tuples(st.sampled_from(["block", "stage", "head"]), st.lists(inner, max_size=3)),
    max_leaves=12,
)


def write(builder: Builder, wire: Wire, parts: list) -> Wire:
    """Put parts one behind another; the same name twice at one level is numbered by the writer."""
    taken: dict[str, int] = {}
    for one in parts:
        if isinstance(one, int):
            wire = builder.add("linear", wire, features=one)
            continue
        name, inner = one
        taken[name] = taken.get(name, 0) + 1
        unique = name if taken[name] == 1 else f"{name}_{taken[name]}"
        (wire,) = builder.group(unique, lambda g, x, inner=inner: write(g, x, inner or [2]), wire)
    return wire


def count(parts: list, width: int) -> tuple[int, int]:
    """Parameters and width behind these parts, by hand."""
    total = 0
    for one in parts:
        if isinstance(one, int):
            total, width = total + width * one + one, one
        else:
            inner, width = count(one[1] or [2], width)
            total += inner
    return total, width


def built(parts: list) -> Document:
    builder = Builder(registry(), RESOLVER)
    wire = builder.input("input", Tensor((3,), ("D",)))
    builder.output("output", write(builder, wire, parts))
    made = Document()
    made.apply(adopt(builder.graph, "n", builder.groups))
    return made


@given(st.lists(part, min_size=1, max_size=4))
@settings(max_examples=40, deadline=None)
def test_every_group_has_what_was_written_into_it(parts):
    flow = RESOLVER.resolve(built(parts))
    assert not flow.problems
    expected, width = count(parts, 3)
    assert flow.parameters == expected
    module = compile_flow(flow, "n", torch.device("cpu")).module
    assert sum(tensor.numel() for tensor in module.parameters()) == expected
    assert module(torch.zeros(2, 3)).shape == (2, width)


def test_two_stages_each_with_a_block_of_their_own():
    builder = Builder(registry(), RESOLVER)
    wire = builder.input("input", Tensor((3,), ("D",)))
    for number, features in ((1, 4), (2, 7)):

        def stage(g: Builder, x: Wire, features: int = features) -> Wire:
            return g.group("block", lambda h, y: h.add("linear", y, features=features), x)[0]

        (wire,) = builder.group(f"stage{number}", stage, wire)
    assert set(builder.groups) == {"block", "stage1", "stage2_block", "stage2"}
    assert wire.tensor.shape == (7,)


def test_the_same_content_is_one_group_used_twice():
    builder = Builder(registry(), RESOLVER)
    wire = builder.input("input", Tensor((3,), ("D",)))
    for number in (1, 2):

        def stage(g: Builder, x: Wire) -> Wire:
            return g.group("block", lambda h, y: h.add("linear", y, features=3), x)[0]

        (wire,) = builder.group(f"stage{number}", stage, wire)
    assert set(builder.groups) == {"block", "stage1", "stage2"}


def test_a_group_is_used_again_by_the_name_it_has_here():
    builder = Builder(registry(), RESOLVER)
    wire = builder.input("input", Tensor((3,), ("D",)))
    (wire,) = builder.group(
        "first", lambda g, x: g.group("block", lambda h, y: h.add("linear", y, features=5), x)[0], wire
    )

    def second(g: Builder, x: Wire) -> Wire:
        (x,) = g.group("block", lambda h, y: h.add("linear", y, features=5, bias=False), x)
        (x,) = g.use("block", x, name="again")
        return x

    (wire,) = builder.group("second", second, wire)
    assert [node.block for node in builder.groups["second"].nodes if node.group] == ["group:second_block"] * 2
