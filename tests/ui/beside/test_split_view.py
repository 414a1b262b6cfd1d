"""Two designs beside each other: marks, going through, coupled cameras; with an engine on paper."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF

from explorer.architectures.gallery import find
from explorer.graph.edits import SetField
from explorer.graph.operations import dissolve


@pytest.fixture
def app(make_app):
    return make_app("lenet5_modern")


@pytest.fixture
def pair(app, qtbot):
    first = app.designs.bench
    second = app.designs.add(find("lenet5_modern").build())
    workspace = second.desk.workspace
    workspace.apply(SetField("conv1", "filters", 8))
    workspace.apply(dissolve(workspace.document, ["relu3"]))
    app.beside.begin(first, second)
    qtbot.wait(50)
    yield first, second
    app.beside.end()


def test_what_differs_is_marked_on_both(app, pair):
    left, right = app.beside._marks
    assert left.kinds["conv1"] == right.kinds["conv1"] == "fields"
    assert left.kinds["conv2"] == "shapes"
    assert left.kinds["relu3"] == "removed"
    assert "relu3" not in right.kinds
    assert [ghost.name for ghost in right.ghosts] == ["relu3"]
    assert "fc3" not in left.kinds


def test_going_through_selects_in_both(app, pair):
    first, second = pair
    seen = []
    for _ in range(5):
        app.beside.step(1)
        seen.append((tuple(first.canvas.context.selection.ids), tuple(second.canvas.context.selection.ids)))
    assert (("conv1",), ("conv1",)) in seen
    assert any(here == ("relu3",) for here, _ in seen)


def test_an_edit_is_compared_at_once_and_undo_too(app, pair, qtbot):
    _, second = pair
    second.desk.workspace.apply(SetField("fc2", "features", 90))
    qtbot.waitUntil(lambda: app.beside._marks[1].kinds.get("fc2") == "fields", timeout=2000)
    second.desk.workspace.history.undo()
    qtbot.waitUntil(lambda: "fc2" not in app.beside._marks[1].kinds, timeout=2000)


def test_the_keyboard_goes_to_the_other_pane(app, pair):
    first, second = pair
    assert app.designs.bench is first
    app.beside.other_pane()
    assert app.designs.bench is second
    app.beside.other_pane()
    assert app.designs.bench is first


def test_cameras_move_together_until_they_are_let_go(app, pair, qtbot):
    first, second = pair
    target = first.canvas.scene_.placed.boxes["conv2"].center()
    first.canvas.camera.look_at(1.1, target, fly=False)
    qtbot.waitUntil(lambda: abs(second.canvas.zoom - 1.1) < 0.01, timeout=2000)
    there = second.canvas.scene_.placed.boxes["conv2"].center()
    assert (second.canvas.camera.centre - there).manhattanLength() < 60
    app.beside._couple(False)
    before = second.canvas.camera.centre
    first.canvas.camera.look_at(0.9, target + QPointF(300, 0), fly=False)
    qtbot.wait(100)
    assert second.canvas.camera.centre == before


def test_closing_one_of_the_two_ends_it(app, pair):
    _, second = pair
    app.designs.close(second)
    assert app.beside._pair is None
    assert len(app.designs.benches) == 1
