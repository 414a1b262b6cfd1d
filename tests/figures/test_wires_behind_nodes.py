"""As the canvas draws the networks of the gallery no wire runs behind a node, and no nodes overlap."""

import pytest
from PySide6.QtGui import QPainterPathStroker

from explorer.architectures.gallery import gallery
from explorer.blocks.registry import registry
from explorer.figures.canvas import automatic_places, read_level
from explorer.figures.canvas.placement import Placed
from explorer.figures.canvas.read_node import Live
from explorer.figures.canvas.room_index import WATCHED
from explorer.graph import unfolding
from explorer.graph.edits import EditProblem
from explorer.graph.level import Level
from explorer.graph.workspace import Workspace

ROOM = 1060.0, 500.0
DEEPEST = 3
UNFOLDED = [
    ("efficientnet_b5", 2),
    ("fasterrcnn_resnet50_fpn", 1),
    ("fcn_resnet50", 2),
    ("googlenet", 1),
    ("resnet50", 2),
    ("scse_unet_resnet34", 3),
    ("srresnet_x4", 2),
    ("transformer_base", 2),
]
"""Those of which wires cross many rows, and the well known."""


def levels(workspace: Workspace, path: tuple[str, ...] = ()) -> list[Level]:
    level = workspace.level(path)
    found = [level]
    for node in level.graph.nodes if len(path) < DEEPEST else ():
        try:
            workspace.level((*path, node.id))
        except EditProblem:
            continue
        found += levels(workspace, (*path, node.id))
    return found


def placed(workspace: Workspace, level: Level) -> Placed | None:
    reader = read_level.LevelReader(workspace)
    reader.follow(level, Live(), automatic_places.NO_PLACES)
    if not reader.unplaced:
        return None
    found = automatic_places.lay_out(level.graph, reader.views, ROOM)
    reader.follow(level, Live(), found)
    shown = Placed()
    shown.show(reader.views)
    return shown


def assert_in_the_open(shown: Placed, level: Level) -> None:
    """No nodes overlap, and no wire runs behind one."""
    boxes = dict(shown.boxes.items())
    ids = list(boxes)
    for number, one in enumerate(ids):
        for other in ids[number + 1 :]:
            assert not boxes[one].intersects(boxes[other]), (level.path, one, other)
    for edge in level.graph.edges:
        stroker = QPainterPathStroker()
        stroker.setWidth(1.0)
        line = stroker.createStroke(shown.way(edge).route.path)
        behind = [
            n
            for n in shown.nodes_near(line.boundingRect())
            if n not in (edge.src, edge.dst) and line.intersects(boxes[n].adjusted(2, 2, -2, -2))
        ]
        assert not behind, (level.path, edge, behind)


@pytest.mark.parametrize("name", sorted(gallery()))
def test_nothing_runs_behind_a_node(qapp, name: str) -> None:
    seen = set[object]()
    workspace = Workspace(registry(), gallery()[name].build())
    for level in levels(workspace):
        alike = tuple(node.block for node in level.graph.nodes), tuple(level.graph.edges)
        shown = None if alike in seen else placed(workspace, level)
        seen.add(alike)
        if shown is not None:
            assert_in_the_open(shown, level)


@pytest.mark.parametrize(("name", "depth"), UNFOLDED)
def test_nothing_runs_behind_a_node_where_composites_stand_open(qapp, name: str, depth: int) -> None:
    workspace = Workspace(registry(), gallery()[name].build())
    level = unfolding.unfolded(workspace.level(()), depth)
    assert len(level.graph.edges) <= WATCHED
    shown = placed(workspace, level)
    assert shown is not None
    assert_in_the_open(shown, level)
