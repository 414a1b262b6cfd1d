"""Layers that run at several places with the same weights: rules, counts and what people do with them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nets import chain, codes, design, node, resolve, wire

from explorer.graph import clipping, operations
from explorer.graph import edits as e
from explorer.graph.document import Document
from explorer.graph.edits import EditProblem
from explorer.graph.files import decode, encode
from explorer.graph.flow import Flow
from explorer.graph.model import Node
from explorer.graph.sharing import Place, linked, place_of

ONCE = 4 * 4 * 9 + 4  # a 3×3 convolution of 4 channels


def convs(*names: str, **fields: int) -> list[Node]:
    return [Node(name, "conv2d", {"filters": 4, "kernel": 3, "padding": 1, **fields}) for name in names]


def three_in_a_row() -> Document:
    """a → b → c, three equal convolutions; b and c run with the weights of a."""
    document = chain((4, 6, 6), *convs("a", "b", "c"))
    document.apply(operations.share(document, ["a", "b", "c"]))
    return document


def shares(document: Document, scope: str = "") -> dict[str, str]:
    return {n.id: n.shares for n in document.graph(scope).nodes if n.shares}


def test_parameters_count_once_and_macs_at_every_place() -> None:
    apart, together = resolve(chain((4, 6, 6), *convs("a", "b", "c"))), resolve(three_in_a_row())
    assert (apart.parameters, together.parameters, together.trainable) == (3 * ONCE, ONCE, ONCE)
    assert together.macs == apart.macs
    assert [together.nodes[n].parameters for n in "abc"] == [ONCE, 0, 0]
    assert together.outputs == apart.outputs


def test_a_muted_owner_leaves_the_count_to_the_next() -> None:
    document = three_in_a_row()
    document.apply(e.SetFlag("a", "muted", True))
    flow = resolve(document)
    assert [flow.nodes[n].parameters for n in "abc"] == [0, ONCE, 0]
    assert flow.parameters == ONCE


def test_a_field_set_at_one_place_is_set_at_all() -> None:
    document = three_in_a_row()
    back = document.apply(e.SetField("b", "kernel", 5))
    assert {document.root[n].fields["kernel"] for n in "abc"} == {5}
    document.apply(e.SetFlag("c", "frozen", True))
    assert resolve(document).trainable == 0
    document.apply(e.SetFlag("a", "frozen", False))
    document.apply(back)
    assert document.same_as(three_in_a_row())


def test_inputs_that_need_another_layer_are_reported() -> None:
    document = design(
        [
            node("wide", "input", shape=(8, 6, 6)),
            node("narrow", "input", shape=(4, 9, 9)),
            *convs("one", "two"),
            node("sum1", "output"),
            node("sum2", "output"),
        ],
        "wide -> one",
        "narrow -> two",
        "one -> sum1",
        "two -> sum2",
    )
    document.apply(operations.share(document, ["one", "two"]))
    flow = resolve(document)
    assert codes(flow) == {"two": "shared"}
    assert "8×6×6" in flow.problems[0].message
    assert "4×9×9" in flow.problems[0].message
    document.apply(e.Disconnect(document.root.into("two")[0]))
    document.apply(e.Connect(wire("wide -> two")))
    assert not resolve(document).problems


def test_other_sizes_of_the_same_channels_are_fine() -> None:
    document = design(
        [
            node("large", "input", shape=(4, 12, 12)),
            node("small", "input", shape=(4, 3, 5)),
            *convs("one", "two"),
            node("y1", "output"),
            node("y2", "output"),
        ],
        "large -> one",
        "small -> two",
        "one -> y1",
        "two -> y2",
    )
    document.apply(operations.share(document, ["two", "one"]))
    flow = resolve(document)
    assert not flow.problems
    assert flow.parameters == ONCE
    assert flow.nodes["one"].macs == 4 * 4 * 9 * 144
    assert flow.nodes["two"].macs == 4 * 4 * 9 * 15


GROUP = (
    [node("x", "input"), *convs("first", "second"), node("y", "output")],
    ["x -> first", "first -> second", "second -> y"],
)


def nested() -> Document:
    """Two linked uses of a group whose two convolutions are linked as well."""
    document = design(
        [
            node("input", "input", shape=(4, 6, 6)),
            Node("u1", "group:pair"),
            Node("u2", "group:pair"),
            node("output", "output"),
        ],
        "input -> u1",
        "u1 -> u2",
        "u2 -> output",
        groups={"pair": GROUP},
    )
    document.apply(operations.share(document, ["u1", "u2"]))
    document.apply(operations.share(document, ["first", "second"], "pair"))
    return document


def test_places_count_calls_through_all_levels() -> None:
    flow = resolve(nested())
    assert flow.parameters == ONCE
    assert sum(part.parameters for _, part in flow.walk()) == ONCE
    assert [place_of(flow, a) for a in ("u1", "u2")] == [Place("u1", 0, 2), Place("u1", 1, 2)]
    inside = [place_of(flow, a) for a in ("u1.first", "u1.second", "u2.first", "u2.second")]
    assert inside == [Place("u1.first", number, 4) for number in range(4)]
    for address in ("nobody", "u1.nobody", "u1.first.x"):
        with pytest.raises(KeyError):
            place_of(flow, address)


def test_owners_cannot_go_before_those_that_share_with_them() -> None:
    document = three_in_a_row()
    for edge in [*document.root.into("a"), *document.root.out_of("a")]:
        document.apply(e.Disconnect(edge))
    with pytest.raises(EditProblem, match="b and c still run with the weights"):
        document.apply(e.RemoveNode("a"))


def test_removing_the_owner_hands_the_weights_on_and_undo_brings_all_back() -> None:
    document = three_in_a_row()
    back = document.apply(operations.remove(document, ["a"]))
    assert shares(document) == {"c": "b"}
    document.apply(back)
    assert document.same_as(three_in_a_row())
    assert decode(encode(document)).same_as(document)  # the owner stands last in the file now
    document.apply(operations.remove(document, ["a", "b", "c"]))
    assert shares(document) == {}


def test_own_weights_again() -> None:
    document = three_in_a_row()
    document.apply(operations.unshare(document, ["a"]))
    assert shares(document) == {"c": "b"}
    document = three_in_a_row()
    document.apply(operations.unshare(document, ["b", "c"]))
    assert shares(document) == {}


def test_sharing_takes_the_fields_of_the_first_and_joins_what_is_linked() -> None:
    document = chain((4, 6, 6), *convs("a", "b"), *convs("c", "d", kernel=1, padding=0), node("act", "relu"))
    document.apply(operations.share(document, ["c", "d"]))
    document.apply(operations.share(document, ["b", "c"]))
    assert shares(document) == {"c": "b", "d": "b"}
    assert document.root["d"].fields == document.root["b"].fields
    document.apply(operations.share(document, ["a", "d"]))
    assert shares(document) == {"b": "a", "c": "a", "d": "a"}
    with pytest.raises(EditProblem, match="different blocks"):
        operations.share(document, ["a", "act"])
    with pytest.raises(EditProblem, match="two or more"):
        operations.share(document, ["a"])


def test_renaming_and_grouping_keep_the_link() -> None:
    document = three_in_a_row()
    document.apply(e.Rename("a", "stem"))
    assert shares(document) == {"b": "stem", "c": "stem"}
    with pytest.raises(EditProblem, match="share their weights; select them all"):
        operations.group(document, ["stem", "b"])
    before = document.copy()
    edits, use = operations.group(document, ["stem", "b", "c"])
    document.apply(edits)
    assert shares(document, "group1") == {"b": "stem", "c": "stem"}
    assert resolve(document).parameters == ONCE
    edits, _ = operations.ungroup(document, use)
    document.apply(edits)
    assert shares(document) == shares(before)


@given(st.sets(st.sampled_from("abc"), min_size=1))
def test_copies_are_linked_as_their_models(chosen: set[str]) -> None:
    document = three_in_a_row()
    edits, names = clipping.paste(document, clipping.copy(document, chosen))
    document.apply(edits)
    owners = {document.root[n].shares or n for n in names}
    assert len(owners) == 1
    assert owners <= ({"a"} if "a" not in chosen else set(names))


def test_copies_in_another_design_share_among_themselves() -> None:
    taken = clipping.copy(three_in_a_row(), ["b", "c"])
    other = chain((4, 6, 6))
    edits, names = clipping.paste(other, taken)
    other.apply(edits)
    assert [other.root[n].shares for n in names] == ["", names[0]]


def test_files_keep_the_link_and_refuse_a_wrong_one() -> None:
    document = three_in_a_row()
    text = encode(document)
    assert decode(text).same_as(document)
    with pytest.raises(ValueError, match="not on this level"):
        decode(text.replace(b'"shares":"a"', b'"shares":"z"', 1))
    assert linked(document.root, "c") == ("a", "b", "c")


def flows_agree(one: Flow, other: Flow) -> bool:
    return (one.parameters, one.macs, one.outputs) == (other.parameters, other.macs, other.outputs)


def test_nothing_changes_where_nothing_is_shared() -> None:
    document = three_in_a_row()
    document.apply(operations.unshare(document, ["b", "c"]))
    assert flows_agree(resolve(document), resolve(chain((4, 6, 6), *convs("a", "b", "c"))))
