"""Repairs: whatever is offered really cures; the usual faults are offered the usual cures."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nets import SMALL, chain, codes, design, node, resolve, wire

from explorer.blocks.registry import registry
from explorer.graph import edits as e
from explorer.graph.document import Document
from explorer.graph.edits import EditProblem
from explorer.graph.flow import Flow
from explorer.graph.history import History
from explorer.graph.model import Edge
from explorer.graph.repairs import Repair, repairs
from explorer.graph.resolve import Resolver


def faults(flow: Flow) -> Counter[tuple[str, str]]:
    return Counter((problem.address, problem.code) for problem in flow.faults)


def offered(document: Document, address: str | None = None) -> list[Repair]:
    """The repairs of the first fault (or of the one at `address`), each proved to work."""
    resolver = Resolver(registry())
    flow = resolver.resolve(document)
    before = document.copy()
    problem = next(p for p in flow.faults if address in (None, p.address))
    found = repairs(document, resolver, flow, problem)
    assert document.same_as(before)
    assert len(found) <= 3
    for repair in found:
        copy = document.copy()
        history = History(copy)
        history.apply(repair.edit, repair.title)
        left = faults(resolve(copy))
        this = (problem.address, problem.code)
        assert left[this] < faults(flow)[this], repair.title
        assert left < faults(flow), repair.title
        assert repair.title
        history.undo()
        assert copy.same_as(before)
    return found


def titles(document: Document, address: str | None = None) -> list[str]:
    return [repair.title for repair in offered(document, address)]


def test_maps_before_linear() -> None:
    document = chain(
        (1, 28, 28), node("conv1", "conv2d", filters=16, kernel=5), node("fc1", "linear", features=10)
    )
    found = offered(document)
    assert [r.title for r in found[:2]] == ["Insert Flatten", "Insert global average pool"]
    assert found[0].block == "flatten"
    assert found[0].effect == "16×24×24 → 9216"
    assert found[0].cost == "fc1 gets 92,170 parameters"
    assert found[1].effect == "16×24×24 → 16"


def skip(filters: int, stride: int) -> Document:
    return design(
        [
            node("input", "input", shape=(8, 16, 16)),
            node("conv1", "conv2d", filters=filters, kernel=3, padding=1, stride=stride),
            node("sum1", "add"),
            node("output", "output"),
        ],
        "input -> conv1",
        "conv1 -> sum1.x1",
        "input -> sum1.x2",
        "sum1 -> output",
    )


@pytest.mark.parametrize(("filters", "stride"), [(16, 1), (16, 2), (8, 2), (4, 1)])
def test_unequal_sums(filters: int, stride: int) -> None:
    document = skip(filters, stride)
    found = offered(document)
    assert found[0].title == "Insert 1×1 projection"
    document.apply(found[0].edit)
    inserted = next(n for n in document.root.nodes if n.block == "pointwise_conv2d")
    assert document.root.out_of(inserted.id) == [Edge(inserted.id, "y", "sum1", "x2")]


def test_sums_of_vectors() -> None:
    document = design(
        [
            node("input", "input", shape=(8,)),
            node("fc1", "linear", features=5),
            node("sum1", "add"),
            node("output", "output"),
        ],
        "input -> fc1",
        "fc1 -> sum1.x1",
        "input -> sum1.x2",
        "sum1 -> output",
    )
    assert titles(document)[0] == "Insert Linear to 5"


def test_a_window_that_is_too_large() -> None:
    document = chain((1, 4, 4), node("conv1", "conv2d", filters=2, kernel=7))
    assert titles(document)[:2] == ["Pad by 2", "Use 4×4"]
    dilated = chain((1, 8, 8), node("conv1", "conv2d", filters=2, kernel=3, dilation=5))
    assert "Set dilation to 1" in titles(dilated)
    assert titles(chain((4, 3, 3), node("pool1", "max_pool", kernel=5)))


def test_numbers_that_do_not_divide() -> None:
    grouped = chain((6, 8, 8), node("conv1", "grouped_conv2d", filters=12, kernel=3, groups=4))
    assert titles(grouped)[0] == "Set groups to 3"
    heads = chain((5, 12), node("attend", "transformer_encoder_layer", heads=5))
    assert titles(heads)[0] in ("Set heads to 4", "Set heads to 6")


def test_wires_and_circles() -> None:
    two = SMALL.copy()
    two.apply(e.Connect(wire("input -> flatten")))
    assert set(titles(two)) == {"Keep the wire from pool1", "Keep the wire from input"}
    circle = SMALL.copy()
    circle.apply(e.Connect(wire("fc1 -> conv1")))
    assert titles(circle, "conv1") == ["Remove the wire from fc1 to conv1"]
    ring = design(
        [
            node("input", "input", shape=(4,)),
            node("join", "add"),
            node("act", "relu"),
            node("output", "output"),
        ],
        "input -> join.x1",
        "input -> join.x2",
        "join -> act",
        "act -> join.x3",
        "act -> output",
    )
    assert titles(ring, "join") == ["Remove the wire from act to join"]
    extra = SMALL.copy()
    extra.apply(e.Connect(wire("input -> conv1.odd")))
    assert titles(extra) == ["Remove the wire from input"]


def test_wires_at_ports_that_are_not_there() -> None:
    exchanged = chain((5, 12), node("attend", "multi_head_attention", heads=4))
    assert titles(exchanged)[0] == "Move the wire from input to query"
    split = SMALL.copy()
    split.apply(e.SetBlock("relu1", "split", {}))
    assert titles(split) == ["Take y1 of relu1"]


def test_bad_fields() -> None:
    document = SMALL.copy()
    document.apply(e.SetField("conv1", "kernel", -3))
    assert "Reset kernel to its default" in titles(document)
    document.apply(e.SetField("conv1", "filters", 0))
    assert titles(document) == ["Reset all fields"]


def test_mute_is_taken_back() -> None:
    document = SMALL.copy()
    document.apply(e.SetFlag("pool1", "muted", True))
    assert titles(document) == ["Switch pool1 on again"]


def test_sequences_maps_and_ids() -> None:
    assert titles(chain((1, 28, 28), node("rec", "lstm")))[:1] == ["Insert Patch embedding"]
    assert "Read the rows as a sequence" in titles(chain((1, 28, 28), node("rec", "lstm")))
    assert titles(chain((7, 5), node("conv1", "conv1d"))) == ["Insert Permute (features become channels)"]
    assert titles(chain((7,), node("conv1", "conv2d", kernel=1))) == ["Insert Reshape to maps 1×1"]
    ids = design(
        [node("input", "input", shape=(9,), dtype="int"), node("rec", "lstm"), node("output", "output")],
        "input -> rec",
        "rec -> output",
    )
    assert titles(ids) == ["Insert Embedding"]


def test_inside_a_group_that_is_used_twice() -> None:
    inner = [node("x", "input"), node("fc", "linear", features=4), node("y", "output")]
    document = design(
        [
            node("input", "input", shape=(2, 3, 3)),
            node("a", "group:g"),
            node("b", "group:g"),
            node("output", "output"),
        ],
        "input -> a",
        "input -> b",
        "b -> output",
        groups={"g": (inner, ["x -> fc", "fc -> y"])},
    )
    found = offered(document, "b.fc")
    assert [r.title for r in found] == [
        "Insert Flatten",
        "Insert global average pool",
        "Insert pool 2×2 and Flatten",
    ]
    assert found[0].effect == "2×3×3 → 18"
    assert found[0].cost == "fc gets 76 parameters"
    several = document.copy()
    several.apply(e.SetBlock("fc", "conv2d", {"kernel": 9}, "g"))
    assert titles(several, "a.fc")[:2] == ["Pad by 3", "Use 3×3"]


def test_nothing_is_offered_for_what_waits_or_is_no_node() -> None:
    document = SMALL.copy()
    document.apply(e.SetField("conv1", "kernel", 99))
    document.apply(e.Disconnect(wire("fc1 -> output")))
    document.apply(e.RemoveNode("output"))
    resolver = Resolver(registry())
    flow = resolver.resolve(document)
    for problem in flow.problems:
        if problem.waits_for or not problem.address:
            assert repairs(document, resolver, flow, problem) == []


def test_a_fault_inside_a_composite_is_not_edited() -> None:
    document = chain((5, 8, 8), node("block1", "dense_block"), node("fc1", "linear", features=2))
    assert all("." not in address for address in codes(resolve(document)))


@settings(max_examples=40)
@given(st.data())
def test_whatever_is_broken_what_is_offered_cures(data: st.DataObject) -> None:
    document = SMALL.copy()
    for _ in range(data.draw(st.integers(1, 3))):
        ids = list(document.root)
        a, b = data.draw(st.sampled_from(ids)), data.draw(st.sampled_from(ids))
        block = data.draw(
            st.sampled_from(["linear", "lstm", "add", "conv1d", "softmax", "split", "multi_head_attention"])
        )
        edit = data.draw(
            st.sampled_from(
                [
                    e.Connect(Edge(a, "y", b, "x")),
                    e.SetBlock(a, block, {}),
                    e.SetFlag(a, "muted", True),
                    e.SetField(a, "kernel", data.draw(st.integers(-1, 12))),
                    e.SetField(a, "stride", 9),
                ]
            )
        )
        try:
            document.apply(edit)
        except EditProblem:
            continue
    for problem in resolve(document).faults:
        if problem.address:
            offered(document, problem.address)
