"""Reroute dots: part of the picture, kept with the wire, never part of the network."""

import pytest
from nets import SMALL

from explorer.blocks.registry import registry
from explorer.graph import clipping, dots, files, operations
from explorer.graph import edits as e
from explorer.graph.document import Document
from explorer.graph.model import Edge
from explorer.graph.replacing import replaced, same_network
from explorer.graph.workspace import Workspace

WIRE = Edge("conv1", "y", "relu1", "x")
AT = ((100.0, 40.0), (140.0, -8.0))


@pytest.fixture
def document() -> Document:
    document = SMALL.copy()
    document.apply(e.SetDots(WIRE, AT))
    return document


def test_they_are_no_part_of_the_network(document: Document) -> None:
    assert same_network(document, SMALL)
    workspace = Workspace(registry(), SMALL.copy())
    before = workspace.flow
    workspace.apply(e.SetDots(WIRE, AT), "Dots")
    assert workspace.flow is before


def test_a_file_keeps_them_and_needs_a_program_that_knows_them(document: Document) -> None:
    data = files.encode(document)
    assert b'"version": 3' in data
    assert files.decode(data).root.dots == {WIRE: AT}
    assert b'"version": 1' in files.encode(SMALL)


@pytest.mark.parametrize(
    "rows",
    [
        b'[{"wire": ["conv1", "y", "nobody", "x"], "at": [[1, 2]]}]',
        b'[{"wire": ["conv1", "y", "relu1", "x"], "at": [[1, 1e300]]}]',
        b'[{"wire": ["conv1", "y", "relu1"], "at": []}]',
        b'[{"wire": ["conv1", "y", "relu1", "x"], "at": [[1, 2]]}, '
        b'{"wire": ["conv1", "y", "relu1", "x"], "at": []}]',
    ],
)
def test_a_file_with_dots_that_cannot_be_is_refused(document: Document, rows: bytes) -> None:
    data = files.encode(document)
    start = data.index(b'"dots": ') + len(b'"dots": ')
    end = data.index(b"]\n", start) + 1
    with pytest.raises(files.FileProblem):
        files.decode(data[:start] + rows + data[end:])


def test_a_wire_that_is_taken_off_comes_back_with_them(document: Document) -> None:
    back = document.apply(operations.remove(document, ["relu1"]))
    assert not document.root.dots
    document.apply(back)
    assert document.root.dots == {WIRE: AT}


def test_a_copy_has_them_beside_it(document: Document) -> None:
    copied = clipping.copy(document, ["conv1", "relu1"])
    edit, names = clipping.paste(document, copied, (10, 20))
    document.apply(edit)
    twin = Edge(names[0], "y", names[1], "x")
    assert document.root.dots == {WIRE: AT, twin: ((110.0, 60.0), (150.0, 12.0))}


def test_only_copies_of_both_ends_have_them(document: Document) -> None:
    edit, _ = clipping.paste(document, clipping.copy(document, ["relu1"]), keep_inputs=True)
    document.apply(edit)
    assert document.root.dots == {WIRE: AT}


def test_a_group_takes_them_in_and_gives_them_back(document: Document) -> None:
    edit, use = operations.group(document, ["conv1", "relu1"])
    document.apply(edit)
    assert document.groups["group1"].dots == {WIRE: AT}
    document.apply(operations.ungroup(document, use)[0])
    (wire,) = document.root.dots
    shift = [now[0] - before[0] for now, before in zip(document.root.dots[wire], AT, strict=True)]
    assert len(set(shift)) == 1, "all by as much as the nodes"


def test_a_kept_state_has_them(document: Document) -> None:
    other = SMALL.copy()
    other.apply(replaced(other, document))
    assert other.root.dots == {WIRE: AT}


def test_they_are_carried_along_when_both_ends_move_alike(document: Document) -> None:
    graph = document.root
    assert dots.carried(graph, {"conv1": (8.0, 16.0)}, "") == []
    assert dots.carried(graph, {"conv1": (8.0, 16.0), "relu1": (8.0, 0.0)}, "") == []
    (moved,) = dots.carried(graph, {"conv1": (8.0, 16.0), "relu1": (8.0, 16.0)}, "")
    assert moved == e.SetDots(WIRE, ((108.0, 56.0), (148.0, 8.0)))


def test_another_block_with_other_port_names_keeps_them(document: Document) -> None:
    ports = {"x": "first"}, {"y": "y"}
    document.apply(operations.turn_into(document, "relu1", "relu", {}, ports))
    assert document.root.dots == {Edge("conv1", "y", "relu1", "first"): AT}
