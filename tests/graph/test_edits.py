"""Edits one by one: inverses, refusals in words, batches that fail whole."""

import pytest
from nets import SMALL, design, node, wire

from explorer.graph import edits as e
from explorer.graph import files, operations
from explorer.graph.edits import EditProblem
from explorer.graph.history import Cancelled, History
from explorer.graph.model import Edge, Frame, Graph, Node, Note

FITTING = [
    e.AddNode(node("new", "relu")),
    e.Connect(wire("conv1 -> pool1")),
    e.Disconnect(wire("conv1 -> relu1")),
    e.SetField("conv1", "filters", 8),
    e.SetField("conv1", "filters", None),
    e.SetField("conv1", "bias", False),
    e.SetBlock("conv1", "linear", {"features": 3}),
    e.SetTitle("conv1", "first"),
    e.SetFlag("conv1", "muted", True),
    e.Batch((e.AddNode(Node("twin", "linear", {"features": 3})), e.SetShares("twin", "fc1"))),
    e.Move({"conv1": (3.0, 4.0), "fc1": (1.0, 1.0)}),
    e.Rename("conv1", "stem"),
    e.SetFrame("frame1", Frame("frame1", "head", ("fc1",))),
    e.SetNote("note1", Note("note1", "look")),
    e.SetDots(wire("conv1 -> relu1"), ((3.0, 4.0), (5.0, 6.0))),
    e.Batch((e.SetDots(wire("conv1 -> relu1"), ((3.0, 4.0),)), e.Disconnect(wire("conv1 -> relu1")))),
    e.Batch((e.SetDots(wire("conv1 -> relu1"), ((3.0, 4.0),)), e.Rename("conv1", "stem"))),
    e.DefineGroup("block", (node("x", "input"),), ()),
    e.SetName("other"),
    e.SetSetting("seed", 3),
    e.Batch((e.Disconnect(wire("fc1 -> output")), e.RemoveNode("output"), e.SetName("gone"))),
    e.Batch(()),
]
WRONG = [
    e.AddNode(node("conv1", "relu")),
    e.AddNode(node("class", "relu")),
    e.AddNode(node("a", "group:nowhere")),
    e.AddNode(Node("a", "relu", pos=(float("nan"), 0.0))),
    e.AddNode(Node("a", "relu", title="x" * 20_000)),
    e.AddNode(Node("a", "relu", {"p": float("inf")})),
    e.RemoveNode("conv1"),
    e.RemoveNode("nobody"),
    e.Connect(wire("conv1 -> nobody")),
    e.Connect(wire("input -> conv1")),
    e.Disconnect(wire("input -> fc1")),
    e.SetField("nobody", "filters", 1),
    e.SetField("conv1", "filters", 10**400),
    e.SetField("conv1", "text", "\ud800"),
    e.SetFlag("conv1", "odd", True),
    e.SetShares("conv1", "fc1"),
    e.SetShares("conv1", "conv1"),
    e.SetShares("conv1", "nobody"),
    e.SetShares("nobody", "conv1"),
    e.SetShares("output", "input"),
    e.AddNode(Node("twin", "conv2d", {"filters": 7}, shares="conv1")),
    e.DefineGroup("g", (Node("a", "relu", shares="b"),), ()),
    e.Move({"conv1": (0.0, 0.0), "nobody": (0.0, 0.0)}),
    e.Move({"conv1": (1e12, 0.0)}),
    e.Rename("conv1", "fc1"),
    e.Rename("conv1", "lambda"),
    e.SetFrame("a", Frame("b", "", ())),
    e.SetNote("a", Note("b", "")),
    e.SetNote("conv1", Note("conv1", "")),
    e.SetDots(wire("input -> fc1"), ((0.0, 0.0),)),
    e.SetDots(wire("nobody -> fc1"), ((0.0, 0.0),)),
    e.SetDots(wire("conv1 -> relu1"), ((float("nan"), 0.0),)),
    e.SetDots(wire("conv1 -> relu1"), ((0.0, 0.0),) * 101),
    e.DefineGroup("for", (), ()),
    e.DefineGroup("g", (node("a", "relu"), node("a", "relu")), ()),
    e.DefineGroup("g", (node("a", "relu"),), (wire("a -> b"),)),
    e.DefineGroup("g", (node("a", "group:g"),), ()),
    e.DefineGroup("g", (node("a b", "relu"),), ()),
    e.DropGroup(""),
    e.DropGroup("nowhere"),
    e.SetName("x" * 300),
    e.SetSetting("a", "x" * 20_000),
    e.SetTitle("conv1", "x", scope="nowhere"),
]


