"""Repeats: equal pieces as uses of one group; what differs is exposed, weights stay with their layers."""

from __future__ import annotations

import pytest
from nets import design, node

from explorer.blocks.registry import registry
from explorer.graph import edits as e
from explorer.graph import operations, repeats
from explorer.graph.document import Document
from explorer.graph.edits import EditProblem
from explorer.graph.model import Edge
from explorer.graph.resolve import Resolver

WIRES = (
    *("input -> c1", "c1 -> b1", "b1 -> r1", "r1 -> c2", "c2 -> b2", "b2 -> r2", "r2 -> c3", "c3 -> b3"),
    *("b3 -> r3", "r3 -> output"),
)
NINE = ["c1", "b1", "r1", "c2", "b2", "r2", "c3", "b3", "r3"]


def three(**second: object) -> Document:
    """Three times convolution, norm, rectifier; the second convolution has other fields."""
    nodes = [node("input", "input", shape=(8, 12, 12))]
    for number in (1, 2, 3):
        other = second if number == 2 else {}
        nodes.append(node(f"c{number}", "conv2d", **{"filters": 8, "kernel": 3, "padding": 1, **other}))
        nodes += [node(f"b{number}", "batch_norm"), node(f"r{number}", "relu")]
    nodes.append(node("output", "output"))
    return design(nodes, *WIRES)


def default(block: str, field: str) -> object:
    return registry().configure(block, {}).values[field]


def parameters(document: Document) -> int:
    return Resolver(registry()).resolve(document).parameters


def repeated(document: Document) -> tuple[str, ...]:
    found = repeats.pieces(document.root, NINE)
    edit, uses = repeats.as_uses(document, found, default)
    document.apply(edit)
    return uses


def test_nine_nodes_are_three_pieces() -> None:
    found = repeats.pieces(three().root, reversed(NINE))
    assert found == [("c1", "b1", "r1"), ("c2", "b2", "r2"), ("c3", "b3", "r3")]


def test_equal_pieces_become_uses_of_one_group_and_nothing_is_computed_otherwise() -> None:
    document = three()
    before = parameters(document)
    back = document.copy()
    uses = repeated(document)
    assert len(document.groups) == 1
    assert [document.root[use].fields for use in uses] == [{}, {}, {}]
    flow = Resolver(registry()).resolve(document)
    assert (flow.parameters, not flow.faults) == (before, True)
    assert dict(document.moved[0])["c2"] == f"{uses[1]}.c1", "weights move with their layers"
    assert not document.same_as(back)


def test_a_field_that_differs_is_exposed_and_set_by_one_use_only() -> None:
    document = three(dilation=2, padding=2)
    before = parameters(document)
    uses = repeated(document)
    (group,) = document.groups.values()
    assert {row.name for row in group.exposed} == {"dilation", "padding"}
    assert [document.root[use].fields for use in uses] == [{}, {"dilation": 2, "padding": 2}, {}]
    assert parameters(document) == before


def test_a_default_is_written_where_the_first_piece_has_another_value() -> None:
    document = three()
    document.apply(e.SetField("c1", "bias", False))
    before = parameters(document)
    uses = repeated(document)
    assert [document.root[use].fields for use in uses] == [{}, {"bias": True}, {"bias": True}]
    assert parameters(document) == before


def test_it_can_be_taken_back() -> None:
    document = three(dilation=2, padding=2)
    before = document.copy()
    found = repeats.pieces(document.root, NINE)
    edit, _ = repeats.as_uses(document, found, default)
    document.apply(document.apply(edit))
    assert document.same_as(before)


@pytest.mark.parametrize(
    "change",
    [
        e.SetBlock("r2", "tanh", {}),
        e.Connect(Edge("r1", "y", "output", "x2")),
        e.Disconnect(Edge("r1", "y", "c2", "x")),
        e.SetFlag("r3", "muted", True),
    ],
)
def test_what_is_no_repeat_is_refused(change: e.Edit) -> None:
    document = three()
    document.apply(change)
    with pytest.raises(EditProblem, match="equal pieces"):
        repeats.pieces(document.root, NINE)


def test_shared_weights_are_refused_by_name() -> None:
    document = three()
    document.apply(e.SetShares("c2", "c1"))
    with pytest.raises(EditProblem, match="shares its weights"):
        repeats.as_uses(document, repeats.pieces(document.root, NINE), default)


def test_a_stage_is_counted_also_where_one_repeat_has_a_group_of_its_own() -> None:
    document = three()
    uses = repeated(document)
    document.apply(operations.group(document, uses, name="stage")[0])
    assert repeats.count(document.groups["stage"], document.groups) == 3
    (name,) = (key for key in document.groups if key != "stage")
    assert repeats.count(document.groups[name], document.groups) == 0
    edits = [e.DefineGroup("own", tuple(document.groups[name].nodes), tuple(document.groups[name].edges))]
    document.apply(e.Batch((*edits, e.SetBlock(uses[1], "group:own", {}, "stage"))))
    assert repeats.count(document.groups["stage"], document.groups) == 3
    assert repeats.count(document.root, document.groups) == 0
