"""Fields that a group exposes: each use has its own value, and everything that follows from it."""

from __future__ import annotations

import msgspec
import pytest
from nets import codes, design, node, resolve

from explorer.blocks.registry import registry
from explorer.graph import clipping, exposing, files, operations
from explorer.graph import edits as e
from explorer.graph.document import Document
from explorer.graph.marks import Exposed, Origin
from explorer.graph.renaming import renamed
from explorer.graph.replacing import replaced, same_network
from explorer.graph.workspace import Workspace

WIDTH = Exposed("width", (("conv", "filters"), ("norm_conv", "filters")))


def two_uses(**values: object) -> Document:
    """A group of two convolutions, used twice; the second use has values of its own."""
    unit = (
        [
            node("x", "input"),
            node("conv", "conv2d", filters=4, padding=1),
            node("norm_conv", "conv2d", filters=4, padding=1),
            node("y", "output"),
        ],
        ["x -> conv", "conv -> norm_conv", "norm_conv -> y"],
    )
    document = design(
        [
            node("input", "input", shape=(3, 8, 8)),
            node("one", "group:unit"),
            node("two", "group:unit", **values),
            node("output", "output"),
        ],
        *("input -> one", "one -> two", "two -> output"),
        groups={"unit": unit},
    )
    document.apply(e.SetExposed("width", WIDTH, "unit"))
    return document


def test_two_uses_differ_in_what_is_exposed() -> None:
    flow = resolve(two_uses(width=7))
    assert not flow.problems
    assert flow.at("one").outputs["y"].shape == (4, 8, 8)
    assert flow.at("two").outputs["y"].shape == (7, 8, 8)
    assert flow.at("one.conv").parameters == 4 * 3 * 9 + 4
    assert flow.at("two.conv").parameters == 7 * 4 * 9 + 7
    assert flow.at("two.norm_conv").parameters == 7 * 7 * 9 + 7


def test_the_definition_says_what_a_use_without_a_value_has() -> None:
    document = two_uses(width=7)
    document.apply(e.SetField("conv", "filters", 5, "unit"))
    document.apply(e.SetField("norm_conv", "filters", 5, "unit"))
    flow = resolve(document)
    assert [flow.at(use).outputs["y"].shape[0] for use in ("one", "two")] == [5, 7]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"odd": 1}, "two has no field “odd”; the group unit exposes width."),
        ({"width": "group:unit"}, "cannot give “width” a group"),
        ({"width": 0}, "conv"),
        ({"width": "wide"}, "conv"),
    ],
)
def test_a_value_that_cannot_be_is_a_problem_in_words(values: dict[str, object], words: str) -> None:
    problems = resolve(two_uses(**values)).faults
    assert problems[0].code == "field"
    assert words in problems[0].message
    assert problems[0].address.startswith("two")


def test_an_exposed_field_of_a_group_inside_is_passed_on() -> None:
    document = two_uses()
    edit, use = operations.group(document, ["two"], "", "outer")
    document.apply(edit)
    document.apply(exposing.expose(document.graph("outer"), "outer", [("two", "width")], "channels"))
    document.apply(e.SetField(use, "channels", 9))
    flow = resolve(document)
    assert not flow.problems
    assert flow.at(f"{use}.two.norm_conv").outputs["y"].shape == (9, 8, 8)
    assert flow.at("one").outputs["y"].shape == (4, 8, 8)


def test_nodes_that_move_into_a_group_of_their_own_stay_exposed() -> None:
    document = two_uses(width=6)
    before = resolve(document)
    edit, use = operations.group(document, ["conv"], "unit", "part")
    document.apply(edit)
    assert document.graph("unit").exposed[0].sets == (("norm_conv", "filters"), (use, "width"))
    after = resolve(document)
    assert (after.parameters, after.outputs) == (before.parameters, before.outputs)


def test_unpacking_a_use_gives_its_values_to_what_was_inside() -> None:
    document = two_uses(width=6)
    edit, names = operations.ungroup(document, "two")
    inverse = document.apply(edit)
    assert [document.root[name].fields["filters"] for name in names] == [6, 6]
    document.apply(inverse)
    assert document.same_as(two_uses(width=6))


def test_layers_that_share_weights_are_set_together() -> None:
    document = two_uses(width=4)
    document.apply(e.SetField("norm_conv", "padding", None, "unit"))
    document.apply(e.SetField("conv", "padding", None, "unit"))
    document.apply(e.SetExposed("width", Exposed("width", (("conv", "filters"),)), "unit"))
    document.apply(e.SetField("input", "shape", (4, 12, 12)))
    document.apply(e.SetShares("norm_conv", "conv", "unit"))
    document.apply(e.SetField("two", "width", 4))
    flow = resolve(document)
    assert not flow.problems
    assert flow.at("two").parameters == 4 * 4 * 9 + 4
    assert exposing.overrides(document.graph("unit"), {"width": 4}).keys() == {"conv", "norm_conv"}


