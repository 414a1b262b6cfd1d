"""As the canvas draws the networks of the gallery no wire runs behind a node, and no nodes overlap."""

import pytest
from PySide6.QtGui import QPainterPathStroker

from explorer.architectures.gallery import gallery
from explorer.blocks.registry import registry
from explorer.figures.canvas import automatic_places, read_level
from explorer.figures.canvas.placement import Placed
from explorer.figures.canvas.read_node import Live
from explorer.graph.edits import EditProblem
from explorer.graph.level import Level
from explorer.graph.workspace import Workspace

ROOM = 1060.0, 500.0
DEEPEST = 3
KNOTS = frozenset(
    [
        ("convlstm_64x64", "cell", "kept"),
        ("fasterrcnn_resnet50_fpn", "x6", "decode4"),
        ("maskrcnn_resnet50_fpn", "x6", "decode4"),
        # skips over three rows
        ("efficientnet_b5", "x", "add"),
        ("efficientnet_b6", "x", "add"),
        ("efficientnet_b7", "x", "add"),
        ("polynet", "x", "add1"),
        ("polynet", "add1", "add2"),
        ("polynet", "add2", "add3"),
        ("r2plus1d_18", "x", "add"),
        ("revnet164_cifar", "halves", "add2"),
    ]
)
"""Wires that find no way yet, 94 of 79,368; to be fewer, never more."""


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


@pytest.mark.parametrize("name", sorted(gallery()))
def test_nothing_runs_behind_a_node(qapp, name: str) -> None:
    seen = set[object]()
    workspace = Workspace(registry(), gallery()[name].build())
    for level in levels(workspace):
        alike = tuple(node.block for node in level.graph.nodes), tuple(level.graph.edges)
        shown = None if alike in seen else placed(workspace, level)
        seen.add(alike)
        if shown is None:
            continue
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
                for n, box in boxes.items()
                if n not in (edge.src, edge.dst) and line.intersects(box.adjusted(2, 2, -2, -2))
            ]
            if (name, edge.src, edge.dst) not in KNOTS:
                assert not behind, (level.path, edge, behind)