@pytest.mark.parametrize("edit", FITTING, ids=repr)
def test_the_inverse_takes_it_back_and_its_inverse_does_it_again(edit: e.Edit) -> None:
    document = SMALL.copy()
    inverse = document.apply(edit)
    after = document.copy()
    again = document.apply(inverse)
    assert document.same_as(SMALL)
    document.apply(again)
    assert document.same_as(after)


@pytest.mark.parametrize("edit", WRONG, ids=lambda edit: repr(edit)[:60])
def test_a_wrong_edit_is_refused_in_words_and_changes_nothing(edit: e.Edit) -> None:
    document = SMALL.copy()
    with pytest.raises(EditProblem) as problem:
        document.apply(edit)
    assert str(problem.value).endswith(".")
    assert document.same_as(SMALL)
    assert document.revision == SMALL.revision


@pytest.mark.parametrize("edit", WRONG, ids=lambda edit: repr(edit)[:60])
def test_a_batch_with_one_wrong_edit_changes_nothing(edit: e.Edit) -> None:
    document = SMALL.copy()
    with pytest.raises(EditProblem):
        document.apply(e.Batch((e.SetName("half"), e.Batch((e.SetTitle("fc1", "half"),)), edit)))
    assert document.same_as(SMALL)


def test_listeners_hear_each_change_once() -> None:
    document, heard = SMALL.copy(), []
    stop = document.listen(heard.append)
    batch = e.Batch((e.SetName("a"), e.SetName("b")))
    document.apply(batch)
    assert heard == [batch]
    stop()
    document.apply(e.SetName("c"))
    assert heard == [batch]


def test_a_used_group_cannot_go_and_a_group_cannot_hold_itself() -> None:
    document = SMALL.copy()
    document.apply(e.DefineGroup("inner", (node("x", "input"),), ()))
    document.apply(e.DefineGroup("outer", (node("a", "group:inner"),), ()))
    for edit in (
        e.DropGroup("inner"),
        e.AddNode(node("b", "group:outer"), "inner"),
        e.SetBlock("x", "group:inner", {}, "inner"),
    ):
        with pytest.raises(EditProblem, match=r"in use|itself"):
            document.apply(edit)


def test_renaming_takes_wires_and_frames_along_and_keeps_the_order() -> None:
    document = SMALL.copy()
    document.apply(e.SetFrame("frame1", Frame("frame1", "t", ("conv1", "fc1"))))
    document.apply(e.Rename("conv1", "stem"))
    assert list(document.root) == ["input", "stem", "relu1", "pool1", "flatten", "fc1", "output"]
    assert document.root.frames["frame1"].nodes == ("stem", "fc1")
    assert document.root.into("stem") == [Edge("input", "y", "stem", "x")]


def test_a_field_given_as_none_is_left_out() -> None:
    document = SMALL.copy()
    document.apply(e.AddNode(Node("new", "conv2d", {"filters": None, "kernel": 3})))
    assert document.root["new"].fields == {"kernel": 3}


def test_versions_of_graphs_are_never_equal() -> None:
    one, two = Graph([node("a", "relu")]), Graph([node("a", "relu")])
    assert one == two
    assert len({one.version, two.version, one.copy().version}) == 3


# history


def test_typing_merges_into_one_step_that_is_still_flat() -> None:
    document = SMALL.copy()
    history = History(document)
    for value in range(1, 3_001):  # far more than Python's recursion limit
        history.apply(e.SetField("conv1", "filters", value), "Filters", merge_key="conv1.filters")
    assert history.undo() == "Filters"
    assert document.same_as(SMALL)
    assert history.undo() is None
    history.redo()
    assert document.root["conv1"].fields["filters"] == 3_000


