"""Differences: causes and consequences, by id or by place in the flow."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.architectures.gallery import find
from explorer.blocks.registry import registry
from explorer.graph import operations
from explorer.graph.difference import difference, joined
from explorer.graph.document import Document
from explorer.graph.edits import Connect, Disconnect, Move, Rename, SetField, SetFlag, SetTitle
from explorer.graph.model import Edge, Node
from explorer.graph.resolve import Resolver

RESOLVER = Resolver(registry())


def lenet() -> Document:
    return find("lenet5_modern").build()


def between(first: Document, second: Document):  # type: ignore[no-untyped-def]
    return difference(first, second, RESOLVER)


def test_a_design_differs_from_itself_in_nothing() -> None:
    found = between(lenet(), lenet())
    assert found.is_none
    assert found.same == len(lenet().root)


def test_looks_do_not_count() -> None:
    other = lenet()
    other.apply(Move({"conv1": (900.0, 0.0)}))
    other.apply(SetTitle("conv1", "first"))
    assert between(lenet(), other).is_none


def test_a_field_is_the_cause_and_shapes_follow() -> None:
    other = lenet()
    other.apply(SetField("conv1", "filters", 8))
    found = between(lenet(), other)
    kinds = {row.address: row.kind for row in found.rows}
    assert kinds["conv1"] == "fields"
    assert {name for name, kind in kinds.items() if kind == "shapes"} >= {"relu1", "pool1", "conv2"}
    cause = found.rows[0]
    assert (cause.changes[0].before, cause.changes[0].after) == ("6", "8")
    assert "fc1" not in kinds
    assert found.second.parameters - found.first.parameters == sum(row.parameters for row in found.rows)


def test_added_and_removed_stand_in_the_order_of_the_flow() -> None:
    other = lenet()
    other.apply(operations.dissolve(other, ["fc2", "relu4"]))
    wire = other.root.into("relu1")[0]
    other.apply(operations.insert_on_wire(other, wire, Node("bn1", "batch_norm"), "x", "y"))
    found = between(lenet(), other)
    assert [row.address for row in found.rows if row.kind == "added"] == ["bn1"]
    assert [row.address for row in found.rows if row.kind == "removed"] == ["fc2", "relu4"]
    order = [row.address for row in found.rows]
    assert order.index("bn1") < order.index("fc2") < order.index("fc3")


def test_a_renamed_node_is_found_by_block_and_place() -> None:
    other = lenet()
    other.apply(Rename("conv2", "second"))
    found = between(lenet(), other)
    assert found.matches["conv2"] == "second"
    assert found.is_none


def test_wires_between_nodes_that_both_have() -> None:
    first = lenet()
    first.apply(operations.dissolve(first, ["relu4"]))
    second = first.copy()
    edge = second.root.into("fc3")[0]
    second.apply(Disconnect(edge))
    second.apply(Connect(Edge("relu3", "y", "fc3", "x")))
    found = between(first, second)
    assert [edge.src for edge in found.gone] == ["fc2"]
    assert [edge.src for edge in found.new] == ["relu3"]


def test_inside_groups_addresses_are_full() -> None:
    first = lenet()
    edits, use = operations.group(first, ["fc1", "relu3", "fc2"])
    first.apply(edits)
    second = first.copy()
    group = second.root[use].group
    assert group is not None
    second.apply(SetField("fc2", "features", 64, group))
    rows = between(first, second).rows
    assert [(row.kind, row.address) for row in rows if row.kind == "fields"] == [("fields", f"{use}.fc2")]


def test_flags_count() -> None:
    other = lenet()
    other.apply(SetFlag("fc1", "frozen", True))
    (row,) = between(lenet(), other).rows
    assert row.changes[0].name == "frozen"


def test_equal_consequences_join() -> None:
    other = lenet()
    other.apply(SetField("conv2", "filters", 20))
    groups = joined(between(lenet(), other).rows)
    assert any(len(group) == 1 and group[0].kind == "fields" for group in groups)
    assert sum(len(group) for group in groups) == len(between(lenet(), other).rows)


def test_very_different_designs_are_not_comparable() -> None:
    assert not between(lenet(), find("unet_paper").build()).is_comparable
    assert between(lenet(), lenet()).is_comparable


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(["conv1", "relu1", "pool1", "conv2", "fc1", "fc2", "relu3"]), max_size=4))
def test_turned_round_added_is_removed(names: list[str]) -> None:
    first, second = lenet(), lenet()
    second.apply(operations.remove(second, names))
    there, back = between(first, second), between(second, first)
    assert there.count("removed") == back.count("added") == len(set(names))
    assert there.count("added") == back.count("removed") == 0
    assert there.same == back.same


@pytest.mark.parametrize("pair", [("resnet18", "resnet34"), ("vgg11", "vgg16"), ("vit_b_16", "vit_b_16")])
def test_networks_of_the_gallery(pair: tuple[str, str]) -> None:
    first, second = (find(name).build() for name in pair)
    found = between(first, second)
    assert found.is_none == (pair[0] == pair[1])
    assert found.second.parameters == RESOLVER.resolve(second).parameters
