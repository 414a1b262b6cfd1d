"""What people do in one go: remove, dissolve, insert, copy, group, unpack."""

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nets import SMALL, chain, codes, design, node, resolve, wire

from explorer.architectures.gallery import gallery
from explorer.graph import clipping, operations
from explorer.graph import edits as e
from explorer.graph.document import Document
from explorer.graph.edits import EditProblem
from explorer.graph.model import Frame, Note

SKIP = design(
    [
        node("input", "input", shape=(4, 8, 8)),
        node("a", "conv2d", filters=4, kernel=3, padding=1),
        node("b", "relu"),
        node("c", "conv2d", filters=4, kernel=3, padding=1),
        node("sum1", "add"),
        node("output", "output"),
    ],
    "input -> a",
    "a -> b",
    "b -> c",
    "c -> sum1.x1",
    "a -> sum1.x2",
    "sum1 -> output",
)


def figures(document: Document) -> tuple[object, ...]:
    flow = resolve(document)
    return flow.parameters, flow.macs, flow.inputs, flow.outputs, codes(flow)


def test_remove_takes_wires_frames_and_notes_along() -> None:
    document = SMALL.copy()
    document.apply(e.SetFrame("frame1", Frame("frame1", "t", ("conv1", "fc1"))))
    document.apply(e.SetFrame("frame2", Frame("frame2", "t", ("conv1",))))
    document.apply(e.SetNote("note1", Note("note1", "n")))
    before = document.copy()
    inverse = document.apply(operations.remove(document, ["conv1", "note1", "nobody"]))
    assert "conv1" not in document.root
    assert {key: frame.nodes for key, frame in document.root.frames.items()} == {"frame1": ("fc1",)}
    assert not document.root.notes
    assert all("conv1" not in (edge.src, edge.dst) for edge in document.root.edges)
    document.apply(inverse)
    assert document.same_as(before)


def test_dissolve_joins_what_came_in_to_what_went_out() -> None:
    document = SMALL.copy()
    document.apply(operations.dissolve(document, ["relu1", "conv1", "relu1"]))
    assert document.root.into("pool1") == [wire("input -> pool1")]


def test_dissolve_of_a_circle_ends() -> None:
    document = design([node("a", "relu"), node("b", "relu"), node("c", "relu")], "a -> b", "b -> a", "b -> c")
    document.apply(operations.dissolve(document, ["a", "b"]))
    assert list(document.root) == ["c"]


def test_dissolve_of_parallel_paths_joins_once() -> None:
    document = design(
        [node("a", "relu"), node("b", "relu"), node("c", "relu"), node("d", "relu")],
        "a -> b",
        "a -> c",
        "b -> d",
        "c -> d",
    )
    document.apply(operations.dissolve(document, ["b", "c"]))
    assert document.root.edges == [wire("a -> d")]


def test_dissolve_of_a_join_leaves_its_followers_unwired() -> None:
    document = SKIP.copy()
    document.apply(operations.dissolve(document, ["sum1", "c"]))
    assert not document.root.into("output")
    document = design(
        [
            node("a", "relu"),
            node("b", "relu"),
            node("join", "add"),
            node("d", "relu"),
            node("e", "relu"),
            node("f", "relu"),
        ],
        *("a -> join.x1", "b -> join.x2", "join -> d", "d -> e", "e -> f"),
    )
    document.apply(operations.dissolve(document, ["e", "d", "join"]))
    assert document.root.edges == []


