"""Edits say how addresses move: of every use, in order, back again, and merged."""

from __future__ import annotations

import hypothesis.strategies as st
import pytest
from hypothesis import given
from nets import SMALL, chain, design, node, resolve

from explorer.architectures.gallery import gallery
from explorer.blocks.registry import registry
from explorer.graph import edits as e
from explorer.graph import operations
from explorer.graph.builder import Builder
from explorer.graph.document import Document
from explorer.graph.history import History
from explorer.graph.model import Node
from explorer.graph.moves import Step, follow, moves_of
from explorer.graph.resolve import Resolver
from explorer.graph.sharing import place_of
from explorer.graph.tensor import image


def moved(document: Document, edit: e.Edit) -> tuple[Step, ...]:
    document.apply(edit)
    return moves_of(edit, document)


def two_uses() -> Document:
    """One group, used twice with weights of its own at each place."""
    inside = [node("x", "input"), node("conv", "conv2d", filters=3, kernel=1), node("y", "output")]
    uses = [node("one", "group:g"), node("two", "group:g")]
    return design(
        [node("input", "input", shape=(3, 8, 8)), *uses, node("output", "output")],
        *("input -> one", "one -> two", "two -> output"),
        groups={"g": (inside, ["x -> conv", "conv -> y"])},
    )


def test_a_name_moves_with_all_below_it() -> None:
    steps = moved(SMALL.copy(), e.Rename("conv1", "stem"))
    assert steps == ((("conv1", "stem"),),)
    assert follow(steps, ["conv1.weight", "conv1", "conv10.weight", "fc1.bias"]) == {
        "stem.weight": "conv1.weight",
        "stem": "conv1",
        "conv10.weight": "conv10.weight",
        "fc1.bias": "fc1.bias",
    }


def test_most_edits_move_nothing() -> None:
    document = SMALL.copy()
    for edit in (
        e.SetField("conv1", "filters", 7),
        e.SetFlag("relu1", "muted", True),
        e.SetTitle("conv1", "stem"),
        e.Move({"conv1": (3.0, 4.0)}),
        e.Rename("conv1", "conv1"),
        operations.remove(document, ["pool1"]),
        e.AddNode(node("pool1", "max_pool", kernel=2)),
    ):
        assert moved(document, edit) == ()


def test_a_group_used_twice_moves_at_both_places() -> None:
    document = two_uses()
    assert moved(document, e.Rename("conv", "stem", "g")) == (
        (("one.conv", "one.stem"), ("two.conv", "two.stem")),
    )
    document.apply(operations.share(document, ["one", "two"]))
    assert moved(document, e.Rename("stem", "conv", "g")) == ((("one.stem", "one.conv"),),)


def test_inside_a_wrapper_any_name_may_stand_between() -> None:
    document = two_uses()
    document.apply(e.SetBlock("one", "time_distributed", {"inner": "group:g"}))
    steps = moved(document, e.Rename("conv", "stem", "g"))
    assert follow(steps, ["one.step.conv.weight", "two.conv.weight", "one.conv"]) == {
        "one.step.stem.weight": "one.step.conv.weight",
        "two.stem.weight": "two.conv.weight",
        "one.conv": "one.conv",
    }


def test_all_of_a_batch_moves_at_once() -> None:
    """The use is called like one of its layers."""
    document = SMALL.copy()
    edit, use = operations.group(document, ["conv1", "relu1"], name="conv1")
    assert use == "conv1"
    steps = moved(document, edit)
    names = ["conv1.weight", "relu1.slope", "fc1.weight"]
    there = follow(steps, names)
    assert there["conv1.conv1.weight"] == "conv1.weight"
    assert there["conv1.relu1.slope"] == "relu1.slope"
    assert len(there) == 3


def test_two_addresses_change_places() -> None:
    swap = e.Batch((), (("", "a", "b"), ("", "b", "a")))
    assert follow(moved(SMALL.copy(), swap), ["a.w", "b.w"]) == {"a.w": "b.w", "b.w": "a.w"}


