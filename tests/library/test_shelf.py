"""Own blocks as files: saved, used in another design, made unique, brought up to date, and bad ones."""

from __future__ import annotations

from pathlib import Path

import hypothesis.strategies as st
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from nets import design, node, resolve

from explorer import bounds
from explorer.blocks.registry import registry
from explorer.graph import edits as e
from explorer.graph import files
from explorer.graph.document import Document
from explorer.graph.files import FileProblem
from explorer.graph.marks import Exposed, Origin
from explorer.graph.model import Edge
from explorer.graph.workspace import Workspace
from explorer.library import block_file, using
from explorer.library.block_file import OwnBlock
from explorer.library.shelf import Library, name_of


def nested() -> Document:
    """A group with one inside it and a field that it exposes, used twice."""
    part = ([node("x", "input"), node("r", "relu"), node("y", "output")], ["x -> r", "r -> y"])
    unit = (
        [
            node("x", "input"),
            node("conv", "conv2d", filters=4, padding=1),
            node("p", "group:part"),
            node("y", "output"),
        ],
        ["x -> conv", "conv -> p", "p -> y"],
    )
    document = design(
        [
            node("input", "input", shape=(3, 8, 8)),
            node("one", "group:unit"),
            node("two", "group:unit", width=7),
            node("output", "output"),
        ],
        *("input -> one", "one -> two", "two -> output"),
        groups={"part": part, "unit": unit},
    )
    document.apply(e.SetExposed("width", Exposed("width", (("conv", "filters"),)), "unit"))
    return document


def saved(library: Library, document: Document | None = None, title: str = "My unit") -> OwnBlock:
    document = document or nested()
    known = resolve(document).nodes["one"]
    block = block_file.made(document, document.root["one"], known, name_of(title), title, "Two words.")
    return library.save(block)


def refresh(library: Library, document: Document) -> OwnBlock:
    """Save the group `unit` of a design over the one in the folder."""
    block = block_file.made(document, document.root["one"], None, "my_unit", "My unit")
    return library.save(block, replace=True)


def test_a_saved_block_is_a_design_that_runs_and_comes_back(tmp_path: Path) -> None:
    library = Library(tmp_path / "blocks")
    block = saved(library)
    (found,) = library.shelf().blocks
    assert (found.name, found.title, found.about) == ("my_unit", "My unit", "Two words.")
    assert found.digest == block.digest
    opened = files.load(tmp_path / "blocks" / "my_unit.block.json")
    flow = resolve(opened)
    assert not flow.problems
    assert flow.parameters == 4 * 3 * 9 + 4
    assert not library.shelf().problems


def test_it_is_used_in_another_design_which_stands_by_itself(tmp_path: Path) -> None:
    library = Library(tmp_path)
    own = saved(library)
    other = design([node("input", "input", shape=(2, 6, 6)), node("output", "output")])
    brought = using.bring(other, own)
    inverse = other.apply(e.Batch((*brought.edits, e.AddNode(node("unit1", brought.block, width=5)))))
    for edge in ("input -> unit1", "unit1 -> output"):
        src, _, dst = edge.partition(" -> ")
        other.apply(e.Connect(Edge(src, "y", dst, "x")))
    library.remove("my_unit")
    again = files.decode(files.encode(other))  # on another machine, without the folder
    flow = resolve(again)
    assert not flow.problems
    assert flow.outputs["output"].shape == (5, 6, 6)
    assert again.groups["unit"].origin.block == "my_unit"
    assert again.groups["unit"].origin.digest == own.digest
    assert using.bring(other, own).edits == ()  # a second use brings nothing
    assert isinstance(inverse, e.Batch)


def test_make_unique_parts_one_use_from_the_others() -> None:
    workspace = Workspace(registry(), nested())
    start = workspace.document.copy()
    workspace.apply(using.make_unique(workspace.document, "two"))
    workspace.apply(e.SetField("conv", "kernel", 1, workspace.document.root["two"].group or ""))
    assert workspace.flow.at("one.conv").parameters == 4 * 3 * 9 + 4
    assert workspace.flow.at("two.conv").parameters == 7 * 4 + 7
    with pytest.raises(e.EditProblem, match="only use"):
        using.make_unique(workspace.document, "two")
    workspace.history.undo()
    workspace.history.undo()
    assert workspace.document.same_as(start)


def test_update_is_one_step_for_all_uses_and_keeps_addresses(tmp_path: Path) -> None:
    library = Library(tmp_path)
    own = saved(library)
    workspace = Workspace(registry(), nested())
    workspace.apply(e.SetOrigin(Origin(own.name, own.digest), "unit"))
    start = workspace.document.copy()
    newer = nested()
    newer.apply(e.SetField("conv", "kernel", 5, "unit"))
    newer.apply(e.SetField("conv", "padding", 2, "unit"))
    newer.apply(e.Disconnect(Edge("p", "y", "y", "x"), "unit"))
    newer.apply(e.Disconnect(Edge("conv", "y", "p", "x"), "unit"))
    newer.apply(e.RemoveNode("p", "unit"))
    newer.apply(e.AddNode(node("act", "gelu"), "unit"))
    newer.apply(e.Connect(Edge("conv", "y", "act", "x"), "unit"))
    newer.apply(e.Connect(Edge("act", "y", "y", "x"), "unit"))
    newest = refresh(library, newer)
    assert newest.digest != own.digest
    workspace.apply(using.update(workspace.document, "unit", newest), "Update")
    document = workspace.document
    assert document.graph("unit").origin.digest == newest.digest
    assert workspace.flow.at("two.conv").parameters == 7 * 4 * 25 + 7
    assert not workspace.flow.problems
    assert document.root["two"].fields == {"width": 7}
    assert "part" not in document.groups  # nothing uses it any more
    assert workspace.flow == resolve(document)
    workspace.history.undo()
    assert document.same_as(start)