def test_removing_and_renaming_inside_is_followed_and_undone() -> None:
    workspace = Workspace(registry(), two_uses(width=6))
    start = workspace.document.copy()
    workspace.apply(e.Rename("conv", "first", "unit"))
    assert workspace.document.graph("unit").exposed[0].sets[0] == ("first", "filters")
    assert not workspace.flow.problems
    workspace.apply(operations.remove(workspace.document, ["first"], "unit"))
    assert workspace.document.graph("unit").exposed[0].sets == (("norm_conv", "filters"),)
    workspace.apply(operations.remove(workspace.document, ["norm_conv"], "unit"))
    assert not workspace.document.graph("unit").exposed
    while workspace.history.undo_title:
        workspace.history.undo()
    assert workspace.document.same_as(start)
    assert workspace.flow == resolve(start)


def test_a_field_hidden_again_takes_the_values_of_the_uses_along() -> None:
    document = two_uses(width=6)
    inverse = document.apply(exposing.hide(document.uses_of("unit"), "unit", "width"))
    assert document.root["two"].fields == {}
    assert not resolve(document).problems
    document.apply(inverse)
    assert document.same_as(two_uses(width=6))


@pytest.mark.parametrize(
    "row",
    [
        Exposed("width", ()),
        Exposed("width", (("nobody", "filters"),)),
        Exposed("width", (("conv", "filters"), ("conv", "filters"))),
        Exposed("2wide", (("conv", "filters"),)),
        Exposed("width", (("conv", ""),)),
        Exposed("other", (("conv", "filters"),)),
    ],
)
def test_what_cannot_be_exposed_is_refused(row: Exposed) -> None:
    document = two_uses()
    with pytest.raises(e.EditProblem):
        document.apply(e.SetExposed(row.name, row, "unit"))
    with pytest.raises(e.EditProblem):
        document.apply(e.SetExposed("width", WIDTH, ""))
    assert document.same_as(two_uses())


def test_files_keep_it_and_only_such_files_are_of_the_new_version() -> None:
    document = two_uses(width=7)
    document.apply(e.SetOrigin(Origin("Unit", "abc"), "unit"))
    text = files.encode(document)
    assert msgspec.json.decode(text)["version"] == 2  # older programs refuse it in words
    assert files.decode(text).same_as(document)
    assert files.encode(files.decode(text)) == text
    document.apply(exposing.hide(document.uses_of("unit"), "unit", "width"))
    document.apply(e.SetOrigin(None, "unit"))
    assert msgspec.json.decode(files.encode(document))["version"] == 1


@pytest.mark.parametrize(
    "rows",
    [
        [{"name": "width", "sets": [["nobody", "filters"]]}],
        [{"name": "width", "sets": []}],
        [{"name": "a", "sets": [["conv", "filters"]]}] * 2,
        [{"name": "a", "sets": [["conv", "filters"]], "more": 1}],
        [{"name": f"f{n}", "sets": [["conv", f"filters{n}"]]} for n in range(60)],
        [{"name": "type", "sets": [["conv", "filters"]]}],
        [{"name": "a", "sets": [["conv"]]}],
        7,
    ],
)
def test_a_file_that_exposes_nonsense_is_refused(rows: object) -> None:
    value = msgspec.json.decode(files.encode(two_uses()))
    value["groups"]["unit"]["exposed"] = rows
    with pytest.raises(files.FileProblem):
        files.decode(msgspec.json.encode(value))
    value = msgspec.json.decode(files.encode(two_uses()))
    value["graph"]["exposed"] = [{"name": "width", "sets": [["one", "width"]]}]
    with pytest.raises(files.FileProblem, match="only a group may"):
        files.decode(msgspec.json.encode(value))


def test_it_travels_with_copy_and_paste_and_with_states_that_come_back() -> None:
    document, other = two_uses(width=7), Document()
    document.apply(e.SetOrigin(Origin("Unit", "abc"), "unit"))
    taken = msgspec.json.decode(msgspec.json.encode(clipping.copy(document, ["two"])), type=clipping.Clipping)
    edit, names = clipping.paste(other, taken)
    other.apply(edit)
    assert other.graph("unit") == document.graph("unit")
    assert other.root[names[0]].fields == {"width": 7}
    other.apply(e.SetExposed("width", None, "unit"))
    edit, names = clipping.paste(other, taken)  # another group of that name is there now
    other.apply(edit)
    assert other.root[names[0]].group != "unit"
    third = Document()
    third.apply(replaced(third, document))
    assert third.groups == document.groups
    assert same_network(third, document)
    third.apply(e.SetExposed("width", None, "unit"))
    assert not same_network(third, document)


def test_codes_of_a_use_with_a_bad_name() -> None:
    assert codes(resolve(two_uses(odd=1)))["two"] == "field"


def test_a_port_that_is_renamed_takes_the_wires_of_all_uses_along() -> None:
    workspace = Workspace(registry(), two_uses(width=6))
    start, before = workspace.document.copy(), workspace.flow.parameters
    for old, new in (("x", "picture"), ("y", "maps"), ("conv", "first")):
        workspace.apply(renamed(workspace.document, old, new, "unit"))
        assert not workspace.flow.problems
    assert workspace.flow.parameters == before
    assert workspace.document.root.into("two")[0].into == "picture"
    assert workspace.document.root.into("two")[0].out == "maps"
    while workspace.history.undo_title:
        workspace.history.undo()
    assert workspace.document.same_as(start)