def test_what_moves_takes_the_place_of_what_was_left_there() -> None:
    document = SMALL.copy()
    edit = e.Batch((*operations.remove(document, ["fc1"]).edits, e.Rename("conv1", "fc1")))
    assert follow(moved(document, edit), ["fc1.weight", "conv1.weight"]) == {"fc1.weight": "conv1.weight"}


def test_only_the_newest_edit_is_told() -> None:
    document, edit = SMALL.copy(), e.Rename("conv1", "stem")
    document.apply(edit)
    document.apply(e.SetName("another"))
    with pytest.raises(ValueError, match="newest"):
        moves_of(edit, document)


def test_a_refused_edit_moves_nothing() -> None:
    document, told = SMALL.copy(), list[Step]()
    document.listen(lambda edit: told.extend(moves_of(edit, document)))
    with pytest.raises(e.EditProblem):
        document.apply(e.Batch((e.Rename("conv1", "stem"), e.Rename("nobody", "x"))))
    document.apply(e.Rename("conv1", "root"))
    assert told == [(("conv1", "root"),)]


# weights that are shared


def pair() -> Document:
    document = chain(
        (3, 8, 8), *(Node(name, "conv2d", {"filters": 3, "kernel": 1}) for name in ("one", "two", "three"))
    )
    document.apply(operations.share(document, ["one", "two", "three"]))
    return document


def test_who_stops_sharing_goes_on_with_a_copy() -> None:
    document = pair()
    steps = moved(document, operations.unshare(document, ["two"]))
    assert follow(steps, ["one.weight"]) == {"one.weight": "one.weight", "two.weight": "one.weight"}


def test_the_next_one_takes_over_where_the_owner_goes() -> None:
    document = pair()
    edit = operations.remove(document, ["one"])
    inverse = document.apply(edit)
    assert document.root["three"].shares == "two"
    assert follow(moves_of(edit, document), ["one.weight"])["two.weight"] == "one.weight"
    document.apply(inverse)
    assert follow(moves_of(inverse, document), ["two.weight"])["one.weight"] == "two.weight"


def test_who_shares_leaves_own_weights_behind() -> None:
    document = chain((3, 8, 8), *(Node(name, "conv2d", {"filters": 3}) for name in ("one", "two")))
    steps = moved(document, operations.share(document, ["one", "two"]))
    assert follow(steps, ["one.weight", "two.weight"])["one.weight"] == "one.weight"


def test_opening_one_of_two_uses_that_share_leaves_the_other_its_weights() -> None:
    document = two_uses()
    document.apply(operations.share(document, ["one", "two"]))
    steps = moved(document, operations.ungroup(document, "two")[0])
    assert follow(steps, ["one.conv.weight"]) == {
        "one.conv.weight": "one.conv.weight",
        "conv.weight": "one.conv.weight",
    }


def test_opening_the_owner_hands_its_weights_on() -> None:
    document = two_uses()
    document.apply(operations.share(document, ["one", "two"]))
    steps = moved(document, operations.ungroup(document, "one")[0])
    there = follow(steps, ["one.conv.weight"])
    assert (there["two.conv.weight"], there["conv.weight"]) == ("one.conv.weight", "one.conv.weight")


# undo and redo


def test_merged_steps_go_back_through_every_name() -> None:
    document, told = SMALL.copy(), list[Step]()
    history = History(document)
    document.listen(lambda edit: told.extend(moves_of(edit, document)))
    for before, after in (("conv1", "c"), ("c", "co"), ("co", "conv")):
        history.apply(e.Rename(before, after), "Name", "typing")
    history.apply(e.Batch((), (("", "fc1.a", "fc1.b"),)), "Turn", "turning")
    history.apply(e.SetName("n"), "Turn", "turning")
    names = ["conv1.weight", "fc1.a", "relu1"]
    there = follow(told, names)
    assert there == {"conv.weight": "conv1.weight", "fc1.b": "fc1.a", "relu1": "relu1"}
    assert history.undo() == "Turn"
    assert history.undo() == "Name"
    assert history.undo() is None
    assert follow(told, names) == {name: name for name in names}
    while history.redo():
        pass
    assert follow(told, names) == there