def test_update_drops_values_of_fields_that_are_exposed_no_more(tmp_path: Path) -> None:
    library = Library(tmp_path)
    saved(library)
    newer = nested()
    newer.apply(e.SetField("two", "width", None))
    newer.apply(e.SetExposed("width", None, "unit"))
    document = nested()
    document.apply(using.update(document, "unit", refresh(library, newer)))
    assert document.root["two"].fields == {}
    assert not resolve(document).problems


def test_the_digest_tells_content_and_nothing_else(tmp_path: Path) -> None:
    document = nested()
    first = block_file.digest_of(document, "unit")
    document.apply(e.SetOrigin(Origin("a", "b"), "unit"))
    document.apply(e.SetField("two", "width", 9))
    document.apply(e.SetName("other"))
    assert block_file.digest_of(document, "unit") == first
    document.apply(e.SetField("conv", "filters", 5, "unit"))
    assert block_file.digest_of(document, "unit") != first


def test_clashes_are_said_and_nothing_is_overwritten(tmp_path: Path) -> None:
    library = Library(tmp_path / "mine")
    saved(library)
    before = (tmp_path / "mine" / "my_unit.block.json").read_bytes()
    with pytest.raises(FileProblem, match="already"):
        saved(library)
    other = nested()
    other.apply(e.SetField("conv", "filters", 8, "unit"))
    theirs = Library(tmp_path / "theirs")
    saved(theirs, other)
    with pytest.raises(FileProblem, match="another one"):
        library.add(tmp_path / "theirs" / "my_unit.block.json")
    assert (tmp_path / "mine" / "my_unit.block.json").read_bytes() == before
    same = library.add(tmp_path / "mine" / "my_unit.block.json")
    assert same.name == "my_unit"
    with pytest.raises(FileProblem):
        library.remove("../../etc/passwd")
    with pytest.raises(FileProblem, match="no block called"):
        library.remove("nothing")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not json",
        b"[" * 100_000,
        b'{"format": "architecture-explorer", "version": 1, "name": "d", "graph": {}}',
        b'{"format": "architecture-explorer", "version": 99, "name": "d", "graph": {}}',
        b'{"format": "architecture-explorer", "version": 1, "name": "d", "graph": {},'
        b' "settings": {"block.group": "unit"}}',
        b'{"format": "architecture-explorer", "version": 1, "name": "d", "graph": {},'
        b' "settings": {"block.group": ["unit"]}}',
    ],
)
def test_bad_files_are_said_in_words_and_the_others_are_there(tmp_path: Path, data: bytes) -> None:
    library = Library(tmp_path)
    saved(library)
    bad = tmp_path / "bad.block.json"
    bad.write_bytes(data)
    (tmp_path / "folder.block.json").mkdir()
    with (tmp_path / "huge.block.json").open("wb") as file:
        file.truncate(bounds.OWN_BLOCK_BYTES + 1)
    shelf = library.shelf()
    assert [block.name for block in shelf.blocks] == ["my_unit"]
    assert len(shelf.problems) == 3
    assert all(name in " ".join(shelf.problems) for name in ("bad", "folder", "huge"))
    with pytest.raises(FileProblem):
        library.add(bad)
    assert library.shelf().problems == shelf.problems


@given(data=st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_file_with_anything_changed_never_crashes(tmp_path: Path, data: st.DataObject) -> None:
    document = nested()
    good = block_file.written(block_file.made(document, document.root["one"], None, "odd", "Odd"))
    place = data.draw(st.integers(0, len(good) - 1))
    odd = data.draw(st.binary(max_size=6))
    path = tmp_path / "odd.block.json"
    path.write_bytes(good[:place] + odd + good[place + len(odd) :])
    shelf = Library(tmp_path).shelf()
    assert len(shelf.blocks) + len(shelf.problems) == 1
    for block in shelf.blocks:
        resolve(block.document)
        using.bring(Document(), block)


@pytest.mark.parametrize(
    ("title", "name"), [("My unit", "my_unit"), ("../../x", "x"), ("Größe 3×3", "groe_33"), ("…", "block")]
)
def test_names_are_those_of_files(title: str, name: str) -> None:
    assert name_of(title) in (name, name.replace("groe", "große"), "gro_e_3_3", "groe_3_3")
    assert name_of(name_of(title)) == name_of(title)


def test_long_words_are_refused(tmp_path: Path) -> None:
    document = nested()
    for title, about in (("", ""), ("x" * 61, ""), ("x", "y" * 301)):
        with pytest.raises(e.EditProblem):
            block_file.made(document, document.root["one"], None, "x", title, about)
    with pytest.raises(e.EditProblem, match="no group"):
        block_file.made(document, document.root["input"], None, "x", "x")
    assert msgspec.json.decode(files.encode(document))["version"] == 2