def test_other_keys_saving_and_undo_end_the_merging() -> None:
    document = SMALL.copy()
    history = History(document)
    history.apply(e.SetName("a"), "A", "k")
    history.apply(e.SetName("b"), "B", "j")
    history.mark_clean()
    history.apply(e.SetName("c"), "C", "j")
    assert history.undo() == "C"
    assert history.is_clean
    history.apply(e.SetName("d"), "D", "j")
    assert history.undo_title == "D"
    assert [history.undo() for _ in range(4)] == ["D", "B", "A", None]


def test_clean_after_undo_and_redo_and_never_by_chance() -> None:
    document = SMALL.copy()
    history = History(document)
    assert history.is_clean
    history.apply(e.SetName("a"))
    history.apply(e.SetName("b"))
    history.mark_clean()
    history.undo()
    assert not history.is_clean
    history.redo()
    assert history.is_clean
    history.undo()
    history.apply(e.SetName("c"))
    assert history.redo() is None
    assert not history.is_clean
    history.undo()
    assert not history.is_clean


def test_an_open_gesture_is_not_clean_and_undo_ends_it() -> None:
    document = SMALL.copy()
    history = History(document)
    history.apply(e.SetName("a"), "Name")
    history.mark_clean()
    history.begin()
    assert history.is_clean
    history.apply(e.SetName("b"))
    assert not history.is_clean
    assert history.undo() == "Name"
    assert not history.is_open
    assert document.same_as(SMALL)


def test_gestures_nest_into_one_step_and_cancel_rolls_back() -> None:
    document = SMALL.copy()
    history = History(document)
    with history.gesture("Outer"):
        history.apply(e.SetName("a"))
        with history.gesture("Inner"):
            history.apply(e.SetTitle("fc1", "b"))
    assert (history.undo_title, history.undo(), history.undo()) == ("Outer", "Outer", None)
    with history.gesture("Given up"):
        history.apply(e.SetName("a"))
        raise Cancelled
    assert document.same_as(SMALL)
    with history.gesture("Nothing done"):
        pass
    assert history.undo_title is None

    def break_down() -> None:
        with history.gesture("Broken"):
            history.apply(e.SetName("a"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_down()
    assert document.same_as(SMALL)


def test_what_was_removed_comes_back_to_its_place_in_the_order() -> None:
    document = SMALL.copy()
    before, file = list(document.root), files.encode(document)
    history = History(document)
    history.apply(operations.remove(document, ["conv1", "pool1"]))
    history.undo()
    assert list(document.root) == before
    assert files.encode(document) == file
    with pytest.raises(EditProblem):
        document.apply(e.Batch((*operations.remove(document, ["conv1"]).edits, e.RemoveNode("nobody"))))
    assert list(document.root) == before


def test_a_node_comes_back_before_one_that_has_its_number_by_now() -> None:
    document = design(
        [],
        groups={"three": ([node("a", "relu"), node("b", "relu"), node("c", "relu")], [])},
    )
    back = document.apply(e.RemoveNode("b", "three"))
    document.apply(document.apply(e.DropGroup("three")))  # the level is stored and numbered anew
    document.apply(back)
    assert list(document.graph("three")) == ["a", "b", "c"]


def test_a_new_name_keeps_places_and_parallel_wires() -> None:
    document = design(
        [node("a", "relu"), node("b", "add"), node("c", "relu")],
        *("a -> b.x1", "a -> b.x2", "b -> c", "c -> c.x9"),
    )
    edges = document.root.edges
    for old, new in (("a", "first"), ("b", "sum"), ("c", "last")):
        document.apply(e.Rename(old, new))
    assert list(document.root) == ["first", "sum", "last"]
    assert [(w.src, w.out, w.dst, w.into) for w in document.root.edges] == [
        ("first", "y", "sum", "x1"),
        ("first", "y", "sum", "x2"),
        ("sum", "y", "last", "x"),
        ("last", "y", "last", "x9"),
    ]
    assert document.root.into("sum") == document.root.out_of("first")
    for old, new in (("a", "first"), ("b", "sum"), ("c", "last")):
        document.apply(e.Rename(new, old))
    assert document.root.edges == edges


def test_a_node_that_names_a_group_twice_can_go() -> None:
    document = design([], groups={"inner": ([node("a", "relu")], [])})
    document.apply(e.AddNode(node("use", "group:inner", inner="group:inner")))
    document.apply(e.RemoveNode("use"))
    assert not document.uses_of("inner")
    document.apply(e.DropGroup("inner"))