def nested() -> Document:
    """Composites, a shared pair, and a group inside a group."""
    g = Builder(registry(), Resolver(registry()))
    x = g.input("input", image(3, 8, 8))
    x = g.add("inverted_residual", x, name="block", filters=3)
    x = g.add("residual", x, name="skip", filters=3)
    (x,) = g.again("skip", x, name="skip_again")
    x = g.add("conv2d", x, name="conv", filters=3, kernel=1)
    x = g.add("batch_norm", x, name="norm")
    g.output("output", x)
    document = Document()
    document.apply(operations.adopt(g.graph, "nested"))
    return document


def tags(document: Document) -> dict[str, str]:
    """What stands at every address of the module: the block with its fields and inputs, in words."""
    flow = resolve(document)
    return {a: f"{known.block}" for a, known in flow.walk() if place_of(flow, a).path == a}


ACTIONS = ("group", "ungroup", "unpack", "rename", "rename inside", "undo", "redo")


def act(history: History, data: st.DataObject) -> None:
    document = history.document
    kind = data.draw(st.sampled_from(ACTIONS))
    inner = [n for n in document.root if n not in ("input", "output")]
    name = data.draw(st.sampled_from(inner))
    if kind == "undo":
        history.undo()
    elif kind == "redo":
        history.redo()
    elif kind == "group":
        ids = data.draw(st.sets(st.sampled_from(inner), min_size=1, max_size=4))
        history.apply(operations.group(document, sorted(ids), name=data.draw(st.sampled_from(inner)))[0])
    elif kind == "ungroup" and document.root[name].group:
        history.apply(operations.ungroup(document, name)[0])
    elif kind == "unpack" and not document.root[name].group:
        known = resolve(document).nodes[name].inner
        if known is not None:
            history.apply(operations.unpack(document, name, known.graph)[0])
    elif kind == "rename":
        history.apply(e.Rename(name, data.draw(st.sampled_from(["a", "b", "conv"]))))
    elif kind == "rename inside" and document.groups:
        scope = data.draw(st.sampled_from(sorted(document.groups)))
        inside = data.draw(st.sampled_from(sorted(document.graph(scope))))
        history.apply(e.Rename(inside, data.draw(st.sampled_from(["a", "b", "c"])), scope))


@given(st.data())
def test_every_layer_can_be_followed_through_any_edits(data: st.DataObject) -> None:
    document, told = nested(), list[Step]()
    history = History(document)
    document.listen(lambda edit: told.extend(moves_of(edit, document)))
    start = tags(document)
    for _ in range(data.draw(st.integers(1, 12))):
        try:
            act(history, data)
        except e.EditProblem:
            continue
    if not resolve(document).problems:  # an input of a group may have got another name
        there = follow(told, start)
        for address, tag in tags(document).items():
            assert start[there[address]] == tag, address
    while history.undo():
        pass
    assert {new: old for new, old in follow(told, start).items() if new in start} == {a: a for a in start}


def test_unpacked_composites_of_a_network_are_followed() -> None:
    document = gallery()["resnet_small"].build()
    before, told = tags(document), list[Step]()
    document.listen(lambda edit: told.extend(moves_of(edit, document)))
    for name, known in resolve(document).nodes.items():
        if known.inner is not None:
            document.apply(operations.unpack(document, name, known.inner.graph)[0])
    there, now = follow(told, before), tags(document)
    assert {there[address] for address in now} == set(before)
    assert all(before[there[address]] == tag for address, tag in now.items())
