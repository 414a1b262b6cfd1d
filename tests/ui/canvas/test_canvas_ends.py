"""What the ends of the design show on the canvas: maps that leave it, or the best classes."""

from __future__ import annotations

import numpy as np
from look_desk import ANSWER, make_desk, run
from pytestqt.qtbot import QtBot

from explorer.protocol import events, requests
from explorer.protocol.records import Answer, Tile
from explorer.ui.canvas.canvas import CanvasView
from explorer.ui.canvas.presenter import CanvasPresenter

MAPS = np.zeros((2, 8, 8), np.float32)


def test_an_output_of_maps_shows_them_and_class_scores_are_bars(qtbot: QtBot) -> None:
    for design, source, end in (("unet_same_bn", "classes", "masks"), ("lenet5_modern", "fc3", "output")):
        desk, bridge = make_desk(design)
        canvas = CanvasView(desk.workspace)
        qtbot.addWidget(canvas)
        _presenter = CanvasPresenter(canvas, desk)
        run(desk, bridge)
        is_map = end == "masks"
        tile = Tile(source, MAPS if is_map else np.zeros((1, 10), np.float32), 2, 0.0, 1.0)
        answer = Answer(np.zeros(0, np.float32)) if is_map else ANSWER
        tiles = events.TileSet(input=np.zeros((1, 28, 28), np.float32), tiles=(tile,), answer=answer)
        bridge.answer(requests.Tiles, tiles)
        shown = canvas.context.tiles.pixmaps(end)
        assert bool(shown) == is_map
        assert bool(canvas.scene_._answer) == (not is_map)
        desk.close()