@pytest.mark.timeout(60)  # each of these was quadratic once
def test_operations_on_many_nodes() -> None:
    count = 10_000
    document = chain((4,), *(node(f"n{i}", "relu") for i in range(count)))
    half = [f"n{i}" for i in range(count // 2)]
    for ids in (half, half[::-1]):
        copy = document.copy()
        copy.apply(operations.dissolve(copy, ids))
        assert copy.root.into(f"n{count // 2}") == [wire(f"input -> n{count // 2}")]
    edit, names = clipping.paste(document, clipping.copy(document, half))
    assert names[0] == f"n{count}"
    document.apply(edit)
    edit, use = operations.group(document, half)
    document.apply(edit)
    document.apply(operations.ungroup(document, use)[0])
    assert len(document.root) == 2 + count + len(half)


def test_insert_on_wire_of_a_new_and_of_a_present_node() -> None:
    document = SMALL.copy()
    document.apply(
        operations.insert_on_wire(document, wire("conv1 -> relu1"), node("norm", "batch_norm"), "x", "y")
    )
    assert document.root.into("relu1") == [wire("norm -> relu1")]
    assert not resolve(document).problems
    document.apply(e.AddNode(node("drop", "dropout")))
    document.apply(
        operations.insert_on_wire(document, wire("fc1 -> output"), document.root["drop"], "x", "y")
    )
    assert not resolve(document).problems


def test_paste_gives_fresh_names_and_inner_wires() -> None:
    document = SMALL.copy()
    taken = clipping.copy(document, ["conv1", "relu1", "nobody"])
    edit, names = clipping.paste(document, taken, keep_inputs=True)
    document.apply(edit)
    assert names == ("conv2", "relu2")
    assert document.root.into("relu2") == [wire("conv2 -> relu2")]
    assert document.root.into("conv2") == [wire("input -> conv2")]
    again = clipping.paste(Document(), taken)[1]
    assert again == ("conv1", "relu1")


def test_groups_travel_with_what_uses_them() -> None:
    document = SMALL.copy()
    edits, use = operations.group(document, ["conv1", "relu1"], name="inner")
    document.apply(edits)
    document.apply(operations.group(document, [use], name="outer")[0])
    outer = next(node.id for node in document.root.nodes if node.group == "outer")
    taken = clipping.copy(document, [outer])
    other = Document()
    for _ in range(2):  # the second time the groups are there
        edit, names = clipping.paste(other, taken)
        other.apply(edit)
    assert set(other.groups) == {"inner", "outer"}
    assert {other.root[name].group for name in names} == {"outer"}


def test_a_group_whose_name_is_taken_gets_another() -> None:
    document = SMALL.copy()
    document.apply(operations.group(document, ["conv1", "relu1"], name="stage")[0])
    taken = clipping.copy(document, [node.id for node in document.root.nodes if node.group])
    other = SMALL.copy()
    other.apply(operations.group(other, ["relu1"], name="stage")[0])
    edit, (name,) = clipping.paste(other, taken)
    other.apply(edit)
    assert other.root[name].group == "stage1"
    assert len(other.groups["stage1"]) == len(document.groups["stage"])
    assert len(other.groups["stage"]) < len(other.groups["stage1"])


def test_grouping_and_ungrouping_keep_the_network() -> None:
    for ids in (["a", "b"], ["a", "b", "c"], ["a", "b", "c", "sum1"], ["c", "sum1"], ["b"]):
        document = SKIP.copy()
        edit, use = operations.group(document, ids, name="mein Block")
        inverse = document.apply(edit)
        assert figures(document) == figures(SKIP), ids
        back, _ = operations.ungroup(document, use)
        document.apply(back)
        assert not document.groups
        assert figures(document) == figures(SKIP)
        assert set(document.root) == set(SKIP.root)
        assert set(document.root.edges) == set(SKIP.root.edges)
        document = SKIP.copy()
        inverse = document.apply(operations.group(document, ids)[0])
        document.apply(inverse)
        assert document.same_as(SKIP)


def test_groups_inside_groups() -> None:
    document = SKIP.copy()
    document.apply(operations.group(document, ["a", "b"], name="inner")[0])
    document.apply(operations.group(document, ["inner", "c", "sum1"], name="outer")[0])
    flow = resolve(document)
    assert figures(document) == figures(SKIP)
    assert flow.at("outer.inner.a").parameters == 4 * 4 * 9 + 4
    assert flow.leaves == 4
    document.apply(operations.ungroup(document, "outer")[0])
    assert figures(document) == figures(SKIP)
    assert list(document.groups) == ["inner"]


@given(st.sets(st.sampled_from(sorted(SKIP.root)), min_size=1))
def test_any_selection_is_refused_or_groups_without_changing_the_network(ids: set[str]) -> None:
    document = SKIP.copy()
    try:
        edit, use = operations.group(document, sorted(ids))
    except EditProblem:
        return
    document.apply(edit)
    assert figures(document) == figures(SKIP)
    document.apply(operations.ungroup(document, use)[0])
    assert figures(document) == figures(SKIP)


def test_notes_in_a_selection_stay_outside_the_group() -> None:
    document = SKIP.copy()
    document.apply(e.SetNote("note1", Note("note1", "n")))
    document.apply(operations.group(document, ["a", "note1"])[0])
    assert document.root.notes
    with pytest.raises(EditProblem):
        operations.group(document, ["note1"])


def test_a_frozen_use_leaves_frozen_layers() -> None:
    document = SKIP.copy()
    edit, use = operations.group(document, ["a", "b"])
    document.apply(edit)
    document.apply(e.SetFlag(use, "frozen", True))
    trained = resolve(document).trainable
    document.apply(operations.ungroup(document, use)[0])
    assert resolve(document).trainable == trained == 148


@pytest.mark.parametrize("name", ["resnet_small", "vit_mnist"])
def test_unpacking_composites_keeps_the_network(name: str) -> None:
    document = gallery()[name].build()
    before = figures(document)
    for _ in range(3):  # composites hold composites
        flow = resolve(document)
        opened = [n for n, known in flow.nodes.items() if known.inner is not None]
        for use in opened:
            inner = resolve(document).nodes[use].inner
            assert inner is not None
            document.apply(operations.unpack(document, use, inner.graph)[0])
    assert all(known.is_leaf for known in resolve(document).nodes.values())
    assert figures(document) == before


def test_grouping_nothing_or_the_ends_is_refused() -> None:
    for ids in ([], ["nobody"], ["input", "conv1"]):
        with pytest.raises(EditProblem):
            operations.group(SMALL, ids)
    with pytest.raises(EditProblem, match="no group"):
        operations.ungroup(SMALL, "conv1")


def test_an_empty_design_adopts_a_graph() -> None:
    document = Document()
    document.apply(operations.adopt(chain((4,), node("fc1", "linear", features=2)).root, "taken"))
    assert document.name == "taken"
    assert not resolve(document).problems


def test_a_level_is_a_networkx_graph_that_cannot_be_written_to() -> None:
    graph = SKIP.root
    found = graph.networkx
    assert list(found) == [node.id for node in graph.nodes]
    assert found.nodes["input"]["node"] == graph["input"]
    assert sorted(key for _, _, key in found.edges(keys=True)) == sorted(graph.edges)
    assert nx.is_directed_acyclic_graph(found)
    with pytest.raises(nx.NetworkXError):
        found.add_node("another")
